//! Settings, from flags, the environment and a file, in this order. Unknown keys and contradictions are refused.

mod checks;
mod display;
mod error;
mod layer;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;
use http::HeaderValue;
use rebound_domain::access::Secret;
use rebound_domain::limits::InstanceLimits;
use rebound_storage::MasterKey;
use serde::{Deserialize, Serialize};

use crate::sandbox::IN_MEMORY;
use crate::tls::TlsFiles;
use checks::{key, origin, secret, tls};
pub use error::ConfigError;
pub use layer::Layer;

/// The file of defaults, commented: what `rebound config default` prints.
pub const DEFAULTS: &str = include_str!("../../rebound.default.toml");

/// Variables that begin like settings and are none.
const FOREIGN_PREFIX: &str = "REBOUND_TEST_";

/// How logs are written.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text on a terminal, JSON otherwise.
    #[default]
    Auto,
    /// Readable lines.
    Text,
    /// One JSON object a line.
    Json,
}

/// The settings in force.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where REST listens.
    pub http_addr: SocketAddr,
    /// Where gRPC listens.
    pub grpc_addr: SocketAddr,
    /// Where probes and metrics are besides.
    pub operations_addr: Option<SocketAddr>,
    /// What TLS is made of.
    pub tls: Option<TlsFiles>,
    /// The origins whose pages may call.
    pub cors_origins: Vec<HeaderValue>,
    /// How long a shutdown leaves the ports open before that.
    pub shutdown_delay: Duration,
    /// How long a shutdown waits for requests that were accepted.
    pub drain: Duration,
    /// Where the data is. May hold a password.
    pub database_url: String,
    /// The operator's own first key.
    pub bootstrap_key: Option<Secret>,
    /// The operator's own master key.
    pub master_key: Option<MasterKey>,
    /// The master key before it.
    pub previous_master_key: Option<MasterKey>,
    /// Where fresh keys are written.
    pub data_dir: PathBuf,
    /// Where older versions of the catalog are, one folder each.
    pub catalog_archive: Option<PathBuf>,
    /// Memory for remembered answers in each API, in MiB.
    pub memo_mib: u64,
    /// What keys and tenants may ask of whom nothing else is said.
    pub limits: InstanceLimits,
    /// How many requests may be under way at a time in each API; 0: any number.
    pub max_requests: u32,
    /// How long requests may wait until they are begun; zero: for ever.
    pub max_wait: Duration,
    /// How many connections each API may have at a time; 0: any number.
    pub max_connections: usize,
    /// For how long a client may take nothing of an answer, or send nothing of a batch.
    pub stall: Duration,
    /// Which events are logged.
    pub log: String,
    /// How logs are written.
    pub log_format: LogFormat,
    /// Whether it is a sandbox.
    pub sandbox: bool,
}

impl Settings {
    /// The settings from flags and environment (`first`), and a file: the one that `config` names, else
    /// `rebound.toml` where there is one.
    ///
    /// # Errors
    /// Whatever is wrong with the file, or with the settings together.
    pub fn resolve(first: Layer, config: Option<&Path>) -> Result<Self, ConfigError> {
        let default_file = Path::new("rebound.toml");
        let file = match config {
            Some(path) => Layer::from_file(path)?,
            None if default_file.exists() => Layer::from_file(default_file)?,
            None => Layer::default(),
        };
        let layer = first.or(file);
        let data_dir = layer.data_dir.unwrap_or_else(|| "rebound-data".into());
        let database_url = secret("database_url", layer.database_url, layer.database_url_file.as_deref())?;
        let bootstrap_key = secret("bootstrap_key", layer.bootstrap_key, layer.bootstrap_key_file.as_deref())?;
        let master_key = secret("master_key", layer.master_key, layer.master_key_file.as_deref())?;
        let previous = layer.previous_master_key_file.as_deref();
        let previous = secret("previous_master_key", layer.previous_master_key, previous)?;
        if layer.sandbox && bootstrap_key.is_some() {
            return Err(ConfigError::Sandbox("bootstrap_key"));
        }
        let default_url = if layer.sandbox { IN_MEMORY } else { "sqlite://rebound-data/rebound.db" };
        Ok(Self {
            http_addr: layer.http_addr.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            grpc_addr: layer.grpc_addr.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 50051))),
            operations_addr: layer.operations_addr,
            tls: tls(layer.tls_cert_file, layer.tls_key_file, layer.tls_client_ca_file)?,
            cors_origins: layer
                .cors_origins
                .unwrap_or_default()
                .iter()
                .map(|text| origin(text))
                .collect::<Result<_, _>>()?,
            shutdown_delay: Duration::from_secs(layer.shutdown_delay_seconds.unwrap_or(0)),
            drain: Duration::from_secs(layer.drain_seconds.unwrap_or(30)),
            database_url: database_url.unwrap_or_else(|| default_url.to_owned()),
            bootstrap_key: bootstrap_key.as_deref().map(Secret::bootstrap).transpose()?,
            master_key: key("master_key", master_key)?,
            previous_master_key: key("previous_master_key", previous)?,
            data_dir,
            catalog_archive: layer.catalog_archive,
            memo_mib: layer.memo_mib.unwrap_or(8),
            limits: InstanceLimits {
                key_per_minute: layer.key_requests_per_minute.unwrap_or(60_000),
                tenant_per_minute: layer.tenant_requests_per_minute.unwrap_or(240_000),
                tenant_per_day: layer.tenant_daily_quota.unwrap_or(0),
                bulk_calls: layer.tenant_bulk_calls.unwrap_or(32),
            },
            max_requests: layer.max_requests.unwrap_or(1024),
            max_wait: Duration::from_millis(layer.max_wait_ms.unwrap_or(8)),
            max_connections: layer.max_connections.unwrap_or(10_000),
            // A limit of nothing would cut everybody off.
            stall: Duration::from_secs(layer.stall_seconds.unwrap_or(30).max(1)),
            log: layer.log.unwrap_or_else(|| "info".to_owned()),
            log_format: layer.log_format.unwrap_or_default(),
            sandbox: layer.sandbox,
        })
    }
}

/// Refuses variables that look like settings and are none, so that a typing error is not silently without effect.
///
/// # Errors
/// The first such variable.
pub fn refuse_unknown_variables(known: &[String], present: impl Iterator<Item = String>) -> Result<(), ConfigError> {
    let mut foreign = present.filter(|name| {
        name.starts_with("REBOUND_") && !name.starts_with(FOREIGN_PREFIX) && !known.iter().any(|known| known == name)
    });
    foreign.next().map_or(Ok(()), |name| Err(ConfigError::UnknownVariable(name)))
}
