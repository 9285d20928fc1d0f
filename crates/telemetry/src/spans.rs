//! Spans of `tracing` as spans of OpenTelemetry: which of them count, what their ids are, and where they go when they end.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::trace::{SpanId, SpanKind, TraceId, TracerProvider as _};
use opentelemetry::{Context as OtelContext, Value};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    IdGenerator, RandomIdGenerator, Sampler, SdkTracerProvider, Span, SpanData, SpanProcessor,
};
use tracing::subscriber::Interest;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, Filter};
use tracing_subscriber::registry::LookupSpan;

use crate::queue::Queue;

/// The target of spans that begin a trace here. Whoever makes one has decided that it is kept.
pub(crate) const ENTRY: &str = "rebound::entry";

/// What the targets of our own crates begin with.
const OWN: &str = "rebound";

/// Spans count if they are ours and within one that counts, and so nothing of a request that is not kept gets one. For
/// events the other filter decides.
#[derive(Debug, Clone)]
pub struct Kept<F> {
    pub(crate) of_events: F,
    /// Whether anybody takes spans. If nobody does, their places must not be asked at all: a filter that is asked about a
    /// span and says no would miss the next event that every filter wants without being asked.
    pub(crate) takes_spans: bool,
}

impl<S, F> Filter<S> for Kept<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    F: Filter<S>,
{
    fn enabled(&self, metadata: &Metadata<'_>, context: &Context<'_, S>) -> bool {
        if !metadata.is_span() {
            return self.of_events.enabled(metadata, context);
        }
        let is_within = || metadata.target().starts_with(OWN) && context.lookup_current().is_some();
        self.takes_spans && (metadata.target() == ENTRY || is_within())
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if !metadata.is_span() {
            return self.of_events.callsite_enabled(metadata);
        }
        match metadata.target() {
            _ if !self.takes_spans => Interest::never(),
            ENTRY => Interest::always(),
            target if target.starts_with(OWN) => Interest::sometimes(),
            _ => Interest::never(),
        }
    }
}

/// The layer that makes spans.
pub(crate) fn layer<S>(queue: Arc<Queue<SpanData>>) -> impl Layer<S> + Send + Sync
where
    S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
{
    let provider = SdkTracerProvider::builder()
        // What is not kept does not get here.
        .with_sampler(Sampler::AlwaysOn)
        .with_id_generator(Ids)
        .with_span_processor(Ended(queue))
        .build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("rebound"))
        .with_context_activation(false)
        .with_tracked_inactivity(false)
        .with_location(false)
        .with_threads(false)
        .with_target(false);
    let nothing = tracing_subscriber::filter::filter_fn(|_| false);
    layer.with_filter(Kept { of_events: nothing, takes_spans: true })
}

/// Takes spans that have ended.
#[derive(Debug)]
struct Ended(Arc<Queue<SpanData>>);

impl SpanProcessor for Ended {
    fn on_start(&self, _: &mut Span, _: &OtelContext) {}

    fn on_end(&self, mut span: SpanData) {
        // The route of a request is known when it was found, and a span that has begun keeps its name otherwise.
        if span.span_kind == SpanKind::Server
            && let (Some(method), Some(route)) = (text(&span, "http.request.method"), text(&span, "http.route"))
        {
            span.name = format!("{method} {route}").into();
        }
        self.0.push(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

fn text<'a>(span: &'a SpanData, name: &str) -> Option<&'a str> {
    span.attributes.iter().find(|attribute| attribute.key.as_str() == name).and_then(|attribute| {
        match &attribute.value {
            Value::String(text) => Some(text.as_str()),
            _ => None,
        }
    })
}

thread_local! {
    /// The trace that the next span without a parent begins.
    static NEXT: Cell<Option<TraceId>> = const { Cell::new(None) };
}

/// Begins a span without a parent in this trace, by which was decided that it is kept.
pub(crate) fn continue_in(trace: TraceId, begin: impl FnOnce()) {
    NEXT.set(Some(trace));
    begin();
    NEXT.set(None);
}

/// Random ids.
#[derive(Debug)]
struct Ids;

impl IdGenerator for Ids {
    fn new_trace_id(&self) -> TraceId {
        NEXT.take().unwrap_or_else(|| RandomIdGenerator::default().new_trace_id())
    }

    fn new_span_id(&self) -> SpanId {
        RandomIdGenerator::default().new_span_id()
    }
}
