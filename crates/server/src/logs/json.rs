//! Writes an event as one flat JSON object. The usual formatter goes by way of a tree and takes several times as long,
//! which would be most of what a request costs.

use std::cell::Cell;
use std::fmt::{self, Write as _};
use std::io::{self, Write as _};

use jiff::Timestamp;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use super::sink::Sink;

/// Room for a usual line.
const LINE_BYTES: usize = 384;

/// Up to here thousandths of a number are whole numbers of 64 bits, and exact ones.
const MAX_EXACT: f64 = 1e12;

/// Writes every event as a line of JSON.
pub(super) struct JsonLines(pub(super) Sink);

impl<S: Subscriber> Layer<S> for JsonLines {
    #[expect(
        clippy::disallowed_methods,
        reason = "the time in a log is the machine's, whatever clock the service goes by"
    )]
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = JsonLine(Vec::with_capacity(LINE_BYTES));
        line.0.extend_from_slice(b"{\"timestamp\":\"");
        push_timestamp(&mut line.0, Timestamp::now());
        line.0.push(b'"');
        line.text("level", event.metadata().level().as_str());
        line.text("target", event.metadata().target());
        event.record(&mut line);
        line.0.extend_from_slice(b"}\n");
        self.0.push(&line.0);
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
struct JsonLine(Vec<u8>);

impl JsonLine {
    fn name(&mut self, name: &str) {
        self.0.extend_from_slice(b",\"");
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
    }

    fn raw(&mut self, name: &str, value: &str) {
        self.name(name);
        self.0.extend_from_slice(value.as_bytes());
    }

    fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        self.0.push(b'"');
        escape(&mut self.0, value);
        self.0.push(b'"');
    }

    fn display(&mut self, name: &str, value: fmt::Arguments<'_>) {
        self.name(name);
        self.0.push(b'"');
        // Writing into memory that grows has no way to fail.
        let _: fmt::Result = Escaped(&mut self.0).write_fmt(value);
        self.0.push(b'"');
    }
}

impl Visit for JsonLine {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the range, which is checked")]
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.name(field.name());
        if (0.0..MAX_EXACT).contains(&value) {
            // Several times as quick as formatting a fraction, and every request has one.
            let thousandths = (value * 1e3).round() as u64;
            self.0.extend_from_slice(itoa::Buffer::new().format(thousandths / 1000).as_bytes());
            self.0.push(b'.');
            push_padded::<3>(&mut self.0, (thousandths % 1000) as u32);
        } else {
            let _: io::Result<()> = write!(self.0, "{value:.3}");
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
        self.text(field.name(), value);
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

/// Appends text for a JSON string (RFC 8259, section 7).
fn escape(line: &mut Vec<u8>, text: &str) {
    if !text.bytes().any(|byte| NEEDS_ESCAPE[usize::from(byte)]) {
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
    }
}
