//! From the start of the process until it is ready, on a database that exists.

use super::Bench;
use crate::Result;
use crate::report::{figure, median};
use crate::service::Service;

/// Measures as many starts as there are rounds.
pub(super) async fn measure(bench: &Bench<'_>) -> Result<()> {
    let (first, _) = bench.service("start").await?;
    let key = first.key;
    first.process.stop()?;
    let mut milliseconds = Vec::new();
    for _ in 0..bench.options.rounds {
        let (core, program) = (bench.options.server_core.to_string(), &bench.options.server);
        let (service, taken) = Service::start(&core, program, &bench.folder.join("start"), &key).await?;
        milliseconds.push(taken.as_secs_f64() * 1000.0);
        service.process.stop()?;
    }
    let worst = milliseconds.iter().copied().fold(0.0, f64::max);
    let figures = format!("{:.0} ms (slowest {worst:.0} ms)", median(milliseconds));
    figure("start to ready, existing SQLite", &figures, "250 ms; then 100 ms");
    Ok(())
}
