//! How the values of variables are written: each function answers `None` to what it does not understand.

use std::ops::RangeInclusive;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use percent_encoding::percent_decode_str;

/// One of a few words.
pub(super) fn one_of<T: Copy>(text: &str, words: &[(&str, T)]) -> Option<T> {
    words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value)
}

/// A whole number within limits.
pub(super) fn whole(text: &str, limits: RangeInclusive<usize>) -> Option<usize> {
    text.parse().ok().filter(|number| limits.contains(number))
}

/// Milliseconds.
pub(super) fn millis(text: &str, least: u64) -> Option<Duration> {
    text.parse().ok().filter(|millis| *millis >= least).map(Duration::from_millis)
}

/// Where a collector is.
pub(super) fn endpoint(text: &str) -> Option<Uri> {
    let uri: Uri = text.parse().ok()?;
    let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
    (is_http && uri.host().is_some_and(|host| !host.is_empty())).then_some(uri)
}

/// `name=value,name=value`, values percent-encoded.
pub(super) fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    items
        .map(|item| {
            let (name, value) = item.split_once('=')?;
            let value = percent_decode_str(value.trim()).decode_utf8().ok()?;
            (!name.trim().is_empty()).then(|| (name.trim().to_owned(), value.into_owned()))
        })
        .collect()
}

/// Headers, written as pairs. They are marked as secrets.
pub(super) fn headers(text: &str) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs(text)? {
        let mut value: HeaderValue = value.parse().ok()?;
        value.set_sensitive(true);
        headers.append(name.parse::<HeaderName>().ok()?, value);
    }
    Some(headers)
}

/// Whether the trace of a client is continued. Baggage is accepted, and nothing here has any.
pub(super) fn propagators(text: &str) -> Option<bool> {
    let mut names = text.split(',').map(str::trim);
    if text == "none" {
        return Some(false);
    }
    let are_known = names.clone().all(|name| matches!(name, "tracecontext" | "baggage"));
    are_known.then(|| names.any(|name| name == "tracecontext"))
}
