#![doc = include_str!("../README.md")]

mod auth;
mod batch;
mod body;
mod components;
mod edge;
mod errors;
mod fields;
mod json;
mod known;
mod limits;
mod lines;
mod metrics;
mod object;
mod openapi;
mod operations;
mod problem;
mod query;
mod representation;
mod routes;
mod v1;

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use prometheus::Registry;
use rebound_domain::access::{AccessStore, Administration, Authenticator};
use rebound_domain::environment::Clock;
use rebound_domain::fragments::Confirmations;
use rebound_domain::governance::Governance;
use rebound_domain::guidance::Memo;
use rebound_domain::history::History;
use rebound_domain::limits::Gate;
use rebound_domain::overlays::{Overlays, TenantCatalogs};
use rebound_domain::{Error, ErrorKind};
use utoipa::Modify as _;
use utoipa::openapi::OpenApi;

pub use edge::{RequestIds, RestService, X_REQUEST_ID};
pub use metrics::Metrics;
pub use v1::fragments::FragmentFile;
pub use v1::guidance::guidance_json;

use fields::{Answers, SparseFields};
use known::KnownInputs;
use limits::LimitHeaders;
use problem::Refusal;
use representation::Representation;
use routes::Routes;

/// What the API is built from.
pub struct Dependencies {
    /// The advice, in every version that is carried, as the tenants have it.
    pub catalogs: Arc<TenantCatalogs>,
    /// What tenants change about it.
    pub overlays: Arc<Overlays>,
    /// Checks keys.
    pub authenticator: Arc<Authenticator>,
    /// The histories of people.
    pub history: Arc<History>,
    /// Settings, audit log and receipts of tenants.
    pub governance: Arc<Governance>,
    /// Tenants and their keys.
    pub administration: Arc<Administration>,
    /// Previews of batches, and their confirmations.
    pub confirmations: Arc<Confirmations>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How much is taken on at once.
    pub gate: Gate,
    /// For how long a client may send nothing of a bulk call.
    pub stall: Duration,
    /// Asked by the readiness probe.
    pub store: Arc<dyn AccessStore>,
    /// True from the moment a shutdown begins.
    pub draining: Arc<AtomicBool>,
    /// Where metrics are registered and read.
    pub registry: Registry,
    /// How much memory remembered answers may take.
    pub memo_bytes: u64,
    /// A random number that tells this process from others in request ids.
    pub process: u64,
}

/// What handlers share.
pub(crate) struct Api {
    catalogs: Arc<TenantCatalogs>,
    overlays: Arc<Overlays>,
    authenticator: Arc<Authenticator>,
    history: Arc<History>,
    governance: Arc<Governance>,
    administration: Arc<Administration>,
    confirmations: Arc<Confirmations>,
    clock: Arc<dyn Clock>,
    gate: Gate,
    stall: Duration,
    store: Arc<dyn AccessStore>,
    draining: Arc<AtomicBool>,
    registry: Registry,
    metrics: Metrics,
    known: Arc<KnownInputs>,
    memo: Arc<Memo<Representation>>,
    request_ids: RequestIds,
    /// The OpenAPI document as JSON. Made when somebody first asks for it: few do, and it takes some time and memory.
    document: LazyLock<Bytes>,
    /// Made when somebody first asks for a part of an answer, for the same reason.
    answers: LazyLock<Answers>,
}

/// The whole API as a service.
///
/// # Errors
/// If its metrics are registered already.
pub fn service(dependencies: Dependencies) -> Result<RestService, prometheus::Error> {
    let Dependencies {
        catalogs,
        overlays,
        authenticator,
        history,
        governance,
        administration,
        confirmations,
        clock,
        gate,
        stall,
        store,
        draining,
        registry,
        memo_bytes,
        process,
    } = dependencies;
    let metrics = Metrics::register(&registry)?;
    let (known, memo) = (Arc::new(KnownInputs::new(memo_bytes / 2)), Arc::new(Memo::new(memo_bytes / 2)));
    let request_ids = RequestIds::new(process);
    let api = Arc::new(Api {
        catalogs,
        overlays,
        authenticator,
        history,
        governance,
        administration,
        confirmations,
        clock,
        gate,
        stall,
        store,
        draining,
        registry,
        metrics,
        known,
        memo,
        request_ids,
        document: LazyLock::new(|| openapi().to_json().unwrap_or_default().into()),
        answers: LazyLock::new(|| Answers::new(&openapi())),
    });
    let router = routes()
        .into_router()
        .merge(operations::documentation())
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(Arc::clone(&api));
    Ok(RestService { router, api })
}

/// The OpenAPI document.
#[must_use]
pub fn openapi() -> OpenApi {
    let mut document = routes().describe(openapi::base());
    SparseFields.modify(&mut document);
    LimitHeaders.modify(&mut document);
    document
}

fn routes() -> Routes {
    Routes::new()
        .merge(v1::guidance::router())
        .merge(v1::fragments::router())
        .merge(v1::catalog::router())
        .merge(v1::replies::router())
        .merge(v1::drafts::router())
        .merge(v1::send_time::router())
        .merge(v1::history::router())
        .merge(v1::admin::router())
        .merge(v1::overlays::router())
        .merge(operations::router())
}

async fn not_found() -> Response {
    Refusal::from(Error::new(ErrorKind::NotFound, "There is nothing at this path. See /docs.")).into_response()
}

async fn method_not_allowed() -> Response {
    let detail = "This path does not know this method. The header `allow` names those that it knows.";
    Refusal::from(Error::new(ErrorKind::MethodNotAllowed, detail)).into_response()
}
