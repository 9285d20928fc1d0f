//! `rebound catalog`: for the editors of the advice.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use rebound_domain::catalog::{File, check, embedded};

use super::{Failure, output};

/// Commands on the catalog.
#[derive(Debug, Subcommand)]
pub(super) enum Catalog {
    /// Check every file of a catalog: schema, conditions, sources, words
    Check {
        /// The folder of the catalog [default: the catalog of this binary]
        folder: Option<PathBuf>,
    },
}

impl Catalog {
    /// Runs the command.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let Self::Check { folder } = self;
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

fn read(root: &Path) -> Result<Vec<File>, Failure> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let unreadable = |error| Failure::usage(format!("{}: {error}", folder.display()));
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                let text = fs::read_to_string(&path);
                let text = text.map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
                files.push((Cow::Owned(name), Cow::Owned(text)));
            }
        }
    }
    files.sort();
    Ok(files)
}
