//! Which span an event belongs to, for log lines.

use std::sync::OnceLock;

use opentelemetry::trace::{SpanContext, TraceContextExt as _};
use tracing::dispatcher::WeakDispatch;
use tracing::{Dispatch, Event, Subscriber};
use tracing_opentelemetry::get_otel_context;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// Looks up the span of an event. A layer tells it of the dispatcher when it is told itself.
#[derive(Debug, Default)]
pub struct CurrentSpan(OnceLock<WeakDispatch>);

/// The ids of a span, in hexadecimal digits when displayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpanIds(pub(crate) SpanContext);

impl SpanIds {
    /// The id of its trace.
    #[must_use]
    pub fn trace_id(&self) -> impl std::fmt::Display + use<> {
        self.0.trace_id()
    }

    /// Its own id.
    #[must_use]
    pub fn span_id(&self) -> impl std::fmt::Display + use<> {
        self.0.span_id()
    }
}

impl CurrentSpan {
    /// Learns of the dispatcher; for `Layer::on_register_dispatch`.
    pub fn learn(&self, dispatch: &Dispatch) {
        self.0.get_or_init(|| dispatch.downgrade());
    }

    /// The span of an event, if it is followed.
    pub fn of<S>(&self, event: &Event<'_>, context: &Context<'_, S>) -> Option<SpanIds>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let span = context.event_span(event)?.id();
        let dispatch = self.0.get()?.upgrade()?;
        let found = get_otel_context(&span, &dispatch)?.span().span_context().clone();
        found.is_valid().then_some(SpanIds(found))
    }
}
