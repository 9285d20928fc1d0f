//! One writer for SQLite: what has queued is committed together, because a commit waits for the disk and SQLite has
//! one at a time. Changes of the same shape are one text in one savepoint. If one of them cannot be done, each gets a
//! savepoint of its own, so that one that fails takes no other along.

use std::error::Error as _;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::TryStreamExt;
use rebound_domain::Error;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, AssertSqlSafe, Either, Executor, Row, Sqlite, SqliteConnection, query, query_with};

use crate::engine::Engine;
use crate::fault::Fault;
use crate::plan::{Ended, Plan, Runs, Text, add};
use crate::queue::{Change, Queue};
use crate::span::Summary;

/// How many changes of the same shape are one text at most.
const MERGED: usize = 64;

/// More changes than this are one text only in multiples of it: few texts, which SQLite keeps prepared.
const MERGED_EXACTLY: usize = 8;

/// How the first change of a commit begins, and how the others do: the savepoint of the one before is still there.
const FIRST: &[&str] = &["SAVEPOINT change"];
const NEXT: &[&str] = &["RELEASE change", "SAVEPOINT change"];

/// After how long a caller may try again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The task that writes.
pub(crate) fn start(engine: &Arc<Engine<Sqlite>>) -> Queue {
    let engine = Arc::clone(engine);
    Queue::start(1, move |changes| commit(Arc::clone(&engine), changes))
}

/// Commits changes together and answers them.
async fn commit(engine: Arc<Engine<Sqlite>>, changes: Vec<Change>) {
    let groups = groups(changes);
    let Some(first) = groups.iter().flatten().next() else { return };
    let summary = Summary::Batch(&first.plan, groups.iter().map(Vec::len).sum());
    let ended = engine.transaction(summary, async |connection| {
        let mut ended = Vec::new();
        let mut opening = FIRST;
        for group in &groups {
            let plans: Vec<&Plan> = group.iter().map(|change| &change.plan).collect();
            let are_done = plans.len() > 1 && run_merged(connection, opening, &plans).await?;
            if are_done {
                ended.extend(plans.iter().map(|_| Ok(Ended::Done)));
            } else {
                for plan in plans {
                    ended.push(run(connection, opening, plan).await?);
                    opening = NEXT;
                }
            }
            opening = NEXT;
        }
        Ok(ended)
    });
    match ended.await {
        Ok(ended) => {
            for (change, ended) in groups.into_iter().flatten().zip(ended) {
                change.answer(ended);
            }
        }
        Err(error) => {
            let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
            for change in groups.into_iter().flatten() {
                change.answer(Err(Error::unavailable(RETRY_AFTER, cause.clone())));
            }
        }
    }
}

/// Puts together what one text can do.
fn groups(mut changes: Vec<Change>) -> Vec<Vec<Change>> {
    let mut groups = Vec::new();
    while let Some(first) = changes.pop() {
        let is_mergeable = first.plan.is_mergeable();
        let (mut group, rest): (Vec<_>, Vec<_>) =
            changes.into_iter().partition(|change| is_mergeable && change.plan.has_shape_of(&first.plan));
        changes = rest;
        group.push(first);
        while !group.is_empty() {
            let length = group.len().min(MERGED);
            let size = if length > MERGED_EXACTLY { length - length % MERGED_EXACTLY } else { length };
            groups.push(group.split_off(group.len() - size));
        }
    }
    groups
}

/// Runs plans of the same shape within one savepoint, each table in one statement. Answers whether all were done;
/// otherwise none was.
async fn run_merged(connection: &mut SqliteConnection, opening: &[&str], plans: &[&Plan]) -> Result<bool, Fault> {
    let (sql, arguments) = merged_statement(opening, plans)?;
    let (mut position, mut people) = (0, None);
    let failed = {
        let mut results = pin!(connection.fetch_many(query_with(AssertSqlSafe(sql), arguments)));
        loop {
            match results.try_next().await {
                Ok(Some(Either::Left(result))) => {
                    // The people who were made, unless they were there and counted.
                    if position == opening.len() {
                        people = people.or(Some(result.rows_affected()));
                    }
                    position += 1;
                }
                Ok(Some(Either::Right(row))) => people = Some(row.try_get::<i64, _>(0)?.cast_unsigned()),
                Ok(None) => break None,
                Err(error) => break Some(Fault::from(error)),
            }
        }
    };
    match failed {
        None if people == Some(plans.len() as u64) => Ok(true),
        Some(fault) if fault.is_away() => Err(fault),
        _ => {
            query("ROLLBACK TO change").execute(connection).await?;
            Ok(false)
        }
    }
}

/// The statements of mergeable plans of one shape as one text. Nobody else writes meanwhile, so that it suffices to count
/// the people who are there.
fn merged_statement(opening: &[&str], plans: &[&Plan]) -> Result<(String, SqliteArguments), Fault> {
    let mut sql = opening.join(";");
    let mut arguments = SqliteArguments::default();
    let steps = plans.first().map_or(0, |plan| plan.0.len());
    for number in 0..steps {
        let column: Vec<_> = plans.iter().filter_map(|plan| plan.0.get(number)).collect();
        let end = if let Some(Text::Insert(into, end)) = column.first().map(|step| step.text) {
            sql.extend([";INSERT INTO ", into, " VALUES "]);
            end
        } else {
            sql.push_str(";SELECT count(*) FROM (VALUES ");
            COUNT_PEOPLE
        };
        for (row, step) in column.into_iter().enumerate() {
            // Without numbers, for SQLite would look up the name of each among all of them.
            sql.push_str(if row == 0 { "(" } else { ", (" });
            sql.extend((0..step.values.len()).map(|place| if place == 0 { "?" } else { ", ?" }));
            sql.push(')');
            add(&mut arguments, &step.values)?;
        }
        sql.extend([" ", end]);
    }
    Ok((sql, arguments))
}

/// A cross join keeps the order of the tables: each person is looked up.
const COUNT_PEOPLE: &str = ") AS change CROSS JOIN people
    ON tenant_id = column1 AND user_ref = column2 AND key_id = column3 AND restricted_at IS NULL";

/// Runs one plan within its savepoint, in one call. Fails only if the whole group must.
async fn run(
    connection: &mut SqliteConnection,
    opening: &[&str],
    plan: &Plan,
) -> Result<rebound_domain::Result<Ended>, Fault> {
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
    use crate::plan::Value;

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
