//! Guidance over REST beside bare axum.

use super::{Bench, Case};
use crate::Result;
use crate::client::http1::{Calls, request};
use crate::report::Budget;
use crate::service::Service;
use crate::situation::{QUERY, body};

const POST: &str = "POST /v1/guidance HTTP/1.1\r\ncontent-type: application/json";

/// Measures the cases of REST that are chosen.
pub(super) async fn measure(bench: &Bench<'_>, service: &Service, chosen: impl Fn(Case) -> bool) -> Result<()> {
    let get = format!("GET /v1/guidance?{QUERY} HTTP/1.1");
    let (_, answer) = service.fetch(POST, "", &body()).await?;
    let (tag, _) = service.fetch(&get, "etag", "").await?;
    let (axum, axum_address) = bench.bare("bare-axum", &answer).await?;
    let post = |server, vary| Calls {
        server,
        request: request(POST, &service.key, &body()),
        vary,
        expected: (200, answer.len()),
    };
    let sizes = format!("{} -> {}", body().len(), answer.len());
    if chosen(Case::RestWarm) {
        let name = format!("rest-warm, {sizes} bytes");
        let rivals = ((&axum, post(axum_address, false)), (service, post(service.http, false)));
        bench.contest(&name, Some(Budget(0.80, 0.95)), rivals.0, rivals.1).await?;
    }
    if chosen(Case::RestCold) {
        let name = format!("rest-cold, {sizes} bytes");
        let rivals = ((&axum, post(axum_address, true)), (service, post(service.http, true)));
        let (hits, misses) = service.memo("rest").await?;
        bench.contest(&name, Some(Budget(0.40, 0.60)), rivals.0, rivals.1).await?;
        let (hits, misses) = {
            let now = service.memo("rest").await?;
            (now.0 - hits, now.1 - misses)
        };
        if hits > misses / 100.0 {
            return Err(format!("{hits} answers of rest-cold came from the memo, {misses} did not").into());
        }
    }
    if chosen(Case::Rest304) {
        let conditional = format!("{get}\r\nif-none-match: {tag}");
        let calls = |server| Calls {
            server,
            request: request(&conditional, &service.key, ""),
            vary: false,
            expected: (304, 0),
        };
        let rivals = ((&axum, calls(axum_address)), (service, calls(service.http)));
        bench.contest("rest-304", Some(Budget(0.80, 0.95)), rivals.0, rivals.1).await?;
    }
    Ok(())
}
