//! What stands before both APIs: which pages of other origins may call them, and what every answer tells a browser.

use std::convert::Infallible;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::Either;
use http::header::{self, HeaderName};
use http::{HeaderValue, Method, Request, Response};
use hyper::body::{Body, Incoming};
use hyper::service::service_fn;
use tower::{Layer as _, ServiceExt as _};
use tower_http::cors::CorsLayer;

use crate::config::Settings;

/// For how long a browser keeps to TLS, once it has been here with it.
const STRICT_TRANSPORT_SECURITY: &str = "max-age=31536000";

/// How long a browser may remember what it may do.
const PREFLIGHT_MAX_AGE: Duration = Duration::from_hours(1);

/// What a page may send: what the two APIs read.
const SENT: [HeaderName; 14] = [
    header::ACCEPT_LANGUAGE,
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    HeaderName::from_static("connect-timeout-ms"),
    HeaderName::from_static("grpc-timeout"),
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
    HeaderName::from_static("x-grpc-web"),
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("x-user-agent"),
    HeaderName::from_static("baggage"),
];

/// What a page may read of an answer beside its content.
const READ: [HeaderName; 10] = [
    header::ETAG,
    header::LOCATION,
    header::RETRY_AFTER,
    header::CONTENT_LANGUAGE,
    HeaderName::from_static("grpc-message"),
    HeaderName::from_static("grpc-status"),
    HeaderName::from_static("grpc-status-details-bin"),
    HeaderName::from_static("ratelimit"),
    HeaderName::from_static("ratelimit-policy"),
    HeaderName::from_static("x-request-id"),
];

/// What the settings say of browsers.
pub(crate) struct Front {
    cors: Option<CorsLayer>,
    is_tls: bool,
}

impl Front {
    pub(crate) fn new(settings: &Settings) -> Self {
        // Keys are sent as a header by whoever has one; a browser has nothing of its own to add, such as cookies.
        let cors = (!settings.cors_origins.is_empty()).then(|| {
            CorsLayer::new()
                .allow_origin(settings.cors_origins.clone())
                .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
                .allow_headers(SENT)
                .expose_headers(READ)
                .max_age(PREFLIGHT_MAX_AGE)
        });
        Self { cors, is_tls: settings.tls.is_some() }
    }

    /// Puts it before an API.
    pub(crate) fn before<A, F, B>(
        &self,
        api: A,
    ) -> impl hyper::service::Service<Request<Incoming>, Response = Response<B>, Error = Infallible, Future: Send>
    + Clone
    + Send
    + use<A, F, B>
    where
        A: Fn(Request<Incoming>) -> F + Clone + Send + 'static,
        F: Future<Output = Response<B>> + Send,
        B: Body + Default + Send + 'static,
    {
        let is_tls = self.is_tls;
        let told = move |mut response: Response<B>| {
            let headers = response.headers_mut();
            headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            if is_tls {
                headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(STRICT_TRANSPORT_SECURITY));
            }
            Ok(response)
        };
        let with_cors = self.cors.as_ref().map(|cors| {
            let api = api.clone();
            cors.layer(tower::service_fn(move |request| api(request).map(Ok::<_, Infallible>)))
        });
        service_fn(move |request| {
            let answer = match &with_cors {
                None => Either::Left(api(request)),
                Some(api) => Either::Right(api.clone().oneshot(request).map(|answer| match answer {
                    Ok(response) => response,
                })),
            };
            answer.map(told)
        })
    }
}
