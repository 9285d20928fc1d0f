//! `rebound tenant`, `rebound key` and `rebound migrate`: work on the database of the settings, beside a running
//! service or without one.

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand};
use jiff::{SignedDuration, Span, Timestamp};
use rebound_domain::access::{AccessStore, ApiKey, DEFAULT_OVERLAP, IssuedKey, NAME_ALLOWED, Scope, is_name};
use rebound_domain::environment::Clock as _;
use rebound_domain::id::{ApiKeyId, TenantId};

use super::shown::{KeyView, TenantView, show, show_all};
use super::{Failure, output, runtime};
use crate::app::migrated;
use crate::config::Settings;
use crate::system::{SystemClock, SystemEntropy};

/// A group of commands, with how they answer.
#[derive(Debug, Args)]
pub(super) struct Answering<C: Subcommand> {
    /// Print JSON (the default where no terminal is)
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: C,
}

/// Commands on tenants.
#[derive(Debug, Subcommand)]
pub(super) enum Tenant {
    /// Make a tenant
    Create {
        /// A name that no other tenant has
        name: String,
    },
    /// List the tenants
    List,
}

/// Commands on API keys.
#[derive(Debug, Subcommand)]
pub(super) enum Key {
    /// Make a key; its text is shown this once
    Create {
        /// The tenant, by name or id
        #[arg(long, default_value = "default")]
        tenant: String,
        /// What the key is for
        #[arg(long)]
        name: String,
        /// What it may do; repeat or separate by commas
        #[arg(long = "scope", required = true, value_delimiter = ',', value_name = "SCOPE")]
        scopes: Vec<Scope>,
        /// When it expires: a moment (2027-01-31T00:00:00Z) or a time from now (90d, 12h) [default: never]
        #[arg(long, value_name = "WHEN")]
        expires: Option<String>,
    },
    /// List the keys of a tenant
    List {
        /// The tenant, by name or id
        #[arg(long, default_value = "default")]
        tenant: String,
    },
    /// Revoke a key; every replica refuses it within five seconds
    Revoke {
        /// The key's id
        id: ApiKeyId,
        /// The tenant, by name or id
        #[arg(long, default_value = "default")]
        tenant: String,
    },
    /// Replace a key by a fresh one with the same scopes; the old one lives on for a while
    Rotate {
        /// The key's id
        id: ApiKeyId,
        /// The tenant, by name or id
        #[arg(long, default_value = "default")]
        tenant: String,
        /// How long the old key is still accepted, in hours
        #[arg(long, default_value_t = DEFAULT_OVERLAP.as_hours())]
        overlap_hours: i64,
    },
}

impl From<rebound_domain::Error> for Failure {
    fn from(error: rebound_domain::Error) -> Self {
        let cause = std::error::Error::source(&error).map(|cause| format!(" ({cause})")).unwrap_or_default();
        Self::failed(format!("{}{cause}", error.detail))
    }
}

/// `rebound migrate`.
pub(super) fn migrate(settings: &Settings) -> Result<ExitCode, Failure> {
    with_store(settings, async |_| output::line("The database is at the version of this binary."))
}

impl Answering<Tenant> {
    /// Runs the command.
    pub(super) fn run(self, settings: &Settings) -> Result<ExitCode, Failure> {
        let Self { json, command } = self;
        with_store(settings, async |store| match command {
            Tenant::Create { name } => {
                let name = named("name", name)?;
                let now = SystemClock.now();
                let id = TenantId::generate(now, &SystemEntropy);
                let tenant = rebound_domain::access::Tenant { id, name, created_at: now };
                store.create_tenant(&tenant).await?;
                show(json, &TenantView::new(&tenant))
            }
            Tenant::List => {
                let mut tenants = Vec::new();
                while let page @ [_, ..] = store.tenants(tenants.last().map(tenant_id), PAGE).await?.as_slice() {
                    tenants.extend_from_slice(page);
                }
                show_all(json, &tenants.iter().map(TenantView::new).collect::<Vec<_>>())
            }
        })
    }
}

