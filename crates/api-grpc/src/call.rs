//! One call from its first byte to its last, with what metrics and the access log say of it. A call that is dropped
//! before its end was cancelled by the client.

use std::sync::Arc;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use rebound_domain::Result;
use rebound_domain::access::{Admitted, Authenticator, Caller};
use rebound_domain::limits::Standing;
use tokio::time::Instant;
use tonic::Code;
use tracing::{Level, Span};

use crate::method::Method;
use crate::metrics::Metrics;
use crate::status::code_name;
use crate::wire::accepts_gzip;

/// A call that is under way.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) request_id: HeaderValue,
    pub(crate) started: Instant,
    /// The moment until which the client waits.
    pub(crate) deadline: Option<Instant>,
    pub(crate) accepts_gzip: bool,
    /// Who calls, once the key was found valid.
    pub(crate) caller: Option<Caller>,
    /// The span of the call, if somebody follows it.
    pub(crate) span: Span,
    /// What is left of its limits then.
    pub(crate) standing: Standing,
    /// The limit that refused it.
    pub(crate) limited: Option<&'static str>,
    traceparent: Option<HeaderValue>,
    metrics: Arc<Metrics>,
    finished: bool,
}

/// What a handler is told of its call.
pub(crate) struct Handed {
    pub(crate) method: Method,
    pub(crate) caller: Option<Caller>,
    pub(crate) request_id: HeaderValue,
    pub(crate) accepts_gzip: bool,
}

impl Call {
    pub(crate) fn begin(method: Method, request_id: HeaderValue, metadata: &HeaderMap, metrics: Arc<Metrics>) -> Self {
        Self {
            method,
            request_id,
            started: Instant::now(),
            deadline: None,
            accepts_gzip: accepts_gzip(metadata),
            caller: None,
            span: if tracing::span_enabled!(Level::INFO) { Span::current() } else { Span::none() },
            standing: Standing::default(),
            limited: None,
            traceparent: metadata.get("traceparent").cloned(),
            metrics,
            finished: false,
        }
    }

    /// Finds out whose call it is and lets it pay; nobody's, if no key is needed.
    ///
    /// # Errors
    /// `Unauthenticated`, `PermissionDenied`, or what limit speaks against it.
    pub(crate) async fn admit(
        &mut self,
        authenticator: &Authenticator,
        metadata: &HeaderMap,
    ) -> Result<Option<Admitted>> {
        let scopes = self.method.scopes();
        if scopes.is_empty() {
            return Ok(None);
        }
        let authorization = metadata.get(AUTHORIZATION).map(HeaderValue::as_bytes);
        let admitted = authenticator.authenticate(authorization).await?;
        self.caller = Some(admitted.caller);
        self.standing = admitted.charge.standing;
        admitted.charge.accept()?;
        admitted.caller.require_any(scopes)?;
        Ok(Some(admitted))
    }

    /// The request id as text.
    pub(crate) fn id(&self) -> &str {
        self.request_id.to_str().unwrap_or_default()
    }

    /// What a handler that outlives the call's own future takes with it.
    pub(crate) fn handed(&self) -> Handed {
        Handed {
            method: self.method,
            caller: self.caller,
            request_id: self.request_id.clone(),
            accepts_gzip: self.accepts_gzip,
        }
    }

    /// Counts and logs the call. Only the first time counts.
    pub(crate) fn finish(&mut self, code: Code) {
        if std::mem::replace(&mut self.finished, true) {
            return;
        }
        let elapsed = self.started.elapsed();
        let _entered = self.span.enter();
        if !self.span.is_disabled() {
            note(&self.span, code);
        }
        self.metrics.observe(self.method, code, elapsed);
        tracing::info!(
            target: "rebound::access",
            request_id = self.id(),
            trace_id = self.traceparent.as_ref().and_then(trace_id),
            method = self.method.name(),
            code = code_name(code),
            limited = self.limited,
            duration_ms = elapsed.as_secs_f64() * 1e3,
            tenant_id = self.caller.map(|caller| tracing::field::display(caller.tenant)),
            key_id = self.caller.map(|caller| tracing::field::display(caller.key)),
        );
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.finish(Code::Cancelled);
    }
}

/// Notes how a call ended. An error is what is the server's fault (OpenTelemetry, semantic conventions for gRPC).
fn note(span: &Span, code: Code) {
    span.record("rpc.grpc.status_code", code as i64);
    let is_ours = matches!(
        code,
        Code::Unknown
            | Code::DeadlineExceeded
            | Code::Unimplemented
            | Code::Internal
            | Code::Unavailable
            | Code::DataLoss
    );
    if is_ours {
        span.record("error.type", code_name(code));
        span.record("otel.status_code", "ERROR");
    }
}

/// The trace id of a W3C `traceparent`.
fn trace_id(value: &HeaderValue) -> Option<&str> {
    let trace_id = value.to_str().ok()?.split('-').nth(1)?;
    (trace_id.len() == 32 && trace_id.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(trace_id)
}
