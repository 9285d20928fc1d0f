//! Both APIs over one store, before they have ports.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use prometheus::Registry;
use rebound_api_grpc::{GrpcApi, GrpcService, Health};
use rebound_api_rest::RestService;
use rebound_domain::catalog::Catalogs;
use rebound_domain::limits::{Backlog, Gate, InstanceLimits, Limits};
use rebound_storage::{Storage, StorageError};

use crate::app::{AppError, Environment};
use crate::metrics::{self, Counts};
use crate::services::Services;

/// What is served.
pub struct Apis {
    /// REST.
    pub rest: RestService,
    /// gRPC.
    pub grpc: GrpcService,
    /// Tells whoever asks over gRPC whether the service is ready. It is not, until it is told so.
    pub health: Health,
    /// What keys and tenants used, and may.
    pub limits: Arc<Limits>,
}

/// What both APIs share beside the services of the domain.
#[derive(Debug, Default)]
pub struct Shared {
    /// True from the moment a shutdown begins.
    pub draining: Arc<AtomicBool>,
    /// Where metrics are registered.
    pub registry: Registry,
    /// How much memory remembered answers may take in each API, in bytes.
    pub memo_bytes: u64,
    /// What keys and tenants may ask of whom nothing else is said.
    pub limits: InstanceLimits,
    /// How many requests may be under way at a time in each API; 0: any number.
    pub max_requests: u32,
    /// Knows how long requests wait for the processor, if anybody shall care.
    pub backlog: Option<Arc<dyn Backlog>>,
    /// For how long a client may send nothing of a bulk call.
    pub stall: Duration,
}

impl Apis {
    /// Both APIs over `storage`, which is unlocked, with these catalogs.
    ///
    /// # Errors
    /// If the store is not unlocked, or metrics of the same names are registered already.
    pub async fn new(
        storage: &Storage,
        catalogs: Arc<Catalogs>,
        environment: &Environment,
        shared: Shared,
    ) -> Result<Self, AppError> {
        let Shared { draining, registry, memo_bytes, limits, max_requests, backlog, stall } = shared;
        let failed = |source: StorageError| AppError::Prepare { database: storage.to_string(), source };
        let (clock, process) = (Arc::clone(&environment.clock), number_of_process(environment));
        let services = Services::new(storage, catalogs, limits, process, environment).map_err(failed)?;
        let Services { store, limits, authenticator, governance, catalogs, overlays, .. } = services;
        let Services { history, administration, confirmations, .. } = services;
        let [rest_gate, grpc_gate] = [(); 2].map(|()| Gate::new(max_requests, backlog.clone()));
        let refusals = [("rest", Arc::clone(rest_gate.refusals())), ("grpc", Arc::clone(grpc_gate.refusals()))];
        let rest = rebound_api_rest::service(rebound_api_rest::Dependencies {
            catalogs: Arc::clone(&catalogs),
            overlays: Arc::clone(&overlays),
            authenticator: Arc::clone(&authenticator),
            history: Arc::clone(&history),
            governance: Arc::clone(&governance),
            administration: Arc::clone(&administration),
            confirmations: Arc::clone(&confirmations),
            clock: Arc::clone(&clock),
            gate: rest_gate,
            stall,
            store,
            draining,
            registry: registry.clone(),
            memo_bytes,
            process,
        })?;
        let grpc = GrpcApi {
            catalogs,
            overlays,
            authenticator,
            history,
            governance,
            administration,
            confirmations,
            clock,
            gate: grpc_gate,
            registry: registry.clone(),
            memo_bytes,
            process,
        };
        let (grpc, health) = grpc.service().await?;
        let memories: [(_, Counts); 2] =
            [("rest", Arc::new(rest.memo_counts())), ("grpc", Arc::new(grpc.memo_counts()))];
        metrics::register(&registry, memories, refusals, environment.clock.now())?;
        Ok(Self { rest, grpc, health, limits })
    }
}

/// A random number that tells this process from others.
fn number_of_process(environment: &Environment) -> u64 {
    let mut number = [0; 8];
    environment.entropy.fill(&mut number);
    u64::from_be_bytes(number)
}