impl Answering<Key> {
    /// Runs the command.
    pub(super) fn run(self, settings: &Settings) -> Result<ExitCode, Failure> {
        let Self { json, command } = self;
        with_store(settings, async |store| match command {
            Key::Create { tenant, name, scopes, expires } => {
                let tenant = find_tenant(&*store, &tenant).await?.id;
                let expires_at = expires.as_deref().map(moment).transpose()?;
                let (name, scopes) = (named("name", name)?, scopes.into_iter().collect());
                let issued = IssuedKey::fresh(tenant, name, scopes, expires_at, SystemClock.now(), &SystemEntropy);
                let IssuedKey { key, secret } = issued;
                store.create_api_key(&key).await?;
                show(json, &KeyView::new(&key, Some(&secret)))
            }
            Key::List { tenant } => {
                let tenant = find_tenant(&*store, &tenant).await?.id;
                let keys = keys_of(&*store, tenant).await?;
                show_all(json, &keys.iter().map(|key| KeyView::new(key, None)).collect::<Vec<_>>())
            }
            Key::Revoke { id, tenant } => {
                let tenant = find_tenant(&*store, &tenant).await?.id;
                let revoked = store.revoke_api_key(tenant, id, SystemClock.now()).await?;
                let key = revoked.ok_or_else(|| Failure::failed("this tenant has no such key"))?;
                show(json, &KeyView::new(&key, None))
            }
            Key::Rotate { id, tenant, overlap_hours } => {
                let tenant = find_tenant(&*store, &tenant).await?.id;
                let no_key = || Failure::failed("this tenant has no such key");
                let old = store.api_key(tenant, id).await?.ok_or_else(no_key)?;
                let issued = IssuedKey::successor(&old, SystemClock.now(), &SystemEntropy).ok_or_else(no_key)?;
                let IssuedKey { key: successor, secret } = issued;
                let overlap = SignedDuration::from_hours(overlap_hours.max(0));
                let ends = successor.created_at.saturating_add(overlap);
                let ends = ends.map_err(|error| Failure::usage(format!("--overlap-hours: {error}")))?;
                store.rotate_api_key(id, &successor, ends).await?;
                show(json, &KeyView::new(&successor, Some(&secret)))
            }
        })
    }
}

/// How many rows are read at once.
const PAGE: u32 = 200;

fn tenant_id(tenant: &rebound_domain::access::Tenant) -> TenantId {
    tenant.id
}

fn with_store(
    settings: &Settings,
    work: impl AsyncFnOnce(Arc<dyn AccessStore>) -> Result<ExitCode, Failure>,
) -> Result<ExitCode, Failure> {
    runtime()?.block_on(async {
        let storage = migrated(settings).await?;
        let done = work(storage.access()).await;
        storage.close().await;
        done
    })
}

async fn find_tenant(store: &dyn AccessStore, name: &str) -> Result<rebound_domain::access::Tenant, Failure> {
    let found = match name.parse() {
        Ok(id) => store.tenant(id).await?,
        Err(_) => store.tenant_by_name(name).await?,
    };
    found.ok_or_else(|| Failure::failed(format!("there is no tenant `{name}`")))
}

async fn keys_of(store: &dyn AccessStore, tenant: TenantId) -> Result<Vec<ApiKey>, Failure> {
    let mut keys: Vec<ApiKey> = Vec::new();
    while let page @ [_, ..] = store.api_keys(tenant, keys.last().map(|key| key.id), PAGE).await?.as_slice() {
        keys.extend_from_slice(page);
    }
    Ok(keys)
}

fn named(field: &str, name: String) -> Result<String, Failure> {
    if is_name(&name) { Ok(name) } else { Err(Failure::usage(format!("{field}: {NAME_ALLOWED}"))) }
}

/// A moment, or a time from now such as `90d`.
fn moment(text: &str) -> Result<Timestamp, Failure> {
    let allowed = "--expires: allowed: a moment such as 2027-01-31T00:00:00Z, or a time from now such as 90d or 12h";
    let now = SystemClock.now();
    let at = if let Ok(at) = text.parse::<Timestamp>() {
        at
    } else {
        let span: Span = text.parse().map_err(|_| Failure::usage(allowed))?;
        let span = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours());
        now.checked_add(span.map_err(|_| Failure::usage(allowed))?).map_err(|_| Failure::usage(allowed))?
    };
    if at > now { Ok(at) } else { Err(Failure::usage("--expires: this moment has passed")) }
}
