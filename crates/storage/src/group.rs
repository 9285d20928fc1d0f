//! One writer for SQLite: what has queued is committed together, because a commit waits for the disk and SQLite has
//! one at a time. Each change stands in a savepoint, so that one that fails takes no other along.

use std::error::Error as _;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt;
use rebound_domain::Error;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, AssertSqlSafe, Either, Executor, Sqlite, SqliteConnection, query, query_with};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::engine::{ANSWER_WITHIN, Engine};
use crate::fault::Fault;
use crate::plan::{Ended, Plan, Runs, add};

/// How many changes wait at most; who comes then waits to get in.
const QUEUE: usize = 1_024;

/// How many changes one commit has at most.
const GROUP: usize = 128;

/// After how long a caller may try again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The way to the task that writes.
pub(crate) struct Writer(mpsc::Sender<Job>);

enum Job {
    Change(Change),
    /// Do what is queued, take nothing more, and say so.
    Close(oneshot::Sender<()>),
}

struct Change {
    plan: Plan,
    answer: oneshot::Sender<rebound_domain::Result<Ended>>,
}

impl Writer {
    /// Starts the task. It ends with this value. Needs a Tokio runtime.
    pub(crate) fn start(engine: Arc<Engine<Sqlite>>) -> Self {
        let (sender, mut queue) = mpsc::channel(QUEUE);
        tokio::spawn(async move {
            let mut jobs = Vec::with_capacity(GROUP);
            while queue.recv_many(&mut jobs, GROUP).await > 0 {
                let mut changes = Vec::with_capacity(jobs.len());
                let mut closed = Vec::new();
                for job in jobs.drain(..) {
                    match job {
                        Job::Change(change) => changes.push(change),
                        Job::Close(done) => closed.push(done),
                    }
                }
                if !closed.is_empty() {
                    queue.close();
                }
                commit(&engine, changes).await;
                // Whoever closes waits until nothing is queued.
                if !closed.is_empty() {
                    while let Some(job) = queue.recv().await {
                        match job {
                            Job::Change(change) => commit(&engine, vec![change]).await,
                            Job::Close(done) => closed.push(done),
                        }
                    }
                }
            }
        });
        Self(sender)
    }

    /// Runs a plan with others: all of it or nothing. The answer comes when it is on the disk.
    pub(crate) async fn apply(&self, plan: Plan) -> rebound_domain::Result<Ended> {
        let (answer, answered) = oneshot::channel();
        let ended = timeout(ANSWER_WITHIN, async {
            let sent = self.0.send(Job::Change(Change { plan, answer })).await;
            sent.map_err(|_| Fault::away(sqlx::Error::PoolClosed).into_inner())?;
            answered.await.unwrap_or_else(|gone| Err(Fault::away(gone).into_inner()))
        });
        ended.await.unwrap_or_else(|elapsed| Err(Fault::away(elapsed).into_inner()))
    }

    /// Waits until what is queued is done. What comes after is refused.
    pub(crate) async fn close(&self) {
        let (done, is_done) = oneshot::channel();
        if self.0.send(Job::Close(done)).await.is_ok() {
            // It is also done when the task has ended.
            drop(is_done.await);
        }
    }
}

/// Commits changes together and answers them. Those whose callers went away before are left out.
async fn commit(engine: &Engine<Sqlite>, mut changes: Vec<Change>) {
    changes.retain(|change| !change.answer.is_closed());
    if changes.is_empty() {
        return;
    }
    let ended = engine.transaction(async |connection| {
        let mut ended = Vec::with_capacity(changes.len());
        for (number, change) in changes.iter().enumerate() {
            ended.push(run(connection, &change.plan, number == 0).await?);
        }
        Ok(ended)
    });
    // Nobody waits for an answer that cannot be sent.
    match ended.await {
        Ok(ended) => {
            for (change, ended) in changes.into_iter().zip(ended) {
                drop(change.answer.send(ended));
            }
        }
        Err(error) => {
            let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
            for change in changes {
                drop(change.answer.send(Err(Error::unavailable(RETRY_AFTER, cause.clone()))));
            }
        }
    }
}

/// Runs one plan within its savepoint, in one call. Fails only if the whole group must.
async fn run(
    connection: &mut SqliteConnection,
    plan: &Plan,
    is_first: bool,
) -> Result<rebound_domain::Result<Ended>, Fault> {
    // The savepoint of the change before is still there.
    let opening: &[&str] = if is_first { &["SAVEPOINT change"] } else { &["RELEASE change", "SAVEPOINT change"] };
    let (sql, arguments) = statement(opening, plan)?;
    let (mut position, mut missed, mut failed) = (0_usize, None, None);
    {
        let mut results = pin!(connection.fetch_many(query_with(AssertSqlSafe(sql), arguments)));
        loop {
            match results.try_next().await {
                Ok(Some(Either::Left(result))) => {
                    let step = position.checked_sub(opening.len()).and_then(|step| plan.0.get(step));
                    if let Some(step) = step
                        && result.rows_affected() == 0
                    {
                        // The first is the reason; what follows from it is undone as well.
                        missed = missed.or(step.missed);
                    }
                    position += 1;
                }
                Ok(Some(Either::Right(_))) => {}
                Ok(None) => break,
                Err(error) => {
                    failed = Some(Fault::from(error));
                    break;
                }
            }
        }
    }
    let ended = match (missed, failed) {
        (_, Some(fault)) if fault.is_away() => return Err(fault),
        (Some(missed), _) => Ok(Ended::Missed(missed)),
        (None, Some(fault)) => Err(fault.into_inner()),
        (None, None) => return Ok(Ok(Ended::Done)),
    };
    query("ROLLBACK TO change").execute(connection).await?;
    Ok(ended)
}

/// The statements of a plan as one text, with arguments counted through. SQLite caches it by its text.
fn statement(opening: &[&str], plan: &Plan) -> Result<(String, SqliteArguments), Fault> {
    let mut sql = opening.join(";");
    let mut arguments = SqliteArguments::default();
    for step in &plan.0 {
        sql.push(';');
        step.text.write(&mut sql, Sqlite::HOLD_PERSON, step.values.len(), arguments.len());
        add(&mut arguments, &step.values)?;
    }
    Ok((sql, arguments))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Text, Value};

    #[test]
    fn arguments_are_counted_through() {
        let mut plan = Plan::default();
        let [one, two] = [1, 2].map(|number| Value::Integer(Some(number)));
        plan.then(Text::Plain("DELETE FROM a WHERE b = $1 AND c = $2"), vec![one.clone(), two.clone()]);
        plan.then(Text::Update("d SET e = $2", "f = $1 OR e = $2"), vec![one.clone(), two]);
        plan.then(Text::Insert("g (h)", "ON CONFLICT DO NOTHING"), vec![one]);
        let (sql, arguments) = statement(&["SAVEPOINT change"], &plan).expect("a statement");
        let expected = "SAVEPOINT change;DELETE FROM a WHERE b = $1 AND c = $2;\
                        UPDATE d SET e = $4 WHERE f = $3 OR e = $4;\
                        INSERT INTO g (h) VALUES ($5) ON CONFLICT DO NOTHING";
        assert_eq!((sql.as_str(), arguments.len()), (expected, 5));
    }
}
