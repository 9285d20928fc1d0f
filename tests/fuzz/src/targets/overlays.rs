//! What a tenant says instead of the catalog, in its template language: either it is refused with the place, or every
//! reply and fragment can be made of it.

use http::{Request, header};
use serde_json::json;

use crate::Doors;
use crate::answer::Answer;

const REPLIES: [&str; 3] = ["thank-you", "feedback-request", "offer-to-help"];

fn send(doors: &Doors, method: &str, path: &str, body: &[u8]) -> Option<Answer> {
    let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
    doors.rest(request, body)
}

/// The first line is the place, such as `en/tip.thank-the-person`; the rest is the patch.
pub(super) fn overlay(doors: &Doors, input: &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (place, patch) = input.split_at(end);
    let place: String = place.iter().map(|byte| char::from(*byte)).filter(char::is_ascii_graphic).collect();
    let path = format!("/v1/overlays/{place}");
    let Some(200) = send(doors, "PUT", &path, patch).map(|answer| answer.status) else { return };
    let context = json!({"kind": "job_application", "conversation_with": ["hiring_manager"], "rounds_completed": 3});
    let preview = json!({"context": context, "explain": true}).to_string();
    let preview = send(doors, "POST", "/v1/overlays/preview", preview.as_bytes()).expect("a request").json();
    let is_fine = preview["errors"].as_array().is_some_and(Vec::is_empty);
    if is_fine {
        assert_eq!(send(doors, "POST", "/v1/overlays/publish", b"{}").expect("a request").status, 201);
        for id in REPLIES {
            let request = json!({"template": id, "context": context, "override": true, "channel": "email",
                "variables": {"recipient_name": "Robin {{ x }}", "sender_name": "<Kim>", "role": "{% raw %}"}});
            send(doors, "POST", "/v1/replies", request.to_string().as_bytes()).expect("a request");
        }
        let request = json!({"context": context, "formats": ["html", "text", "markdown", "blocks"]}).to_string();
        send(doors, "POST", "/v1/fragments", request.as_bytes()).expect("a request");
        assert_eq!(send(doors, "POST", "/v1/overlays/rollback", br#"{"version":0}"#).expect("a request").status, 201);
    }
    send(doors, "DELETE", &path, b"");
}

pub(super) fn seeds(_: &Doors) -> Vec<Vec<u8>> {
    let patches = [
        ("en/tip.thank-the-person", json!({"text": {"title": "Thank our team for the talk"}})),
        ("en/tip.take-a-short-walk", json!({"enabled": false})),
        (
            "en/tip.own-call",
            json!({"phase": "recover", "priority": 3, "when": {"all": ["kind=job_application", "rounds_completed>=2"]},
                "timing": {"not_before_hours": 0, "within_hours": 48}, "audiences": ["candidate"],
                "text": {"title": "Call us", "body": "You can call us on any day. ".repeat(12)}}),
        ),
        (
            "en/reply.thank-you",
            json!({"text": {"email": {"standard": {"warm": "{% if situation.keep_in_mind %}{{ role }}{% endif %}"}}}}),
        ),
        ("en/reply.thank-you", json!({"text": {"subject": "{{ role or 'the role' }}{# note #}"}})),
        ("en/kind.idea", json!({"text": {"name": "An idea"}})),
    ];
    patches.iter().map(|(place, patch)| format!("{place}\n{patch}").into_bytes()).collect()
}
