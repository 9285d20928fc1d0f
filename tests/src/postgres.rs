//! A PostgreSQL database of its own for each test, on one server: the one that `REBOUND_TEST_POSTGRES_URL` names, or a
//! throw-away one that the script `tests/postgres` starts and that ends with this process.

use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader, Read, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
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
        let (url, script, _) = start(None);
        Self { url, _script: Some(script) }
    }
}

/// A server of its own for one test, which takes it away and brings it back. It ends with its value.
#[derive(Debug)]
pub struct TestServer {
    /// Its one database.
    pub url: String,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    _script: Child,
}

impl TestServer {
    /// A fresh server.
    ///
    /// # Panics
    /// If there is no PostgreSQL; the message says what to install.
    pub async fn start() -> Self {
        let started = spawn_blocking(|| {
            let (url, mut script, answers) = start(Some("restartable"));
            let orders = script.stdin.take().expect("a pipe");
            Self { url, orders, answers, _script: script }
        });
        started.await.expect("a PostgreSQL server")
    }

    /// Takes it away, as a crash does. What it acknowledged is kept.
    pub fn stop(&mut self) {
        self.order("stop");
    }

    /// Brings it back; it answers when this returns.
    pub fn restart(&mut self) {
        self.order("start");
    }

    fn order(&mut self, order: &str) {
        writeln!(self.orders, "{order}").expect("a script that listens");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("an answer");
        assert_eq!(answer.trim_end(), order, "the server did not obey");
    }
}

/// Runs the script, and answers the URL that it prints and what it prints later.
fn start(mode: Option<&str>) -> (String, Child, BufReader<ChildStdout>) {
    let mut command = Command::new(script());
    command.args(mode).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut script = command.spawn().expect("tests/postgres can be run");
    let mut url = String::new();
    let mut output = BufReader::new(script.stdout.take().expect("a pipe"));
    output.read_line(&mut url).expect("the URL of the server");
    if url.is_empty() {
        let mut reason = String::new();
        script.stderr.take().expect("a pipe").read_to_string(&mut reason).expect("the reason");
        panic!("{reason}");
    }
    (url.trim_end().to_owned(), script, output)
}

fn script() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("postgres")
}

fn sql(statement: &str) {
    run(&SERVER.url, statement);
}

pub(crate) fn run(url: &str, statement: &str) {
    let output = Command::new(script()).args(["sql", url, statement]).output();
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
