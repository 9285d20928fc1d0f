//! Metrics of the process as a whole, read when somebody asks for them. Each API counts its own requests itself.

mod memo;

use std::sync::Arc;

use prometheus::Registry;
use rebound_domain::guidance::MemoCounts;

use self::memo::MemoMetrics;

/// Says what a memory has counted, whenever it is asked.
pub(crate) type Counts = Arc<dyn Fn() -> MemoCounts + Send + Sync>;

/// Registers what the memories of the APIs count.
///
/// # Errors
/// If metrics of the same names are registered already.
pub(crate) fn register(registry: &Registry, memories: [(&'static str, Counts); 2]) -> Result<(), prometheus::Error> {
    registry.register(Box::new(MemoMetrics::new(memories)?))
}
