//! Logs on standard error: readable on a terminal, one JSON object a line otherwise.

mod json;
mod sink;

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use self::json::JsonLines;
use self::sink::{LogGuard, Sink};
use crate::config::LogFormat;

/// Why nothing can be logged.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LogError {
    /// The directives cannot be read.
    #[error(transparent)]
    Directives(#[from] ParseError),
    /// The system gives no thread.
    #[error("no thread for it: {0}")]
    Thread(#[from] io::Error),
}

/// Starts logging. Keep the guard: dropping it writes what is left.
///
/// # Errors
/// If the directives cannot be read, or no thread can be had.
pub(crate) fn start(directives: &str, format: LogFormat) -> Result<LogGuard, LogError> {
    let filter = EnvFilter::builder().parse(directives)?;
    let (sink, guard) = Sink::to(io::stderr())?;
    let json = match format {
        LogFormat::Json => true,
        LogFormat::Text => false,
        LogFormat::Auto => !io::stderr().is_terminal(),
    };
    // Tests start several services in one process; the first one's logs serve them all.
    let _already_started = if json {
        tracing_subscriber::registry().with(filter).with(JsonLines(sink)).try_init()
    } else {
        let ansi = io::stderr().is_terminal();
        let lines = tracing_subscriber::fmt::layer().with_ansi(ansi).with_target(false).with_writer(sink);
        tracing_subscriber::registry().with(filter).with(lines).try_init()
    };
    Ok(guard)
}
