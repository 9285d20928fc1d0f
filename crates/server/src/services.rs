//! What both APIs are built from: the services of the domain over one store.

use std::sync::Arc;

use rebound_domain::access::{AccessStore, Administration, Authenticator};
use rebound_domain::catalog::Catalogs;
use rebound_domain::fragments::Confirmations;
use rebound_domain::governance::Governance;
use rebound_domain::history::History;
use rebound_domain::limits::{InstanceLimits, Limits};
use rebound_domain::overlays::{Overlays, TenantCatalogs};
use rebound_storage::{Storage, StorageError};

use crate::app::Environment;
use crate::system::SystemThreads;

/// The services of the domain.
pub(crate) struct Services {
    pub(crate) store: Arc<dyn AccessStore>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) authenticator: Arc<Authenticator>,
    pub(crate) governance: Arc<Governance>,
    pub(crate) catalogs: Arc<TenantCatalogs>,
    pub(crate) overlays: Arc<Overlays>,
    pub(crate) history: Arc<History>,
    pub(crate) administration: Arc<Administration>,
    pub(crate) confirmations: Arc<Confirmations>,
}

impl Services {
    /// The services over `storage`, which is unlocked, with these catalogs and limits; `process` tells this process from
    /// others.
    pub(crate) fn new(
        storage: &Storage,
        catalogs: Arc<Catalogs>,
        limits: InstanceLimits,
        process: u64,
        environment: &Environment,
    ) -> Result<Self, StorageError> {
        let Environment { clock, entropy, .. } = environment;
        let store = storage.access();
        let limits = Arc::new(Limits::new(limits, storage.limits(), Arc::clone(clock), process));
        let authenticator = Authenticator::new(Arc::clone(&store), Arc::clone(&limits), Arc::clone(clock));
        let authenticator = Arc::new(authenticator);
        let governance = Governance::new(storage.governance(), Arc::clone(clock), Arc::clone(entropy));
        let governance = Arc::new(governance);
        let catalogs = TenantCatalogs::new(catalogs, storage.overlays(), Arc::clone(clock), Arc::new(SystemThreads));
        let catalogs = Arc::new(catalogs);
        let overlays = Arc::new(Overlays {
            store: storage.overlays(),
            catalogs: Arc::clone(&catalogs),
            access: Arc::clone(&store),
            governance: Arc::clone(&governance),
            clock: Arc::clone(clock),
            entropy: Arc::clone(entropy),
        });
        let history = Arc::new(History {
            store: storage.history(),
            governance: Arc::clone(&governance),
            catalogs: Arc::clone(&catalogs),
            clock: Arc::clone(clock),
            entropy: Arc::clone(entropy),
        });
        let administration = Arc::new(Administration {
            store: Arc::clone(&store),
            governance: Arc::clone(&governance),
            limits: Arc::clone(&limits),
            clock: Arc::clone(clock),
            entropy: Arc::clone(entropy),
        });
        let confirmations = Arc::new(Confirmations::new(storage.preview_key()?, Arc::clone(clock)));
        Ok(Self {
            store,
            limits,
            authenticator,
            governance,
            catalogs,
            overlays,
            history,
            administration,
            confirmations,
        })
    }
}
