//! Requests of administrators as the domain takes them. Everything that is wrong is named, with the place.

use http::{HeaderMap, header};
use jiff::Timestamp;
use rebound_domain::access::{NewApiKey, NewTenant, RequestSeal, Rotation};
use rebound_domain::error::MAX_FIELD_ERRORS;
use rebound_domain::governance::{LegalHold, Retention, TenantSettings};
use rebound_domain::limits::TenantLimits;
use rebound_domain::{Error, FieldError, Result};

use crate::body::{parse_json, pointer_to};
use crate::json::{Json, MOMENT, timestamp};
use crate::query::request_key;

/// The parameters of a list.
pub(in crate::v1) const PAGE: [&str; 2] = ["page_size", "page_token"];

/// The seal under which a request is done once, if it came with an idempotency key.
pub(in crate::v1) fn seal(headers: &HeaderMap) -> Result<Option<RequestSeal>> {
    let Some(key) = request_key(headers)? else { return Ok(None) };
    let authorization = headers.get(header::AUTHORIZATION).map(http::HeaderValue::as_bytes);
    Ok(Some(RequestSeal::new(&key, authorization.unwrap_or_default())))
}

/// A tenant to be made.
pub(super) fn new_tenant(json: &[u8]) -> Result<NewTenant> {
    body(json, &["name"], |body| NewTenant { name: body.text("name") })
}

/// A key to be made.
pub(super) fn new_api_key(json: &[u8]) -> Result<NewApiKey> {
    body(json, &["name", "scopes", "expires_at"], |body| NewApiKey {
        name: body.text("name"),
        scopes: body.texts("scopes"),
        expires_at: body.moment("expires_at"),
    })
}

/// How a key is to be replaced; `null` counts as no body.
pub(super) fn rotation(json: &[u8]) -> Result<Rotation> {
    if json.trim_ascii() == b"null" {
        return Ok(Rotation::default());
    }
    body(json, &["overlap_seconds"], |body| Rotation { overlap_seconds: body.integer("overlap_seconds") })
}

/// The settings of a tenant.
pub(super) fn settings(json: &[u8]) -> Result<TenantSettings> {
    body(json, &["support_link", "feedback_policy", "retention", "legal_hold", "bulk_confirmation"], |body| {
        TenantSettings {
            support_link: body.text("support_link"),
            feedback_policy: body.text("feedback_policy"),
            retention: body
                .object("retention", &["record_days", "diary_days", "audit_days"], |retention| Retention {
                    record_days: retention.days("record_days"),
                    diary_days: retention.days("diary_days"),
                    audit_days: retention.days("audit_days"),
                })
                .unwrap_or_default(),
            legal_hold: body.object("legal_hold", &["reason", "until"], |hold| LegalHold {
                reason: hold.text("reason").unwrap_or_default(),
                until: hold.moment("until").unwrap_or_default(),
            }),
            bulk_confirmation: body.text("bulk_confirmation"),
            version: 0,
        }
    })
}

/// The limits of a tenant.
pub(super) fn limits(json: &[u8]) -> Result<TenantLimits> {
    const MEMBERS: [&str; 3] = ["key_requests_per_minute", "requests_per_minute", "daily_quota"];
    let numbers = body(json, &MEMBERS, |body| MEMBERS.map(|name| body.integer(name)))?;
    let [of_key, of_tenant, quota] = numbers;
    TenantLimits::checked(of_key, of_tenant, quota).map_err(Error::invalid)
}

