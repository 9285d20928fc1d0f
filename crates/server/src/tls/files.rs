//! The files that TLS is made of: the chain of certificates, the key to the first, and whose clients may connect.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use tokio_rustls::rustls::pki_types::pem::{Error as PemError, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{VerifierBuilderError, WebPkiClientVerifier};
use tokio_rustls::rustls::{Error, RootCertStore, ServerConfig, crypto};
use zeroize::Zeroizing;

/// Tells whether the files have changed.
pub(super) type Digest = blake3::Hash;

/// Where certificates and key are, in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate of the service, then those that lead to an authority.
    pub cert: PathBuf,
    /// Its key.
    pub key: PathBuf,
    /// Authorities whose clients may connect; `None`: everybody may.
    pub client_ca: Option<PathBuf>,
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{setting}: cannot read {}: {source}", path.display())]
    Read {
        /// The setting that names the file.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file has not what it should have.
    #[error("{setting}: {} is not PEM with {wanted}: {source}", path.display())]
    Pem {
        /// The setting that names the file.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// What it should have.
        wanted: &'static str,
        /// What is wrong.
        source: PemError,
    },
    /// What the files have does not fit together.
    #[error("tls_cert_file and tls_key_file cannot be used together: {0}")]
    Pair(Error),
    /// An authority is none.
    #[error("tls_client_ca_file: {0}")]
    Authority(Error),
    /// There is no authority.
    #[error("tls_client_ca_file: {0}")]
    Verifier(#[from] VerifierBuilderError),
}

/// What the files say.
pub(super) struct Read {
    pub(super) digest: Digest,
    pub(super) config: Arc<ServerConfig>,
}

impl TlsFiles {
    pub(super) fn read(&self) -> Result<Read, TlsError> {
        let mut hasher = blake3::Hasher::new();
        let mut bytes = |setting, path: &Path| -> Result<_, TlsError> {
            let bytes = fs::read(path).map(Zeroizing::new);
            let bytes = bytes.map_err(|source| TlsError::Read { setting, path: path.to_owned(), source })?;
            hasher.update(&bytes.len().to_le_bytes()).update(&bytes);
            Ok(bytes)
        };
        let (cert, key) = (bytes("tls_cert_file", &self.cert)?, bytes("tls_key_file", &self.key)?);
        let authorities = self.client_ca.as_deref().map(|path| bytes("tls_client_ca_file", path)).transpose()?;

        let chain = certificates("tls_cert_file", &self.cert, &cert)?;
        let key = PrivateKeyDer::from_pem_slice(&key).map_err(|source| TlsError::Pem {
            setting: "tls_key_file",
            path: self.key.clone(),
            wanted: "a private key",
            source,
        })?;
        let provider = Arc::new(crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
        let builder = builder.map_err(TlsError::Pair)?;
        let builder = match (&self.client_ca, authorities) {
            (Some(path), Some(pem)) => {
                let mut roots = RootCertStore::empty();
                for authority in certificates("tls_client_ca_file", path, &pem)? {
                    roots.add(authority).map_err(TlsError::Authority)?;
                }
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build()?;
                builder.with_client_cert_verifier(verifier)
            }
            _ => builder.with_no_client_auth(),
        };
        let mut config = builder.with_single_cert(chain, key).map_err(TlsError::Pair)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Read { digest: hasher.finalize(), config: Arc::new(config) })
    }
}

fn certificates(setting: &'static str, path: &Path, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.and_then(|found| if found.is_empty() { Err(PemError::NoItemsFound) } else { Ok(found) });
    found.map_err(|source| TlsError::Pem { setting, path: path.to_owned(), wanted: "certificates", source })
}
