//! `rebound serve`: runs until it is told to stop, and then lets accepted requests end.

use std::process::ExitCode;

use tokio::signal;

use super::{Failure, runtime};
use crate::app::{App, Environment};
use crate::config::Settings;
use crate::logs;

/// Serves.
pub(super) fn serve(settings: &Settings) -> Result<ExitCode, Failure> {
    let _logs =
        logs::start(&settings.log, settings.log_format).map_err(|error| Failure::usage(format!("log: {error}")))?;
    runtime()?.block_on(async {
        let mut app =
            App::start(settings, &Environment::default()).await.map_err(|error| Failure::failed(error.to_string()))?;
        tokio::select! {
            signal = stop_signal() => tracing::info!(signal = signal?, "stopping"),
            ended = app.ended() => ended.map_err(|error| Failure::failed(error.to_string()))?,
        }
        tokio::select! {
            () = app.retire() => {}
            signal = stop_signal() => tracing::info!(signal = signal?, "stopping at once"),
        }
        if app.shutdown().await {
            tracing::info!("stopped");
        } else {
            tracing::warn!("stopped before every request had ended");
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Waits for SIGTERM or an interrupt, and says which it was.
async fn stop_signal() -> Result<&'static str, Failure> {
    #[cfg(unix)]
    {
        let mut terminate = signal::unix::signal(signal::unix::SignalKind::terminate())?;
        tokio::select! {
            _ = terminate.recv() => Ok("SIGTERM"),
            interrupted = signal::ctrl_c() => { interrupted?; Ok("SIGINT") }
        }
    }
    #[cfg(not(unix))]
    {
        signal::ctrl_c().await?;
        Ok("interrupt")
    }
}
