//! A bare group commit on SQLite: one thread that writes what has queued in one transaction. It has the statements
//! prepared, and nothing else to do.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

use rusqlite::{Connection, params};
use tokio::sync::oneshot;

use crate::Result;
use crate::client::{CALLS_UNDER_WAY, Latencies, Target, Window};

/// What each call writes, like the rows that the service writes for one request.
#[derive(Clone)]
pub(crate) struct Rows {
    /// Tenant.
    pub(crate) tenant: Vec<u8>,
    /// The sealed rejection.
    pub(crate) record: Vec<u8>,
    /// The sealed line of the timeline.
    pub(crate) body: Vec<u8>,
}

/// The way to the thread.
pub(crate) struct GroupCommit(Sender<Call>);

struct Call {
    person: u32,
    done: oneshot::Sender<()>,
}

/// How many people there are.
const PEOPLE: u32 = 2_000;

const AT: &str = "2026-01-02T03:04:05.000006Z";

impl GroupCommit {
    /// Opens the database as the service does, and starts the thread.
    pub(crate) fn start(database: &Path, rows: Rows) -> Result<Self> {
        let connection = open(database)?;
        let (sender, queue) = channel();
        std::thread::spawn(move || {
            if let Err(error) = write(&connection, &rows, &queue) {
                eprintln!("the bare writer ended: {error}");
            }
        });
        Ok(Self(sender))
    }
}

/// A connection with the settings of the service.
pub(crate) fn open(database: &Path) -> Result<Connection> {
    let connection = Connection::open(database)?;
    connection.execute_batch(
        "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         PRAGMA secure_delete = on; PRAGMA foreign_keys = on",
    )?;
    Ok(connection)
}

fn write(connection: &Connection, rows: &Rows, queue: &Receiver<Call>) -> rusqlite::Result<()> {
    let mut rejection = connection.prepare(
        "INSERT INTO rejections (tenant_id, user_ref, id, kind, stage, reasons, occurred_at, record, record_version,
            diary_version, updated_at, space, created_at)
         VALUES (?1, ?2, ?3, 0, 3, 3, ?4, ?5, 1, 0, ?4, 0, ?4)",
    )?;
    let mut entry = connection.prepare(
        "INSERT INTO entries (tenant_id, user_ref, at, id, rejection_id, body) VALUES (?1, ?2, ?4, ?3, ?3, ?5)",
    )?;
    let mut audit = connection.prepare(
        "INSERT INTO audit_events (tenant_id, id, at, key_id, operation, user_ref, resource)
         VALUES (?1, ?3, ?4, ?3, 'createRejection', ?2, 'rej_01h455vb4pex5vsknk084sn02q')",
    )?;
    let (mut number, begun) = (0_u64, Instant::now());
    while let Ok(first) = queue.recv() {
        let calls: Vec<Call> = std::iter::once(first).chain(queue.try_iter()).collect();
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for call in &calls {
            // In order of time, like the ids of the service.
            number += 1;
            let id = (begun.elapsed().as_micros() << 64 | u128::from(number)).to_be_bytes();
            let mut user = [0x5a; 32];
            user[..4].copy_from_slice(&call.person.wrapping_mul(0x9e37_79b1).to_be_bytes());
            rejection.execute(params![rows.tenant, user, id, AT, rows.record])?;
            entry.execute(params![rows.tenant, user, id, AT, rows.body])?;
            audit.execute(params![rows.tenant, user, id, AT])?;
        }
        connection.execute_batch("COMMIT")?;
        for call in calls {
            // A caller whose round has ended does not wait.
            let _: std::result::Result<(), ()> = call.done.send(());
        }
    }
    Ok(())
}

impl Target for GroupCommit {
    fn connections(&self) -> usize {
        CALLS_UNDER_WAY
    }

    fn call(&self, window: Window) -> impl Future<Output = io::Result<Latencies>> + Send + 'static {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let queue = self.0.clone();
        async move {
            let mut latencies = Latencies::default();
            let mut started = Instant::now();
            while window.is_open() {
                let (done, is_done) = oneshot::channel();
                // In turn, as the service is called: callers that go from person to person together would all write
                // to the same few pages.
                let person = NEXT.fetch_add(1, Ordering::Relaxed) % PEOPLE;
                queue.send(Call { person, done }).map_err(io::Error::other)?;
                is_done.await.map_err(io::Error::other)?;
                started = latencies.add(window, started);
            }
            Ok(latencies)
        }
    }
}
