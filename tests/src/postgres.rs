//! A PostgreSQL database of its own for each test, on one server: the one that `REBOUND_TEST_POSTGRES_URL` names, or a
//! throw-away one that the script `tests/postgres` starts and that ends with this process.

use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use tokio::task::spawn_blocking;

/// A fresh PostgreSQL database, dropped with its value, whoever is still connected to it.
#[derive(Debug)]
pub struct TestDatabase {
    /// Where it is.
    pub url: String,
    name: String,
}

/// A fresh database.
///
/// # Panics
/// If there is no PostgreSQL; the message says what to install.
pub async fn database() -> TestDatabase {
    let created = spawn_blocking(|| {
        let name = format!("rebound_{:016x}", RandomState::new().hash_one("database"));
        sql(&format!("CREATE DATABASE {name}"));
        TestDatabase { url: with_database(&SERVER.url, &name), name }
    });
    created.await.expect("a PostgreSQL database")
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        sql(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

/// The server of this process.
static SERVER: LazyLock<Server> = LazyLock::new(Server::start);

struct Server {
    url: String,
    /// Holds the script's standard input open. The system closes it when this process ends, however it does.
    _script: Option<Child>,
}

impl Server {
    fn start() -> Self {
        if let Ok(url) = std::env::var("REBOUND_TEST_POSTGRES_URL") {
            return Self { url, _script: None };
        }
        let mut script = Command::new(script())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("tests/postgres can be run");
        let mut url = String::new();
        let output = script.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut url).expect("the URL of the server");
        if url.is_empty() {
            let mut reason = String::new();
            script.stderr.take().expect("a pipe").read_to_string(&mut reason).expect("the reason");
            panic!("{reason}");
        }
        Self { url: url.trim_end().to_owned(), _script: Some(script) }
    }
}

fn script() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("postgres")
}

fn sql(statement: &str) {
    let output = Command::new(script()).args(["sql", &SERVER.url, statement]).output();
    let output = output.expect("tests/postgres can be run");
    assert!(output.status.success(), "{statement}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The URL with another database, its parameters kept.
fn with_database(url: &str, name: &str) -> String {
    let (base, parameters) = url.split_once('?').map_or((url, None), |(base, rest)| (base, Some(rest)));
    let server = match base.split_once("://").and_then(|(_, rest)| rest.rfind('/').map(|at| rest.len() - at)) {
        Some(tail) => &base[..base.len() - tail],
        None => base,
    };
    parameters.map_or_else(|| format!("{server}/{name}"), |rest| format!("{server}/{name}?{rest}"))
}
