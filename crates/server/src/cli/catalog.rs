//! `rebound catalog`: for the editors of the advice.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use rebound_domain::catalog::{check, embedded};

use super::{Failure, output};
use crate::catalogs::{CatalogsError, export, read};

/// Commands on the catalog.
#[derive(Debug, Subcommand)]
pub(super) enum Catalog {
    /// Check every file of a catalog: schema, conditions, sources, words
    Check {
        /// The folder of the catalog [default: the catalog of this binary]
        folder: Option<PathBuf>,
    },
    /// Write the files of this binary's catalog into an empty folder: for an editor, or for `catalog_archive`
    Export {
        /// The folder, such as `catalogs/2026.11.0`
        folder: PathBuf,
    },
}

impl Catalog {
    /// Runs the command.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let folder = match self {
            Self::Check { folder } => folder,
            Self::Export { folder } => return output::line(&format!("{} files", export(&folder)?)),
        };
        let files = match &folder {
            Some(folder) => read(folder)?,
            None => embedded(),
        };
        let problems = check(&files);
        for problem in &problems {
            output::line(&problem.to_string())?;
        }
        if problems.is_empty() {
            return output::line(&format!("{} files, no mistake", files.len()));
        }
        let noun = if problems.len() == 1 { "mistake" } else { "mistakes" };
        Err(Failure::failed(format!("{} {noun} in the catalog", problems.len())))
    }
}

impl From<CatalogsError> for Failure {
    fn from(error: CatalogsError) -> Self {
        Self::usage(error.to_string())
    }
}
