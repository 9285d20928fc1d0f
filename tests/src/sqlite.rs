//! A SQLite file of its own for each test.

use tempfile::TempDir;

/// A fresh SQLite database, removed when dropped.
#[derive(Debug)]
pub struct TestDatabase {
    /// Where it is; neither the file nor its folder exists yet.
    pub url: String,
    _folder: TempDir,
}

/// A fresh database.
///
/// # Panics
/// If there is no place for temporary files.
#[must_use]
pub fn database() -> TestDatabase {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}", folder.path().join("data/rebound.db").display());
    TestDatabase { url, _folder: folder }
}
