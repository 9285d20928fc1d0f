//! Settings, from flags, the environment and a file, in this order. Unknown keys and contradictions are refused.

mod checks;
mod error;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use http::HeaderValue;
use rebound_domain::access::Secret;
use rebound_storage::MasterKey;
use serde::{Deserialize, Serialize};

use crate::sandbox::IN_MEMORY;
use crate::tls::TlsFiles;
use checks::{key, origin, read, secret, tls};
pub use error::ConfigError;

/// The file of defaults, commented: what `rebound config default` prints.
pub const DEFAULTS: &str = include_str!("../../rebound.default.toml");

/// Variables that begin like settings and are none.
const FOREIGN_PREFIX: &str = "REBOUND_TEST_";

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
    /// Which events are logged.
    pub log: String,
    /// How logs are written.
    pub log_format: LogFormat,
    /// Whether it is a sandbox.
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

    fn or(self, other: Self) -> Self {
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
            log: self.log.or(other.log),
            log_format: self.log_format.or(other.log_format),
            sandbox: self.sandbox || other.sandbox,
        }
    }
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
            log: layer.log.unwrap_or_else(|| "info".to_owned()),
            log_format: layer.log_format.unwrap_or_default(),
            sandbox: layer.sandbox,
        })
    }
}

impl fmt::Display for Settings {
    /// The settings as a file would have them, secrets left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.database_url.split(':').next().unwrap_or_default();
        let database = if scheme == "sqlite" { &self.database_url } else { "postgres://(hidden)" };
        writeln!(f, "http_addr = \"{}\"", self.http_addr)?;
        writeln!(f, "grpc_addr = \"{}\"", self.grpc_addr)?;
        if let Some(addr) = self.operations_addr {
            writeln!(f, "operations_addr = \"{addr}\"")?;
        }
        if let Some(TlsFiles { cert, key, client_ca }) = &self.tls {
            writeln!(f, "tls_cert_file = \"{}\"", cert.display())?;
            writeln!(f, "tls_key_file = \"{}\"", key.display())?;
            if let Some(client_ca) = client_ca {
                writeln!(f, "tls_client_ca_file = \"{}\"", client_ca.display())?;
            }
        }
        // Each is ASCII without a quotation mark, as Rust writes it and as TOML does.
        let origins: Vec<_> = self.cors_origins.iter().filter_map(|origin| origin.to_str().ok()).collect();
        writeln!(f, "cors_origins = {origins:?}")?;
        writeln!(f, "shutdown_delay_seconds = {}", self.shutdown_delay.as_secs())?;
        writeln!(f, "drain_seconds = {}", self.drain.as_secs())?;
        writeln!(f, "database_url = \"{database}\"")?;
        writeln!(f, "bootstrap_key = {}", if self.bootstrap_key.is_some() { "\"(hidden)\"" } else { "\"(fresh)\"" })?;
        let hidden = |is_set: bool, absent: &'static str| if is_set { "\"(hidden)\"" } else { absent };
        writeln!(f, "master_key = {}", hidden(self.master_key.is_some(), "\"(in data_dir)\""))?;
        writeln!(f, "previous_master_key = {}", hidden(self.previous_master_key.is_some(), "\"(none)\""))?;
        writeln!(f, "data_dir = \"{}\"", self.data_dir.display())?;
        if let Some(archive) = &self.catalog_archive {
            writeln!(f, "catalog_archive = \"{}\"", archive.display())?;
        }
        writeln!(f, "memo_mib = {}", self.memo_mib)?;
        writeln!(f, "log = \"{}\"", self.log)?;
        write!(f, "log_format = \"{}\"", format!("{:?}", self.log_format).to_lowercase())
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
