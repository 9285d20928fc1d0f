//! Runs one business step on a connection: within the deadline, in a transaction if it needs one, and without
//! keeping a connection whose state is unknown. It must not know any table.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::{Connection, Database, SqlStr, Transaction};
use tracing::Instrument as _;

use crate::budget;
use crate::connections::Connections;
use crate::fault::Fault;
use crate::plan::{self, Ended, Plan, Runs};
use crate::span::{self, Summary};

/// How long a step may take, the wait for a connection included; a request whose time is nearly used up gives it less.
pub(crate) const ANSWER_WITHIN: Duration = Duration::from_millis(1_500);

/// How long a method of several steps may take; less than the two seconds, and more than [`ANSWER_WITHIN`], so that a
/// step that takes too long is seen where it runs.
const ALL_WITHIN: Duration = Duration::from_millis(1_700);

/// How long opening or getting a connection may take; less than [`ANSWER_WITHIN`], so that this error is the one seen.
pub(crate) const CONNECT_WITHIN: Duration = Duration::from_secs(1);

/// Ends a method of several steps in time.
pub(crate) async fn within<T>(method: impl Future<Output = rebound_domain::Result<T>>) -> rebound_domain::Result<T> {
    budget::within(ALL_WITHIN, method).await.unwrap_or_else(|late| Err(Fault::away(late).into_inner()))
}

/// What the engine needs to know of a database.
pub(crate) trait Kind: Database {
    /// Its name in spans, as the semantic conventions have it.
    const SYSTEM: &'static str;

    /// The statement that begins a transaction that writes.
    fn begin() -> SqlStr;

    /// A connection that was idle for longer is tested before use; `None`: none is.
    const TEST_AFTER: Option<Duration>;

    /// For how long a connection is kept that nobody needs; `None`: for ever, also one whose step did not end.
    const UNUSED_FOR: Option<Duration>;
}

/// The connections to one database. The two pools may be the same.
pub(crate) struct Engine<K: Kind> {
    pub(crate) readers: Arc<Connections<K>>,
    pub(crate) writers: Arc<Connections<K>>,
    pub(crate) outage: Arc<Outage>,
}

/// When the database was last seen to be away. What was connected then is in doubt.
#[derive(Debug, Default)]
pub(crate) struct Outage(Mutex<Option<Instant>>);

impl Outage {
    fn begin(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether a connection was last used before it.
    pub(crate) fn came_after_use(&self, idle: Duration) -> bool {
        let began = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        began.is_some_and(|began| began.elapsed() <= idle)
    }
}

impl<K: Kind> Engine<K> {
    /// Runs a step that only reads.
    pub(crate) async fn read<T>(
        &self,
        summary: Summary<'_>,
        step: impl AsyncFnOnce(&mut K::Connection) -> Result<T, Fault>,
    ) -> rebound_domain::Result<T> {
        self.run(&self.readers, summary, step).await
    }

    /// Runs a step that writes with one statement.
    pub(crate) async fn write<T>(
        &self,
        summary: Summary<'_>,
        step: impl AsyncFnOnce(&mut K::Connection) -> Result<T, Fault>,
    ) -> rebound_domain::Result<T> {
        self.run(&self.writers, summary, step).await
    }

    /// Runs a step that writes with several statements: all of them or none.
    pub(crate) async fn transaction<T>(
        &self,
        summary: Summary<'_>,
        step: impl AsyncFnOnce(&mut K::Connection) -> Result<T, Fault>,
    ) -> rebound_domain::Result<T> {
        self.run(&self.writers, summary, async |connection| {
            let mut transaction = connection.begin_with(K::begin()).await?;
            match step(&mut transaction).await {
                Ok(answer) => {
                    transaction.commit().await?;
                    Ok(answer)
                }
                Err(fault) => {
                    roll_back(transaction, fault.is_away()).await?;
                    Err(fault)
                }
            }
        })
        .await
    }

    /// Runs a plan: all of it or nothing.
    pub(crate) async fn apply(&self, plan: &Plan) -> rebound_domain::Result<Ended>
    where
        K: Runs,
    {
        self.run(&self.writers, Summary::Plan(plan), async |connection| {
            let mut transaction = connection.begin_with(K::begin()).await?;
            let ended = plan::run::<K>(&mut transaction, plan).await;
            match ended {
                Ok(Ended::Done) => transaction.commit().await?,
                Ok(Ended::Missed(_)) => transaction.rollback().await?,
                Err(ref fault) => roll_back(transaction, fault.is_away()).await?,
            }
            ended
        })
        .await
    }

    /// Waits for running steps and closes the connections.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
    }

    async fn run<T>(
        &self,
        connections: &Arc<Connections<K>>,
        summary: Summary<'_>,
        step: impl AsyncFnOnce(&mut K::Connection) -> Result<T, Fault>,
    ) -> rebound_domain::Result<T> {
        let answer = budget::within(ANSWER_WITHIN, async {
            let mut lease = connections.acquire().await.map_err(Fault::away)?;
            let answer = step(lease.connection()?).await;
            if !matches!(&answer, Err(fault) if fault.is_away()) {
                lease.end();
            }
            answer
        });
        let span = span::client(K::SYSTEM, summary);
        let answer = answer.instrument(span.clone()).await.unwrap_or_else(|late| Err(Fault::away(late)));
        let answer = answer.map_err(|fault| {
            if fault.is_away() {
                self.outage.begin();
            }
            fault.into_inner()
        });
        span::end(&span, &answer);
        answer
    }
}

/// Rolls back what failed. Where the database is away, the reason to tell is that, and not that the way back is barred too.
async fn roll_back<K: Database>(transaction: Transaction<'_, K>, is_away: bool) -> Result<(), Fault> {
    let ended = transaction.rollback().await;
    if is_away { Ok(()) } else { Ok(ended?) }
}
