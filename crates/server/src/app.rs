//! The running service: opens the store, builds both APIs, listens, and ends without losing an accepted request.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use prometheus::Registry;
use rebound_api_grpc::Health;
use rebound_domain::catalog::Catalogs;
use rebound_domain::environment::{Clock, Entropy};
use rebound_storage::{Storage, StorageError};
use rebound_telemetry::Telemetry;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::apis::{Apis, Shared};
use crate::backlog::Queue;
use crate::bootstrap::{BootstrapError, bootstrap};
use crate::catalogs::{self, CatalogsError};
use crate::config::Settings;
use crate::front::Front;
use crate::limits::LimitRounds;
use crate::master_key::{MasterKeyError, master_key};
use crate::ports::Ports;
use crate::retention::Retention;
use crate::sandbox::{self, SandboxError};
use crate::system::{SystemClock, SystemEntropy};
use crate::tls::{Tls, TlsError};

/// What comes from outside: a test replaces it.
#[derive(Clone)]
pub struct Environment {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Who is told of requests and metrics, if anybody is.
    pub telemetry: Option<Arc<Telemetry>>,
}

impl Default for Environment {
    fn default() -> Self {
        Self { clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy), telemetry: None }
    }
}

/// Why the service does not start, or ended badly.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// A catalog cannot be used.
    #[error(transparent)]
    Catalogs(#[from] CatalogsError),
    /// The store cannot be opened.
    #[error("{}", causes(.0))]
    Storage(#[from] StorageError),
    /// The store cannot be prepared.
    #[error("{database}: {}", causes(source))]
    Prepare {
        /// Which database, and where.
        database: String,
        /// Why.
        source: StorageError,
    },
    /// There is no usable master key.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    /// The first tenant cannot be made.
    #[error(transparent)]
    Bootstrap(#[from] BootstrapError),
    /// The sandbox cannot be made, or is where it should not be.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// A port cannot be had.
    #[error("cannot listen on {addr} ({setting}): {source}")]
    Listen {
        /// The setting that names the address.
        setting: &'static str,
        /// The address.
        addr: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The files of TLS cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A metric is registered twice.
    #[error("metrics: {0}")]
    Metrics(#[from] prometheus::Error),
    /// The gRPC API cannot be made.
    #[error(transparent)]
    Grpc(#[from] rebound_api_grpc::SetupError),
    /// A server ended by itself.
    #[error("a server ended: {0}")]
    Serve(String),
}

/// A running service. Dropping it stops it at once; [`App::shutdown`] lets requests end first.
pub struct App {
    /// Where REST listens.
    pub http_addr: SocketAddr,
    /// Where gRPC listens.
    pub grpc_addr: SocketAddr,
    /// Where probes and metrics are besides, if the settings say so.
    pub operations_addr: Option<SocketAddr>,
    /// The certificates, if there is TLS; looks for new ones by itself, and when it is told to.
    pub tls: Option<Tls>,
    /// Takes away what is older than the tenants allow; runs by itself, and when it is told to.
    pub retention: Retention,
    /// Shares what tenants used with other replicas; runs by itself, and when it is told to.
    pub limits: LimitRounds,
    draining: Arc<AtomicBool>,
    health: Health,
    stop: CancellationToken,
    servers: JoinSet<()>,
    storage: Storage,
    shutdown_delay: Duration,
    drain: Duration,
}

impl App {
    /// Starts the service: ready for requests when this returns.
    ///
    /// # Errors
    /// Whatever keeps it from starting.
    pub async fn start(settings: &Settings, environment: &Environment) -> Result<Self, AppError> {
        let tls = settings.tls.clone().map(Tls::load).transpose()?;
        let catalogs = Arc::new(catalogs::load(settings.catalog_archive.as_deref())?);
        // Beside the rest, so that neither the start nor the first check of a draft waits for it.
        drop(tokio::task::spawn_blocking(rebound_domain::drafts::load));
        let storage = open(settings, &catalogs, environment).await?;
        let Environment { clock, telemetry, .. } = environment;

        let ports = Ports::bind(settings).await?;
        let registry = Registry::new();
        let followed = telemetry.as_ref().map(|telemetry| telemetry.follow(&registry)).transpose()?.unwrap_or_default();
        let retention = Retention::new(storage.governance(), Arc::clone(clock), followed.clone());
        let draining = Arc::new(AtomicBool::new(false));
        let memo_bytes = settings.memo_mib * 1024 * 1024;
        let max_wait = Some(settings.max_wait).filter(|max_wait| !max_wait.is_zero());
        let shared = Shared {
            draining: Arc::clone(&draining),
            registry,
            memo_bytes,
            limits: settings.limits,
            max_requests: settings.max_requests,
            backlog: max_wait.map(|max_wait| Arc::new(Queue::new(max_wait)) as _),
            stall: settings.stall,
        };
        let apis = Apis::new(&storage, catalogs, environment, shared).await?;
        let (health, limits) = (apis.health.clone(), LimitRounds::new(Arc::clone(&apis.limits)));
        health.set_serving(true).await;
        let (front, stop, mut servers) = (Front::new(settings), CancellationToken::new(), JoinSet::new());
        let (http_addr, grpc_addr, operations_addr) = (ports.http.addr, ports.grpc.addr, ports.operations_addr());
        ports.serve(&mut servers, &front, tls.as_ref(), &stop, apis, followed);
        background(&mut servers, &retention, &limits, &stop);
        if settings.sandbox {
            sandbox::warn_of_others([http_addr, grpc_addr]);
        }
        tracing::info!(%http_addr, %grpc_addr, tls = tls.is_some(), database = %storage.backend(), "ready");
        Ok(Self {
            http_addr,
            grpc_addr,
            operations_addr,
            tls,
            retention,
            limits,
            draining,
            health,
            stop,
            servers,
            storage,
            shutdown_delay: settings.shutdown_delay,
            drain: settings.drain,
        })
    }

    /// Waits until a server ends by itself, which it should not.
    ///
    /// # Errors
    /// Always: the reason why it ended.
    pub async fn ended(&mut self) -> Result<(), AppError> {
        let ended = self.servers.join_next().await;
        let reason = ended.and_then(Result::err).map_or("without a reason".to_owned(), |error| error.to_string());
        Err(AppError::Serve(reason))
    }

    /// Tells the probes that it is not ready any more, and leaves the ports open for as long as the settings say, so
    /// that whoever distributes requests notices before one is refused.
    #[expect(clippy::disallowed_methods, reason = "the time that others need to notice is what is meant")]
    pub async fn retire(&self) {
        self.draining.store(true, Ordering::Relaxed);
        self.health.set_serving(false).await;
        tokio::time::sleep(self.shutdown_delay).await;
    }

    /// Stops accepting, lets accepted requests end within the limit of the settings, and closes the store. Answers
    /// whether every request ended in time.
    pub async fn shutdown(mut self) -> bool {
        self.draining.store(true, Ordering::Relaxed);
        self.stop.cancel();
        let ended = async { while self.servers.join_next().await.is_some() {} };
        let in_time = tokio::time::timeout(self.drain, ended).await.is_ok();
        self.servers.abort_all();
        self.limits.round_or_log().await;
        self.storage.close().await;
        in_time
    }
}

/// The store, migrated, with its master key, and with a first tenant.
async fn open(settings: &Settings, catalogs: &Arc<Catalogs>, environment: &Environment) -> Result<Storage, AppError> {
    let Environment { clock, entropy, .. } = environment;
    let storage = migrated(settings).await?;
    let failed = |source| AppError::Prepare { database: storage.to_string(), source };
    let master_key = master_key(settings, &**entropy)?;
    storage.unlock(master_key, settings.previous_master_key.clone(), Arc::clone(entropy)).await.map_err(failed)?;
    if settings.sandbox {
        sandbox::prepare(&storage, catalogs, environment).await?;
    } else {
        sandbox::refuse(&*storage.access()).await?;
        let own_key = settings.bootstrap_key.as_ref();
        bootstrap(&*storage.access(), own_key, &settings.data_dir, &**clock, &**entropy).await?;
    }
    Ok(storage)
}

/// The store of the settings, migrated.
pub(crate) async fn migrated(settings: &Settings) -> Result<Storage, AppError> {
    let storage = Storage::open(&settings.database_url)?;
    let failed = |source| AppError::Prepare { database: storage.to_string(), source };
    storage.migrate().await.map_err(failed)?;
    Ok(storage)
}

/// What went wrong, and why, for the operator. None of it has the URL of the database, which may hold a password.
fn causes(error: &dyn Error) -> String {
    let reasons = std::iter::successors(error.source(), |reason| (*reason).source());
    reasons.map(ToString::to_string).fold(error.to_string(), |text, reason| {
        // Some repeat their own reason.
        if text.ends_with(&reason) { text } else { format!("{text}: {reason}") }
    })
}

/// What is done by itself, now and then.
fn background(tasks: &mut JoinSet<()>, retention: &Retention, limits: &LimitRounds, stop: &CancellationToken) {
    tasks.spawn(retention.clone().run(stop.clone().cancelled_owned()));
    tasks.spawn(limits.clone().run(stop.clone().cancelled_owned()));
}
