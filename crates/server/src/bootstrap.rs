//! The first start on an empty database: tenant `default` and one key of all scopes.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use rebound_domain::access::{AccessStore, ApiKey, Scopes, Secret, Tenant};
use rebound_domain::environment::{Clock, Entropy};
use rebound_domain::id::{ApiKeyId, TenantId};

/// The file of a fresh key, below the data folder.
const KEY_FILE: &str = "bootstrap-key";

/// Why the first start failed.
#[derive(Debug, thiserror::Error)]
pub enum BootstrapError {
    /// The store refused.
    #[error("the first tenant cannot be made: {0}")]
    Store(#[from] rebound_domain::Error),
    /// The key cannot be written.
    #[error("the bootstrap key cannot be written: {0}")]
    File(#[from] io::Error),
}

/// Makes the first tenant and key if there is none. A fresh key is on disk before it is in the database, so that it
/// cannot be lost; of several replicas that start together, only the one that made the tenant keeps its file.
///
/// # Errors
/// If the database or the data folder cannot be written.
pub(crate) async fn bootstrap(
    store: &dyn AccessStore,
    own_key: Option<&Secret>,
    data_dir: &Path,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<(), BootstrapError> {
    if !store.tenants(None, 1).await?.is_empty() {
        return Ok(());
    }
    let now = clock.now();
    let tenant = Tenant { id: TenantId::generate(now, entropy), name: "default".to_owned(), created_at: now };
    let is_fresh = own_key.is_none();
    let secret = own_key.cloned().unwrap_or_else(|| Secret::generate(entropy));
    let key = ApiKey {
        id: ApiKeyId::generate(now, entropy),
        tenant: tenant.id,
        name: "bootstrap".to_owned(),
        scopes: Scopes::all(),
        digest: secret.digest(),
        created_at: now,
        expires_at: None,
        revoked_at: None,
        bound_to: None,
    };
    let draft = data_dir.join(format!("{KEY_FILE}.{}", key.id));
    if is_fresh {
        fs::create_dir_all(data_dir)?;
        write_private(&draft, secret.reveal())?;
    }
    let made = store.bootstrap(&tenant, &key).await?;
    match (is_fresh, made) {
        (true, true) => {
            let path = data_dir.join(KEY_FILE);
            fs::rename(&draft, &path)?;
            tracing::info!(path = %path.display(), "wrote the bootstrap key; move it to a safe place");
        }
        (true, false) => fs::remove_file(&draft)?,
        (false, _) => {}
    }
    Ok(())
}

pub(crate) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
