//! What happens to every request, in one place instead of eight layers: request id, time limit, panics, problem documents,
//! metrics and the access log. It stands around the router, not in it: a layer inside would be boxed anew for each request.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Bytes, HttpBody};
use axum::extract::MatchedPath;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::header::CACHE_CONTROL;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use rebound_domain::guidance::MemoCounts;
use rebound_domain::id::ApiKeyId;
use rebound_domain::limits::Standing;
use rebound_domain::{Error, ErrorKind};
use tower::Service as _;
use tracing::{Level, Span};

use crate::Api;
use crate::fields::Wish;
use crate::limits;
use crate::metrics::known_method;
use crate::problem::{self, Refusal};
use crate::v1::frequent::Frequent;

/// The header of the request id.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The header of W3C Trace Context.
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// How long a handler may take until it answers. A stream that has begun is not cut.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// A client's own request id is kept if it has at most this many characters.
const MAX_REQUEST_ID_LENGTH: usize = 128;

/// Below this, every answer is about one person, refusals included: nothing on the way may keep it.
const PRIVATE_PATHS: &str = "/v1/users/";

/// What stands for the route of a request that has none.
const UNROUTED: &str = "other";

/// What a request turned out to be, left by the extractors for the metrics, the access log and the cut of the answer.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// The key of a caller, and what is left of its limits.
    pub(crate) caller: OnceLock<(ApiKeyId, Standing)>,
    pub(crate) wish: OnceLock<Box<Wish>>,
    route: OnceLock<MatchedPath>,
}

impl Seen {
    /// Notes the route of a request, and answers where more can be noted.
    pub(crate) fn of(parts: &Parts) -> Option<&Self> {
        let seen = parts.extensions.get::<Arc<Self>>()?;
        if let Some(route) = parts.extensions.get::<MatchedPath>() {
            seen.route.get_or_init(|| route.clone());
        }
        Some(seen)
    }
}

/// Makes request ids: random per process, then counted.
#[derive(Debug)]
pub struct RequestIds {
    /// An id whose count is zero.
    first: [u8; 28],
    next: AtomicU64,
}

impl RequestIds {
    /// Ids that begin with `process`, a random number.
    #[must_use]
    pub fn new(process: u64) -> Self {
        let mut first = *b"req_000000000000000000000000";
        write_hex(&mut first[4..20], process);
        Self { first, next: AtomicU64::new(1) }
    }

    /// The client's id if it sent a usable one, else a fresh one.
    fn of(&self, headers: &HeaderMap) -> HeaderValue {
        let usable = |value: &&HeaderValue| {
            (1..=MAX_REQUEST_ID_LENGTH).contains(&value.len()) && value.as_bytes().iter().all(u8::is_ascii_graphic)
        };
        headers.get(X_REQUEST_ID).filter(usable).cloned().unwrap_or_else(|| {
            let mut id = self.first;
            write_hex(&mut id[20..], self.next.fetch_add(1, Ordering::Relaxed));
            HeaderValue::from_bytes(&id).unwrap_or_else(|_| HeaderValue::from_static("req_0"))
        })
    }
}

/// Writes the last digits of a number, as many as there are places.
fn write_hex(places: &mut [u8], mut number: u64) {
    for place in places.iter_mut().rev() {
        *place = b"0123456789abcdef"[(number & 15) as usize];
        number >>= 4;
    }
}

/// The REST API as a service: a router within its edge. Cheap to clone.
#[derive(Clone)]
pub struct RestService {
    pub(crate) router: Router,
    pub(crate) api: Arc<Api>,
}

impl RestService {
    /// Says what its memories of answers have counted, whenever it is asked.
    pub fn memo_counts(&self) -> impl Fn() -> MemoCounts + use<> {
        let (known, memo) = (Arc::clone(&self.api.known), Arc::clone(&self.api.memo));
        move || {
            let MemoCounts { hits, misses, bytes } = memo.counts();
            MemoCounts { hits: hits + known.hits(), misses, bytes: bytes + known.bytes() }
        }
    }

