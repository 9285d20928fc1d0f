//! The service itself, started as in production: every request with its key, metrics, request id and log line.

use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::Result;
use crate::client::http1::{Connection, request};
use crate::process::Process;

/// How long a server may take until it is ready.
const START_LIMIT: Duration = Duration::from_secs(20);

/// The file of SQLite in the folder of the service.
pub(crate) const DATABASE: &str = "rebound.db";

/// The running service.
pub(crate) struct Service {
    /// Its process.
    pub(crate) process: Process,
    /// Where REST is.
    pub(crate) http: SocketAddr,
    /// Where gRPC is.
    pub(crate) grpc: SocketAddr,
    /// A key with every scope.
    pub(crate) key: String,
    log: File,
}

/// A key that nobody can guess.
pub(crate) fn fresh_key() -> String {
    let random = || RandomState::new().hash_one(0);
    format!("rbk_{:016x}{:016x}{:016x}{:016x}", random(), random(), random(), random())
}

/// An address of this machine that nobody uses.
pub(crate) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

impl Service {
    /// Starts the service with its data in `folder`, which may have some already; then `key` must be the same.
    /// Answers how long it took until it was ready.
    pub(crate) async fn start(cores: &str, program: &Path, folder: &Path, key: &str) -> Result<(Self, Duration)> {
        let database = format!("sqlite://{}", folder.join(DATABASE).display());
        Self::start_on(&database, cores, program, folder, key).await
    }

    /// Starts it with its histories in the database that this URL names.
    pub(crate) async fn start_on(
        database: &str,
        cores: &str,
        program: &Path,
        folder: &Path,
        key: &str,
    ) -> Result<(Self, Duration)> {
        fs::create_dir_all(folder)?;
        let log = OpenOptions::new().append(true).create(true).open(folder.join("log.jsonl"))?;
        let (http, grpc) = (free_address()?, free_address()?);
        let environment = [
            ("REBOUND_HTTP_ADDR", http.to_string()),
            ("REBOUND_GRPC_ADDR", grpc.to_string()),
            ("REBOUND_DATABASE_URL", database.to_owned()),
            ("REBOUND_DATA_DIR", folder.display().to_string()),
            ("REBOUND_BOOTSTRAP_KEY", key.to_owned()),
            // In force, as in production, and out of reach.
            ("REBOUND_KEY_REQUESTS_PER_MINUTE", "100000000".to_owned()),
            ("REBOUND_TENANT_REQUESTS_PER_MINUTE", "100000000".to_owned()),
            ("REBOUND_LOG", "info".to_owned()),
            ("REBOUND_LOG_FORMAT", "json".to_owned()),
        ];
        let started = Instant::now();
        let mut process = Process::start(cores, program, &["serve".as_ref()], environment, log.try_clone()?.into())?;
        let probe = request("GET /readyz HTTP/1.1", key, "");
        await_answer(&mut process, http, &probe).await?;
        Ok((Self { process, http, grpc, key: key.to_owned(), log }, started.elapsed()))
    }

    /// The answer to one request, which must be a good one: header of this name (or nothing) and body.
    pub(crate) async fn fetch(&self, head: &str, header: &str, body: &str) -> Result<(String, Vec<u8>)> {
        let mut connection = Connection::open(self.http).await?;
        let answer = connection.exchange(&request(head, &self.key, body)).await?;
        if answer.status != 200 {
            return Err(format!("{head}: {}", answer.status).into());
        }
        Ok((answer.header(header).unwrap_or_default().to_owned(), answer.body.to_vec()))
    }

    /// How many answers came from the memo of an API, and how many did not.
    pub(crate) async fn memo(&self, api: &str) -> Result<(f64, f64)> {
        let (_, metrics) = self.fetch("GET /metrics HTTP/1.1", "", "").await?;
        let metrics = String::from_utf8(metrics)?;
        let count = |name: &str| {
            let name = format!("rebound_memo_{name}_total{{api=\"{api}\"}} ");
            metrics.lines().find_map(|line| line.strip_prefix(&name)?.parse().ok()).ok_or(name)
        };
        Ok((count("hits")?, count("misses")?))
    }

    /// Empties the log, which grows by tens of megabytes in a round.
    pub(crate) fn empty_log(&self) -> Result<()> {
        Ok(self.log.set_len(0)?)
    }
}

/// Waits until a server answers a request with 200; any server does if the request is empty.
pub(crate) async fn await_answer(process: &mut Process, server: SocketAddr, request: &[u8]) -> Result<()> {
    let begin = Instant::now();
    loop {
        process.check()?;
        if let Ok(mut connection) = Connection::open(server).await
            && (request.is_empty() || connection.exchange(request).await.is_ok_and(|answer| answer.status == 200))
        {
            return Ok(());
        }
        if begin.elapsed() > START_LIMIT {
            return Err("a server does not get ready".into());
        }
        // Nothing tells when it will listen; asking again is cheap, and this core has nothing else to do.
        tokio::task::yield_now().await;
    }
}
