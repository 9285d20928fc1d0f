//! One source of settings: flags and environment, or a file.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;

use super::checks::read;
use super::{ConfigError, LogFormat};

/// One source of settings. What it does not say is left to the next source.
#[derive(Debug, Default, Clone, Args, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[command(next_help_heading = "Settings")]
pub struct Layer {
    /// Address for REST, documentation, health and metrics [default: 127.0.0.1:8080]
    #[arg(long, env = "REBOUND_HTTP_ADDR", global = true, value_name = "ADDR")]
    pub http_addr: Option<SocketAddr>,
    /// Address for gRPC [default: 127.0.0.1:50051]
    #[arg(long, env = "REBOUND_GRPC_ADDR", global = true, value_name = "ADDR")]
    pub grpc_addr: Option<SocketAddr>,
    /// Address for probes and metrics alone, always without TLS [default: none; they are at the HTTP address]
    #[arg(long, env = "REBOUND_OPERATIONS_ADDR", global = true, value_name = "ADDR")]
    pub operations_addr: Option<SocketAddr>,
    /// The certificate of the service in PEM, then those that lead to its authority [default: no TLS]
    #[arg(long, env = "REBOUND_TLS_CERT_FILE", global = true, value_name = "FILE")]
    pub tls_cert_file: Option<PathBuf>,
    /// The key of the certificate in PEM
    #[arg(long, env = "REBOUND_TLS_KEY_FILE", global = true, value_name = "FILE")]
    pub tls_key_file: Option<PathBuf>,
    /// Authorities in PEM: only their clients may connect [default: every client may]
    #[arg(long, env = "REBOUND_TLS_CLIENT_CA_FILE", global = true, value_name = "FILE")]
    pub tls_client_ca_file: Option<PathBuf>,
    /// Origins whose pages may call, such as `https://app.example.com` [default: none]
    #[arg(long, env = "REBOUND_CORS_ORIGINS", global = true, value_name = "ORIGIN", value_delimiter = ',')]
    pub cors_origins: Option<Vec<String>>,
    /// How long SIGTERM leaves the ports open, while the probes say no already [default: 0]
    #[arg(long, env = "REBOUND_SHUTDOWN_DELAY_SECONDS", global = true, value_name = "N")]
    pub shutdown_delay_seconds: Option<u64>,
    /// How long accepted requests may take to end after SIGTERM [default: 30]
    #[arg(long, env = "REBOUND_DRAIN_SECONDS", global = true, value_name = "N")]
    pub drain_seconds: Option<u64>,
    /// `sqlite://PATH` or `postgres://…` [default: SQLite in rebound-data/rebound.db]
    #[arg(long, env = "REBOUND_DATABASE_URL", global = true, hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// A file that holds the database address
    #[arg(long, env = "REBOUND_DATABASE_URL_FILE", global = true, value_name = "FILE")]
    pub database_url_file: Option<PathBuf>,
    /// The key that the first start on an empty database makes [default: a fresh one]
    #[arg(long, env = "REBOUND_BOOTSTRAP_KEY", global = true, hide_env_values = true, value_name = "KEY")]
    pub bootstrap_key: Option<String>,
    /// A file that holds the bootstrap key
    #[arg(long, env = "REBOUND_BOOTSTRAP_KEY_FILE", global = true, value_name = "FILE")]
    pub bootstrap_key_file: Option<PathBuf>,
    /// The key that encrypts what people wrote: 64 hexadecimal digits [default: the one in the data folder]
    #[arg(long, env = "REBOUND_MASTER_KEY", global = true, hide_env_values = true, value_name = "KEY")]
    pub master_key: Option<String>,
    /// A file that holds the master key
    #[arg(long, env = "REBOUND_MASTER_KEY_FILE", global = true, value_name = "FILE")]
    pub master_key_file: Option<PathBuf>,
    /// The master key before, while `rebound master-key rotate` has yet to run
    #[arg(long, env = "REBOUND_PREVIOUS_MASTER_KEY", global = true, hide_env_values = true, value_name = "KEY")]
    pub previous_master_key: Option<String>,
    /// A file that holds the previous master key
    #[arg(long, env = "REBOUND_PREVIOUS_MASTER_KEY_FILE", global = true, value_name = "FILE")]
    pub previous_master_key_file: Option<PathBuf>,
    /// Where fresh keys are written [default: rebound-data]
    #[arg(long, env = "REBOUND_DATA_DIR", global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// A folder of older versions of the catalog, to be asked for by version [default: none]
    #[arg(long, env = "REBOUND_CATALOG_ARCHIVE", global = true, value_name = "DIR")]
    pub catalog_archive: Option<PathBuf>,
    /// Memory for remembered answers in each API, in MiB [default: 8]
    #[arg(long, env = "REBOUND_MEMO_MIB", global = true, value_name = "N")]
    pub memo_mib: Option<u64>,
    /// Requests of one key in a minute; 0: no limit [default: 60000]
    #[arg(long, env = "REBOUND_KEY_REQUESTS_PER_MINUTE", global = true, value_name = "N")]
    pub key_requests_per_minute: Option<u32>,
    /// Requests of all keys of a tenant in a minute; 0: no limit [default: 240000]
    #[arg(long, env = "REBOUND_TENANT_REQUESTS_PER_MINUTE", global = true, value_name = "N")]
    pub tenant_requests_per_minute: Option<u32>,
    /// Requests of a tenant in a day (UTC); 0: no limit [default: 0]
    #[arg(long, env = "REBOUND_TENANT_DAILY_QUOTA", global = true, value_name = "N")]
    pub tenant_daily_quota: Option<u64>,
    /// Bulk calls of a tenant at a time, on each replica; 0: no limit [default: 32]
    #[arg(long, env = "REBOUND_TENANT_BULK_CALLS", global = true, value_name = "N")]
    pub tenant_bulk_calls: Option<u32>,
    /// Requests under way at a time, in each API; 0: no limit [default: 1024]
    #[arg(long, env = "REBOUND_MAX_REQUESTS", global = true, value_name = "N")]
    pub max_requests: Option<u32>,
    /// How long a request may wait until it is begun before it is refused; 0: for ever [default: 8]
    #[arg(long, env = "REBOUND_MAX_WAIT_MS", global = true, value_name = "N")]
    pub max_wait_ms: Option<u64>,
    /// Connections at a time, to each API; 0: no limit [default: 10000]
    #[arg(long, env = "REBOUND_MAX_CONNECTIONS", global = true, value_name = "N")]
    pub max_connections: Option<usize>,
    /// A client that takes nothing of an answer, or sends nothing of a batch, for so long is cut off [default: 30]
    #[arg(long, env = "REBOUND_STALL_SECONDS", global = true, value_name = "N")]
    pub stall_seconds: Option<u64>,
    /// Which events are logged [default: info]
    #[arg(long, env = "REBOUND_LOG", global = true, value_name = "DIRECTIVES")]
    pub log: Option<String>,
    /// How logs are written [default: auto]
    #[arg(long, env = "REBOUND_LOG_FORMAT", global = true)]
    pub log_format: Option<LogFormat>,
    /// `serve --sandbox`, which no file and no variable can say.
    #[arg(skip)]
    #[serde(skip)]
    pub sandbox: bool,
}

