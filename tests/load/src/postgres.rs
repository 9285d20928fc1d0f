//! A throw-away PostgreSQL that keeps what it commits, and `pgbench` as a rival on it.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::Result;
use crate::client::{Round, WARM_UP};
use crate::process::{cpu_seconds_with_children, parent};
use crate::report::float;

/// What a production server has too; the script's own settings keep nothing.
const SETTINGS: &str = "-c fsync=on -c synchronous_commit=on -c full_page_writes=on -c shared_buffers=256MB \
                        -c max_wal_size=8GB -c checkpoint_timeout=30min";

/// A running server, gone with this value.
pub(crate) struct Postgres {
    script: Child,
    url: String,
    /// The process that starts all others of the server.
    first: String,
}

impl Postgres {
    /// Starts it, on the cores that this process may use.
    pub(crate) fn start() -> Result<Self> {
        let mut command = Command::new(script());
        command.env("REBOUND_TEST_POSTGRES_SETTINGS", SETTINGS);
        let mut script = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let mut url = String::new();
        BufReader::new(script.stdout.take().ok_or("no pipe")?).read_line(&mut url)?;
        if url.is_empty() {
            let mut reason = String::new();
            script.stderr.take().ok_or("no pipe")?.read_to_string(&mut reason)?;
            return Err(reason.into());
        }
        let mut server = Self { script, url: url.trim_end().to_owned(), first: String::new() };
        server.first = sql(&server.url, "COPY (SELECT pg_read_file('postmaster.pid')) TO STDOUT")?;
        server.first.truncate(server.first.find('\\').unwrap_or_default());
        Ok(server)
    }

    /// The processor time that the server used so far, in seconds.
    pub(crate) fn cpu_seconds(&self) -> Result<f64> {
        let mut seconds = cpu_seconds_with_children(&self.first)?;
        for process in fs::read_dir("/proc")?.flatten() {
            let process = process.file_name().to_string_lossy().into_owned();
            // One that has ended meanwhile counts with the first.
            if parent(&process).is_ok_and(|parent| parent == self.first) {
                seconds += cpu_seconds_with_children(&process).unwrap_or_default();
            }
        }
        Ok(seconds)
    }

    /// The URL of a new database.
    pub(crate) fn database(&self, name: &str) -> Result<String> {
        sql(&self.url, &format!("CREATE DATABASE {name}"))?;
        let (server, _) = self.url.rsplit_once('/').ok_or("not a URL")?;
        Ok(format!("{server}/{name}"))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // The script stops the server when its input ends.
        drop(self.script.stdin.take());
        let _: std::io::Result<std::process::ExitStatus> = self.script.wait();
    }
}

fn script() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../postgres")
}

/// What a statement answers: `COPY (…) TO STDOUT` gives plain text.
pub(crate) fn sql(url: &str, statement: &str) -> Result<String> {
    let output = Command::new(script()).args(["sql", url, statement]).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("PostgreSQL refused: {statement}").into());
    }
    Ok(String::from_utf8(output.stdout)?.trim_end().to_owned())
}

/// A round of `pgbench` with a script of its own, each statement prepared once.
pub(crate) fn pgbench(url: &str, script: &str, clients: usize, seconds: f64, folder: &Path) -> Result<Round> {
    let program = fs::read_dir("/usr/lib/postgresql").ok().and_then(|versions| {
        let mut found: Vec<PathBuf> = versions.flatten().map(|version| version.path().join("bin/pgbench")).collect();
        found.retain(|path| path.exists());
        found.sort();
        found.pop()
    });
    let folder = tempfile::tempdir_in(folder)?;
    let (file, log) = (folder.path().join("script.sql"), folder.path().join("log"));
    fs::write(&file, script)?;
    let mut command = Command::new(program.unwrap_or_else(|| "pgbench".into()));
    command.args(["--no-vacuum", "--protocol=prepared", "--log"]).arg("--log-prefix").arg(&log);
    command.arg("--client").arg(clients.to_string());
    let whole = Duration::from_secs_f64(seconds) + WARM_UP;
    command.arg("--time").arg(whole.as_secs_f64().ceil().to_string()).arg("--file").arg(&file).arg(url);
    let output = command.output()?;
    if !output.status.success() {
        return Err(format!("pgbench failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let mut calls = Vec::new();
    for entry in fs::read_dir(folder.path())?.flatten().filter(|entry| entry.path() != file) {
        calls.extend(fs::read_to_string(entry.path())?.lines().filter_map(call));
    }
    let last = calls.iter().map(|(end, _)| *end).fold(0.0, f64::max);
    let from = calls.iter().map(|(end, _)| *end).fold(f64::INFINITY, f64::min) + WARM_UP.as_secs_f64();
    let latencies: Vec<u32> = calls.into_iter().filter(|(end, _)| *end > from).map(|(_, latency)| latency).collect();
    let rate = float(latencies.len()) / (last - from);
    Ok(Round { rate, latencies, server_load: f64::NAN, client_load: f64::NAN })
}

/// A line of the log of `pgbench`: client, number, microseconds, script, and when it ended in seconds and microseconds.
fn call(line: &str) -> Option<(f64, u32)> {
    let mut fields = line.split(' ');
    let latency: u32 = fields.nth(2)?.parse().ok()?;
    let seconds: f64 = fields.nth(1)?.parse().ok()?;
    let microseconds: f64 = fields.next()?.parse().ok()?;
    Some((seconds + microseconds / 1e6, latency.saturating_mul(1_000)))
}
