//! The client: 64 calls under way at any time, each connection starting its next call when one has ended. It knows just
//! enough of HTTP to be faster than any server that it measures.

pub(crate) mod http1;
pub(crate) mod http2;

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::{JoinSet, yield_now};
use tokio::time::sleep_until;

use crate::Result;
use crate::process::Process;

/// How many calls are under way.
pub(crate) const CALLS_UNDER_WAY: usize = 64;

/// How long each round runs before anything is counted.
pub(crate) const WARM_UP: Duration = Duration::from_millis(300);

/// How many calls have ended.
static ENDED: AtomicU64 = AtomicU64::new(0);

/// The time in which calls are counted: those that end in it.
#[derive(Clone, Copy)]
pub(crate) struct Window {
    from: Instant,
    to: Instant,
}

impl Window {
    /// Whether calls are still to be started.
    pub(crate) fn is_open(self) -> bool {
        Instant::now() < self.to
    }
}

/// How long calls took, in nanoseconds.
#[derive(Default)]
pub(crate) struct Latencies(Vec<u32>);

impl Latencies {
    /// Counts a call that ends now, if it does so within the window. Answers what time it is.
    pub(crate) fn add(&mut self, window: Window, started: Instant) -> Instant {
        let now = Instant::now();
        ENDED.fetch_add(1, Ordering::Relaxed);
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
    /// How much of the time the client had something to do.
    pub(crate) client_load: f64,
}

/// Calls a server for some seconds. Does not sleep meanwhile; only where a server needs this core too, it must.
pub(crate) async fn round(target: &impl Target, server: &Process, seconds: f64, may_sleep: bool) -> Result<Round> {
    let from = Instant::now() + WARM_UP;
    let window = Window { from, to: from + Duration::from_secs_f64(seconds) };
    let mut connections = JoinSet::new();
    for _ in 0..target.connections() {
        connections.spawn(target.call(window));
    }
    let idle = (!may_sleep).then(|| tokio::spawn(stay_awake(window)));
    sleep_until(window.from.into()).await;
    let before = server.cpu_seconds()?;
    sleep_until(window.to.into()).await;
    let server_load = (server.cpu_seconds()? - before) / seconds;
    let client_load = match idle {
        Some(idle) => 1.0 - idle.await?.as_secs_f64() / seconds,
        None => f64::NAN,
    };
    let mut latencies = Vec::new();
    while let Some(connection) = connections.join_next().await {
        latencies.extend(connection??.0);
    }
    Ok(Round { rate: crate::report::float(latencies.len()) / seconds, latencies, server_load, client_load })
}

/// Keeps the client from sleeping while a window is open. A client that sleeps is woken by the server, on the server's
/// time: a microsecond for each answer and more, and the more of them, the slower the server is. Clients on other
/// machines cost it nothing like that. Answers how long there was nothing else to do.
async fn stay_awake(window: Window) -> Duration {
    let mut idle = Duration::ZERO;
    while window.is_open() {
        let (ended, begin) = (ENDED.load(Ordering::Relaxed), Instant::now());
        // The runtime looks for what has come before it goes on here.
        yield_now().await;
        if begin > window.from && ENDED.load(Ordering::Relaxed) == ended {
            idle += begin.elapsed();
        }
    }
    idle
}
