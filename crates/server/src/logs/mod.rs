//! Logs on standard error: readable on a terminal, one JSON object a line otherwise.

mod json;
mod sink;

use std::io::{self, IsTerminal};

use rebound_telemetry::{CurrentSpan, Telemetry};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::filter::{FilterExt as _, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer};

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
pub(crate) fn start(directives: &str, format: LogFormat, telemetry: Option<&Telemetry>) -> Result<LogGuard, LogError> {
    let filter = EnvFilter::builder().parse(directives)?;
    let (sink, guard) = Sink::to(io::stderr())?;
    let json = match format {
        LogFormat::Json => true,
        LogFormat::Text => false,
        LogFormat::Auto => !io::stderr().is_terminal(),
    };
    // Nobody asks for spans where there is no telemetry: then they cost a comparison.
    let events = filter_fn(is_event);
    // Tests start several services in one process; the first one's logs serve them all.
    let _already_started = match (telemetry, json) {
        (None, true) => tracing_subscriber::registry().with(events).with(filter).with(JsonLines::to(sink)).try_init(),
        (None, false) => tracing_subscriber::registry().with(events).with(filter).with(readable(sink)).try_init(),
        (Some(telemetry), json) => {
            let lines = if json {
                let lines = JsonLines { sink, current: Some(CurrentSpan::default()) };
                lines.with_filter(telemetry.beside(filter.clone())).boxed()
            } else {
                readable(sink).with_filter(events.and(filter.clone())).boxed()
            };
            // One after the other, for a list of layers would not be told of the dispatcher.
            let layers = telemetry.layers(|| filter.clone());
            let layers = layers.into_iter().fold(lines, |before, layer| before.and_then(layer).boxed());
            tracing_subscriber::registry().with(layers).try_init()
        }
    };
    Ok(guard)
}

/// Lines for people.
fn readable<S>(sink: Sink) -> impl Layer<S> + Send + Sync
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let ansi = io::stderr().is_terminal();
    tracing_subscriber::fmt::layer().with_ansi(ansi).with_target(false).with_writer(sink)
}

fn is_event(metadata: &Metadata<'_>) -> bool {
    metadata.is_event()
}
