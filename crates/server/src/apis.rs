//! Both APIs over one store, before they have ports.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use prometheus::Registry;
use rebound_api_grpc::{GrpcApi, GrpcService, Health};
use rebound_api_rest::RestService;
use rebound_domain::catalog::Catalogs;
use rebound_storage::{Storage, StorageError};

use crate::app::{AppError, Environment};
use crate::services::Services;

/// What is served.
pub struct Apis {
    /// REST.
    pub rest: RestService,
    /// gRPC.
    pub grpc: GrpcService,
    /// Tells whoever asks over gRPC whether the service is ready. It is not, until it is told so.
    pub health: Health,
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
        let Shared { draining, registry, memo_bytes } = shared;
        let failed = |source: StorageError| AppError::Prepare { database: storage.to_string(), source };
        let services = Services::new(storage, catalogs, environment).map_err(failed)?;
        let Services { store, authenticator, governance, catalogs, overlays, history, administration, confirmations } =
            services;
        let (clock, process) = (Arc::clone(&environment.clock), number_of_process(environment));
        let rest = rebound_api_rest::service(rebound_api_rest::Dependencies {
            catalogs: Arc::clone(&catalogs),
            overlays: Arc::clone(&overlays),
            authenticator: Arc::clone(&authenticator),
            history: Arc::clone(&history),
            governance: Arc::clone(&governance),
            administration: Arc::clone(&administration),
            confirmations: Arc::clone(&confirmations),
            clock: Arc::clone(&clock),
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
            registry,
            memo_bytes,
            process,
        };
        let (grpc, health) = grpc.service().await?;
        Ok(Self { rest, grpc, health })
    }
}

/// A random number that tells this process from others.
fn number_of_process(environment: &Environment) -> u64 {
    let mut number = [0; 8];
    environment.entropy.fill(&mut number);
    u64::from_be_bytes(number)
}
