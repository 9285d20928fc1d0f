//! Takes away in the background what is older than the tenants' settings allow.

use std::sync::Arc;
use std::time::Duration;

use rebound_domain::Result;
use rebound_domain::environment::Clock;
use rebound_domain::governance::{Expired, GovernanceStore};
use rebound_telemetry::Requests;
use tracing::Instrument as _;

/// The time between two rounds.
const EVERY: Duration = Duration::from_hours(1);

/// How many rows of each class one step takes away, so that others get their turn.
const BATCH: u32 = 500;

/// Rounds of retention. Cheap to clone.
#[derive(Clone)]
pub struct Retention {
    store: Arc<dyn GovernanceStore>,
    clock: Arc<dyn Clock>,
    followed: Requests,
}

impl Retention {
    /// Rounds over `store`.
    pub(crate) fn new(store: Arc<dyn GovernanceStore>, clock: Arc<dyn Clock>, followed: Requests) -> Self {
        Self { store, clock, followed }
    }

    /// One whole round.
    ///
    /// # Errors
    /// `Unavailable` while the database is away; what was taken away until then is.
    pub async fn round(&self) -> Result<Expired> {
        let span = self.followed.root("retention");
        self.steps().instrument(span).await
    }

    async fn steps(&self) -> Result<Expired> {
        let mut all = Expired::default();
        loop {
            let Expired { records, diaries, audit_events, answers_and_tokens } =
                self.store.retain(self.clock.now(), BATCH).await?;
            all.records += records;
            all.diaries += diaries;
            all.audit_events += audit_events;
            all.answers_and_tokens += answers_and_tokens;
            if records + diaries + audit_events + answers_and_tokens == 0 {
                return Ok(all);
            }
        }
    }

    /// Rounds until told to stop. One that fails is tried again at the next time.
    pub(crate) async fn run(self, stop: impl Future<Output = ()>) {
        let mut times = tokio::time::interval(EVERY);
        times.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let rounds = async {
            loop {
                times.tick().await;
                match self.round().await {
                    Ok(expired) if expired == Expired::default() => {}
                    Ok(expired) => tracing::info!(
                        records = expired.records,
                        diaries = expired.diaries,
                        audit_events = expired.audit_events,
                        answers_and_tokens = expired.answers_and_tokens,
                        "retention"
                    ),
                    Err(error) => {
                        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                        tracing::warn!(code = error.kind.row().code, cause, "retention failed");
                    }
                }
            }
        };
        tokio::select! { () = rounds => {} () = stop => {} }
    }
}