impl Layer {
    /// What a file says.
    ///
    /// # Errors
    /// If it cannot be read, or has a key that does not exist.
    pub fn from_file(path: &Path) -> Result<Self, ConfigError> {
        let text = read("--config", path)?;
        toml::from_str(&text).map_err(|source| ConfigError::File { path: path.to_owned(), source })
    }

    /// What this says, and else what the other one does.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            http_addr: self.http_addr.or(other.http_addr),
            grpc_addr: self.grpc_addr.or(other.grpc_addr),
            operations_addr: self.operations_addr.or(other.operations_addr),
            tls_cert_file: self.tls_cert_file.or(other.tls_cert_file),
            tls_key_file: self.tls_key_file.or(other.tls_key_file),
            tls_client_ca_file: self.tls_client_ca_file.or(other.tls_client_ca_file),
            cors_origins: self.cors_origins.or(other.cors_origins),
            shutdown_delay_seconds: self.shutdown_delay_seconds.or(other.shutdown_delay_seconds),
            drain_seconds: self.drain_seconds.or(other.drain_seconds),
            database_url: self.database_url.or(other.database_url),
            database_url_file: self.database_url_file.or(other.database_url_file),
            bootstrap_key: self.bootstrap_key.or(other.bootstrap_key),
            bootstrap_key_file: self.bootstrap_key_file.or(other.bootstrap_key_file),
            master_key: self.master_key.or(other.master_key),
            master_key_file: self.master_key_file.or(other.master_key_file),
            previous_master_key: self.previous_master_key.or(other.previous_master_key),
            previous_master_key_file: self.previous_master_key_file.or(other.previous_master_key_file),
            data_dir: self.data_dir.or(other.data_dir),
            catalog_archive: self.catalog_archive.or(other.catalog_archive),
            memo_mib: self.memo_mib.or(other.memo_mib),
            key_requests_per_minute: self.key_requests_per_minute.or(other.key_requests_per_minute),
            tenant_requests_per_minute: self.tenant_requests_per_minute.or(other.tenant_requests_per_minute),
            tenant_daily_quota: self.tenant_daily_quota.or(other.tenant_daily_quota),
            tenant_bulk_calls: self.tenant_bulk_calls.or(other.tenant_bulk_calls),
            max_requests: self.max_requests.or(other.max_requests),
            max_wait_ms: self.max_wait_ms.or(other.max_wait_ms),
            max_connections: self.max_connections.or(other.max_connections),
            stall_seconds: self.stall_seconds.or(other.stall_seconds),
            log: self.log.or(other.log),
            log_format: self.log_format.or(other.log_format),
            sandbox: self.sandbox || other.sandbox,
        }
    }
}
