//! Answers calls: everything between HTTP and a handler, in one place instead of a stack of layers, each of which would
//! cost more than choosing the advice.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderValue, Request, Response};
use prometheus::Registry;
use rebound_domain::access::{Administration, Authenticator};
use rebound_domain::environment::Clock;
use rebound_domain::fragments::Confirmations;
use rebound_domain::governance::Governance;
use rebound_domain::guidance::{Memo, MemoCounts};
use rebound_domain::history::History;
use rebound_domain::limits::Gate;
use rebound_domain::overlays::{Overlays, TenantCatalogs};
use rebound_domain::{Error, ErrorKind, Result};
use tonic::body::Body;
use tonic::service::Routes;
use tonic_web::GrpcWebLayer;
use tower::{Layer, Service};

use crate::call::Call;
use crate::limits;
use crate::method::Method;
use crate::metrics::Metrics;
use crate::observed::Observed;
use crate::operations::{Health, operations};
use crate::protocol::Protocol;
use crate::request_id::{RequestIds, X_REQUEST_ID};
use crate::wire::{Answer, read_one};
use crate::{admin, batch, catalog, deadline, drafts, fragments, guidance, history, replies, send_time, status};

/// What the gRPC API is made of.
pub struct GrpcApi {
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
    /// Where metrics are registered.
    pub registry: Registry,
    /// About how much memory remembered answers may take, in bytes.
    pub memo_bytes: u64,
    /// A random number that the request ids of this process begin with.
    pub process: u64,
}

