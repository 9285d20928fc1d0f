//! `rebound config`: what is in force, and what there is to set.

use std::process::ExitCode;

use clap::Subcommand;

use super::{Failure, output};
use crate::config::{DEFAULTS, Settings};
use crate::tls::Tls;

/// Commands on the settings.
#[derive(Debug, Subcommand)]
pub(super) enum Config {
    /// Check the settings and print those in force, secrets left out
    Check,
    /// Print every setting with its default, as a file to start from
    Default,
}

impl Config {
    /// Runs the command.
    pub(super) fn run(self, resolve: impl FnOnce() -> Result<Settings, Failure>) -> Result<ExitCode, Failure> {
        match self {
            Self::Check => {
                let settings = resolve()?;
                settings.tls.clone().map(Tls::load).transpose().map_err(|error| Failure::usage(error.to_string()))?;
                rebound_telemetry::Config::from_environment().map_err(|error| Failure::usage(error.to_string()))?;
                output::line(&settings.to_string())
            }
            Self::Default => output::line(DEFAULTS.trim_end()),
        }
    }
}
