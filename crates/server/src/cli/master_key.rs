//! `rebound master-key`: the key without which nobody can read what people wrote.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;

use super::{Failure, output, runtime};
use crate::app::{AppError, migrated};
use crate::config::Settings;
use crate::master_key::{generate, master_key};
use crate::system::SystemEntropy;

/// Commands on the master key.
#[derive(Debug, Subcommand)]
pub(super) enum MasterKey {
    /// Print a fresh master key, for `master_key` or the file of `master_key_file`
    New,
    /// Wrap the keys of all people with `master_key` that `previous_master_key` wraps; the service may run meanwhile
    Rotate,
}

impl MasterKey {
    /// Runs the command.
    pub(super) fn run(self, resolve: impl FnOnce() -> Result<Settings, Failure>) -> Result<ExitCode, Failure> {
        match self {
            Self::New => output::line(&generate(&SystemEntropy)),
            Self::Rotate => rotate(&resolve()?),
        }
    }
}

fn rotate(settings: &Settings) -> Result<ExitCode, Failure> {
    if settings.previous_master_key.is_none() {
        return Err(Failure::usage("previous_master_key: set the key that is to be replaced"));
    }
    runtime()?.block_on(async {
        let current = master_key(settings, &SystemEntropy).map_err(|error| Failure::failed(error.to_string()))?;
        let storage = migrated(settings).await?;
        let failed = |source| AppError::Prepare { database: storage.to_string(), source };
        let previous = settings.previous_master_key.clone();
        storage.unlock(current, previous, Arc::new(SystemEntropy)).await.map_err(failed)?;
        let rotated = storage.rotate_master_key().await;
        storage.close().await;
        let rewrapped = rotated.map_err(failed)?;
        let people = if rewrapped == 1 { "person" } else { "people" };
        output::line(&format!(
            "Wrapped the keys of {rewrapped} {people} by the new master key. Take the previous one away and destroy it."
        ))
    })
}
