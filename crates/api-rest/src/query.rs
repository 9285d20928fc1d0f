//! Query parameters, each at most once and none that does not exist; and the headers under which a request is done once,
//! or only if nothing has changed. Every error names its place.

use http::{HeaderMap, header};
use jiff::Timestamp;
use rebound_domain::error::MAX_FIELD_ERRORS;
use rebound_domain::history::RequestKey;
use rebound_domain::page::PageRequest;
use rebound_domain::{Error, FieldError, Result};

use crate::body::{integer, pointer_to};
use crate::json::{MOMENT, timestamp};

/// The key under which a request is not done twice.
pub(crate) fn request_key(headers: &HeaderMap) -> Result<Option<RequestKey>> {
    const POINTER: &str = "/Idempotency-Key";
    let mut values = headers.get_all("idempotency-key").iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Error::invalid(vec![FieldError::new(POINTER, "given more than once")]));
    }
    RequestKey::new(&String::from_utf8_lossy(value.as_bytes()), POINTER).map(Some)
}

/// The tags of the state that the client saw.
pub(crate) fn if_match(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(header::IF_MATCH).iter();
    let tags: Vec<_> = values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    (!tags.is_empty()).then(|| tags.join(", "))
}

/// The query parameters as they came.
pub(crate) struct Query {
    values: Vec<(&'static str, String)>,
    errors: Vec<FieldError>,
}

impl Query {
    /// Reads a query string that may have what is `allowed`, each once.
    pub(crate) fn parse(query: Option<&str>, allowed: &'static [&'static str]) -> Result<Self> {
        let mut read = Self { values: Vec::new(), errors: Vec::new() };
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match allowed.iter().find(|allowed| **allowed == name) {
                Some(name) if read.values.iter().any(|(seen, _)| seen == name) => {
                    read.refuse(pointer_to(name), "given more than once");
                }
                Some(name) => read.values.push((name, value.into_owned())),
                None if allowed.is_empty() => {
                    read.refuse(pointer_to(&name), "no such parameter; allowed: none");
                }
                None => {
                    let detail = format!("no such parameter; allowed: {}", allowed.join(", "));
                    read.refuse(pointer_to(&name), detail);
                }
            }
        }
        // Where nothing is allowed, nobody asks further.
        if allowed.is_empty() { read.done() } else { Ok(read) }
    }

    /// The value of a parameter, if it is there and `read` knows it.
    pub(crate) fn value<T>(&mut self, name: &str, allowed: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let (_, value) = self.values.iter().find(|(known, _)| *known == name)?;
        let value = read(value);
        if value.is_none() {
            self.refuse(format!("/{name}"), allowed);
        }
        value
    }

    /// The text of a parameter.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| &**value)
    }

    /// An integer.
    pub(crate) fn integer(&mut self, name: &str) -> Option<i64> {
        self.value(name, "must be an integer", integer)
    }

    /// The errors so far, to which others may add theirs.
    pub(crate) const fn errors(&mut self) -> &mut Vec<FieldError> {
        &mut self.errors
    }

    /// A moment.
    pub(crate) fn moment(&mut self, name: &str) -> Option<Timestamp> {
        self.value(name, MOMENT, timestamp)
    }

    /// The page that is asked for, of the list that `list` names together with whose it is and how it is filtered.
    pub(crate) fn page(&mut self, list: &str) -> Result<PageRequest> {
        let size = self.integer("page_size");
        self.finish()?;
        PageRequest::new(list, size, self.text("page_token"))
    }

    /// Whether all of it was right.
    pub(crate) fn finish(&mut self) -> Result<()> {
        if self.errors.is_empty() { Ok(()) } else { Err(Error::invalid(std::mem::take(&mut self.errors))) }
    }

    /// The parameters, if all of them are right as they came.
    pub(crate) fn done(mut self) -> Result<Self> {
        self.finish().map(|()| self)
    }

    fn refuse(&mut self, pointer: String, detail: impl Into<String>) {
        if self.errors.len() < MAX_FIELD_ERRORS {
            self.errors.push(FieldError::new(pointer, detail));
        }
    }
}
