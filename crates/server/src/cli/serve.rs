//! `rebound serve`: runs until it is told to stop, and then lets accepted requests end.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use rebound_telemetry::{Config, Telemetry};
use tokio::signal;

use super::{Failure, output, runtime};
use crate::app::{App, Environment};
use crate::config::Settings;
use crate::{logs, sandbox};

/// How to serve.
#[derive(Debug, Default, Args)]
pub(super) struct Serve {
    /// Try it out: a tenant with people who do not exist and keys that everybody knows, in memory
    ///
    /// Keys, people and addresses are written to standard output. With --database-url the sandbox is kept there; a
    /// database that holds anything else is refused, and a sandbox is refused without this flag.
    #[arg(long)]
    pub(super) sandbox: bool,
}

/// How long what is left may take to reach a collector at the end, in any case and at most.
const FLUSH_AT_LEAST: Duration = Duration::from_millis(500);
const FLUSH_AT_MOST: Duration = Duration::from_secs(5);

/// Serves.
pub(super) fn serve(settings: &Settings) -> Result<ExitCode, Failure> {
    let telemetry = telemetry()?;
    let _logs = logs::start(&settings.log, settings.log_format, telemetry.as_deref())
        .map_err(|error| Failure::usage(format!("log: {error}")))?;
    let environment = Environment { telemetry: telemetry.clone(), ..Environment::default() };
    let ended = runtime()?.block_on(run(settings, &environment));
    drop(environment);
    let (left, code) = match ended {
        Ok(left) => (left, Ok(ExitCode::SUCCESS)),
        Err(failure) => (FLUSH_AT_LEAST, Err(failure)),
    };
    if let Some(telemetry) = telemetry {
        telemetry.stop(left.clamp(FLUSH_AT_LEAST, FLUSH_AT_MOST));
    }
    code
}

/// Telemetry as the standard variables say, if they do.
fn telemetry() -> Result<Option<Arc<Telemetry>>, Failure> {
    let Some(config) = Config::from_environment().map_err(|error| Failure::usage(error.to_string()))? else {
        return Ok(None);
    };
    let telemetry = Telemetry::start(&config).map_err(|error| Failure::failed(error.to_string()))?;
    Ok(Some(Arc::new(telemetry)))
}

/// Runs until it is told to stop; answers what is left then of the time to drain.
async fn run(settings: &Settings, environment: &Environment) -> Result<Duration, Failure> {
    // Before it is ready: who sees that it is may tell it to stop at once.
    let mut stop = Stop::listen()?;
    let mut app = tokio::select! {
        started = App::start(settings, environment) => started?,
        signal = stop.signal() => {
            tracing::info!(signal, "stopped before it was ready");
            return Ok(FLUSH_AT_LEAST);
        }
    };
    if settings.sandbox {
        let greeting = sandbox::greeting(settings, app.http_addr, app.grpc_addr);
        output::line(greeting.map_err(|error| Failure::failed(error.to_string()))?.trim_end())?;
    }
    tokio::select! {
        signal = stop.signal() => tracing::info!(signal, "stopping"),
        ended = app.ended() => ended?,
    }
    tokio::select! {
        () = app.retire() => {}
        signal = stop.signal() => tracing::info!(signal, "stopping at once"),
    }
    let stopping = Instant::now();
    if app.shutdown().await {
        tracing::info!("stopped");
    } else {
        tracing::warn!("stopped before every request had ended");
    }
    Ok(settings.drain.saturating_sub(stopping.elapsed()))
}

/// What tells it to stop.
#[cfg(unix)]
struct Stop {
    terminate: signal::unix::Signal,
    interrupt: signal::unix::Signal,
}

#[cfg(unix)]
impl Stop {
    fn listen() -> Result<Self, Failure> {
        use signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for SIGTERM or an interrupt, and says which it was.
    async fn signal(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

/// What tells it to stop.
#[cfg(not(unix))]
struct Stop {
    interrupt: signal::windows::CtrlC,
}

#[cfg(not(unix))]
impl Stop {
    fn listen() -> Result<Self, Failure> {
        Ok(Self { interrupt: signal::windows::ctrl_c()? })
    }

    /// Waits for an interrupt.
    async fn signal(&mut self) -> &'static str {
        self.interrupt.recv().await;
        "interrupt"
    }
}