pub(in crate::v1) fn body<T>(json: &[u8], allowed: &[&str], read: impl FnOnce(&mut Members<'_>) -> T) -> Result<T> {
    let (value, errors) = parsed(json, allowed, read)?;
    if errors.is_empty() { Ok(value) } else { Err(Error::invalid(errors)) }
}

/// What is read from a JSON object, with everything that is wrong with it, to which the domain may add.
pub(in crate::v1) fn parsed<T>(
    json: &[u8],
    allowed: &[&str],
    read: impl FnOnce(&mut Members<'_>) -> T,
) -> Result<(T, Vec<FieldError>)> {
    let json = parse_json(json, std::marker::PhantomData::<Json>)?;
    let mut errors = Vec::new();
    match Members::read(json, String::new(), allowed, &mut errors, read) {
        Some(value) => Ok((value, errors)),
        None => Err(Error::invalid(errors)),
    }
}

/// The members of an object, each at most once; `null` counts as absent.
pub(in crate::v1) struct Members<'a> {
    place: String,
    values: Vec<(String, Json)>,
    errors: &'a mut Vec<FieldError>,
}

impl Members<'_> {
    /// Reads the members of an object at `place`; `None` if it is none.
    fn read<T>(
        json: Json,
        place: String,
        allowed: &[&str],
        errors: &mut Vec<FieldError>,
        read: impl FnOnce(&mut Members<'_>) -> T,
    ) -> Option<T> {
        let Json::Object(members) = json else {
            errors.push(FieldError::new(place, format!("must be an object; allowed: {}", names(allowed))));
            return None;
        };
        let mut values = Vec::<(String, Json)>::new();
        for (name, value) in members {
            let detail = if !allowed.contains(&&*name) {
                format!("no such field; allowed: {}", names(allowed))
            } else if values.iter().any(|(known, _)| *known == name) {
                "given more than once".to_owned()
            } else {
                values.push((name, value));
                continue;
            };
            if errors.len() < MAX_FIELD_ERRORS {
                errors.push(FieldError::new(format!("{place}{}", pointer_to(&name)), detail));
            }
        }
        Some(read(&mut Members { place, values, errors }))
    }

    fn take(&mut self, name: &str) -> Option<Json> {
        let index = self.values.iter().position(|(known, _)| known == name)?;
        Some(self.values.swap_remove(index).1).filter(|value| *value != Json::Null)
    }

    pub(in crate::v1) fn refuse<T>(&mut self, name: &str, refusal: &str) -> Option<T> {
        self.errors.push(FieldError::new(format!("{}/{name}", self.place), refusal));
        None
    }

    pub(in crate::v1) fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Json::Text(text) => Some(text),
            _ => self.refuse(name, "must be a text"),
        }
    }

    pub(in crate::v1) fn integer(&mut self, name: &str) -> Option<i64> {
        match self.take(name)? {
            Json::Integer(number) => Some(number),
            _ => self.refuse(name, "must be an integer"),
        }
    }

    /// A number of days; what is no such number is one that the domain refuses.
    fn days(&mut self, name: &str) -> Option<u32> {
        self.integer(name).map(|days| u32::try_from(days).unwrap_or_default())
    }

    pub(in crate::v1) fn moment(&mut self, name: &str) -> Option<Timestamp> {
        let text = self.take(name)?;
        text.text().and_then(timestamp).or_else(|| self.refuse(name, MOMENT))
    }

    fn texts(&mut self, name: &str) -> Vec<String> {
        let Some(value) = self.take(name) else { return Vec::new() };
        let Json::List(elements) = value else {
            return self.refuse(name, "must be a list of texts").unwrap_or_default();
        };
        let mut texts = Vec::new();
        for (index, element) in elements.into_iter().enumerate() {
            match element {
                Json::Text(text) => texts.push(text),
                _ if self.errors.len() < MAX_FIELD_ERRORS => {
                    self.refuse::<()>(&format!("{name}/{index}"), "must be a text");
                }
                _ => {}
            }
        }
        texts
    }

    fn object<T>(&mut self, name: &str, allowed: &[&str], read: impl FnOnce(&mut Members<'_>) -> T) -> Option<T> {
        let value = self.take(name)?;
        Members::read(value, format!("{}/{name}", self.place), allowed, self.errors, read)
    }
}

fn names(allowed: &[&str]) -> String {
    if allowed.is_empty() { "none".to_owned() } else { allowed.join(", ") }
}
