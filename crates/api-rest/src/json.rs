//! A JSON value as it came: members of objects in order and with their duplicates, so that each can be named.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use rebound_domain::context::whole;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer, clamped to the range of 64 bits.
    Integer(i64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// An object.
    Object(Vec<(String, Self)>),
    /// A fraction: nothing is one.
    Other,
}

impl Json {
    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// A text.
pub(crate) fn text(json: &Json) -> Option<String> {
    json.text().map(str::to_owned)
}

/// An integer.
pub(crate) fn integer(json: &Json) -> Option<i64> {
    match json {
        Json::Integer(number) => Some(*number),
        _ => None,
    }
}

/// A moment.
pub(crate) fn moment(json: &Json) -> Option<Timestamp> {
    json.text().and_then(timestamp)
}

/// An id.
pub(crate) fn id<I: FromStr>(json: &Json) -> Option<I> {
    json.text()?.parse().ok()
}

/// What a text that should be a moment is told.
pub(crate) const MOMENT: &str = "not a moment; allowed: a time as RFC 3339 writes it, such as 2026-01-02T03:04:05Z";

/// A moment as RFC 3339 writes it, which is less than the parser takes.
pub(crate) fn timestamp(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let has_offset = match bytes {
        [.., b'Z' | b'z'] => true,
        [.., b'+' | b'-', h1, h2, b':', m1, m2] => [h1, h2, m1, m2].iter().all(|digit| digit.is_ascii_digit()),
        _ => false,
    };
    let is_written_so = matches!(bytes.get(10), Some(b'T' | b't')) && matches!(bytes.get(16), Some(b':'));
    (has_offset && is_written_so).then(|| text.parse().ok())?
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Integer(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Integer(i64::try_from(number).unwrap_or(i64::MAX)))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(whole(number).map_or(Json::Other, Json::Integer))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = seq.next_element()? {
            list.push(element);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Json::Object(members))
    }
}
