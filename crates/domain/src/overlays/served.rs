//! The door through which every answer gets its catalogs: those of the caller's tenant. What was published is believed
//! for a few seconds, so that most calls need no database, and a change still acts within five seconds on every replica.

use std::sync::Arc;

use jiff::Timestamp;
use quick_cache::UnitWeighter;
use quick_cache::sync::Cache;

use super::assembly::{Assembled, Depth, assemble};
use super::content::Content;
use super::patch::Base;
use super::store::OverlayStore;
use crate::access::FRESH_FOR;
use crate::catalog::{Catalogs, File, embedded};
use crate::environment::{Clock, Threads, elsewhere, is_fresh};
use crate::error::{Error, ErrorKind, FieldError, Result};
use crate::id::TenantId;

/// Of how many tenants it is remembered which version is published.
const REMEMBERED_TENANTS: u64 = 10_000;

/// For how many of them there is room from the start.
const FIRST_TENANTS: usize = 64;

/// How many catalogs with overlays are kept ready.
const READY_CATALOGS: u64 = 64;

/// The catalogs of tenants, ready to answer.
pub struct TenantCatalogs {
    store: Arc<dyn OverlayStore>,
    clock: Arc<dyn Clock>,
    threads: Arc<dyn Threads>,
    own: Arc<Own>,
    seen: Cache<TenantId, Seen>,
    ready: Cache<(TenantId, i64), Arc<Ready>>,
}

/// The catalogs without anybody's overlay, and the files of the current one.
struct Own {
    catalogs: Arc<Catalogs>,
    files: Vec<File>,
}

impl Own {
    fn base(&self) -> Base<'_> {
        Base { files: &self.files, catalog: self.catalogs.current() }
    }
}

#[derive(Clone, Copy)]
struct Seen {
    /// The version that is published; 0: the catalog alone.
    version: i64,
    at: Timestamp,
}

/// A published overlay as it is served.
pub(super) struct Ready {
    pub(super) catalogs: Arc<Catalogs>,
    /// What of it does not fit the present catalog, and is therefore not served.
    pub(super) left_out: Vec<FieldError>,
}

impl TenantCatalogs {
    /// The catalogs of all tenants: `plain`, whose current one is the catalog that is compiled in, and what they publish.
    /// A catalog with an overlay is made by `threads`.
    pub fn new(
        plain: Arc<Catalogs>,
        store: Arc<dyn OverlayStore>,
        clock: Arc<dyn Clock>,
        threads: Arc<dyn Threads>,
    ) -> Self {
        // Room is taken as tenants come: most instances have few.
        let seen = Cache::with_weighter(FIRST_TENANTS, REMEMBERED_TENANTS, UnitWeighter);
        let ready = Cache::with_weighter(1, READY_CATALOGS, UnitWeighter);
        let own = Arc::new(Own { catalogs: plain, files: embedded() });
        Self { store, clock, threads, own, seen, ready }
    }

    /// The catalogs without anybody's overlay.
    #[must_use]
    pub fn plain(&self) -> &Arc<Catalogs> {
        &self.own.catalogs
    }

    /// The catalogs as a tenant published them, at most [`FRESH_FOR`] old; while the database is away, as they were
    /// last seen.
    ///
    /// # Errors
    /// `Unavailable` if the database is away and nothing is known of the tenant.
    pub async fn of(&self, tenant: TenantId) -> Result<Arc<Catalogs>> {
        if let Some(seen) = self.seen.get(&tenant)
            && is_fresh(seen.at, self.clock.now(), FRESH_FOR)
        {
            if seen.version == 0 {
                return Ok(Arc::clone(self.plain()));
            }
            if let Some(ready) = self.ready.get(&(tenant, seen.version)) {
                return Ok(Arc::clone(&ready.catalogs));
            }
        }
        // Boxed, so that what this needs does not make every call larger.
        Box::pin(self.looked_up(tenant)).await.map(|ready| Arc::clone(&ready.catalogs))
    }

    /// What is published, as it is at this moment.
    pub(super) async fn present(&self, tenant: TenantId) -> Result<Arc<Ready>> {
        self.forget(tenant);
        self.looked_up(tenant).await
    }

    /// Looks again when the tenant asks next: something was published here.
    pub(super) fn forget(&self, tenant: TenantId) {
        self.seen.remove(&tenant);
    }

    pub(super) fn base(&self) -> Base<'_> {
        self.own.base()
    }

    /// The catalog with `content`, made on another thread: it takes longer than anybody else should wait.
    pub(super) async fn assembled(&self, content: Content, version: i64, depth: Depth) -> Result<Assembled> {
        let own = Arc::clone(&self.own);
        // Opened here, where it is known to what it belongs.
        let span = tracing::info_span!("assemble catalog", rebound.overlay.version = version);
        let work = move || span.in_scope(|| assemble(own.base(), &content, version, depth));
        elsewhere(&*self.threads, work).await
    }

    async fn looked_up(&self, tenant: TenantId) -> Result<Arc<Ready>> {
        let at = self.clock.now();
        let version = match self.published(tenant).await {
            Ok(version) => version,
            Err(error) => self.seen.get(&tenant).filter(|_| error.kind == ErrorKind::Unavailable).ok_or(error)?.version,
        };
        let ready = self.ready(tenant, version).await?;
        self.seen.insert(tenant, Seen { version, at });
        Ok(ready)
    }

    async fn published(&self, tenant: TenantId) -> Result<i64> {
        let newest = self.store.newest(tenant).await?;
        Ok(newest.filter(|(_, items)| *items > 0).map_or(0, |(version, _)| version))
    }

    /// The catalogs with a version. Of several callers at once, one makes them.
    async fn ready(&self, tenant: TenantId, version: i64) -> Result<Arc<Ready>> {
        if version == 0 {
            return Ok(Arc::new(Ready { catalogs: Arc::clone(self.plain()), left_out: Vec::new() }));
        }
        let make = async {
            let gone = || Error::internal("a published overlay has no content");
            let content = self.store.content(tenant, version).await?.ok_or_else(gone)?;
            let assembled = self.assembled(content, version, Depth::Rules).await?;
            let left_out = assembled.left_out.iter().map(super::assembly::Remark::in_overlay).collect();
            let catalogs = match assembled.catalog {
                Some(catalog) => Arc::new(self.plain().with_current(catalog)),
                None => Arc::clone(self.plain()),
            };
            Ok(Arc::new(Ready { catalogs, left_out }))
        };
        self.ready.get_or_insert_async(&(tenant, version), make).await
    }
}
