//! Metrics of the process as a whole, read when somebody asks for them. Each API counts its own requests itself.

mod limited;
mod memo;
mod process;

use std::sync::Arc;

use jiff::Timestamp;
use prometheus::Registry;
use rebound_domain::guidance::MemoCounts;
use rebound_domain::limits::Refusals;

use self::limited::LimitMetrics;
use self::memo::MemoMetrics;
use self::process::ProcessMetrics;

/// Says what a memory has counted, whenever it is asked.
pub(crate) type Counts = Arc<dyn Fn() -> MemoCounts + Send + Sync>;

/// Registers what the memories and the limits of the APIs count, and what the system says of this process, which started at `now`.
///
/// # Errors
/// If metrics of the same names are registered already.
pub(crate) fn register(
    registry: &Registry,
    memories: [(&'static str, Counts); 2],
    refusals: [(&'static str, Arc<Refusals>); 2],
    now: Timestamp,
) -> Result<(), prometheus::Error> {
    registry.register(Box::new(MemoMetrics::new(memories)?))?;
    registry.register(Box::new(LimitMetrics::new(refusals)?))?;
    registry.register(Box::new(ProcessMetrics::new(now)?))
}
