//! TLS for both ports, and who may connect: read from files, and read again when these change, so that a certificate is
//! renewed without a restart.

mod files;

use std::pin::pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::time::{interval, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::server::TlsStream;

use crate::unstalled::Unstalled;
use files::{Digest, Read};
pub use files::{TlsError, TlsFiles};

/// How long a client may take for its handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// How often the files are looked at.
const LOOK_INTERVAL: Duration = Duration::from_secs(10);

/// TLS as the files have it. Connections that are open keep what they began with.
#[derive(Clone)]
pub struct Tls {
    files: Arc<TlsFiles>,
    in_force: Arc<RwLock<InForce>>,
}

struct InForce {
    digest: Digest,
    config: Arc<ServerConfig>,
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// If one cannot be read, or they do not belong together.
    pub fn load(files: TlsFiles) -> Result<Self, TlsError> {
        let Read { digest, config } = files.read()?;
        Ok(Self { files: Arc::new(files), in_force: Arc::new(RwLock::new(InForce { digest, config })) })
    }

    /// Reads the files again, and answers whether they changed. Until all of them fit, what is in force stays so.
    ///
    /// # Errors
    /// As [`Tls::load`].
    pub fn reload(&self) -> Result<bool, TlsError> {
        let Read { digest, config } = self.files.read()?;
        let mut in_force = self.in_force.write().unwrap_or_else(PoisonError::into_inner);
        let is_new = in_force.digest != digest;
        if is_new {
            *in_force = InForce { digest, config };
        }
        Ok(is_new)
    }

    /// Looks for changes until `stop` is done.
    pub(crate) async fn run(self, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        let mut looks = interval(LOOK_INTERVAL);
        let mut told = None;
        loop {
            tokio::select! {
                _ = looks.tick() => {}
                () = &mut stop => return,
            }
            let tls = self.clone();
            let Ok(outcome) = tokio::task::spawn_blocking(move || tls.reload()).await else { return };
            let trouble = outcome.as_ref().err().map(ToString::to_string);
            match outcome {
                Ok(true) => tracing::info!("new certificates are in force"),
                // Said once, not every ten seconds.
                Err(error) if told != trouble => tracing::error!(%error, "the old certificates stay in force"),
                Ok(false) | Err(_) => {}
            }
            told = trouble;
        }
    }

    /// The connection, once the client has shown that it may have one.
    pub(crate) async fn accept(&self, stream: Unstalled) -> Option<TlsStream<Unstalled>> {
        let config = Arc::clone(&self.in_force.read().unwrap_or_else(PoisonError::into_inner).config);
        match timeout(HANDSHAKE_TIMEOUT, TlsAcceptor::from(config).accept(stream)).await {
            Ok(Ok(stream)) => Some(stream),
            Ok(Err(error)) => {
                tracing::debug!(%error, "a TLS handshake failed");
                None
            }
            Err(_) => None,
        }
    }
}