    /// As [`Self::answer`], for a port where probes and metrics are all that there is.
    pub async fn answer_operations<B>(&self, request: http::Request<B>) -> Response
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        match request.uri().path() {
            "/livez" | "/readyz" | "/metrics" => self.answer(request).await,
            _ => StatusCode::NOT_FOUND.into_response(),
        }
    }

    /// Answers a request, whatever it is. What a handler refuses leaves here as a problem document.
    pub fn answer<B>(&self, mut request: http::Request<B>) -> impl Future<Output = Response> + Send + use<B>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let Self { mut router, api } = self.clone();
        // A block and no function, which would hold the request twice.
        async move {
            let arrived = Arrived::now(&request, &api.request_ids);
            let seen = &arrived.seen;
            let response = match limits::enter(&api.gate, request.uri().path(), arrived.at) {
                Err(overloaded) => Refusal::from(overloaded).into_response(),
                Ok(_under_way) => {
                    if let Some(frequent) = arrived.frequent {
                        let answered = frequent.answer(request, &api, seen);
                        guarded(pin!(answered.map(|answered| Ok(answered.into_response())))).await
                    } else {
                        request.extensions_mut().insert(Arc::clone(seen));
                        guarded(pin!(router.call(request))).await
                    }
                }
            };
            let response = match seen.wish.get() {
                Some(wish) => Box::pin(wish.grant(response)).await,
                None => response,
            };
            arrived.leave(&api, response)
        }
    }
}

/// A request between its arrival and the moment when its answer leaves.
struct Arrived {
    at: Instant,
    id: HeaderValue,
    method: Method,
    trace: Option<String>,
    is_private: bool,
    frequent: Option<Frequent>,
    seen: Arc<Seen>,
}

impl Arrived {
    fn now<B>(request: &http::Request<B>, ids: &RequestIds) -> Self {
        Self {
            at: Instant::now(),
            id: ids.of(request.headers()),
            method: request.method().clone(),
            trace: traceparent(request.headers()),
            is_private: request.uri().path().starts_with(PRIVATE_PATHS),
            frequent: Frequent::of(request),
            seen: Arc::default(),
        }
    }

    /// Tells of the answer in metrics and in the log, and adds what every answer has.
    fn leave(self, api: &Api, mut response: Response) -> Response {
        let Self { at, id: request_id, method, trace, is_private, frequent, seen } = self;
        let id = request_id.to_str().unwrap_or_default();
        let mut limited = None;
        if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
            log(&refusal.0, id);
            limited = api.gate.refusals().count(&refusal.0);
            problem::write(&refusal, &mut response, id);
        }
        let caller = seen.caller.get();
        if let Some((_, standing)) = caller {
            limits::write(standing, response.headers_mut());
        }
        let method = known_method(method.as_str());
        let status = response.status().as_u16();
        let elapsed = at.elapsed();
        let route = if let Some(frequent) = frequent {
            api.metrics.observe_frequent(frequent, status, elapsed);
            frequent.path()
        } else {
            let route = seen.route.get().map_or(UNROUTED, MatchedPath::as_str);
            api.metrics.observe(method, route, status, elapsed);
            route
        };
        if route != UNROUTED {
            span().record("http.route", route);
        }
        tracing::info!(
            target: "rebound::access",
            request_id = id,
            trace_id = trace.as_deref(),
            method,
            route,
            status,
            limited,
            duration_ms = elapsed.as_secs_f64() * 1e3,
            key_id = caller.map(|(key, _)| tracing::field::display(key)),
        );
        response.headers_mut().insert(X_REQUEST_ID, request_id);
        if is_private {
            response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        }
        response
    }
}

/// The span of the request, if somebody follows it; else this costs a comparison.
pub(crate) fn span() -> Span {
    if tracing::span_enabled!(Level::INFO) { Span::current() } else { Span::none() }
}

/// Runs a handler within the time limit and turns a panic into an error. The timer is made only for a handler that
/// does not answer at once.
async fn guarded(handler: Pin<&mut impl Future<Output = Result<Response, Infallible>>>) -> Response {
    let mut handler = AssertUnwindSafe(handler).catch_unwind();
    let outcome = match futures_util::poll!(&mut handler) {
        std::task::Poll::Ready(outcome) => Ok(outcome),
        std::task::Poll::Pending => tokio::time::timeout(TIME_LIMIT, handler).await,
    };
    match outcome {
        Ok(Ok(Ok(response))) => response,
        Ok(Err(_)) => Refusal::from(Error::internal("a handler panicked")).into_response(),
        Err(_) => {
            let detail = "The request took longer than ten seconds. Nothing was changed that was not acknowledged.";
            Refusal::from(Error::new(ErrorKind::DeadlineExceeded, detail)).into_response()
        }
    }
}

/// Logs the cause of an error that is not the client's. Who is told that the service is about to end is told no error, and
/// there is no cause.
fn log(error: &Error, request_id: &str) {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    if error.kind == ErrorKind::Internal || (error.kind == ErrorKind::Unavailable && cause.is_some()) {
        tracing::error!(request_id, code = error.kind.row().code, cause, "request failed");
    }
}

/// The trace id of a W3C `traceparent` header.
fn traceparent(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(TRACEPARENT)?.to_str().ok()?;
    let trace_id = value.split('-').nth(1)?;
    (trace_id.len() == 32 && trace_id.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| trace_id.to_owned())
}
