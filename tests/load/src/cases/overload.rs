//! Twice as much as the service can do: what it lets in is answered as soon as at its capacity, and what it refuses is
//! refused at once.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::sleep_until;

use super::{Bench, drafts};
use crate::Result;
use crate::client::http1::{Connection, request};
use crate::fragment::{BODIES, NUMBER_FROM_END};
use crate::process::own_cpu_seconds;
use crate::report::{figure, float, percentile};
use crate::service::Service;
use crate::situation::next_number;

const POST: &str = "POST /v1/fragments HTTP/1.1\r\ncontent-type: application/json";

/// How many clients ask as fast as they are answered.
const CLIENTS: usize = 64;

/// How many clients ask at their times: so many that each has its answer before it is to ask again.
const PACED_CLIENTS: usize = 1_024;

/// One in so many requests is a draft to be checked, the others are fragments: with fragments alone the client could not
/// ask for twice what the service can do.
const DRAFTS: usize = 4;

/// How long it takes until what the service does about it is in force, and nothing is counted.
const SETTLE: Duration = Duration::from_secs(1);

/// Measures it: as fast as all clients are answered, then twice as fast whether they are answered or not.
pub(super) async fn measure(bench: &Bench<'_>) -> Result<()> {
    let service = bench.service("overload").await?.0;
    let seconds = bench.options.seconds * f64::from(bench.options.rounds);
    let capacity = asked(&service, seconds, None).await?;
    service.empty_log()?;
    let rate = float(capacity.answered.len()) / seconds;
    let twice = asked(&service, seconds, Some(2.0 * rate)).await?;
    let before = print("at capacity", &capacity, seconds);
    let after = print("at twice the capacity", &twice, seconds);
    figure("p99 of what was let in", &format!("{:.2} times", after / before), "2.00 times");
    Ok(())
}

/// What came of it, in microseconds, and what share of its core each side was busy.
#[derive(Default)]
struct Outcome {
    answered: Vec<u32>,
    refused: Vec<u32>,
    server: f64,
    client: f64,
}

fn print(name: &str, outcome: &Outcome, seconds: f64) -> f64 {
    let Outcome { answered, refused, server, client } = outcome;
    let (good, bad) = (float(answered.len()), float(refused.len()));
    let p99 = percentile(answered, 0.99);
    let figures = format!(
        "{:.0}/s let in, p50 {:.1} ms, p99 {p99:.1} ms; {:.0} % refused, p99 {:.1} ms; server {:.0} %, client {:.0} %",
        good / seconds,
        percentile(answered, 0.5),
        100.0 * bad / (good + bad),
        percentile(refused, 0.99),
        100.0 * server,
        100.0 * client,
    );
    figure(&format!("overload, {name}"), &figures, "");
    p99
}

/// Fragments that nobody asked for before, and drafts. With a rate (per second, of all clients together) each request is
/// due at its time, and what it waits for its client counts.
async fn asked(service: &Service, seconds: f64, rate: Option<f64>) -> Result<Outcome> {
    let fragments = BODIES.iter().map(|body| request(POST, &service.key, body)).collect();
    let requests = Arc::new(Requests { fragments, draft: drafts::asked(&service.key) });
    let count = if rate.is_some() { PACED_CLIENTS } else { CLIENTS };
    let mut connections = Vec::new();
    for _ in 0..count {
        connections.push(Connection::open(service.http).await?);
    }
    let before = (service.process.cpu_seconds()?, own_cpu_seconds()?);
    let begin = Instant::now();
    let (from, to) = (begin + SETTLE, begin + SETTLE + Duration::from_secs_f64(seconds));
    let pace = rate.map(|rate| Duration::from_secs_f64(float(count) / rate));
    let mut clients = JoinSet::new();
    for (number, connection) in connections.into_iter().enumerate() {
        // They do not all ask at the same moment.
        let first = pace.map(|pace| begin + pace.mul_f64(float(number) / float(count)));
        clients.spawn(client(connection, Arc::clone(&requests), number, (from, to), first.zip(pace)));
    }
    let mut all = Outcome::default();
    while let Some(client) = clients.join_next().await {
        let Outcome { answered, refused, .. } = client??;
        all.answered.extend(answered);
        all.refused.extend(refused);
    }
    let seconds = begin.elapsed().as_secs_f64();
    all.server = (service.process.cpu_seconds()? - before.0) / seconds;
    all.client = (own_cpu_seconds()? - before.1) / seconds;
    Ok(all)
}

struct Requests {
    fragments: Vec<Vec<u8>>,
    draft: Vec<u8>,
}

impl Requests {
    /// Makes the one with this number; fragments are signed off as nobody's before.
    fn write(&self, number: usize, request: &mut Vec<u8>) {
        if number.is_multiple_of(DRAFTS) {
            return request.clone_from(&self.draft);
        }
        request.clone_from(&self.fragments[number % self.fragments.len()]);
        let number = request.len() - NUMBER_FROM_END;
        request[number..number + 8].copy_from_slice(next_number().to_string().as_bytes());
    }
}

async fn client(
    mut connection: Connection,
    requests: Arc<Requests>,
    mut place: usize,
    (from, to): (Instant, Instant),
    paced: Option<(Instant, Duration)>,
) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut own = Vec::new();
    let mut due = paced.map(|(first, _)| first);
    while Instant::now() < to {
        if let Some(due) = due {
            sleep_until(due.into()).await;
        }
        let started = due.unwrap_or_else(Instant::now);
        due = due.zip(paced).map(|(due, (_, pace))| due + pace);
        requests.write(place, &mut own);
        place += 1;
        let status = connection.exchange(&own).await?.status;
        let took = u32::try_from(started.elapsed().as_micros()).unwrap_or(u32::MAX);
        match status {
            _ if started < from => {}
            200 => outcome.answered.push(took),
            429 | 503 => outcome.refused.push(took),
            _ => return Err(format!("overload: {status}").into()),
        }
    }
    Ok(outcome)
}
