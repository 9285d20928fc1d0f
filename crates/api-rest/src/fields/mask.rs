//! Which members of an answer are wanted: read from text and held against the schema, then cut out of the answer's JSON.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::schema::{Answers, Level, Schema};

/// How far below the top a wish may reach.
const MAX_DEPTH: usize = 16;

/// What cannot be read as a list of names.
const SYNTAX: &str = "cannot be read; allowed: names with commas between, and `a.b` or `a(b,c)` for what is below";

/// What is wanted of a value.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mask {
    /// All of it.
    Whole,
    /// Of an object these members, of a list the same of every element.
    Members(Members),
}

type Members = BTreeMap<String, Mask>;

impl Mask {
    /// Reads a wish for an answer of this schema.
    ///
    /// # Errors
    /// What is wrong with it, and what is allowed instead.
    pub(super) fn parse(text: &str, answers: &Answers, answer: &Schema) -> Result<Self, String> {
        let mut parser = Parser { rest: text, answers, place: Vec::new() };
        let mut members = Members::new();
        parser.list(&answers.level(&[answer]), &mut members)?;
        if parser.rest.is_empty() { Ok(Self::Members(members)) } else { Err(SYNTAX.to_owned()) }
    }

    /// The wanted part of a JSON document, its members in their order, its values as they were written.
    ///
    /// # Errors
    /// If it is not JSON.
    pub(super) fn cut(&self, json: &[u8]) -> serde_json::Result<Vec<u8>> {
        let mut cut = Vec::with_capacity(json.len());
        self.write(serde_json::from_slice(json)?, &mut cut)?;
        Ok(cut)
    }

    fn write(&self, value: &RawValue, out: &mut Vec<u8>) -> serde_json::Result<()> {
        let json = value.get();
        match (self, json.as_bytes().first()) {
            (Self::Members(wanted), Some(b'{')) => {
                let Entries(entries) = serde_json::from_str(json)?;
                let wanted = entries.iter().filter_map(|(name, value)| Some((name, value, wanted.get(&**name)?)));
                out.push(b'{');
                for (position, (name, value, mask)) in wanted.enumerate() {
                    if position > 0 {
                        out.push(b',');
                    }
                    serde_json::to_writer(&mut *out, name)?;
                    out.push(b':');
                    mask.write(value, out)?;
                }
                out.push(b'}');
            }
            (Self::Members(_), Some(b'[')) => {
                let elements: Vec<&RawValue> = serde_json::from_str(json)?;
                out.push(b'[');
                for (position, element) in elements.into_iter().enumerate() {
                    if position > 0 {
                        out.push(b',');
                    }
                    self.write(element, out)?;
                }
                out.push(b']');
            }
            _ => out.extend_from_slice(json.as_bytes()),
        }
        Ok(())
    }
}

/// The members of an object in their order, values unread.
struct Entries<'j>(Vec<(Cow<'j, str>, &'j RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

struct Parser<'t, 'a> {
    rest: &'t str,
    answers: &'a Answers,
    /// The names that lead to where the parser is, as the schema has them.
    place: Vec<&'a str>,
}

impl<'a> Parser<'_, 'a> {
    /// `list = path *("," path)`
    fn list(&mut self, level: &Level<'a>, into: &mut Members) -> Result<(), String> {
        self.path(level, into)?;
        while self.takes(&[',']) {
            self.path(level, into)?;
        }
        Ok(())
    }

    /// `path = name [("." / "/") path / "(" list ")"]`
    fn path(&mut self, level: &Level<'a>, into: &mut Members) -> Result<(), String> {
        let end = self.rest.find([',', '.', '/', '(', ')']).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        let Some((known, schemas)) = level.member(name) else { return Err(self.refuse(level)) };
        self.rest = rest;
        let mask = into.entry(name.to_owned()).or_insert_with(|| Mask::Members(Members::new()));
        let (is_path, is_group) = (self.takes(&['.', '/']), self.takes(&['(']));
        if !is_path && !is_group {
            *mask = Mask::Whole;
            return Ok(());
        }
        if self.place.len() == MAX_DEPTH {
            return Err(format!("reaches more than {MAX_DEPTH} levels down"));
        }
        // Where all of it is wanted already, what is below is checked and adds nothing.
        let mut nothing_more = Members::new();
        let below = match mask {
            Mask::Members(members) => members,
            Mask::Whole => &mut nothing_more,
        };
        self.place.push(known);
        let level = self.answers.level(schemas);
        if is_path {
            self.path(&level, below)?;
        } else {
            self.list(&level, below)?;
            if !self.takes(&[')']) {
                return Err(SYNTAX.to_owned());
            }
        }
        self.place.pop();
        Ok(())
    }

    fn takes(&mut self, marks: &[char]) -> bool {
        let taken = self.rest.strip_prefix(marks);
        self.rest = taken.unwrap_or(self.rest);
        taken.is_some()
    }

    fn refuse(&self, level: &Level<'_>) -> String {
        let allowed = level.names().collect::<Vec<_>>().join(", ");
        match (self.place.join("."), allowed.is_empty()) {
            (place, true) => format!("`{place}` has no fields; allowed: `{place}` as a whole"),
            (place, false) if place.is_empty() => format!("no such field; allowed: {allowed}"),
            (place, false) => format!("no such field below `{place}`; allowed: {allowed}"),
        }
    }
}
