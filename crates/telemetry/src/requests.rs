//! Follows a request from its head to its answer. Whether it is followed is decided here and only here: one that is not
//! has no span, and nothing that it does gets one.

use std::net::SocketAddr;
use std::sync::Arc;

use http::{Method, Request, Response, Version};
use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, TraceContextExt as _};
use opentelemetry_sdk::trace::{IdGenerator as _, RandomIdGenerator};
use tracing::field::Empty;
use tracing::{Instrument as _, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::config::Sampling;
use crate::spans::{ENTRY, continue_in};
use crate::traceparent::{self, TRACEPARENT};

/// Where a request comes in.
#[derive(Debug, Clone, Copy)]
pub struct Door {
    /// Where the server listens. What the client calls it is the client's text.
    pub at: SocketAddr,
    /// Whether connections there are encrypted.
    pub is_encrypted: bool,
    /// How requests talk here.
    pub kind: DoorKind,
}

/// How requests talk.
#[derive(Debug, Clone, Copy)]
pub enum DoorKind {
    /// HTTP.
    Http,
    /// gRPC, with the name of the method that a path asks for. It must be one of a few.
    Grpc(fn(&str) -> &'static str),
}

/// Follows requests, if anybody wants to know. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Requests(pub(crate) Option<Arc<Rules>>);

/// What is followed.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) sampling: Sampling,
    /// Whether the trace of a client is continued.
    pub(crate) continues_traces: bool,
}

impl Requests {
    /// Begins to follow a request that came in at this door, if it is one to be followed.
    #[must_use]
    pub fn begin<B>(&self, door: Door, request: &Request<B>) -> Followed {
        let span = self.0.as_ref().map_or_else(Span::none, |rules| rules.begin(door, request));
        Followed { door, span }
    }

    /// A span for work that nobody asked for, if the sampler keeps it.
    #[must_use]
    pub fn root(&self, name: &'static str) -> Span {
        let Some(rules) = &self.0 else { return Span::none() };
        rules.enter(None, || {
            tracing::info_span!(
                target: ENTRY, parent: None, "background", otel.name = name, otel.status_code = Empty, error.type = Empty,
            )
        })
    }
}

/// A request, and the span that it is answered in.
#[derive(Debug)]
pub struct Followed {
    door: Door,
    span: Span,
}

impl Followed {
    /// Has the request answered within its span. The answer names the span in `traceparent`.
    pub async fn answer<B>(self, answering: impl Future<Output = Response<B>>) -> Response<B> {
        let Self { door, span } = self;
        let mut response = answering.instrument(span.clone()).await;
        if !span.is_disabled() {
            end(door, &span, &mut response);
        }
        response
    }
}

impl Rules {
    fn begin<B>(&self, door: Door, request: &Request<B>) -> Span {
        let parent = self.continues_traces.then(|| traceparent::parent(request.headers())).flatten();
        self.enter(parent, || match door.kind {
            DoorKind::Http => http_span(door, request),
            DoorKind::Grpc(name_of) => grpc_span(door.at, request, name_of(request.uri().path())),
        })
    }

    /// Makes the span if the trace is kept.
    fn enter(&self, parent: Option<SpanContext>, make: impl FnOnce() -> Span) -> Span {
        let trace = parent.as_ref().map(SpanContext::trace_id);
        let trace = trace.unwrap_or_else(|| RandomIdGenerator::default().new_trace_id());
        if !self.sampling.keeps(parent.as_ref(), trace) {
            return Span::none();
        }
        let span = make();
        match parent {
            // Fails only where there is no layer for traces, and then there are no spans either.
            Some(parent) => drop(span.set_parent(Context::new().with_remote_span_context(parent))),
            None => continue_in(trace, || drop(span.context())),
        }
        span
    }
}

fn http_span<B>(Door { at, is_encrypted, .. }: Door, request: &Request<B>) -> Span {
    let method = known(request.method());
    tracing::info_span!(
        target: ENTRY,
        parent: None,
        "request",
        otel.kind = "server",
        otel.name = method,
        otel.status_code = Empty,
        http.request.method = method,
        http.route = Empty,
        http.response.status_code = Empty,
        error.type = Empty,
        url.scheme = if is_encrypted { "https" } else { "http" },
        server.address = %at.ip(),
        server.port = i64::from(at.port()),
        network.protocol.name = "http",
        network.protocol.version = version(request.version()),
    )
}

fn grpc_span<B>(at: SocketAddr, request: &Request<B>, name: &'static str) -> Span {
    let (service, method) = name.split_once('/').unwrap_or((name, "_OTHER"));
    tracing::info_span!(
        target: ENTRY,
        parent: None,
        "call",
        otel.kind = "server",
        otel.name = name,
        otel.status_code = Empty,
        rpc.system = "grpc",
        rpc.service = service,
        rpc.method = method,
        rpc.grpc.status_code = Empty,
        error.type = Empty,
        server.address = %at.ip(),
        server.port = i64::from(at.port()),
        network.protocol.name = "http",
        network.protocol.version = version(request.version()),
    )
}

/// Notes how a request was answered. What a gRPC call answered stands at its end, and its API notes it.
fn end<B>(door: Door, span: &Span, response: &mut Response<B>) {
    let status = response.status();
    if matches!(door.kind, DoorKind::Http) {
        span.record("http.response.status_code", i64::from(status.as_u16()));
        if status.is_server_error() {
            span.record("error.type", status.as_str());
            span.record("otel.status_code", "ERROR");
        }
    }
    if let Some(header) = traceparent::header(span.context().span().span_context()) {
        response.headers_mut().insert(TRACEPARENT, header);
    }
}

/// A method, or what stands for those that nobody knows.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "_OTHER",
    }
}

const fn version(version: Version) -> &'static str {
    match version {
        Version::HTTP_2 => "2",
        Version::HTTP_10 => "1.0",
        _ => "1.1",
    }
}
