//! What an operator needs, without a key: probes, metrics, the OpenAPI document and its pages.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use prometheus::TextEncoder;
use rebound_domain::{Error, ErrorKind};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::Api;
use crate::auth::Anybody;
use crate::problem::Refusal;
use crate::routes::{Routes, routes};

/// How long the database may take to answer the readiness probe.
const PING_LIMIT: Duration = Duration::from_secs(1);

/// The pages load nothing from elsewhere, and the browser is told so.
const CONTENT_SECURITY_POLICY: &str =
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/// The routes that the OpenAPI document describes.
pub(crate) fn router() -> Routes {
    Routes::new().routes(routes!(livez)).routes(routes!(readyz)).routes(routes!(metrics))
}

/// The document itself and its pages, which work offline.
pub(crate) fn documentation() -> Router<Arc<Api>> {
    let config = Config::from("/openapi.json").validator_url("none").persist_authorization(false);
    let pages: Router<Arc<Api>> = SwaggerUi::new("/docs").config(config).into();
    let guarded = pages.layer(axum::middleware::map_response(|mut response: Response| async move {
        let policy = HeaderValue::from_static(CONTENT_SECURITY_POLICY);
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        response
    }));
    Router::new()
        .route("/openapi.json", get(document))
        .route("/", get(|| async { Redirect::temporary("/docs/") }))
        .merge(guarded)
}

/// The document. Whoever asks first waits until it is made; nobody else does.
async fn document(State(api): State<Arc<Api>>) -> Result<Response, Refusal> {
    let made = tokio::task::spawn_blocking(move || Bytes::clone(&api.document)).await;
    Ok(([(header::CONTENT_TYPE, "application/json")], made.map_err(Error::internal)?).into_response())
}

/// Is the process alive
///
/// Answers as long as the process does, whatever else is away.
#[utoipa::path(
    get,
    path = "/livez",
    operation_id = "livez",
    tag = "operations",
    security(()),
    responses((status = 200, description = "Alive", body = String, content_type = "text/plain", example = "ok"))
)]
async fn livez(_: Anybody) -> &'static str {
    "ok"
}

/// Is it ready for requests
///
/// Not while the database is away, and not once a shutdown has begun.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "readyz",
    tag = "operations",
    security(()),
    responses(
        (status = 200, description = "Ready", body = String, content_type = "text/plain", example = "ok"),
        (status = 503, description = "Not ready", body = crate::problem::Problem, content_type = "application/problem+json"),
    )
)]
async fn readyz(_: Anybody, State(api): State<Arc<Api>>) -> Result<&'static str, Refusal> {
    if api.draining.load(Ordering::Relaxed) {
        let mut draining = Error::new(ErrorKind::Unavailable, "The service is shutting down.");
        draining.retry_after = Some(PING_LIMIT);
        return Err(Refusal::from(draining));
    }
    match tokio::time::timeout(PING_LIMIT, api.store.ping()).await {
        Ok(answer) => answer?,
        Err(elapsed) => return Err(Refusal::from(Error::unavailable(PING_LIMIT, elapsed))),
    }
    Ok("ok")
}

/// Read the metrics
///
/// In the Prometheus text format.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "metrics",
    tag = "operations",
    security(()),
    responses((status = 200, description = "The metrics", body = String, content_type = "text/plain"))
)]
async fn metrics(_: Anybody, State(api): State<Arc<Api>>) -> Response {
    match TextEncoder::new().encode_to_string(&api.registry.gather()) {
        Ok(text) => ([(header::CONTENT_TYPE, prometheus::TEXT_FORMAT)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "metrics cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
