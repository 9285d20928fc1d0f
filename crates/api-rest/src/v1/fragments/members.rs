//! Reads an object that is there as a whole: every member once, none that does not exist, each of its type. Notes every
//! mistake with its place.

use rebound_domain::FieldError;
use rebound_domain::error::MAX_FIELD_ERRORS;

use crate::body::pointer_to;
use crate::json::{self, Json};

/// An object that is read, and what is wrong with it.
pub(super) struct Reading<'e> {
    pointer: String,
    members: Vec<(String, Json)>,
    errors: &'e mut Vec<FieldError>,
    known: Vec<&'static str>,
}

impl<'e> Reading<'e> {
    /// Reads the members of the object at `pointer`.
    pub(super) const fn new(pointer: String, members: Vec<(String, Json)>, errors: &'e mut Vec<FieldError>) -> Self {
        Self { pointer, members, errors, known: Vec::new() }
    }

    /// Whether a member is there, and not `null`. It is known from then on.
    pub(super) fn has(&mut self, name: &'static str) -> bool {
        self.take(name).is_some()
    }

    /// Notes that a member is allowed that is read elsewhere.
    pub(super) fn knows(&mut self, name: &'static str) {
        self.known.push(name);
    }

    /// Notes what is wrong with a member.
    pub(super) fn refuse(&mut self, place: &str, detail: impl Into<String>) {
        if self.errors.len() < MAX_FIELD_ERRORS {
            self.errors.push(FieldError::new(format!("{}{place}", self.pointer), detail));
        }
    }

    /// Takes the value of a member; `null` counts as absent.
    fn take(&mut self, name: &'static str) -> Option<Json> {
        self.known.push(name);
        let mut value = None;
        while let Some(place) = self.members.iter().position(|(known, _)| known == name) {
            let (_, found) = self.members.swap_remove(place);
            if value.replace(found).is_some() {
                self.refuse(&format!("/{name}"), "given more than once");
            }
        }
        value.filter(|value| *value != Json::Null)
    }

    fn read<T>(
        &mut self,
        name: &'static str,
        allowed: impl FnOnce() -> String,
        read: impl FnOnce(&Json) -> Option<T>,
    ) -> Option<T> {
        let value = self.take(name)?;
        let read = read(&value);
        if read.is_none() {
            self.refuse(&format!("/{name}"), allowed());
        }
        read
    }

    pub(super) fn text(&mut self, name: &'static str) -> Option<String> {
        self.read(name, || "must be a text".to_owned(), json::text)
    }

    pub(super) fn integer(&mut self, name: &'static str) -> Option<i64> {
        self.read(name, || "must be an integer".to_owned(), json::integer)
    }

    /// One of some names.
    pub(super) fn choice<T>(
        &mut self,
        name: &'static str,
        names: &[&str],
        from_name: fn(&str) -> Option<T>,
    ) -> Option<T> {
        let allowed = || format!("not an allowed value; allowed: {}", names.join(", "));
        self.read(name, allowed, |value| from_name(value.text()?))
    }

    /// A list, each element of which `read` has to know.
    pub(super) fn list<T>(
        &mut self,
        name: &'static str,
        allowed: impl Fn() -> String,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Json::List(elements) = self.take(name)? else {
            self.refuse(&format!("/{name}"), format!("must be a list; {}", allowed()));
            return None;
        };
        let mut list = Vec::with_capacity(elements.len());
        for (place, element) in elements.iter().enumerate() {
            match element.text().and_then(&read) {
                Some(element) => list.push(element),
                None => self.refuse(&format!("/{name}/{place}"), format!("not an allowed value; {}", allowed())),
            }
        }
        Some(list)
    }

    /// An object, read by `read` to its end.
    pub(super) fn object<T>(&mut self, name: &'static str, read: impl FnOnce(&mut Reading<'_>) -> T) -> Option<T> {
        let Json::Object(members) = self.take(name)? else {
            self.refuse(&format!("/{name}"), "must be an object");
            return None;
        };
        let mut reading = Reading::new(format!("{}/{name}", self.pointer), members, self.errors);
        let object = read(&mut reading);
        reading.finish();
        Some(object)
    }

    /// Notes every member that was not asked for.
    pub(super) fn finish(&mut self) {
        if self.members.is_empty() {
            return;
        }
        let allowed = format!("no such field; allowed: {}", self.known.join(", "));
        for (name, _) in std::mem::take(&mut self.members) {
            self.refuse(&pointer_to(&name), allowed.as_str());
        }
    }
}
