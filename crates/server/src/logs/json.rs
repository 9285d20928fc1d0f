//! Writes an event as one flat JSON object. The usual formatter goes by way of a tree and takes several times as long,
//! which would be most of what a request costs.

use std::cell::Cell;
use std::fmt::{self, Write as _};
use std::io::{self, Write as _};

use jiff::Timestamp;
use rebound_telemetry::{CurrentSpan, SpanIds};
use tracing::field::{Field, Visit};
use tracing::{Dispatch, Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::sink::Sink;

/// Room for a usual line.
const LINE_BYTES: usize = 384;

/// The trace that a line belongs to.
const TRACE_ID: &str = "trace_id";

/// Up to here thousandths of a number are whole numbers of 64 bits, and exact ones.
const MAX_EXACT: f64 = 1e12;

/// Writes every event as a line of JSON.
pub(super) struct JsonLines {
    pub(super) sink: Sink,
    /// Knows the span of an event, where requests are followed.
    pub(super) current: Option<CurrentSpan>,
}

impl JsonLines {
    /// Lines that know of no spans.
    pub(super) const fn to(sink: Sink) -> Self {
        Self { sink, current: None }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for JsonLines {
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        if let Some(current) = &self.current {
            current.learn(dispatch);
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the time in a log is the machine's, whatever clock the service goes by"
    )]
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let span = self.current.as_ref().and_then(|current| current.of(event, &context));
        let mut line = JsonLine { bytes: Vec::with_capacity(LINE_BYTES), has_span: span.is_some() };
        line.bytes.extend_from_slice(b"{\"timestamp\":\"");
        push_timestamp(&mut line.bytes, Timestamp::now());
        line.bytes.push(b'"');
        line.plain("level", event.metadata().level().as_str());
        line.plain("target", event.metadata().target());
        event.record(&mut line);
        if let Some(span) = span {
            line.span(&span);
        }
        line.bytes.extend_from_slice(b"}\n");
        self.sink.push(&line.bytes);
    }
}

thread_local! {
    /// A second, and how it is written: most lines fall into the same one as the line before.
    static SECOND: Cell<(i64, [u8; 19])> = const { Cell::new((0, *b"1970-01-01T00:00:00")) };
}

/// Appends a moment, to the microsecond, in RFC 3339.
fn push_timestamp(line: &mut Vec<u8>, now: Timestamp) {
    let (mut second, mut text) = SECOND.get();
    if second != now.as_second() {
        second = now.as_second();
        for (place, byte) in text.iter_mut().zip(now.to_string().bytes()) {
            *place = byte;
        }
        SECOND.set((second, text));
    }
    line.extend_from_slice(&text);
    line.push(b'.');
    push_padded::<6>(line, now.subsec_microsecond().unsigned_abs());
    line.push(b'Z');
}

/// Appends the last `N` digits of a number.
fn push_padded<const N: usize>(line: &mut Vec<u8>, mut number: u32) {
    let mut digits = [b'0'; N];
    for digit in digits.iter_mut().rev() {
        *digit += (number % 10) as u8;
        number /= 10;
    }
    line.extend_from_slice(&digits);
}

/// A line while it is written. Members are pushed as text, not formatted: most of them need no escaping.
struct JsonLine {
    bytes: Vec<u8>,
    /// Whether the trace is the one that is followed, and not the one that the client names.
    has_span: bool,
}

impl JsonLine {
    fn name(&mut self, name: &str) {
        self.bytes.extend_from_slice(b",\"");
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.extend_from_slice(b"\":");
    }

    fn span(&mut self, span: &SpanIds) {
        self.display(TRACE_ID, format_args!("{}", span.trace_id()));
        self.display("span_id", format_args!("{}", span.span_id()));
    }

    fn raw(&mut self, name: &str, value: &str) {
        self.name(name);
        self.bytes.extend_from_slice(value.as_bytes());
    }

    /// A text of the code's own, which needs no escaping.
    fn plain(&mut self, name: &str, value: &'static str) {
        self.name(name);
        self.bytes.push(b'"');
        self.bytes.extend_from_slice(value.as_bytes());
        self.bytes.push(b'"');
    }

    fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        self.bytes.push(b'"');
        escape(&mut self.bytes, value);
        self.bytes.push(b'"');
    }

    fn display(&mut self, name: &str, value: fmt::Arguments<'_>) {
        self.name(name);
        self.bytes.push(b'"');
        // Writing into memory that grows has no way to fail.
        let _: fmt::Result = Escaped(&mut self.bytes).write_fmt(value);
        self.bytes.push(b'"');
    }
}

