//! Reads a body against its form: every error is collected and names its place; nothing that was sent is repeated.

use std::borrow::Cow;
use std::fmt;

use rebound_domain::context::{Draft, Field, FieldSeed, Fields};
use rebound_domain::error::MAX_FIELD_ERRORS;
use rebound_domain::{Error, FieldError, Result};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::form::{Form, Presence, Shape, is_kept};
use crate::body::{parse_json, pointer_to};
use crate::json::Json;

/// A body that was read and is taken apart member by member. [`Sent::finish`] says whether all of it was right.
#[derive(Debug)]
pub(super) struct Sent {
    form: &'static Form,
    draft: Draft,
    stated: Vec<Field>,
    unset: Vec<Field>,
    members: Vec<(&'static str, Json)>,
    /// The members that are there and not null.
    named: Vec<&'static str>,
    errors: Vec<FieldError>,
}

impl Sent {
    /// Reads a JSON object.
    pub(super) fn read(form: &'static Form, json: &[u8]) -> Result<Self> {
        let mut sent = Self {
            form,
            draft: Draft::new(""),
            stated: Vec::new(),
            unset: Vec::new(),
            members: Vec::new(),
            named: Vec::new(),
            errors: Vec::new(),
        };
        parse_json(json, SentSeed(&mut sent))?;
        Ok(sent)
    }

    /// What a member is: absent, null, or a value. In a body that is no patch, null is absent. A value that `read`
    /// does not know, and a null that takes away what has to stay, is an error and then absent.
    #[expect(clippy::option_option, reason = "the commands of the domain tell the same three cases apart in this way")]
    pub(super) fn patch<T>(&mut self, name: &str, read: impl FnOnce(&Json) -> Option<T>) -> Option<Option<T>> {
        let member = self.form.member(name)?;
        let json = self.take(name)?;
        match (&json, member.presence) {
            (Json::Null, _) if !self.form.is_patch => None,
            (Json::Null, Presence::Optional) => Some(None),
            (Json::Null, _) => {
                self.refuse(format!("/{name}"), format!("cannot be taken away; {}", allowed(member.shape)));
                None
            }
            _ => {
                let value = read(&json);
                if value.is_none() {
                    self.refuse(format!("/{name}"), member.shape.refusal());
                }
                value.map(Some)
            }
        }
    }

    /// The value of a member, if there is one.
    pub(super) fn value<T>(&mut self, name: &str, read: impl FnOnce(&Json) -> Option<T>) -> Option<T> {
        self.patch(name, read).flatten()
    }

    /// A member that is a list. Null in a patch leaves an empty one.
    pub(super) fn list<T>(
        &mut self,
        name: &str,
        read: impl Fn(&Json) -> Result<T, Vec<(String, String)>>,
    ) -> Option<Vec<T>> {
        let elements = |json: &Json| match json {
            Json::List(elements) => Some(elements.clone()),
            _ => None,
        };
        let elements = self.patch(name, elements)?.unwrap_or_default();
        let mut values = Vec::with_capacity(elements.len());
        for (index, element) in elements.iter().enumerate() {
            match read(element) {
                Ok(value) => values.push(value),
                Err(wrong) => {
                    for (at, detail) in wrong {
                        self.refuse(format!("/{name}/{index}{at}"), detail);
                    }
                }
            }
        }
        Some(values)
    }

    /// A member that is a list of names.
    pub(super) fn names<T>(&mut self, name: &str, from_name: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
        let refusal = self.form.member(name)?.shape.refusal_of_element();
        self.list(name, |json| json.text().and_then(&from_name).ok_or_else(|| vec![(String::new(), refusal.clone())]))
    }

    /// The fields of a context: those to set, and the names of those to take away.
    pub(super) fn fields(&mut self) -> (Fields, Vec<&'static str>) {
        let draft = std::mem::replace(&mut self.draft, Draft::new(""));
        let fields = draft.fields().unwrap_or_else(|errors| {
            self.errors.splice(0..0, errors);
            Fields::default()
        });
        let unset = if self.form.is_patch { std::mem::take(&mut self.unset) } else { Vec::new() };
        (fields, unset.into_iter().map(Field::name).collect())
    }

