//! Events as log records: what the log lines say, with the trace and the span that they belong to. It adds nothing, and
//! what must not stand in a log is kept out where it is logged.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use opentelemetry::trace::TraceId;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, SeverityNumber};
use tracing::field::{Field, Visit};
use tracing::{Dispatch, Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use crate::clock::now_nanos;
use crate::current::CurrentSpan;
use crate::exporter::TARGET;
use crate::queue::Queue;
use crate::resource::attribute;

/// The field of an event that names the trace of the client.
const TRACE_ID: &str = "trace_id";

thread_local! {
    /// Whether this is the thread that sends. What it does must not make more to send.
    static SENDS: Cell<bool> = const { Cell::new(false) };
}

/// Marks this thread as the one that sends.
pub(crate) fn on_sending_thread() {
    SENDS.set(true);
}

/// A log record, and the target of its event.
#[derive(Debug)]
pub(crate) struct Logged {
    pub(crate) target: &'static str,
    pub(crate) record: LogRecord,
}

/// Takes events.
pub(crate) struct LogRecords {
    queue: Arc<Queue<Logged>>,
    current: CurrentSpan,
}

impl LogRecords {
    pub(crate) fn to(queue: Arc<Queue<Logged>>) -> Self {
        Self { queue, current: CurrentSpan::default() }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for LogRecords {
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        self.current.learn(dispatch);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        if SENDS.get() || metadata.target() == TARGET {
            return;
        }
        let now = now_nanos();
        let (number, text) = severity(*metadata.level());
        let mut record = LogRecord {
            time_unix_nano: now,
            observed_time_unix_nano: now,
            severity_number: number.into(),
            severity_text: text.to_owned(),
            attributes: Vec::with_capacity(8),
            ..LogRecord::default()
        };
        event.record(&mut Fields(&mut record));
        if let Some(span) = self.current.of(event, &context) {
            record.trace_id = span.0.trace_id().to_bytes().to_vec();
            record.span_id = span.0.span_id().to_bytes().to_vec();
            record.flags = u32::from(span.0.trace_flags().to_u8());
        }
        self.queue.push(Logged { target: metadata.target(), record });
    }
}

const fn severity(level: Level) -> (SeverityNumber, &'static str) {
    match level {
        Level::ERROR => (SeverityNumber::Error, "ERROR"),
        Level::WARN => (SeverityNumber::Warn, "WARN"),
        Level::INFO => (SeverityNumber::Info, "INFO"),
        Level::DEBUG => (SeverityNumber::Debug, "DEBUG"),
        Level::TRACE => (SeverityNumber::Trace, "TRACE"),
    }
}

/// Writes the fields of an event into a record.
struct Fields<'a>(&'a mut LogRecord);

impl Fields<'_> {
    fn add(&mut self, field: &Field, value: Value) {
        let attribute: KeyValue = attribute(field.name(), value);
        self.0.attributes.push(attribute);
    }
}

impl Visit for Fields<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, Value::DoubleValue(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, Value::IntValue(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, Value::IntValue(i64::try_from(value).unwrap_or(i64::MAX)));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, Value::BoolValue(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => self.0.body = Some(AnyValue { value: Some(Value::StringValue(value.to_owned())) }),
            // The trace of a client whose request is not followed.
            TRACE_ID => self.0.trace_id = TraceId::from_hex(value).map_or(Vec::new(), |id| id.to_bytes().to_vec()),
            _ => self.add(field, Value::StringValue(value.to_owned())),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}
