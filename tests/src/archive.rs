//! A folder of older catalogs, as an operator keeps it beside a newer binary.

use std::fs;
use std::path::Path;

use rebound_domain::catalog::Catalog;

use crate::program;

/// The version of the catalog that the binary has.
///
/// # Panics
/// If it has none.
#[must_use]
pub fn current_version() -> String {
    Catalog::embedded().expect("a catalog").version().to_owned()
}

/// The version of the older catalog.
pub const OLDER: &str = "2026.10.0";

/// What the older catalog says in the title of `take-time-first`.
pub const OLDER_TITLE: &str = "Take your time first";

/// Writes a catalog as an older binary would have exported it: with a version, a title and a German word of its own.
///
/// # Panics
/// If it cannot be written.
pub fn with_older(archive: &Path) {
    let name = archive.join(OLDER);
    let exported = program::run(archive, &["catalog", "export", OLDER], "");
    assert!(exported.status.success(), "{}", String::from_utf8_lossy(&exported.stderr));
    change(&name.join("catalog.toml"), &current_version(), OLDER);
    let log =
        format!("[[release]]\nversion = \"{OLDER}\"\nreleased = \"2026-10-05\"\nchanges = [\"The older one.\"]\n");
    fs::write(name.join("changelog.toml"), log).expect("a file");
    change(&name.join("en/tips/take-time-first.toml"), "Take a little time first", OLDER_TITLE);
    let german = name.join("de/tips/take-time-first.toml");
    fs::create_dir_all(german.parent().expect("a folder")).expect("a folder");
    fs::write(german, "[text]\ntitle = \"Nimm dir erst etwas Zeit\"\n").expect("a file");
}

/// Changes a text in a file.
///
/// # Panics
/// If it is not there.
pub fn change(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).expect("a file");
    assert!(text.contains(from), "{} has no {from:?}", file.display());
    fs::write(file, text.replacen(from, to, 1)).expect("a file");
}
