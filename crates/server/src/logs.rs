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

/// Room for a usual line.
const LINE_BYTES: usize = 384;

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
        let mut line = JsonLine(String::with_capacity(LINE_BYTES));
        line.0.push('{');
        line.display("timestamp", format_args!("{:.6}", Timestamp::now()));
        line.text("level", event.metadata().level().as_str());
        line.text("target", event.metadata().target());
        event.record(&mut line);
        line.0.push_str("}\n");
        writer.write_str(&line.0)
    }
}

/// A line while it is written. Members are pushed as text, not formatted: most of them need no escaping.
struct JsonLine(String);

impl JsonLine {
    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push('"');
        self.0.push_str(name);
        self.0.push_str("\":");
    }

    fn raw(&mut self, name: &str, value: &str) {
        self.name(name);
        self.0.push_str(value);
    }

    fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        self.0.push('"');
        escape(&mut self.0, value);
        self.0.push('"');
    }

    fn display(&mut self, name: &str, value: fmt::Arguments<'_>) {
        self.name(name);
        self.0.push('"');
        // Writing into memory that grows has no way to fail.
        let _: fmt::Result = Escaped(&mut self.0).write_fmt(value);
        self.0.push('"');
    }
}

impl Visit for JsonLine {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.name(field.name());
        let _: fmt::Result = write!(self.0, "{value:.3}");
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.raw(field.name(), itoa::Buffer::new().format(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.raw(field.name(), itoa::Buffer::new().format(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.raw(field.name(), if value { "true" } else { "false" });
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.display(field.name(), format_args!("{value:?}"));
    }
}

/// Escapes what is written through it.
struct Escaped<'a>(&'a mut String);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        escape(self.0, text);
        Ok(())
    }
}

/// Appends text for a JSON string (RFC 8259, section 7).
fn escape(line: &mut String, text: &str) {
    let needs_escape = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    if !text.bytes().any(needs_escape) {
        return line.push_str(text);
    }
    for character in text.chars() {
        match character {
            '"' | '\\' => line.extend(['\\', character]),
            control if control < ' ' => {
                let _: fmt::Result = write!(line, "\\u{:04x}", u32::from(control));
            }
            plain => line.push(plain),
        }
    }
}
