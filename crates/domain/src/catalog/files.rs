//! The files of a catalog, and where in them a mistake is.

use std::borrow::Cow;
use std::fmt;

/// A file: its path below the catalog's folder with `/` between, and its text.
pub type File = (Cow<'static, str>, Cow<'static, str>);

/// The catalog that is compiled in.
#[must_use]
pub fn embedded() -> Vec<File> {
    EMBEDDED.iter().map(|(path, text)| (Cow::Borrowed(*path), Cow::Borrowed(*text))).collect()
}

include!(concat!(env!("OUT_DIR"), "/catalog_files.rs"));

/// A mistake in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, below the catalog's folder.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The field that is wrong, such as `when.all`; empty where it is the file as a whole.
    pub field: String,
    /// What is wrong.
    pub message: String,
}

impl Problem {
    /// A mistake in a field of one of `files`, on the line that has `needle`, else on the line where the field begins.
    #[must_use]
    pub fn new(files: &[File], file: String, field: &str, needle: &str, message: String) -> Self {
        let source = files.iter().find(|(path, _)| *path == file).map_or("", |(_, text)| text);
        Self { line: line_of(source, field, needle), file, field: field.to_owned(), message }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, field, message } = self;
        if field.is_empty() {
            write!(f, "{file}:{line}: {message}")
        } else {
            write!(f, "{file}:{line}: {field}: {message}")
        }
    }
}

/// The line that a mistake in `field` is on: the first that has `needle` (where it is not empty), else the line that
/// begins the field, below the head of its table if there is one, else the first.
pub(super) fn line_of(text: &str, field: &str, needle: &str) -> usize {
    let key = field.rsplit('.').next().unwrap_or(field);
    let begins = |line: &str| {
        let line = line.trim_start().trim_start_matches('[');
        line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(['=', ']', '.']))
    };
    let table = field.rsplit_once('.').and_then(|(table, _)| {
        let head = format!("[{table}]");
        text.lines().position(|line| line.trim() == head)
    });
    let within = |line: usize| text.lines().skip(line + 1).position(begins).map(|index| line + 1 + index);
    let number = |found: Option<usize>| found.map(|index| index + 1);
    let start = number(table.and_then(within)).or_else(|| number(text.lines().position(begins)));
    let hit = || number(text.lines().position(|line| !needle.is_empty() && line.contains(needle)));
    hit().or(start).unwrap_or(1)
}

/// The line of a byte position.
pub(super) fn line_at(text: &str, position: usize) -> usize {
    text.bytes().take(position).filter(|byte| *byte == b'\n').count() + 1
}
