//! 10,000 contexts in one call, each another one, over REST and over gRPC: what it takes of time, of the server's
//! processor, and of its memory beyond what it has idle.

use std::io;
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic::Request;

use super::Bench;
use crate::Result;
use crate::client::http1::request;
use crate::process::own_cpu_seconds;
use crate::proto::guidance_service_client::GuidanceServiceClient;
use crate::proto::{BatchGetGuidanceRequest, batch_get_guidance_response};
use crate::report::{figure, median};
use crate::service::Service;
use crate::situation::{LIMIT, line, message, next_number};

/// How many contexts a call has.
pub(super) const CONTEXTS: usize = 10_000;

/// What a call may take: time, processor, memory.
pub(super) const BUDGET: &str = "1.0 s, 0.5 s, 32 MiB; then 0.5 s, 0.2 s, 16 MiB";

/// Measures both.
pub(super) async fn measure(bench: &Bench<'_>) -> Result<()> {
    let rounds = bench.options.rounds;
    let service = bench.service("batch-rest").await?.0;
    let mut taken = Taken::begin(&service)?;
    for _ in 0..rounds {
        over_rest(&mut taken).await?;
    }
    taken.print("batch of 10,000, NDJSON", BUDGET)?;
    let service = bench.service("batch-grpc").await?.0;
    let mut taken = Taken::begin(&service)?;
    for _ in 0..rounds {
        over_grpc(&mut taken).await?;
    }
    taken.print("batch of 10,000, gRPC", BUDGET)
}

/// What the batches took.
pub(super) struct Taken<'a> {
    /// Where they went.
    pub(super) service: &'a Service,
    idle_mib: f64,
    /// Seconds of each batch: wall, processor of the server, processor of the client.
    batches: Vec<[f64; 3]>,
    begun: [f64; 2],
    clock: Instant,
}

impl<'a> Taken<'a> {
    /// Nothing yet, of a service that has nothing to do.
    pub(super) fn begin(service: &'a Service) -> Result<Self> {
        let (idle_mib, _) = service.process.memory_mib()?;
        service.process.forget_peak()?;
        Ok(Self { service, idle_mib, batches: Vec::new(), begun: [0.0; 2], clock: Instant::now() })
    }

    /// A call begins.
    pub(super) fn start(&mut self) -> Result<()> {
        self.begun = [self.service.process.cpu_seconds()?, own_cpu_seconds()?];
        self.clock = Instant::now();
        Ok(())
    }

    /// A call has ended.
    pub(super) fn stop(&mut self) -> Result<()> {
        let wall = self.clock.elapsed().as_secs_f64();
        let (server, client) = (self.service.process.cpu_seconds()?, own_cpu_seconds()?);
        self.batches.push([wall, server - self.begun[0], client - self.begun[1]]);
        Ok(())
    }

    /// Prints the medians of the calls, and how much memory the service had at most.
    pub(super) fn print(&self, name: &str, budget: &str) -> Result<()> {
        let of = |place: usize| median(self.batches.iter().map(|batch| batch[place]));
        let memory = self.service.process.memory_mib()?.1 - self.idle_mib;
        let (wall, server, client) = (of(0), of(1), of(2));
        figure(name, &format!("{wall:.2} s, server {server:.2} s (client {client:.2} s), {memory:.1} MiB"), budget);
        Ok(())
    }
}

async fn over_rest(taken: &mut Taken<'_>) -> Result<()> {
    let mut lines = String::new();
    for number in 0..CONTEXTS {
        line(&mut lines, number);
    }
    let answer = ndjson(taken, "/v1/guidance/batch", &lines).await?;
    let answers = answer.windows(12).filter(|bytes| bytes == b"\"guidance\":{").count();
    if answers == CONTEXTS { Ok(()) } else { Err(format!("{answers} answers to {CONTEXTS} lines").into()) }
}

/// Sends lines to a path, and answers with what comes back.
pub(super) async fn ndjson(taken: &mut Taken<'_>, path: &str, lines: &str) -> Result<Vec<u8>> {
    let head = format!("POST {path} HTTP/1.1\r\ncontent-type: application/x-ndjson\r\nconnection: close");
    let request = request(&head, &taken.service.key, lines);
    let mut answer = Vec::with_capacity(CONTEXTS * 8 * 1024);
    let (mut reader, mut writer) = TcpStream::connect(taken.service.http).await?.into_split();
    taken.start()?;
    let sent = async { writer.write_all(&request).await };
    let read = async { reader.read_to_end(&mut answer).await };
    let outcome: (io::Result<()>, io::Result<usize>) = tokio::join!(sent, read);
    taken.stop()?;
    outcome.0?;
    outcome.1?;
    Ok(answer)
}

async fn over_grpc(taken: &mut Taken<'_>) -> Result<()> {
    let item = |number: usize| BatchGetGuidanceRequest {
        r#ref: number.to_string(),
        context: Some(message(next_number())),
        limit: Some(LIMIT),
        ..BatchGetGuidanceRequest::default()
    };
    let items: Vec<_> = (0..CONTEXTS).map(item).collect();
    let mut client = GuidanceServiceClient::connect(format!("http://{}", taken.service.grpc)).await?;
    let mut request = Request::new(tokio_stream::iter(items));
    request.metadata_mut().insert("authorization", format!("Bearer {}", taken.service.key).parse()?);
    taken.start()?;
    let mut answers = client.batch_get_guidance(request).await?.into_inner();
    let mut good = 0;
    while let Some(answer) = answers.message().await? {
        good += usize::from(matches!(answer.result, Some(batch_get_guidance_response::Result::Guidance(_))));
    }
    taken.stop()?;
    if good == CONTEXTS { Ok(()) } else { Err(format!("{good} answers to {CONTEXTS} requests").into()) }
}
