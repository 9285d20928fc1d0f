//! A context while it is put together from input of any kind. Collects every error instead of stopping at the first.

use super::field::{Field, MAX_COUNT, Shape};
use super::fields::Fields;
use super::{Context, Facts, count_slot};
use crate::error::{FieldError, MAX_FIELD_ERRORS};

/// A context while it is read.
#[derive(Debug)]
pub struct Draft {
    fields: Fields,
    pointer: &'static str,
    errors: Vec<FieldError>,
    is_refused_whole: bool,
}

impl Draft {
    /// An empty draft whose errors point below `pointer`, such as `/context`; empty for the root.
    #[must_use]
    pub fn new(pointer: &'static str) -> Self {
        Self::of(Fields::default(), pointer)
    }

    /// A draft that begins with fields that were stated before.
    #[must_use]
    pub const fn of(fields: Fields, pointer: &'static str) -> Self {
        Self { fields, pointer, errors: Vec::new(), is_refused_whole: false }
    }

    /// The fields as they were stated: nothing implied, nothing required.
    ///
    /// # Errors
    /// What was refused.
    pub fn fields(self) -> Result<Fields, Vec<FieldError>> {
        if self.errors.is_empty() { Ok(self.fields) } else { Err(self.errors) }
    }

    /// Notes an error at a place below the context. Beyond [`MAX_FIELD_ERRORS`] it is enough to know that there are some.
    pub fn refuse(&mut self, place: &str, detail: impl Into<String>) {
        if self.errors.len() < MAX_FIELD_ERRORS {
            self.errors.push(FieldError::new(format!("{}/{place}", self.pointer), detail));
        }
    }

    /// Notes that the context itself is not what it has to be; what it lacks is then no error of its own.
    pub fn refuse_whole(&mut self, detail: impl Into<String>) {
        self.is_refused_whole = true;
        self.errors.push(FieldError::new(self.pointer, detail));
    }

    /// Sets a field from text: the name of a value (adds to a list), or the digits of a count.
    pub fn set_text(&mut self, field: Field, text: &str) {
        match field.shape() {
            Shape::Count => match text.parse() {
                Ok(number) => self.set_count(field, number),
                Err(_) => self.refuse_value(field),
            },
            _ => match field.value_index(text) {
                Some(index) => self.set_index(field, index),
                None => self.refuse_value(field),
            },
        }
    }

    /// Sets a value by its position among [`Field::values`] (adds to a list); refuses one that does not exist.
    pub fn set_index(&mut self, field: Field, index: usize) {
        if index >= field.values().len() {
            return self.refuse_value(field);
        }
        if !matches!(field.shape(), Shape::List(_)) && self.fields.facts.meets(Facts::all_of(field)) {
            return self.refuse(field.name(), "given more than once");
        }
        self.fields.facts = self.fields.facts.with(Facts::value(field, index));
    }

    /// Sets a count, from 0 to [`MAX_COUNT`].
    pub fn set_count(&mut self, field: Field, number: i64) {
        match u32::try_from(number) {
            Ok(_) if self.has(field) => self.refuse(field.name(), "given more than once"),
            Ok(number) if number <= MAX_COUNT => self.fields.counts[count_slot(field)] = Some(number),
            _ => self.refuse_value(field),
        }
    }

    /// Notes that a value of `field` is not allowed, and what is. The value itself is not repeated.
    pub fn refuse_value(&mut self, field: Field) {
        self.refuse(field.name(), format!("not an allowed value; {}", field.allowed()));
    }

    /// The context, with what is implied filled in.
    ///
    /// # Errors
    /// All that is wrong: what was refused before, a missing `kind`, and fields that contradict each other.
    pub fn finish(mut self) -> Result<Context, Vec<FieldError>> {
        let is_named = self.is_refused_whole || self.errors.iter().any(|error| error.pointer.ends_with("/kind"));
        if !self.has(Field::Kind) && !is_named {
            self.refuse(Field::Kind.name(), format!("required; {}", Field::Kind.allowed()));
        }
        self.imply(Field::Outcome, "declined");
        self.imply(Field::Audience, "candidate");
        if self.has(Field::ConversationWith) {
            self.imply(Field::Conversation, "held");
            if self.fields.facts.meets(Facts::named(Field::Conversation, "none")) {
                self.refuse(Field::Conversation.name(), "cannot be `none` when `conversation_with` names somebody");
            }
        }
        if let [Some(completed), Some(total), _] = self.fields.counts
            && completed > total
        {
            self.refuse(Field::RoundsCompleted.name(), "cannot be more than `rounds_total`");
        }
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        let mut facts = self.fields.facts;
        for field in Field::ALL {
            if !self.has(*field) {
                facts = facts.with(Facts::unknown(*field));
            }
        }
        Ok(Context { facts, counts: self.fields.counts.map(Option::unwrap_or_default) })
    }

    fn has(&self, field: Field) -> bool {
        self.fields.has(field)
    }

    /// Fills in a field that was not stated.
    pub fn imply(&mut self, field: Field, value: &str) {
        if !self.has(field) {
            self.fields.facts = self.fields.facts.with(Facts::named(field, value));
        }
    }
}
