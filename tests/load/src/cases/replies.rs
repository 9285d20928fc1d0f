//! Replies over REST beside bare axum: four templates in each tone and length, each with a sender of its own, since
//! nobody sends the reply of somebody else. Nothing is remembered.

use std::sync::Arc;

use super::Bench;
use crate::Result;
use crate::answers::Answers;
use crate::client::CALLS_UNDER_WAY;
use crate::client::http1::{Tour, request};
use crate::report::Budget;
use crate::service::Service;
use crate::situation::FIRST_DAYS;

const POST: &str = "POST /v1/replies HTTP/1.1\r\ncontent-type: application/json";

const TEMPLATES: [(&str, &str); 4] = [
    ("thank-you", r#""highlight":"how your team plans its work""#),
    ("feedback-request", r#""point":"how I can explain my work more clearly""#),
    ("thank-you-and-feedback", r#""highlight":"how your team plans its work","point":"my answers about data""#),
    ("keep-the-door-open", r#""next_role":"a role in data quality""#),
];

/// Where the digits of the number of the sender are, from the end of a body.
const NUMBER_FROM_END: usize = 11;

/// Measures it.
pub(super) async fn measure(bench: &Bench<'_>, service: &Service) -> Result<()> {
    let mut bodies = Vec::new();
    for (template, variables) in TEMPLATES {
        for tone in ["warm", "neutral", "formal"] {
            for length in ["short", "standard"] {
                bodies.push(body(template, tone, length, variables));
            }
        }
    }
    let requests: Arc<Vec<_>> = Arc::new(bodies.iter().map(|body| request(POST, &service.key, body)).collect());
    let own = Answers::of(service.http, &requests).await?;
    if let Some(place) = own.bodies().iter().position(|body| !has(body, br#""missing":[]"#)) {
        return Err(format!("something is missing in reply {place}").into());
    }
    let (axum, address) = bench.bare("bare-axum", &own.bodies().join(&b'\n')).await?;
    let calls = |server, sizes| Tour {
        server,
        requests: Arc::clone(&requests),
        connections: CALLS_UNDER_WAY,
        status: 200,
        sizes: Arc::new(sizes),
        number_from_end: Some(NUMBER_FROM_END),
    };
    let mean = |sizes: Vec<usize>| sizes.iter().sum::<usize>() / sizes.len();
    let name = format!("replies, {} -> {} bytes", mean(bodies.iter().map(String::len).collect()), mean(own.sizes()));
    let rivals = ((&axum, calls(address, Vec::new())), (service, calls(service.http, own.sizes())));
    bench.contest(&name, Some(Budget(0.45, 0.70)), rivals.0, rivals.1).await
}

fn has(body: &[u8], member: &[u8]) -> bool {
    body.windows(member.len()).any(|bytes| bytes == member)
}

fn body(template: &str, tone: &str, length: &str, variables: &str) -> String {
    format!(
        concat!(
            r#"{{"template":"{}","channel":"email","tone":"{}","length":"{}","#,
            r#""context":{{"kind":"job_application","stage":"interview","rounds_completed":2,"#,
            r#""conversation_with":["interviewer"],"still_interested":true}},"#,
            r#""variables":{{"recipient_name":"Robin Lee","recipient_email":"robin.lee@example.org","#,
            r#""role":"Data Analyst","organization":"Example Ltd",{},"sender_name":"Kim Novak {}"}}}}"#
        ),
        template, tone, length, variables, FIRST_DAYS
    )
}
