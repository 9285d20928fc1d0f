//! Some fields of a context, as somebody stated them: nothing is implied, nothing required. Layers of fields make up
//! the context of a rejection in a person's history.

use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::draft::Draft;
use super::field::{Field, Shape};
use super::input::{FieldSeed, KeySeed};
use super::{COUNTS, Context, Facts, count_slot};
use crate::error::FieldError;

/// A set of fields with their values.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Fields {
    pub(super) facts: Facts,
    pub(super) counts: [Option<u32>; COUNTS],
}

impl Fields {
    /// Whether `field` was stated.
    #[must_use]
    pub fn has(&self, field: Field) -> bool {
        match field.shape() {
            Shape::Count => self.counts[count_slot(field)].is_some(),
            _ => self.facts.meets(Facts::all_of(field)),
        }
    }

    /// Whether nothing was stated.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The fields that were stated, in the order of the documentation.
    pub fn iter(&self) -> impl Iterator<Item = Field> {
        Field::ALL.iter().copied().filter(|field| self.has(*field))
    }

    /// The values of a field, by name; none for a count.
    pub fn values(&self, field: Field) -> impl Iterator<Item = &'static str> + use<> {
        let facts = self.facts;
        let is_set = move |index: usize| facts.meets(Facts::value(field, index));
        field.values().iter().enumerate().filter(move |(index, _)| is_set(*index)).map(|(_, value)| *value)
    }

    /// The positions of the values of a field among [`Field::values`].
    pub fn indices(&self, field: Field) -> impl Iterator<Item = usize> + use<> {
        let facts = self.facts;
        (0..field.values().len()).filter(move |index| facts.meets(Facts::value(field, *index)))
    }

    /// The number in a count.
    #[must_use]
    pub fn count(&self, field: Field) -> Option<u32> {
        if field.shape() == Shape::Count { self.counts[count_slot(field)] } else { None }
    }

    /// These fields and one more choice or flag, by the name of its value; a name that does not exist changes nothing.
    #[must_use]
    pub fn with(self, field: Field, value: &str) -> Self {
        let mut fields = self.without(field);
        fields.facts = fields.facts.with(Facts::named(field, value));
        fields
    }

    /// These fields and a count.
    #[must_use]
    pub fn with_count(mut self, field: Field, count: u32) -> Self {
        self.counts[count_slot(field)] = Some(count);
        self
    }

    /// These fields but one.
    #[must_use]
    pub fn without(mut self, field: Field) -> Self {
        match field.shape() {
            Shape::Count => self.counts[count_slot(field)] = None,
            _ => self.facts = self.facts.without(Facts::all_of(field)),
        }
        self
    }

    /// These fields on top of others: a field that both state keeps the value of this side.
    #[must_use]
    pub fn over(self, base: Self) -> Self {
        let rest = self.iter().fold(base, Self::without);
        let mut counts = rest.counts;
        for (slot, count) in counts.iter_mut().zip(self.counts) {
            *slot = count.or(*slot);
        }
        Self { facts: rest.facts.with(self.facts), counts }
    }

    /// Those of these fields that are listed, and the others.
    #[must_use]
    pub fn split(self, listed: &[Field]) -> (Self, Self) {
        let (inside, outside): (Vec<_>, Vec<_>) = self.iter().partition(|field| listed.contains(field));
        (outside.into_iter().fold(self, Self::without), inside.into_iter().fold(self, Self::without))
    }

    /// The context that they are, with what is implied filled in.
    ///
    /// # Errors
    /// A missing `kind`, and fields that contradict each other.
    pub fn context(self) -> Result<Context, Vec<FieldError>> {
        Draft::of(self, "").finish()
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for field in self.iter() {
            serialize_field(self, field, &mut map)?;
        }
        map.end()
    }
}

/// Writes one field as an entry of a map, in the form in which a context is read.
///
/// # Errors
/// Those of the format.
pub fn serialize_field<M: SerializeMap>(fields: &Fields, field: Field, map: &mut M) -> Result<(), M::Error> {
    match field.shape() {
        Shape::Count => map.serialize_entry(field.name(), &fields.count(field)),
        Shape::Flag => map.serialize_entry(field.name(), &fields.values(field).any(|value| value == "true")),
        Shape::Choice(_) => map.serialize_entry(field.name(), &fields.values(field).next()),
        Shape::List(_) => map.serialize_entry(field.name(), &ListOf(fields, field)),
    }
}

/// The values of a field that is a list.
struct ListOf<'a>(&'a Fields, Field);

impl Serialize for ListOf<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.values(self.1))
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("fields of a context")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut draft = Draft::new("");
        while let Some(name) = map.next_key_seed(KeySeed)? {
            let field = name.map_err(|_| A::Error::custom("no such field"))?;
            map.next_value_seed(FieldSeed { draft: &mut draft, field })?;
        }
        draft.fields().map_err(|_| A::Error::custom("a value that does not exist"))
    }
}
