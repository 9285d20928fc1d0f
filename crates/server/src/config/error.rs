//! What can be wrong with settings.

use std::io;
use std::path::PathBuf;

use rebound_domain::access::WeakSecret;
use rebound_storage::InvalidMasterKey;

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("{key}: cannot read {}: {source}", path.display())]
    Read {
        /// The setting that names the file.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not what it should be.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        source: toml::de::Error,
    },
    /// A variable that no setting has.
    #[error("the environment variable {0} is no setting of Rebound; `rebound --help` lists them")]
    UnknownVariable(String),
    /// Two settings that exclude each other.
    #[error("{0} and {0}_file are both set; keep one")]
    Contradiction(&'static str),
    /// A setting that another one needs.
    #[error("{0} is set, and {1} is not; TLS needs both tls_cert_file and tls_key_file")]
    Incomplete(&'static str, &'static str),
    /// A setting that a sandbox has no use for.
    #[error("{0} is set, and a sandbox has keys of its own; leave out one of the two")]
    Sandbox(&'static str),
    /// A text that is no origin.
    #[error("cors_origins: {0:?} is no origin; allowed: http:// or https://, a host, and a port where it is needed")]
    Origin(String),
    /// A key that is too easy to guess.
    #[error("bootstrap_key: {0}")]
    WeakKey(#[from] WeakSecret),
    /// A text that is no master key.
    #[error("{0}: {1}")]
    MasterKey(&'static str, InvalidMasterKey),
}