    /// Whether all of it was right; what is missing is named only together with what is wrong, else by the domain.
    pub(super) fn finish(mut self) -> Result<()> {
        if self.errors.is_empty() {
            return Ok(());
        }
        if self.errors.iter().any(|error| error.pointer.is_empty()) {
            return Err(Error::invalid(self.errors));
        }
        if self.form.has_context && !self.form.is_patch && !self.stated.contains(&Field::Kind) {
            self.refuse("/kind".to_owned(), format!("required; {}", Field::Kind.allowed()));
        }
        let required = self.form.members.iter().filter(|member| member.presence == Presence::Required);
        for missing in required.filter(|member| !self.named.contains(&member.name)).collect::<Vec<_>>() {
            self.refuse(format!("/{}", missing.name), format!("required; {}", allowed(missing.shape)));
        }
        Err(Error::invalid(self.errors))
    }

    fn take(&mut self, name: &str) -> Option<Json> {
        let place = self.members.iter().position(|(member, _)| *member == name)?;
        Some(self.members.swap_remove(place).1)
    }

    fn refuse(&mut self, pointer: String, detail: impl Into<String>) {
        if self.errors.len() < MAX_FIELD_ERRORS {
            self.errors.push(FieldError::new(pointer, detail));
        }
    }
}

/// What a shape allows, without what was wrong.
fn allowed(shape: Shape) -> String {
    let refusal = shape.refusal();
    refusal.split_once("; ").map_or(refusal.clone(), |(_, allowed)| allowed.to_owned())
}

struct SentSeed<'a>(&'a mut Sent);

impl<'de> DeserializeSeed<'de> for SentSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for SentSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let sent = self.0;
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            if let Some(member) = sent.form.member(&name) {
                let json = map.next_value()?;
                if sent.members.iter().any(|(seen, _)| *seen == member.name) {
                    sent.refuse(pointer_to(&name), "given more than once");
                } else {
                    sent.named.extend((json != Json::Null).then_some(member.name));
                    sent.members.push((member.name, json));
                }
                continue;
            }
            let field = Field::from_name(&name).filter(|_| sent.form.has_context);
            match field {
                Some(field) if !is_kept(field) => {
                    map.next_value::<IgnoredAny>()?;
                    sent.refuse(pointer_to(&name), "not kept; it is counted from occurred_at");
                }
                Some(field) if sent.stated.contains(&field) => {
                    map.next_value::<IgnoredAny>()?;
                    sent.refuse(pointer_to(&name), "given more than once");
                }
                Some(field) => {
                    sent.stated.push(field);
                    if !map.next_value_seed(NullableSeed(FieldSeed { draft: &mut sent.draft, field }))? {
                        sent.unset.push(field);
                    }
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                    sent.refuse(pointer_to(&name), format!("no such field; allowed: {}", sent.form.names()));
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        self.refuse_whole()
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        self.refuse_whole()
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        self.refuse_whole()
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        self.refuse_whole()
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        self.refuse_whole()
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        self.refuse_whole()
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.refuse_whole()
    }
}

impl SentSeed<'_> {
    #[expect(clippy::unnecessary_wraps, reason = "every method of a visitor ends with it")]
    fn refuse_whole<E>(self) -> Result<(), E> {
        let names = self.0.form.names();
        self.0.refuse(String::new(), format!("must be an object; allowed: {names}"));
        Ok(())
    }
}

/// Reads a field unless it is null; answers whether there was one.
struct NullableSeed<'a>(FieldSeed<'a>);

impl<'de> DeserializeSeed<'de> for NullableSeed<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for NullableSeed<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value of a context field")
    }

    fn visit_none<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        self.0.deserialize(deserializer)?;
        Ok(true)
    }
}
