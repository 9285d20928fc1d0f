//! Bodies in JSON: contexts, fragments with brand and merge tags, variables of replies, drafts, and the forms of
//! histories and administration.

use http::{Request, header};
use serde_json::{Value, json};

use super::{choice, chosen};
use crate::Doors;
use crate::answer::Answer;
use crate::seeds::{cases, drafts, examples};

/// How large a fragment may be, in bytes, whatever budget is asked for.
const LARGEST_FRAGMENT: u64 = 12_288;

const PROFILES: [&str; 2] = ["candidate_reply", "employer_rejection"];

/// Operations that take a form: the method, the path of the contract, and whether it is below a rejection.
const FORMS: [(&str, &str); 13] = [
    ("POST", "/v1/users/{user_id}/rejections"),
    ("PATCH", "/v1/users/{user_id}/rejections/{id}"),
    ("POST", "/v1/users/{user_id}/rejections/{id}/advance"),
    ("POST", "/v1/users/{user_id}/rejections/{id}/contacts"),
    ("POST", "/v1/users/{user_id}/rejections/{id}/feedback"),
    ("POST", "/v1/users/{user_id}/rejections/{id}/reflections"),
    ("POST", "/v1/users/{user_id}/rejections/{id}/outcome"),
    ("POST", "/v1/users/{user_id}/action-items"),
    ("POST", "/v1/users/{user_id}/tokens"),
    ("POST", "/v1/tenants"),
    ("PUT", "/v1/tenant-settings"),
    ("POST", "/v1/overlays/publish"),
    ("POST", "/v1/overlays/preview"),
];

fn post(doors: &Doors, path: &str, body: &[u8]) -> Answer {
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
    doors.rest(request, body).expect("a request")
}

pub(super) fn guidance(doors: &Doors, input: &[u8]) {
    let answer = post(doors, "/v1/guidance", input);
    if answer.status == 200 {
        assert!(!answer.json()["steps"].as_array().expect("steps").is_empty(), "there is always a step");
        assert_eq!(answer.body, post(doors, "/v1/guidance", input).body, "same question, same bytes");
    }
}

pub(super) fn guidance_seeds(_: &Doors) -> Vec<Vec<u8>> {
    let contexts = cases().into_iter().map(|context| json!({"context": context, "limit": 50, "explain": true}));
    let own = contexts.map(|request| request.to_string().into_bytes());
    examples("post", "/v1/guidance").into_iter().chain(own).collect()
}

pub(super) fn fragment(doors: &Doors, input: &[u8]) {
    let answer = post(doors, "/v1/fragments", input);
    if answer.status == 200 {
        let fragment = answer.json();
        for size in ["html", "html_quoted_printable"] {
            let size = fragment["bytes"][size].as_u64().unwrap_or_default();
            assert!(size <= LARGEST_FRAGMENT, "{size} bytes of HTML");
        }
        let html = fragment["html"].as_str().unwrap_or_default().to_ascii_lowercase();
        for forbidden in ["<script", "<style", "<img", "<link", "javascript:", " class="] {
            assert!(!html.contains(forbidden), "{forbidden} in {html}");
        }
        assert!(html.matches("<a ").count() <= 3, "more than three links in {html}");
    }
}

pub(super) fn fragment_seeds(_: &Doors) -> Vec<Vec<u8>> {
    let mut seeds = examples("post", "/v1/fragments");
    for dialect in ["greenhouse", "lever", "teamtailor", "zoho", "generic"] {
        let tags =
            ["{{FIRST_NAME}}", "{first_name}", "${Candidates.First Name}", "{{{name}}}", "<%= name %>", "[[name]]"];
        let request = json!({
            "context": {"kind": "job_application", "conversation": "held"}, "max_tips": 3, "heading_level": 2,
            "formats": ["html", "text", "markdown", "blocks"], "budget_bytes": 4096,
            "brand": {"name": "A & B <GmbH>", "voice": "warm", "signoff": tags.join(" "), "link_color": "#0a58ca",
                "link": {"text": "Open {{roles}}", "url": "https://example.com/jobs?a=1&b={{x}}"}},
            "merge_tags": {"dialect": dialect, "keep": tags},
        });
        seeds.push(request.to_string().into_bytes());
    }
    seeds
}

