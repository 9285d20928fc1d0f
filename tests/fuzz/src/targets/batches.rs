//! Streams of lines: the same however the body is cut, an answer to each line, and nothing that one line does to another.

use std::hash::{DefaultHasher, Hasher as _};

use http::{Request, header};
use serde_json::{Value, json};

use super::{choice, chosen};
use crate::Doors;
use crate::answer::assert_problem;
use crate::seeds::{cases, examples};

const PATHS: [&str; 3] = ["/v1/guidance/batch", "/v1/fragments/batch", "/v1/fragments/batch?dry_run=true"];

/// A line that is longer than lines may be.
const TOO_LONG: usize = 66_000;

/// The first byte chooses the operation and how the body is cut.
pub(super) fn lines(doors: &Doors, input: &[u8]) {
    let (choice, body) = choice(input);
    let path = PATHS[choice % PATHS.len()];
    let (whole, lines) = answers(doors, path, body, usize::MAX);
    let (cut, _) = answers(doors, path, body, 1 + choice / PATHS.len() * 7);
    assert_eq!(whole, cut, "another answer when the body is cut");
    let sent = body.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
    if path == PATHS[0] {
        assert_eq!(lines, sent, "an answer to each line");
    }
}

/// A digest of the answers, and how many lines they have.
fn answers(doors: &Doors, path: &str, body: &[u8], part: usize) -> (u64, usize) {
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-ndjson");
    let (mut hasher, mut lines, mut rest) = (DefaultHasher::new(), 0, Vec::new());
    let (status, _) = doors
        .rest_in_parts(request, body, part, |bytes| {
            hasher.write(bytes);
            rest.extend_from_slice(bytes);
            while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = rest.drain(..=end).collect();
                assert_line(&line);
                lines += 1;
            }
        })
        .expect("a request");
    assert_eq!((status, rest.len()), (200, 0), "whole lines");
    (hasher.finish(), lines)
}

fn assert_line(line: &[u8]) {
    let answer: Value = serde_json::from_slice(line).expect("JSON in a line");
    let error = &answer["error"];
    if !error.is_null() {
        assert!(error["status"].as_u64().is_some_and(|status| status < 500), "{answer}");
        assert_problem(error);
    }
}

pub(super) fn seeds(_: &Doors) -> Vec<Vec<u8>> {
    let items =
        cases().into_iter().enumerate().map(|(number, context)| json!({"ref": number.to_string(), "context": context}));
    let items: Vec<String> = items.map(|item| item.to_string()).collect();
    let mixed =
        [&items[0], "", "nonsense", " \t\r", "{\"ref\": 1}", &items[1], &"x".repeat(TOO_LONG), &items[2]].join("\n");
    let mut bodies = vec![mixed.into_bytes(), items.join("\r\n").into_bytes()];
    bodies.extend(examples("post", "/v1/guidance/batch"));
    bodies.extend(examples("post", "/v1/fragments/batch"));
    bodies.iter().flat_map(|body| [0, 1, 2].map(|path| chosen(path, body))).collect()
}
