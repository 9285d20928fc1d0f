//! What happens to every request, in one layer instead of eight: request id, time limit, panics, problem documents,
//! metrics and the access log. Each further layer would cost more than choosing the advice.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue};
use rebound_domain::access::Caller;
use rebound_domain::{Error, ErrorKind};

use crate::Api;
use crate::problem::{self, Refusal};

/// The header of the request id.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// How long a handler may take until it answers. A stream that has begun is not cut.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// A client's own request id is kept if it has at most this many characters.
const MAX_REQUEST_ID_LENGTH: usize = 128;

/// Where the check of the key leaves who is calling, for the access log.
#[derive(Debug, Default, Clone)]
pub(crate) struct CallerSlot(pub(crate) Arc<OnceLock<Caller>>);

/// Makes request ids: random per process, then counted.
#[derive(Debug)]
pub struct RequestIds {
    process: u64,
    next: AtomicU64,
}

impl RequestIds {
    /// Ids that begin with `process`, a random number.
    #[must_use]
    pub const fn new(process: u64) -> Self {
        Self { process, next: AtomicU64::new(1) }
    }

    /// The client's id if it sent a usable one, else a fresh one.
    fn of(&self, headers: &HeaderMap) -> HeaderValue {
        let usable = |value: &&HeaderValue| {
            (1..=MAX_REQUEST_ID_LENGTH).contains(&value.len()) && value.as_bytes().iter().all(u8::is_ascii_graphic)
        };
        headers.get(X_REQUEST_ID).filter(usable).cloned().unwrap_or_else(|| {
            let id = format!("req_{:016x}{:08x}", self.process, self.next.fetch_add(1, Ordering::Relaxed));
            HeaderValue::try_from(id).unwrap_or_else(|_| HeaderValue::from_static("req_0"))
        })
    }
}

/// The layer. Everything that a handler refuses leaves here as a problem document.
pub(crate) async fn edge(State(api): State<Arc<Api>>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let request_id = api.request_ids.of(request.headers());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("unmatched", MatchedPath::as_str);
    let trace = traceparent(request.headers());
    let caller = CallerSlot::default();
    request.extensions_mut().insert(caller.clone());

    let mut response = guarded(next.run(request)).await;

    let id = request_id.to_str().unwrap_or_default();
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        if refusal.0.kind == ErrorKind::Internal || refusal.0.kind == ErrorKind::Unavailable {
            let cause = std::error::Error::source(&*refusal.0).map(ToString::to_string).unwrap_or_default();
            tracing::error!(request_id = id, code = refusal.0.kind.row().code, cause, "request failed");
        }
        problem::write(&refusal, &mut response, id);
    }
    let status = response.status().as_u16();
    let elapsed = started.elapsed();
    api.metrics.observe(method.as_str(), route, status, elapsed);
    tracing::info!(
        target: "rebound::access",
        request_id = id,
        trace_id = trace.as_deref(),
        method = method.as_str(),
        route,
        status,
        duration_ms = elapsed.as_secs_f64() * 1e3,
        key_id = caller.0.get().map(|caller| tracing::field::display(caller.key)),
    );
    response.headers_mut().insert(X_REQUEST_ID, request_id);
    response
}

/// Runs a handler within the time limit and turns a panic into an error. The timer is made only for a handler that
/// does not answer at once.
async fn guarded(handler: impl Future<Output = Response>) -> Response {
    let mut handler = pin!(AssertUnwindSafe(handler).catch_unwind());
    let outcome = match futures_util::poll!(&mut handler) {
        std::task::Poll::Ready(outcome) => Ok(outcome),
        std::task::Poll::Pending => tokio::time::timeout(TIME_LIMIT, handler).await,
    };
    match outcome {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => Refusal::from(Error::internal("a handler panicked")).into_response(),
        Err(_) => {
            let detail = "The request took longer than ten seconds. Nothing was changed that was not acknowledged.";
            Refusal::from(Error::new(ErrorKind::DeadlineExceeded, detail)).into_response()
        }
    }
}

/// The trace id of a W3C `traceparent` header.
fn traceparent(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("traceparent")?.to_str().ok()?;
    let trace_id = value.split('-').nth(1)?;
    (trace_id.len() == 32 && trace_id.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| trace_id.to_owned())
}
