//! Reads request bodies: the content type first, never more bytes than allowed, and JSON with errors that name the
//! place.

use std::fmt;
use std::num::IntErrorKind;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use rebound_domain::context::whole;
use rebound_domain::{Error, ErrorKind, FieldError, Result};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// How large a JSON body, or a line of a stream, may be.
pub(crate) const MAX_JSON_BYTES: usize = 64 * 1024;

/// Checks the content type: one of `allowed`, whatever its parameters.
pub(crate) fn expect_content_type(headers: &HeaderMap, allowed: &[&str]) -> Result<()> {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim();
    if allowed.iter().any(|candidate| essence.eq_ignore_ascii_case(candidate)) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::UnsupportedMediaType, format!("Send the body as {}.", allowed.join(" or "))))
}

/// Reads a JSON body of at most [`MAX_JSON_BYTES`].
pub(crate) async fn read_json(headers: &HeaderMap, body: Body) -> Result<Bytes> {
    read_json_as(&["application/json"], headers, body).await
}

/// Reads a JSON body of one of these content types, of at most [`MAX_JSON_BYTES`].
pub(crate) async fn read_json_as(allowed: &[&str], headers: &HeaderMap, body: Body) -> Result<Bytes> {
    expect_content_type(headers, allowed)?;
    match Limited::new(body, MAX_JSON_BYTES).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large("body")),
        Err(_) => Err(Error::new(ErrorKind::Malformed, "The body could not be read to its end.")),
    }
}

/// The error for a body or line that is too large.
pub(crate) fn too_large(what: &str) -> Error {
    Error::new(ErrorKind::TooLarge, format!("The {what} has more than {MAX_JSON_BYTES} bytes."))
}

/// Parses JSON with a seed; the seed collects what is not allowed, so an error here is one of the JSON itself.
pub(crate) fn parse_json<'de, S: DeserializeSeed<'de>>(json: &'de [u8], seed: S) -> Result<S::Value> {
    // Checking the whole once is quicker than checking every text in it, which is what `from_slice` does.
    let Ok(json) = std::str::from_utf8(json) else {
        return Err(Error::new(ErrorKind::Malformed, "Not valid JSON: the body is not UTF-8."));
    };
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let parsed = seed.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    parsed.map_err(|error| {
        let detail = format!("Not valid JSON at line {}, column {}.", error.line(), error.column());
        Error::new(ErrorKind::Malformed, detail)
    })
}

/// The integer that a text writes, clamped to the range of 64 bits.
pub(crate) fn integer(text: &str) -> Option<i64> {
    text.parse()
        .or_else(|error: std::num::ParseIntError| match error.kind() {
            IntErrorKind::PosOverflow => Ok(i64::MAX),
            IntErrorKind::NegOverflow => Ok(i64::MIN),
            _ => Err(error),
        })
        .ok()
}

/// A member name as a segment of a JSON pointer (RFC 6901), cut so that an error is not as long as what it is about.
pub(crate) fn pointer_to(name: &str) -> String {
    let name: String = name.chars().take(64).collect();
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// A JSON value of an envelope field: a scalar as it came, anything else as [`Scalar::Other`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer, clamped to the range of 64 bits.
    Integer(i64),
    /// A text.
    Text(String),
    /// A fraction, a list or an object.
    Other,
}

impl Scalar {
    /// The text, if there is one; anything else but `null` is an error at `pointer`.
    pub(crate) fn into_text(self, pointer: &str, errors: &mut Vec<FieldError>) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null => None,
            _ => {
                errors.push(FieldError::new(pointer, "must be a text"));
                None
            }
        }
    }

    /// The integer, if there is one; anything else but `null` is an error at `pointer`.
    pub(crate) fn into_integer(self, pointer: &str, errors: &mut Vec<FieldError>) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(number),
            Self::Null => None,
            _ => {
                errors.push(FieldError::new(pointer, "must be an integer"));
                None
            }
        }
    }

    /// The truth value, if there is one; anything else but `null` is an error at `pointer`.
    pub(crate) fn into_bool(self, pointer: &str, errors: &mut Vec<FieldError>) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(value),
            Self::Null => None,
            _ => {
                errors.push(FieldError::new(pointer, "must be true or false"));
                None
            }
        }
    }
}

impl<'de> serde::Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Scalar, E> {
        Ok(Scalar::Integer(i64::try_from(value).unwrap_or(i64::MAX)))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Scalar, E> {
        Ok(whole(number).map_or(Scalar::Other, Scalar::Integer))
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Scalar, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }
}
