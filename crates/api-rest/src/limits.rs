//! Limits at the door of REST: what is let in, and what a request is told of them in headers.

use std::cell::RefCell;
use std::time::Instant;

use http::{HeaderMap, HeaderName, HeaderValue};
use rebound_domain::Result;
use rebound_domain::limits::{Gate, Standing, UnderWay};
use utoipa::Modify;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::{ObjectBuilder, OpenApi, Ref, RefOr, Response, Type};

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Only what is below this can be refused because too much is asked: probes, metrics and documentation always answer.
const LIMITED_PATHS: &str = "/v1/";

/// Lets a request in that is begun now, if its path is one that can be refused.
pub(crate) fn enter<'a>(gate: &'a Gate, path: &str, now: Instant) -> Result<Option<UnderWay<'a>>> {
    if path.starts_with(LIMITED_PATHS) { gate.enter(now).map(Some) } else { Ok(None) }
}

/// What was written last.
struct Written {
    /// Quotas, and how they are written: most callers have the same as the one before.
    quotas: [u64; 3],
    policy: Option<HeaderValue>,
    /// Room to write in.
    text: Vec<u8>,
}

thread_local! {
    static WRITTEN: RefCell<Written> = const {
        RefCell::new(Written { quotas: [0; 3], policy: None, text: Vec::new() })
    };
}

/// Writes what is left of the limits.
pub(crate) fn write(standing: &Standing, headers: &mut HeaderMap) {
    if !standing.is_limited() {
        return;
    }
    let values = WRITTEN.with_borrow_mut(|Written { quotas, policy, text }| {
        let mut value = |write: fn(&Standing, &mut Vec<u8>)| {
            text.clear();
            write(standing, text);
            HeaderValue::from_bytes(text).ok()
        };
        if std::mem::replace(quotas, standing.quotas()) != *quotas || policy.is_none() {
            *policy = value(Standing::write_policy);
        }
        [policy.clone(), value(Standing::write_state)]
    });
    for (name, value) in [RATE_LIMIT_POLICY, RATE_LIMIT].into_iter().zip(values) {
        if let Some(value) = value {
            headers.insert(name, value);
        }
    }
}

/// Says in the OpenAPI document which answers have the headers: those to a valid key.
pub(crate) struct LimitHeaders;

impl Modify for LimitHeaders {
    fn modify(&self, document: &mut OpenApi) {
        if let Some(components) = &mut document.components {
            for (name, (description, example)) in HEADERS {
                components.headers.insert(name.to_owned(), RefOr::T(header(description, example)));
            }
            components.responses.get_mut("TooManyRequests").map(tell);
        }
        let items = document.paths.paths.values_mut().flat_map(operations);
        let is_behind_a_key =
            |operation: &&mut Operation| operation.tags.iter().flatten().all(|tag| tag != "operations");
        for operation in items.filter(is_behind_a_key) {
            let responses = operation.responses.responses.iter_mut();
            let is_good = |status: &str| status.starts_with('2') || status == "304";
            responses.filter(|(status, _)| is_good(status)).for_each(|(_, response)| tell(response));
        }
    }
}

/// Gives an answer the headers, if it is described here.
fn tell(response: &mut RefOr<Response>) {
    if let RefOr::T(response) = response {
        for (name, _) in HEADERS {
            let reference = Ref::new(format!("#/components/headers/{name}"));
            response.headers.insert(name.to_owned(), RefOr::Ref(reference));
        }
    }
}

const HEADERS: [(&str, (&str, &str)); 2] = [("RateLimit-Policy", POLICY_DOC), ("RateLimit", STATE_DOC)];

const POLICY_DOC: (&str, &str) = (
    "The limits in force, after draft-ietf-httpapi-ratelimit-headers: `q` requests in `w` seconds. `key`: of this key; \
     `tenant`: of all keys of its tenant; `daily`: of the tenant, in a day (UTC). What has no limit is absent.",
    "\"key\";q=60000;w=60, \"tenant\";q=240000;w=60",
);

const STATE_DOC: (&str, &str) = (
    "What is left: `r` requests may come at once, and in `t` seconds all of `q` may again. Each replica gives out its \
     share of a rate and tells of that share alone.",
    "\"key\";r=59999;t=1, \"tenant\";r=239999;t=1",
);

fn header(description: &str, example: &str) -> Header {
    let text = ObjectBuilder::new().schema_type(Type::String).examples([example]);
    HeaderBuilder::new().schema(Some(text)).description(Some(description)).build()
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, patch, delete, .. } = item;
    [get, put, post, patch, delete].into_iter().flatten()
}
