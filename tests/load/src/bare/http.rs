//! Bare axum: parses the same body, returns the same bytes.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

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
use super::fragment::FragmentRequest;
use super::reply::ReplyRequest;
use crate::Result;

/// Serves until the process ends.
pub(crate) async fn serve(options: &Options) -> Result<()> {
    let routes = axum::Router::new()
        .route("/v1/guidance", post(answer::<GuidanceRequest>).get(not_modified))
        .route("/v1/fragments", post(answer::<FragmentRequest>))
        .route("/v1/replies", post(answer::<ReplyRequest>))
        .with_state(Arc::new(Answers::new(&std::fs::read(&options.answer)?)));
    let listener = TcpListener::bind(options.listen).await?.tap_io(|stream| {
        // As the service does; without it the answers would be slower.
        let _: std::io::Result<()> = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, routes).await?)
}

/// Answers that come in turn.
struct Answers {
    all: Vec<Bytes>,
    next: AtomicUsize,
}

impl Answers {
    /// JSON documents, one a line.
    fn new(lines: &[u8]) -> Self {
        let lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        Self { all: lines.map(Bytes::copy_from_slice).collect(), next: AtomicUsize::new(0) }
    }
}

async fn answer<T>(State(answers): State<Arc<Answers>>, Json(request): Json<T>) -> impl IntoResponse {
    black_box(request);
    let place = answers.next.fetch_add(1, Ordering::Relaxed) % answers.all.len();
    ([(CONTENT_TYPE, "application/json")], answers.all[place].clone())
}

async fn not_modified() -> StatusCode {
    StatusCode::NOT_MODIFIED
}
