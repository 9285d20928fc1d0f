//! Bare axum: parses the same body, returns the same bytes.

use std::hint::black_box;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Json};
use axum::routing::post;
use axum::serve::ListenerExt as _;
use bytes::Bytes;
use tokio::net::TcpListener;

use super::Options;
use super::context::GuidanceRequest;
use crate::Result;

/// Serves until the process ends.
pub(crate) async fn serve(options: &Options) -> Result<()> {
    let answer = Bytes::from(std::fs::read(&options.answer)?);
    let routes = axum::Router::new().route("/v1/guidance", post(guidance).get(not_modified)).with_state(answer);
    let listener = TcpListener::bind(options.listen).await?.tap_io(|stream| {
        // As the service does; without it the answers would be slower.
        let _: std::io::Result<()> = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, routes).await?)
}

async fn guidance(State(answer): State<Bytes>, Json(request): Json<GuidanceRequest>) -> impl IntoResponse {
    black_box(request);
    ([(CONTENT_TYPE, "application/json")], answer)
}

async fn not_modified() -> StatusCode {
    StatusCode::NOT_MODIFIED
}
