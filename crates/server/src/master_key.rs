//! The master key, which wraps the keys of the people whose data is kept: the operator's own, or one that the first
//! start writes into the data folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rebound_domain::environment::Entropy;
use rebound_storage::MasterKey;

use crate::bootstrap::write_private;
use crate::config::Settings;
use crate::sandbox::IN_MEMORY;

/// The file of a fresh key, below the data folder.
const KEY_FILE: &str = "master-key";

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// The file cannot be read or written.
    #[error("the master key in {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file holds something else.
    #[error("the master key in {}: {source}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: rebound_storage::InvalidMasterKey,
    },
}

/// The master key of the settings, else the one in the data folder, which is made if there is none. What a sandbox keeps
/// in memory needs none that outlives it.
///
/// # Errors
/// If the data folder cannot be read or written, or holds something else.
pub(crate) fn master_key(settings: &Settings, entropy: &dyn Entropy) -> Result<MasterKey, MasterKeyError> {
    if let Some(key) = &settings.master_key {
        return Ok(key.clone());
    }
    let path = settings.data_dir.join(KEY_FILE);
    if settings.sandbox && settings.database_url == IN_MEMORY {
        return parse(&path, &generate(entropy));
    }
    let failed = |source| MasterKeyError::File { path: path.clone(), source };
    match fs::read_to_string(&path) {
        Ok(text) => parse(&path, &text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(&settings.data_dir).map_err(failed)?;
            let text = generate(entropy);
            let draft = path.with_extension(&text[..8]);
            write_private(&draft, &text).map_err(failed)?;
            // A link appears whole or not at all, and not where another start was faster.
            let linked = fs::hard_link(&draft, &path);
            fs::remove_file(&draft).map_err(failed)?;
            match linked {
                Ok(()) => {
                    tracing::info!(path = %path.display(), "wrote the master key; without it the data cannot be read");
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failed(error)),
            }
            parse(&path, &fs::read_to_string(&path).map_err(failed)?)
        }
        Err(error) => Err(failed(error)),
    }
}

/// The text of a fresh master key.
pub(crate) fn generate(entropy: &dyn Entropy) -> String {
    use std::fmt::Write as _;
    let mut random = [0; 32];
    entropy.fill(&mut random);
    random.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn parse(path: &Path, text: &str) -> Result<MasterKey, MasterKeyError> {
    MasterKey::parse(text.trim()).map_err(|source| MasterKeyError::Invalid { path: path.to_owned(), source })
}
