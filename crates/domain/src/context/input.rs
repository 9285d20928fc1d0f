//! Reads a context from a self-describing format (JSON, TOML) in one pass, straight into a [`Draft`]: no tree in
//! between, no copy of the input. `null` counts as absent.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::draft::Draft;
use super::field::{Field, Shape};

/// Reads an object of context fields into a draft. Fails only where the format itself is broken; what is merely
/// not allowed goes into the draft.
pub struct ContextSeed<'a>(pub &'a mut Draft);

impl<'de> DeserializeSeed<'de> for ContextSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ContextSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a context object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = 0_u32;
        while let Some(key) = map.next_key_seed(KeySeed)? {
            match key {
                Ok(field) if seen & (1 << field as u8) != 0 => {
                    self.0.refuse(field.name(), "given more than once");
                    map.next_value::<IgnoredAny>()?;
                }
                Ok(field) => {
                    seen |= 1 << field as u8;
                    map.next_value_seed(ValueSeed { draft: self.0, field, element: None })?;
                }
                Err(unknown) => {
                    let names: Vec<_> = Field::ALL.iter().map(|field| field.name()).collect();
                    self.0.refuse(&escape(&unknown), format!("no such field; allowed: {}", names.join(", ")));
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        self.refuse()
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.refuse()
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.refuse()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.refuse()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.refuse()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.refuse()
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.refuse()
    }
}

impl ContextSeed<'_> {
    #[expect(clippy::unnecessary_wraps, reason = "every method of a visitor ends with it")]
    fn refuse<E>(self) -> Result<(), E> {
        self.0.refuse_whole("must be an object of context fields");
        Ok(())
    }
}

/// The name of a field, or the text that is none. Long names are cut: they end up in an error.
pub(super) struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Result<Field, String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = Result<Field, String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Field::from_name(name).ok_or_else(|| name.chars().take(64).collect()))
    }
}

/// Reads the value of one field into a draft. `null` counts as absent. Fails only where the format itself is broken.
pub struct FieldSeed<'a> {
    /// Where it goes, and what is wrong with it.
    pub draft: &'a mut Draft,
    /// The field.
    pub field: Field,
}

impl<'de> DeserializeSeed<'de> for FieldSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        ValueSeed { draft: self.draft, field: self.field, element: None }.deserialize(deserializer)
    }
}

/// The value of one field, or one element of a list.
struct ValueSeed<'a> {
    draft: &'a mut Draft,
    field: Field,
    element: Option<usize>,
}

impl ValueSeed<'_> {
    fn is_list(&self) -> bool {
        matches!(self.field.shape(), Shape::List(_))
    }

    #[expect(clippy::unnecessary_wraps, reason = "every method of a visitor ends with it")]
    fn refuse<E>(self) -> Result<(), E> {
        match self.element {
            None => self.draft.refuse_value(self.field),
            Some(index) => {
                let values = self.field.values().join(", ");
                self.draft.refuse(
                    &format!("{}/{index}", self.field.name()),
                    format!("not an allowed value; allowed: {values}"),
                );
            }
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value of a context field")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let textual = match self.field.shape() {
            Shape::Choice(_) => true,
            Shape::List(_) => self.element.is_some(),
            Shape::Flag | Shape::Count => false,
        };
        match self.field.value_index(text) {
            Some(index) if textual => {
                self.draft.set_index(self.field, index);
                Ok(())
            }
            _ => self.refuse(),
        }
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        if self.field.shape() != Shape::Flag {
            return self.refuse();
        }
        self.draft.set_index(self.field, usize::from(value));
        Ok(())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        if self.field.shape() != Shape::Count {
            return self.refuse();
        }
        self.draft.set_count(self.field, number);
        Ok(())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.visit_i64(i64::try_from(number).unwrap_or(i64::MAX))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        match whole(number) {
            Some(number) => self.visit_i64(number),
            None => self.refuse(),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        if self.element.is_some() { self.refuse() } else { Ok(()) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        if !self.is_list() || self.element.is_some() {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            return self.refuse();
        }
        let (draft, field) = (self.draft, self.field);
        for index in 0.. {
            let element = ValueSeed { draft: &mut *draft, field, element: Some(index) };
            if seq.next_element_seed(element)?.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        self.refuse()
    }
}

/// The integer that a number is, whichever way it is written: `3.0` is one to JSON Schema. Clamped to 64 bits.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "the cast clamps, which is what is wanted")]
pub fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0).then_some(number as i64)
}

/// A key as a segment of a JSON pointer (RFC 6901).
fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
