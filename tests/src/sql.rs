//! Statements past the service, as another version of it or a person with the database would run them.

use std::path::Path;

use rusqlite::Connection;

use crate::postgres;

/// Runs statements on the database of a URL, and waits until they are done.
///
/// # Panics
/// If they fail.
pub fn run(url: &str, statements: &str) {
    match url.strip_prefix("sqlite://") {
        Some(file) => {
            let database = Connection::open(Path::new(file)).expect("a database");
            database.execute_batch(statements).expect("statements that can be run");
        }
        None => postgres::run(url, statements),
    }
}