/// Why the gRPC API could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The metrics are registered already.
    #[error("the metrics of the gRPC API could not be registered")]
    Metrics(#[from] prometheus::Error),
    /// The descriptors cannot be read.
    #[error("the descriptors of the gRPC API could not be read")]
    Descriptors(#[from] tonic_reflection::server::Error),
}

impl GrpcApi {
    /// The service, and the handle that sets its health. It is not healthy until it is told so.
    ///
    /// # Errors
    /// If metrics of the same names are registered already.
    pub async fn service(self) -> std::result::Result<(GrpcService, Health), SetupError> {
        let memo = Arc::new(Memo::new(self.memo_bytes));
        let metrics = Arc::new(Metrics::register(&self.registry)?);
        let (operations, health) = operations().await?;
        let core = Core {
            catalogs: self.catalogs,
            overlays: self.overlays,
            authenticator: self.authenticator,
            history: self.history,
            governance: self.governance,
            administration: self.administration,
            confirmations: self.confirmations,
            clock: self.clock,
            memo,
            gate: self.gate,
            metrics,
            request_ids: RequestIds::new(self.process),
            operations,
        };
        Ok((GrpcService(Arc::new(core)), health))
    }
}

/// The gRPC API as a service over HTTP/2, and as gRPC-Web over HTTP/1.1 too. Cheap to clone.
#[derive(Clone)]
pub struct GrpcService(Arc<Core>);

/// What every call shares.
pub(crate) struct Core {
    pub(crate) catalogs: Arc<TenantCatalogs>,
    pub(crate) overlays: Arc<Overlays>,
    pub(crate) memo: Arc<Memo<Answer>>,
    pub(crate) history: Arc<History>,
    pub(crate) governance: Arc<Governance>,
    pub(crate) administration: Arc<Administration>,
    pub(crate) confirmations: Arc<Confirmations>,
    clock: Arc<dyn Clock>,
    gate: Gate,
    authenticator: Arc<Authenticator>,
    metrics: Arc<Metrics>,
    request_ids: RequestIds,
    operations: Routes,
}

/// What a handler answers with.
pub(crate) enum Outcome {
    /// One message, ready.
    Single(Answer),
    /// A stream that has yet to run.
    Stream(Response<Body>),
}

impl GrpcService {
    /// Says what its memory of answers has counted, whenever it is asked.
    pub fn memo_counts(&self) -> impl Fn() -> MemoCounts + use<> {
        let memo = Arc::clone(&self.0.memo);
        move || memo.counts()
    }

    /// Answers a request, whatever it is.
    pub async fn answer<B>(&self, request: Request<B>) -> Response<Body>
    where
        B: http_body::Body<Data = Bytes> + Send + Unpin + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>> + std::fmt::Display,
    {
        match Protocol::of(&request) {
            Protocol::Grpc => self.call(request).await,
            Protocol::GrpcWeb => {
                let Ok(response) = GrpcWebLayer::new().layer(self.clone()).call(request).await;
                response
            }
            Protocol::Other(status) => {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = status;
                response
            }
        }
    }

    async fn call<B>(&self, request: Request<B>) -> Response<Body>
    where
        B: http_body::Body<Data = Bytes> + Send + Unpin + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let core = &self.0;
        let method = Method::of(request.uri().path());
        let request_id = core.request_ids.of(request.headers());
        let mut call = Call::begin(method, request_id.clone(), request.headers(), Arc::clone(&core.metrics));
        let outcome = match deadline::deadline(request.headers(), call.started) {
            Ok(deadline) => {
                call.deadline = deadline;
                let started = call.started;
                let handler = pin!(self.handle(&mut call, request));
                deadline::guarded(started, deadline, handler).await
            }
            Err(error) => Err(error),
        };
        let standing = call.standing;
        let mut response = match outcome {
            Ok(Outcome::Single(answer)) => {
                let response = answer.respond(call.accepts_gzip);
                call.finish(tonic::Code::Ok);
                response
            }
            Ok(Outcome::Stream(response)) => Observed::watch(response, call),
            Err(error) => {
                status::log(&error, call.id());
                call.limited = core.gate.refusals().count(&error);
                call.finish(status::code(error.kind));
                refuse(&error)
            }
        };
        response.headers_mut().insert(X_REQUEST_ID, request_id);
        limits::write(&standing, response.headers_mut());
        response
    }

    async fn handle<B>(&self, call: &mut Call, request: Request<B>) -> Result<Outcome>
    where
        B: http_body::Body<Data = Bytes> + Send + Unpin + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let core = &self.0;
        let _under_way = limits::enter(&core.gate, call.method, call.started.into_std())?;
        let admitted = call.admit(&core.authenticator, request.headers()).await?;
        macro_rules! unary {
            (|$catalogs:ident, $headers:ident, $asked:ident| $answer:expr) => {{
                let (head, body) = request.into_parts();
                let $asked = read_one(&head.headers, body).await?;
                let ($catalogs, $headers) = (core.catalogs(call.caller).await?, &head.headers);
                $answer
            }};
        }
        macro_rules! from_catalog {
            ($module:ident::$handler:ident) => {
                unary!(|catalogs, headers, asked| Answer::new(&$module::$handler(catalogs.current(), headers, &asked)?))
            };
        }
        let answer = match call.method {
            Method::GetGuidance => unary!(|catalogs, headers, asked| guidance::get(core, &catalogs, headers, asked)?),
            Method::BatchGetGuidance => {
                let (head, body) = request.into_parts();
                let toll = limits::begin(&core.gate, admitted.as_ref())?;
                let catalogs = core.catalogs(call.caller).await?;
                let answers = guidance::Answers::new(Arc::clone(core), catalogs, &head.headers);
                return Ok(Outcome::Stream(batch::respond(&head.headers, body, call.accepts_gzip, toll, answers)?));
            }
            Method::RenderFragment => unary!(|catalogs, headers, asked| fragments::render(&catalogs, headers, asked)?),
            Method::BatchRenderFragments => {
                let (head, body) = request.into_parts();
                let toll = limits::begin(&core.gate, admitted.as_ref())?;
                let answers = fragments::Answers::new(core, call.caller, &head.headers).await?;
                return Ok(Outcome::Stream(batch::respond(&head.headers, body, call.accepts_gzip, toll, answers)?));
            }
            Method::ComposeReply => {
                unary!(|catalogs, headers, asked| Answer::new(&replies::compose_reply(&catalogs, headers, asked)?))
            }
            Method::CheckDraft => {
                unary!(|catalogs, headers, asked| Answer::new(&drafts::check(catalogs.current(), headers, asked)?))
            }
            Method::ListReplyTemplates => from_catalog!(replies::list_reply_templates),
            Method::GetReplyTemplate => from_catalog!(replies::get_reply_template),
            Method::ListTips => from_catalog!(catalog::list_tips),
            Method::GetTip => from_catalog!(catalog::get_tip),
            Method::ListPrompts => from_catalog!(catalog::list_prompts),
            Method::ListScenarios => from_catalog!(catalog::list_scenarios),
            Method::ListChallenges => from_catalog!(catalog::list_challenges),
            Method::GetTaxonomy => from_catalog!(catalog::get_taxonomy),
            Method::ListSources => from_catalog!(catalog::list_sources),
            Method::ListCatalogVersions => {
                let (head, body) = request.into_parts();
                let asked = read_one(&head.headers, body).await?;
                Answer::new(&catalog::list_catalog_versions(core.catalogs.plain(), &asked)?)
            }
            Method::AdviseSendTime => send_time::answer(&*core.clock, request).await?,
            method if method.is_administration() => {
                // Boxed, so that what these need does not make every call larger.
                admin::answer(Arc::clone(core), call.method, call.caller, request).boxed().await?
            }
            Method::Health | Method::Reflection => {
                let Ok(response) = core.operations.clone().call(request).await;
                return Ok(Outcome::Stream(response));
            }
            Method::Unknown => return Err(Error::new(ErrorKind::MethodNotAllowed, "There is no such method.")),
            // Boxed, so that what these need does not make every call larger.
            _ => return history::answer(Arc::clone(core), call.handed(), request).boxed().await,
        };
        Ok(Outcome::Single(answer))
    }
}

impl<B> Service<Request<B>> for GrpcService
where
    B: http_body::Body<Data = Bytes> + Send + Unpin + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = std::result::Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<std::result::Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let service = self.clone();
        async move { Ok(Self::call(&service, request).await) }.boxed()
    }
}

/// The response of a call that fails before it answers.
fn refuse(error: &Error) -> Response<Body> {
    let mut response = status::status(error).into_http();
    if error.kind == ErrorKind::UnsupportedMediaType {
        response.headers_mut().insert("grpc-accept-encoding", HeaderValue::from_static("identity,gzip"));
    }
    response
}