impl Visit for JsonLine {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the range, which is checked")]
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.name(field.name());
        if (0.0..MAX_EXACT).contains(&value) {
            // Several times as quick as formatting a fraction, and every request has one.
            let thousandths = (value * 1e3).round() as u64;
            self.bytes.extend_from_slice(itoa::Buffer::new().format(thousandths / 1000).as_bytes());
            self.bytes.push(b'.');
            push_padded::<3>(&mut self.bytes, (thousandths % 1000) as u32);
        } else {
            let _: io::Result<()> = write!(self.bytes, "{value:.3}");
        }
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
        if !(self.has_span && field.name() == TRACE_ID) {
            self.text(field.name(), value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.display(field.name(), format_args!("{value:?}"));
    }
}

/// Escapes what is written through it.
struct Escaped<'a>(&'a mut Vec<u8>);

impl fmt::Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        escape(self.0, text);
        Ok(())
    }
}

/// Which bytes cannot stand in a JSON string as they are.
const NEEDS_ESCAPE: [bool; 256] = {
    let mut table = [false; 256];
    let mut control = 0;
    while control < b' ' as usize {
        table[control] = true;
        control += 1;
    }
    table[b'"' as usize] = true;
    table[b'\\' as usize] = true;
    table
};

/// Whether one of eight bytes may need an escape: all eight are compared at once.
const fn may_need_escape(eight: [u8; 8]) -> bool {
    const ONES: u64 = u64::MAX / 255;
    const TOPS: u64 = ONES << 7;
    const fn has_less(word: u64, than: u8) -> u64 {
        word.wrapping_sub(ONES * than as u64) & !word
    }
    let word = u64::from_ne_bytes(eight);
    let (quote, backslash) = (word ^ (ONES * b'"' as u64), word ^ (ONES * b'\\' as u64));
    (has_less(word, b' ') | has_less(quote, 1) | has_less(backslash, 1)) & TOPS != 0
}

/// Whether text can stand in a JSON string as it is.
fn is_plain(text: &[u8]) -> bool {
    match text.last_chunk() {
        // The last eight are looked at as a whole too, though some of them were before: that is quicker than one by one.
        Some(last) => !text.as_chunks().0.iter().any(|eight| may_need_escape(*eight)) && !may_need_escape(*last),
        None => !text.iter().any(|byte| NEEDS_ESCAPE[usize::from(*byte)]),
    }
}

/// Appends text for a JSON string (RFC 8259, section 7).
fn escape(line: &mut Vec<u8>, text: &str) {
    if is_plain(text.as_bytes()) {
        return line.extend_from_slice(text.as_bytes());
    }
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => line.extend([b'\\', byte]),
            control if control < b' ' => {
                let _: io::Result<()> = write!(line, "\\u{control:04x}");
            }
            plain => line.push(plain),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_jiff_writes_them() {
        for text in ["2026-11-22T04:42:08.906531Z", "2026-11-22T04:42:08.000007999Z", "2026-11-22T04:42:09Z"] {
            let moment: Timestamp = text.parse().expect("a moment");
            let mut line = Vec::new();
            push_timestamp(&mut line, moment);
            assert_eq!(line, format!("{moment:.6}").into_bytes());
        }
    }

    #[test]
    fn text_is_escaped() {
        let mut line = Vec::new();
        escape(&mut line, "plain ü, \"quoted\", \\ and \u{1}\n");
        assert_eq!(line, r#"plain ü, \"quoted\", \\ and \u0001\u000a"#.as_bytes());
        for special in ['"', '\\', '\0', '\u{1f}'] {
            for place in 0..17 {
                let text: String = (0..17).map(|at| if at == place { special } else { 'ü' }).collect();
                line.clear();
                escape(&mut line, &text);
                let read: String = serde_json::from_slice(&[b"\"", &*line, b"\""].concat()).expect("a JSON text");
                assert_eq!(read, text);
            }
        }
    }
}
