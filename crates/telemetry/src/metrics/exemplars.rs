//! Requests that stand for others in a histogram of durations: of each bucket the last one whose trace is kept. They are
//! taken from the line that the access log has anyway, so that nobody measures twice.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry_proto::tonic::metrics::v1::Exemplar;
use opentelemetry_proto::tonic::metrics::v1::exemplar::Value;
use prometheus::proto::LabelPair;
use tracing::field::{Field, Visit};
use tracing::{Dispatch, Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use crate::clock::now_nanos;
use crate::current::CurrentSpan;

/// The target of the lines that say how long a request took.
pub(crate) const ACCESS: &str = "rebound::access";

/// Durations are told apart by powers of two, from a microsecond on. A bucket of a metric has one or several of them.
const SLOTS: usize = 32;

/// What a line says.
#[derive(Debug, Default, Clone, PartialEq, Eq, Hash)]
struct Labels {
    method: String,
    route: String,
}

/// The exemplars of all histograms.
#[derive(Debug, Default)]
pub(crate) struct Exemplars(Mutex<HashMap<Labels, [Option<Exemplar>; SLOTS]>>);

impl Exemplars {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a duration; what is cut off is no matter"
    )]
    fn note(&self, labels: Labels, exemplar: Exemplar, milliseconds: f64) {
        let slot = (milliseconds * 1e3).max(1.0).log2() as usize;
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let slots = all.entry(labels).or_insert_with(|| [const { None }; SLOTS]);
        slots[slot.min(SLOTS - 1)] = Some(exemplar);
    }

    /// Takes those of a series with these labels and bounds, one for each bucket.
    pub(super) fn take(&self, labels: &[LabelPair], bounds: &[f64]) -> Vec<Exemplar> {
        let label = |name: &str| {
            let label = labels.iter().find(|label| label.name() == name);
            label.map(|label| label.value().to_owned()).unwrap_or_default()
        };
        let labels = Labels { method: label("method"), route: label("route") };
        let slots = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&labels);
        let mut taken: Vec<(usize, Exemplar)> = Vec::new();
        for exemplar in slots.into_iter().flatten().flatten() {
            let Some(Value::AsDouble(value)) = exemplar.value else { continue };
            let bucket = bounds.partition_point(|bound| *bound < value);
            match taken.last_mut() {
                Some((last, kept)) if *last == bucket => {
                    if kept.time_unix_nano < exemplar.time_unix_nano {
                        *kept = exemplar;
                    }
                }
                _ => taken.push((bucket, exemplar)),
            }
        }
        taken.into_iter().map(|(_, exemplar)| exemplar).collect()
    }
}

/// Takes lines of the access log.
pub(crate) struct ExemplarLayer {
    exemplars: Arc<Exemplars>,
    current: CurrentSpan,
}

impl ExemplarLayer {
    pub(crate) fn to(exemplars: Arc<Exemplars>) -> Self {
        Self { exemplars, current: CurrentSpan::default() }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for ExemplarLayer {
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        self.current.learn(dispatch);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let Some(span) = self.current.of(event, &context) else { return };
        let mut line = Line::default();
        event.record(&mut line);
        let exemplar = Exemplar {
            filtered_attributes: Vec::new(),
            time_unix_nano: now_nanos(),
            span_id: span.0.span_id().to_bytes().to_vec(),
            trace_id: span.0.trace_id().to_bytes().to_vec(),
            value: Some(Value::AsDouble(line.milliseconds / 1e3)),
        };
        self.exemplars.note(line.labels, exemplar, line.milliseconds);
    }
}

#[derive(Default)]
struct Line {
    labels: Labels,
    milliseconds: f64,
}

impl Visit for Line {
    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "duration_ms" {
            self.milliseconds = value;
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "method" => value.clone_into(&mut self.labels.method),
            "route" => value.clone_into(&mut self.labels.route),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}
