//! The client: 64 calls under way at any time, each connection starting its next call when one has ended. It knows just
//! enough of HTTP to be faster than any server that it measures.

pub(crate) mod http1;
pub(crate) mod http2;

use std::io;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::sleep_until;

use crate::Result;
use crate::process::{Process, own_cpu_seconds};

/// How many calls are under way.
pub(crate) const CALLS_UNDER_WAY: usize = 64;

/// How long each round runs before anything is counted.
const WARM_UP: Duration = Duration::from_millis(300);

/// The time in which calls are counted: those that end in it.
#[derive(Clone, Copy)]
pub(crate) struct Window {
    from: Instant,
    to: Instant,
}

impl Window {
    /// Whether calls are still to be started.
    fn is_open(self) -> bool {
        Instant::now() < self.to
    }
}

/// How long calls took, in nanoseconds.
#[derive(Default)]
pub(crate) struct Latencies(Vec<u32>);

impl Latencies {
    /// Counts a call that ends now, if it does so within the window. Answers what time it is.
    fn add(&mut self, window: Window, started: Instant) -> Instant {
        let now = Instant::now();
        if now > window.from && now <= window.to {
            self.0.push(u32::try_from(now.duration_since(started).as_nanos()).unwrap_or(u32::MAX));
        }
        now
    }
}

/// Something that can be called.
pub(crate) trait Target {
    /// How many connections carry the calls.
    fn connections(&self) -> usize;

    /// Opens a connection and makes calls until the window closes.
    fn call(&self, window: Window) -> impl Future<Output = io::Result<Latencies>> + Send + 'static;
}

/// What one round of calls showed.
pub(crate) struct Round {
    /// Calls per second.
    pub(crate) rate: f64,
    /// How long calls took, in nanoseconds.
    pub(crate) latencies: Vec<u32>,
    /// How much of its core the server used, from 0 to 1.
    pub(crate) server_load: f64,
    /// How much of its core the client used.
    pub(crate) client_load: f64,
}

/// Calls a server for some seconds.
pub(crate) async fn round(target: &impl Target, server: &Process, seconds: f64) -> Result<Round> {
    let from = Instant::now() + WARM_UP;
    let window = Window { from, to: from + Duration::from_secs_f64(seconds) };
    let mut connections = JoinSet::new();
    for _ in 0..target.connections() {
        connections.spawn(target.call(window));
    }
    sleep_until(window.from.into()).await;
    let (server_before, client_before) = (server.cpu_seconds()?, own_cpu_seconds()?);
    sleep_until(window.to.into()).await;
    let server_load = (server.cpu_seconds()? - server_before) / seconds;
    let client_load = (own_cpu_seconds()? - client_before) / seconds;
    let mut latencies = Vec::new();
    while let Some(connection) = connections.join_next().await {
        latencies.extend(connection??.0);
    }
    Ok(Round { rate: crate::report::float(latencies.len()) / seconds, latencies, server_load, client_load })
}
