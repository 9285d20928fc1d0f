//! The check of a draft of 2,000 characters: one call after the other over REST, and in process.

use std::hint::black_box;
use std::time::{Duration, Instant};

use rebound_domain::drafts::{Profile, find};

use super::Bench;
use crate::Result;
use crate::client::http1::{Connection, request};
use crate::report::{figure, float};
use crate::service::Service;

const POST: &str = "POST /v1/drafts/check HTTP/1.1\r\ncontent-type: application/json";

/// How many characters the draft has.
const LENGTH: usize = 2_000;

/// What it says, again and again: plain sentences, thanks, a request, anger and blame, as people mix them.
const TEXT: &str = "Dear Ms Albright, thank you for the two conversations last week and for the tour of the \
    plant; I enjoyed both. I had hoped for more, of course, and I am disappointed. The feedback about my \
    presentation was fair, but nobody had told me that there would be one. Could you tell me which part of the \
    case study was too thin? Honestly, I think that your recruiter was rude on the phone, and I waited six weeks. \
    I still like the team, and I would apply again in the spring. ";

/// Measures both.
pub(super) async fn measure(bench: &Bench<'_>, service: &Service) -> Result<()> {
    let (text, request) = (text(), asked(&service.key));
    let limit = Duration::from_secs_f64(bench.options.seconds * f64::from(bench.options.rounds));
    let mut connection = Connection::open(service.http).await?;
    let mut calls = Vec::new();
    let begin = Instant::now();
    while begin.elapsed() < limit {
        let started = Instant::now();
        let answer = connection.exchange(&request).await?;
        if answer.status != 200 {
            return Err(format!("draft-check: {}", answer.status).into());
        }
        calls.push(started.elapsed());
    }
    let (half, most) = (at(&mut calls, 0.5), at(&mut calls, 0.99));
    figure("draft-check over REST, one client", &format!("p50 {half:.0} µs, p99 {most:.0} µs"), "1000 µs, 300 µs");
    let (begin, limit) = (Instant::now(), Duration::from_secs_f64(bench.options.seconds));
    let mut checks = Vec::new();
    while begin.elapsed() < limit {
        let started = Instant::now();
        black_box(find(black_box(&text), Profile::CandidateReply, None));
        checks.push(started.elapsed());
    }
    let half = at(&mut checks, 0.5);
    figure("draft-check in process", &format!("p50 {half:.0} µs"), "");
    Ok(())
}

fn text() -> String {
    TEXT.chars().cycle().take(LENGTH).collect()
}

/// Asks to check the draft.
pub(super) fn asked(key: &str) -> Vec<u8> {
    let body = serde_json::json!({ "profile": "candidate_reply", "text": text() }).to_string();
    request(POST, key, &body)
}

/// What this share of the times did not exceed, in microseconds.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a length is a place")]
fn at(times: &mut [Duration], share: f64) -> f64 {
    times.sort_unstable();
    let place = (float(times.len()) * share) as usize;
    times.get(place).map_or(f64::NAN, |time| time.as_secs_f64() * 1e6)
}
