//! Logs on standard error: readable on a terminal, one JSON object a line otherwise, written by a thread of its own so
//! that no request waits for a disk.

use std::fmt::{self, Write as _};
use std::io::{self, BufWriter, IsTerminal};

use jiff::Timestamp;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::config::LogFormat;

/// How much is written at once while many lines come.
const BUFFER_BYTES: usize = 64 * 1024;

/// Starts logging. Keep the guard: dropping it writes what is left.
///
/// # Errors
/// If the directives cannot be read.
pub(crate) fn start(
    directives: &str,
    format: LogFormat,
) -> Result<WorkerGuard, tracing_subscriber::filter::ParseError> {
    let filter = EnvFilter::builder().parse(directives)?;
    // The writing thread flushes whenever nothing more is waiting, so a buffer delays nothing.
    let (writer, guard) = tracing_appender::non_blocking(BufWriter::with_capacity(BUFFER_BYTES, io::stderr()));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    let json = match format {
        LogFormat::Json => true,
        LogFormat::Text => false,
        LogFormat::Auto => !io::stderr().is_terminal(),
    };
    // Tests start several services in one process; the first one's logs serve them all.
    let _already_started = if json {
        builder.with_ansi(false).event_format(JsonLines).try_init()
    } else {
        builder.with_ansi(io::stderr().is_terminal()).with_target(false).try_init()
    };
    Ok(guard)
}

/// Writes an event as one flat JSON object. The usual formatter goes by way of a tree and takes several times as long,
/// which would be most of what a request costs.
struct JsonLines;

impl<S, N> FormatEvent<S, N> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    #[expect(
        clippy::disallowed_methods,
        reason = "the time in a log is the machine's, whatever clock the service goes by"
    )]
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let metadata = event.metadata();
        let (now, level, target) = (Timestamp::now(), metadata.level(), metadata.target());
        write!(writer, "{{\"timestamp\":\"{now:.6}\",\"level\":\"{level}\",\"target\":\"{target}\"")?;
        let mut fields = Fields { writer, result: Ok(()) };
        event.record(&mut fields);
        fields.result?;
        fields.writer.write_str("}\n")
    }
}

struct Fields<'w> {
    writer: Writer<'w>,
    result: fmt::Result,
}

impl Fields<'_> {
    fn pair(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        self.result = self.result.and_then(|()| write!(self.writer, ",\"{}\":{value}", field.name()));
    }

    fn text(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        self.result = self.result.and_then(|()| {
            write!(self.writer, ",\"{}\":\"", field.name())?;
            write!(Escaped(&mut self.writer), "{value}")?;
            self.writer.write_char('"')
        });
    }
}

impl Visit for Fields<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.pair(field, format_args!("{value:.3}"));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.pair(field, format_args!("{value}"));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.pair(field, format_args!("{value}"));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.pair(field, format_args!("{value}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, format_args!("{value:?}"));
    }
}

/// Escapes text for a JSON string (RFC 8259, section 7).
struct Escaped<'a, 'w>(&'a mut Writer<'w>);

impl fmt::Write for Escaped<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for part in text.split_inclusive(|character: char| character < ' ' || character == '"' || character == '\\') {
            let mut characters = part.chars();
            match characters.next_back() {
                Some(last @ ('"' | '\\')) => write!(self.0, "{}\\{last}", characters.as_str())?,
                Some(last) if last < ' ' => write!(self.0, "{}\\u{:04x}", characters.as_str(), u32::from(last))?,
                _ => self.0.write_str(part)?,
            }
        }
        Ok(())
    }
}
