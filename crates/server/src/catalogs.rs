//! The catalogs of this instance: the one that is compiled in, and older versions from a folder. Files become catalogs
//! in the domain; here they are only found, read and written.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::{fs, io};

use rebound_domain::catalog::{Catalog, Catalogs, File, Problem, VersionClash, checked, embedded};

/// Why there are no catalogs.
#[derive(Debug, thiserror::Error)]
pub enum CatalogsError {
    /// A file or folder cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A catalog has mistakes, one a line.
    #[error("the catalog has mistakes:\n{0}")]
    Mistakes(String),
    /// The archive has another catalog under a version that is there already.
    #[error("catalog_archive: {0}")]
    Clash(#[from] VersionClash),
}

/// The catalog that is compiled in, and with it the older ones in the folder `archive`, each in a folder that has the
/// name of its version.
///
/// # Errors
/// What is wrong with a catalog, or why it cannot be read.
pub fn load(archive: Option<&Path>) -> Result<Catalogs, CatalogsError> {
    let current = Catalog::embedded().map_err(|problems| mistakes("", problems))?;
    let others = archive.map(archived).transpose()?.unwrap_or_default();
    Ok(Catalogs::new(current, others)?)
}

/// The catalogs in an archive. What is no folder, or hidden, belongs to somebody else.
fn archived(archive: &Path) -> Result<Vec<Catalog>, CatalogsError> {
    let mut catalogs = Vec::new();
    for entry in fs::read_dir(archive).map_err(at(archive))? {
        let path = entry.map_err(at(archive))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') || !path.is_dir() {
            continue;
        }
        let prefix = format!("{}/", path.display());
        let files = read(&path)?;
        let catalog = checked(&files).map_err(|problems| mistakes(&prefix, problems))?;
        if catalog.version() != name {
            let message = format!("is {}, but the folder is named {name}", catalog.version());
            let problem = Problem::new(&files, "catalog.toml".to_owned(), "version", "", message);
            return Err(mistakes(&prefix, vec![problem]));
        }
        catalogs.push(catalog);
    }
    Ok(catalogs)
}

/// The files of a catalog in a folder.
///
/// # Errors
/// What cannot be read.
pub fn read(root: &Path) -> Result<Vec<File>, CatalogsError> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(at(&folder))? {
            let path = entry.map_err(at(&folder))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                let text = fs::read_to_string(&path).map_err(at(&path))?;
                files.push((Cow::Owned(name), Cow::Owned(text)));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Writes the catalog that is compiled in to a folder that is empty or not there yet. Answers how many files it has.
///
/// # Errors
/// What cannot be written, or that the folder holds something.
pub fn export(root: &Path) -> Result<usize, CatalogsError> {
    fs::create_dir_all(root).map_err(at(root))?;
    if fs::read_dir(root).map_err(at(root))?.next().is_some() {
        return Err(at(root)(io::ErrorKind::DirectoryNotEmpty.into()));
    }
    let files = embedded();
    for (name, text) in &files {
        let path = root.join(&**name);
        let folder = path.parent().unwrap_or(root);
        fs::create_dir_all(folder).map_err(at(folder))?;
        fs::write(&path, &**text).map_err(at(&path))?;
    }
    Ok(files.len())
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> CatalogsError {
    let path = path.to_owned();
    |source| CatalogsError::File { path, source }
}

fn mistakes(prefix: &str, problems: Vec<Problem>) -> CatalogsError {
    let lines = problems.into_iter().map(|problem| format!("{prefix}{problem}"));
    CatalogsError::Mistakes(lines.collect::<Vec<_>>().join("\n"))
}
