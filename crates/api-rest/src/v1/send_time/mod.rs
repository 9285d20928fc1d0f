//! When to send a no: rules of courtesy over a calendar. Nothing is stored, and nothing is sent.

mod input;
mod view;

use std::sync::{Arc, LazyLock};

use axum::extract::{Request, State};
use axum::response::Response;
use http::request::Parts;
use jiff::Timestamp;
use rebound_domain::send_time::advise;
use serde_json::{Value, json};

use self::view::SendTimeView;
use crate::Api;
use crate::auth::{Authorized, Guidance};
use crate::body::read_json;
use crate::errors::{Common, WithBody};
use crate::problem::Refusal;
use crate::representation::Representation;
use crate::routes::{Routes, routes};

/// The routes of send times.
pub(crate) fn router() -> Routes {
    Routes::new().routes(routes!(advise_send_time))
}

/// Advise when to send
///
/// When to send a no: a short while after the decision, between nine and five of whoever reads it, never on a Friday after
/// three, at the weekend or at night, and not later than that. Many messages go out in slots of 15 minutes on at most two
/// days. Until `cancel_until` the first one can still be called back. Where `latest_at` leaves no such time, rules are
/// given up, those first that harm least, and `given_up` says which. These are rules of courtesy of our own. Monday to
/// Friday count as working days; public holidays are not known, so name `not_before` for them. Nothing is sent.
#[utoipa::path(
    post,
    path = "/v1/send-time",
    operation_id = "adviseSendTime",
    tag = "send-time",
    security(("api_key" = ["guidance"])),
    request_body(content = input::SendTimeRequestBody, examples(
        ("friday-evening" = (summary = "Three people, decided on a Friday evening", value = json!(FRIDAY_EVENING.clone()))),
    )),
    responses(
        (status = 200, description = "When to send, and why then", body = SendTimeView, example = json!(ADVICE.clone())),
        WithBody,
        Common,
    )
)]
async fn advise_send_time(
    Authorized { .. }: Authorized<Guidance>,
    State(api): State<Arc<Api>>,
    request: Request,
) -> Result<Response, Refusal> {
    let (Parts { headers, .. }, body) = request.into_parts();
    let json = read_json(&headers, body).await?;
    Ok(Representation::new(answer(&json, api.clock.now())?).respond(&headers))
}

/// The advice as JSON.
fn answer(json: &[u8], now: Timestamp) -> rebound_domain::Result<Vec<u8>> {
    let advice = advise(&input::request(json, now)?, now);
    // Plain texts and numbers have no way to fail.
    Ok(serde_json::to_vec(&SendTimeView::new(&advice)).unwrap_or_default())
}

static FRIDAY_EVENING: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "decided_at": "2026-11-20T18:40:00+01:00",
        "time_zone": "Europe/Berlin",
        "count": 30,
        "kind": "job_application",
        "stage": "final_interview"
    })
});

/// The answer to it, at the moment of the decision.
static ADVICE: LazyLock<Value> = LazyLock::new(|| {
    let json = serde_json::to_vec(&*FRIDAY_EVENING).unwrap_or_default();
    let now = Timestamp::constant(1_795_196_400, 0);
    answer(&json, now).ok().and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_default()
});