pub(super) fn reply(doors: &Doors, input: &[u8]) {
    let answer = post(doors, "/v1/replies", input);
    if answer.status == 200 {
        let reply = answer.json();
        for part in ["subject", "mailto"] {
            let text = reply[part].as_str().unwrap_or_default();
            assert!(!text.contains(['\r', '\n']), "{part} has more than one line: {text:?}");
        }
        let html = reply["html"].as_str().unwrap_or_default().to_ascii_lowercase();
        assert!(!html.contains("<script"), "{html}");
        assert_mail(reply["eml"].as_str().unwrap_or_default());
    }
}

/// Asserts that nothing a person filled in became a header of the mail.
fn assert_mail(eml: &str) {
    const HEADERS: [&str; 9] = [
        "subject",
        "mime-version",
        "content-type",
        "content-transfer-encoding",
        "date",
        "x-unsent",
        "to",
        "from",
        "message-id",
    ];
    let (head, _) = eml.split_once("\r\n\r\n").unwrap_or((eml, ""));
    for line in head.split("\r\n").filter(|line| !line.is_empty() && !line.starts_with([' ', '\t'])) {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        assert!(HEADERS.contains(&&*name), "a header of the mail is {line:?}");
    }
}

pub(super) fn reply_seeds(_: &Doors) -> Vec<Vec<u8>> {
    let mut seeds = examples("post", "/v1/replies");
    let ids = ["thank-you", "feedback-request", "thank-you-and-feedback", "keep-the-door-open", "offer-to-help"];
    for (id, channel) in ids.into_iter().zip(["email", "phone", "chat", "in_person", "email"]) {
        let request = json!({
            "template": id, "channel": channel, "tone": "formal", "length": "standard", "override": true,
            "context": {"kind": "job_application", "conversation_with": ["hiring_manager"], "rounds_completed": 3},
            "variables": {"recipient_name": "Ro\u{301}bin <Lee>", "sender_name": "Kim\r\nBcc: x@example.com",
                "role": "{{ role }} & {% if %}", "highlight": "Ünïcødé \u{202e}abc", "questions": ["one?", "two?"]},
        });
        seeds.push(request.to_string().into_bytes());
    }
    seeds
}

pub(super) fn draft(doors: &Doors, input: &[u8]) {
    let answer = post(doors, "/v1/drafts/check", input);
    let text = serde_json::from_slice::<Value>(input).ok();
    let text = text.as_ref().and_then(|request| request["text"].as_str());
    if let (200, Some(text)) = (answer.status, text) {
        assert_findings(&answer.json(), text);
    }
}

/// Asserts that each finding has a place in the text.
fn assert_findings(report: &Value, text: &str) {
    let length = text.chars().count() as u64;
    for finding in report["findings"].as_array().expect("findings") {
        let [start, end] = ["start", "end"].map(|place| finding[place].as_u64().expect("an offset"));
        assert!(start <= end && end <= length, "{finding} in {length} characters");
    }
}

pub(super) fn draft_seeds(_: &Doors) -> Vec<Vec<u8>> {
    let requests = drafts().into_iter().map(|(profile, text)| json!({"profile": profile, "text": text}));
    let own = requests.map(|request| request.to_string().into_bytes());
    examples("post", "/v1/drafts/check").into_iter().chain(own).collect()
}

pub(super) fn draft_text(doors: &Doors, input: &[u8]) {
    let (profile, text) = choice(input);
    let text = String::from_utf8_lossy(text);
    let request = json!({"profile": PROFILES[profile % 2], "text": text, "context": {"kind": "job_application"}});
    let answer = post(doors, "/v1/drafts/check", request.to_string().as_bytes());
    if answer.status == 200 {
        assert_findings(&answer.json(), &text);
    }
}

pub(super) fn draft_text_seeds(_: &Doors) -> Vec<Vec<u8>> {
    let number = |profile: &str| PROFILES.iter().position(|known| *known == profile).unwrap_or_default();
    drafts().into_iter().map(|(profile, text)| chosen(number(&profile), text.as_bytes())).collect()
}

pub(super) fn form(doors: &Doors, input: &[u8]) {
    let (form, body) = choice(input);
    let (method, path) = FORMS[form % FORMS.len()];
    let path = path.replace("/v1/users/{user_id}/rejections/{id}", &doors.rejection).replace("{user_id}", "ann");
    let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
    doors.rest(request, body).expect("a request");
}

pub(super) fn form_seeds(_: &Doors) -> Vec<Vec<u8>> {
    let of = |(number, (method, path)): (usize, &(&str, &str))| {
        let bodies = examples(&method.to_ascii_lowercase(), path);
        bodies.into_iter().map(move |body| chosen(number, &body)).collect::<Vec<_>>()
    };
    FORMS.iter().enumerate().flat_map(of).collect()
}
