//! Heads of requests: paths, query strings with field masks, page tokens, and the headers that the service reads.

use http::{Request, header};
use rebound_domain::page::PageRequest;

use super::{choice, chosen};
use crate::Doors;
use crate::seeds::parameters;

/// Lists and documents that take a query.
const PATHS: [&str; 13] = [
    "/v1/guidance",
    "/v1/tips",
    "/v1/tips/thank-the-person",
    "/v1/taxonomy",
    "/v1/sources",
    "/v1/reply-templates",
    "/v1/users/ann/rejections",
    "/v1/users/ann/timeline",
    "/v1/users/ann/insights",
    "/v1/audit-events",
    "/v1/aggregates",
    "/v1/overlays/versions",
    "/v1/tenants",
];

/// What the service reads in a head.
const HEADERS: [&str; 12] = [
    "authorization",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "accept-language",
    "traceparent",
    "tracestate",
    "x-request-id",
    "content-type",
    "content-length",
    "accept",
    "content-encoding",
];

pub(super) fn query(doors: &Doors, input: &[u8]) {
    let (path, query) = choice(input);
    let path = PATHS[path % PATHS.len()];
    // What no client can send is left out; the rest is as it is.
    let query: String = query.iter().map(|byte| char::from(*byte)).filter(char::is_ascii_graphic).collect();
    doors.rest(Request::get(format!("{path}?{query}")), b"");
}

pub(super) fn query_seeds(_: &Doors) -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (number, path) in PATHS.iter().enumerate() {
        let known = path.replace("/thank-the-person", "/{id}").replace("/ann", "/{user_id}");
        let query: Vec<_> =
            parameters("get", &known).into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        seeds.push(chosen(number, query.join("&").as_bytes()));
        seeds.extend(query.iter().map(|parameter| chosen(number, parameter.as_bytes())));
    }
    let masks =
        ["fields=steps(tip,title,sources(article)),catalog_version", "kind=idea&fields=a(b(c(d(e))))", "fields=*,%2C("];
    seeds.extend(masks.map(|mask| chosen(0, mask.as_bytes())));
    seeds
}

pub(super) fn path(doors: &Doors, input: &[u8]) {
    let (method, path) = choice(input);
    let method = ["GET", "DELETE", "PUT", "OPTIONS"][method % 4];
    let path: String = path.iter().map(|byte| char::from(*byte)).filter(char::is_ascii_graphic).collect();
    let request = Request::builder().method(method).uri(format!("/v1/{path}"));
    doors.rest(request.header(header::CONTENT_TYPE, "application/json"), b"{}");
}

pub(super) fn path_seeds(doors: &Doors) -> Vec<Vec<u8>> {
    let rejection = doors.rejection.trim_start_matches("/v1/");
    let paths = [
        rejection,
        "users/ann%2Fbob/rejections/rej_01h455vb4pex5vsknk084sn02q",
        "users/%C3%A9%00/timeline",
        "tips/thank-the-person",
        "overlays/en/tip.own-%7e",
        "tenants/tnt_01h455vb4pex5vsknk084sn02q/api-keys",
        "erasure-receipts/ers_01h455vb4pex5vsknk084sn02q",
        "catalog-versions",
    ];
    paths.iter().flat_map(|path| [0, 2].map(|method| chosen(method, path.as_bytes()))).collect()
}

/// Lines of a header each: one byte that chooses it, and its value. The first byte chooses the request.
pub(super) fn headers(doors: &Doors, input: &[u8]) {
    let (request, lines) = choice(input);
    let (method, path, body) = match request % 4 {
        0 => ("GET", "/v1/guidance?kind=idea", ""),
        1 => ("GET", doors.rejection.as_str(), ""),
        2 => ("PATCH", doors.rejection.as_str(), r#"{"role":"analyst"}"#),
        _ => ("POST", "/v1/users/ann/action-items", r#"{"title":"read"}"#),
    };
    let mut request = Request::builder().method(method).uri(path);
    let mut has_type = false;
    for line in lines.split(|byte| *byte == b'\n') {
        let (header, value) = choice(line);
        let name = HEADERS[header % HEADERS.len()];
        has_type |= name == "content-type";
        request = request.header(name, value);
    }
    if !has_type {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    doors.rest(request, body.as_bytes());
}

pub(super) fn header_seeds(_: &Doors) -> Vec<Vec<u8>> {
    let values = [
        "Bearer a-key-that-only-the-tests-ever-use-0123456789",
        "7f3a-key",
        "\"1-1\", W/\"2-3\", \"\"",
        "W/\"abc\", *",
        "de-AT;q=0.9, en-GB, *;q=0.1, zh-Hant-TW;q=0",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "congo=t61rcWkgMzE",
        "my-own-id",
        "application/json; charset=\"utf-8\"",
    ];
    let lines: Vec<_> = values.iter().enumerate().map(|(number, value)| chosen(number, value.as_bytes())).collect();
    let seeds = lines.iter().flat_map(|line| [0, 1, 2, 3].map(|request| chosen(request, line)));
    seeds.chain([chosen(3, &lines[1..].join(&b'\n'))]).collect()
}

/// A token comes back as the key that it was made of, and no other text does.
pub(super) fn page_token(doors: &Doors, input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let first = PageRequest::new("list", Some(1), None).expect("a first page");
    let (_, token) = first.turn(vec![(), ()], |()| text.clone().into_owned());
    let next = PageRequest::new("list", Some(1), Some(&token)).expect("a token of the list");
    assert_eq!(next.after::<String>().ok().flatten().as_deref(), Some(&*text));
    assert!(PageRequest::new("another list", Some(1), Some(&token)).is_err(), "a token of another list");

    let sent: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    for path in ["/v1/tips", "/v1/users/ann/rejections", "/v1/audit-events"] {
        for token in [&sent, &token] {
            let answer = doors.rest(Request::get(format!("{path}?page_token={token}")), b"");
            assert!(token.is_empty() || answer.is_none_or(|answer| answer.status == 422), "a token of nobody's");
        }
    }
}

pub(super) fn page_token_seeds(_: &Doors) -> Vec<Vec<u8>> {
    let keys = ["", "a", "2026-01-01T03:04:05Z rej_01h455vb4pex5vsknk084sn02q", "0011223344556677889900aabbccddeeff"];
    keys.map(|key| key.as_bytes().to_vec()).to_vec()
}
