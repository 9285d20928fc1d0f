//! Reads an object member by member without keeping what is not wanted: the way in which guidance, fragments, replies
//! and the check of drafts read their requests. What is not an object is refused in words, like everything else.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// What members are read into.
pub(crate) trait Members {
    /// Reads the value of a member, whatever its name.
    fn member<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error>;

    /// Notes that there is no object.
    fn refuse_whole(&mut self);

    /// Notes that there is `null` instead of one.
    fn refuse_null(&mut self) {
        self.refuse_whole();
    }
}

/// Reads an object into something.
pub(crate) struct ObjectSeed<'a, M>(pub(crate) &'a mut M);

impl<'de, M: Members> DeserializeSeed<'de> for ObjectSeed<'_, M> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, M: Members> Visitor<'de> for ObjectSeed<'_, M> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            self.0.member(&name, &mut map)?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        self.refuse()
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        self.refuse()
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        self.refuse()
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        self.refuse()
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        self.refuse()
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        self.refuse()
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.refuse_null();
        Ok(())
    }
}

impl<M: Members> ObjectSeed<'_, M> {
    #[expect(clippy::unnecessary_wraps, reason = "every method of a visitor ends with it")]
    fn refuse<E>(self) -> Result<(), E> {
        self.0.refuse_whole();
        Ok(())
    }
}
