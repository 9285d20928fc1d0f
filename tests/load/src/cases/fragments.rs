//! Fragments over REST with a brand, beside bare axum and beside what a user would write instead. Requests go through
//! 200 situations in turn: the service remembers what came before, byte by byte. Where every sign-off is a new one it
//! remembers nothing, and each answer is chosen and written.

use std::sync::Arc;

use super::{Bench, Case};
use crate::Result;
use crate::answers::Answers;
use crate::client::CALLS_UNDER_WAY;
use crate::client::http1::{Tour, request};
use crate::fragment::{BODIES, NUMBER_FROM_END};
use crate::peers::Peer;
use crate::report::{Budget, float};
use crate::service::Service;

const POST: &str = "POST /v1/fragments HTTP/1.1\r\ncontent-type: application/json";

/// Measures the cases of fragments that are chosen.
pub(super) async fn measure(bench: &Bench<'_>, service: &Service, chosen: impl Fn(Case) -> bool) -> Result<()> {
    let requests: Vec<_> = BODIES.iter().map(|body| request(POST, &service.key, body)).collect();
    let requests = Requests { service, requests: Arc::new(requests) };
    let own = Answers::of(service.http, &requests.requests).await?;
    if chosen(Case::Fragments) || chosen(Case::FragmentsCold) {
        beside_axum(bench, &requests, &own, &chosen).await?;
    }
    if chosen(Case::FragmentsPeers) {
        beside_peers(bench, &requests, &own).await?;
    }
    Ok(())
}

/// What every server is asked.
struct Requests<'a> {
    service: &'a Service,
    requests: Arc<Vec<Vec<u8>>>,
}

impl Requests<'_> {
    /// Calls of a server that answers like this; no answers: of any size.
    fn calls(&self, server: std::net::SocketAddr, answers: Option<&Answers>, is_cold: bool) -> Tour {
        Tour {
            server,
            requests: Arc::clone(&self.requests),
            connections: CALLS_UNDER_WAY,
            status: 200,
            sizes: Arc::new(answers.map(Answers::sizes).unwrap_or_default()),
            number_from_end: is_cold.then_some(NUMBER_FROM_END),
        }
    }

    fn own_calls(&self, own: &Answers, is_cold: bool) -> Tour {
        self.calls(self.service.http, Some(own), is_cold)
    }
}

async fn beside_axum(
    bench: &Bench<'_>,
    requests: &Requests<'_>,
    own: &Answers,
    chosen: impl Fn(Case) -> bool,
) -> Result<()> {
    let service = requests.service;
    let (axum, address) = bench.bare("bare-axum", &own.bodies().join(&b'\n')).await?;
    let mean = |sizes: Vec<usize>| sizes.iter().sum::<usize>() / sizes.len();
    let sizes = format!("{} -> {}", mean(BODIES.iter().map(String::len).collect()), mean(own.sizes()));
    if chosen(Case::Fragments) {
        let rivals = ((&axum, requests.calls(address, None, false)), (service, requests.own_calls(own, false)));
        bench.contest(&format!("fragments, {sizes} bytes"), Some(Budget(0.60, 0.85)), rivals.0, rivals.1).await?;
    }
    if chosen(Case::FragmentsCold) {
        let (before, _) = service.memo("rest").await?;
        let rivals = ((&axum, requests.calls(address, None, true)), (service, requests.own_calls(own, true)));
        bench.contest(&format!("fragments-cold, {sizes} bytes"), None, rivals.0, rivals.1).await?;
        let hits = service.memo("rest").await?.0 - before;
        if hits > float(requests.requests.len()) {
            return Err(format!("{hits} answers of fragments-cold came from the memo").into());
        }
    }
    Ok(())
}

async fn beside_peers(bench: &Bench<'_>, requests: &Requests<'_>, own: &Answers) -> Result<()> {
    for (peer, budget) in [(Peer::Fastapi, (10.0, 20.0)), (Peer::Fastify, (5.0, 8.0))] {
        let (process, address) = peer.start(bench, requests.service).await?;
        let answers = Answers::of(address, &requests.requests).await?;
        own.check_same(&answers).map_err(|difference| format!("{peer:?} is not measured: {difference}"))?;
        for (name, is_cold) in [("fragments", false), ("fragments-cold", true)] {
            let theirs = (&process, requests.calls(address, Some(&answers), is_cold));
            let rivals = (theirs, (requests.service, requests.own_calls(own, is_cold)));
            let name = format!("{name} beside {}", peer.name());
            bench.contest(&name, Some(Budget(budget.0, budget.1)), rivals.0, rivals.1).await?;
        }
    }
    Ok(())
}
