//! Reads single settings: what is wrong with one is said with its name.

use std::fs;
use std::path::{Path, PathBuf};

use http::{HeaderValue, Uri};
use rebound_storage::MasterKey;

use super::ConfigError;
use crate::tls::TlsFiles;

/// What TLS is made of: both of the first two, or none of the three.
pub(super) fn tls(
    cert: Option<PathBuf>,
    key: Option<PathBuf>,
    client_ca: Option<PathBuf>,
) -> Result<Option<TlsFiles>, ConfigError> {
    match (cert, key, client_ca) {
        (Some(cert), Some(key), client_ca) => Ok(Some(TlsFiles { cert, key, client_ca })),
        (None, None, None) => Ok(None),
        (Some(_), None, _) => Err(ConfigError::Incomplete("tls_cert_file", "tls_key_file")),
        (None, Some(_), _) => Err(ConfigError::Incomplete("tls_key_file", "tls_cert_file")),
        (None, None, Some(_)) => Err(ConfigError::Incomplete("tls_client_ca_file", "tls_cert_file")),
    }
}

/// An origin as browsers send it (RFC 6454): scheme, host and port, nothing after them.
pub(super) fn origin(text: &str) -> Result<HeaderValue, ConfigError> {
    let refused = || ConfigError::Origin(text.to_owned());
    let uri: Uri = text.parse().map_err(|_| refused())?;
    let parts = (uri.scheme_str(), uri.authority());
    let (Some(scheme @ ("http" | "https")), Some(authority)) = parts else { return Err(refused()) };
    // Also what a browser would write in another way.
    let is_as_sent = text == format!("{scheme}://{authority}") && text == text.to_ascii_lowercase();
    let origin = HeaderValue::from_str(text).ok().filter(|_| is_as_sent && !authority.as_str().contains('@'));
    origin.ok_or_else(refused)
}

/// A secret from its setting or from the file that its twin names.
pub(super) fn secret(
    key: &'static str,
    value: Option<String>,
    file: Option<&Path>,
) -> Result<Option<String>, ConfigError> {
    match (value, file) {
        (Some(_), Some(_)) => Err(ConfigError::Contradiction(key)),
        (Some(value), None) => Ok(Some(value)),
        (None, Some(path)) => Ok(Some(read(key, path)?.trim_end().to_owned())),
        (None, None) => Ok(None),
    }
}

pub(super) fn key(setting: &'static str, text: Option<String>) -> Result<Option<MasterKey>, ConfigError> {
    let key = text.map(|text| MasterKey::parse(text.trim()));
    key.transpose().map_err(|error| ConfigError::MasterKey(setting, error))
}

pub(super) fn read(key: &'static str, path: &Path) -> Result<String, ConfigError> {
    fs::read_to_string(path).map_err(|source| ConfigError::Read { key, path: path.to_owned(), source })
}
