//! What a reply is made of, without its words and with them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::catalog::{AtomIndex, Item};
use crate::condition::Condition;
use crate::history::Channel;

names! {
    /// How a reply sounds.
    Tone {
        /// As to somebody whom one has talked with and liked.
        Warm "warm",
        /// Plain and friendly.
        Neutral "neutral",
        /// As in a letter.
        Formal "formal",
    }
    /// How much a reply says.
    Length {
        /// What has to be said.
        Short "short",
        /// With a reason or a detail.
        Standard "standard",
    }
    /// What a variable of a reply holds. All of them are one line.
    VariableType {
        /// Part of a sentence.
        Text "text",
        /// The name of a person, a role or an organization.
        Name "name",
        /// An e-mail address (RFC 5322, `addr-spec` with a dot-atom on the left).
        Email "email",
        /// A day (RFC 3339, `full-date`); written out in the language of the text.
        Date "date",
    }
}

impl VariableType {
    /// How many characters a value has at most, unless the catalog says otherwise.
    #[must_use]
    pub const fn max_length(self) -> usize {
        match self {
            Self::Text => 240,
            Self::Name => 120,
            Self::Email => 254,
            Self::Date => 10,
        }
    }
}

/// Something that the person fills in.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name.
    pub name: Box<str>,
    /// What it holds.
    pub variable_type: VariableType,
    /// Whether a text that uses it cannot be written without it.
    pub is_required: bool,
    /// How many characters it has at most.
    pub max_length: usize,
}

/// A situation in which a text says something else; a template asks for it by name.
#[derive(Debug, Clone)]
pub struct Situation {
    /// Its name.
    pub name: Box<str>,
    /// When it is the case.
    pub condition: Condition,
    /// The advice that the text then carries besides.
    pub atoms: Vec<AtomIndex>,
}

/// A reason not to send a reply.
#[derive(Debug, Clone)]
pub struct Objection {
    /// The rule that it follows, such as `C1`, or `situation`.
    pub rule: Box<str>,
    /// What has to hold, so that it is no objection.
    pub needs: Condition,
    /// The advice that it rests on; absent: the first of the reply.
    pub atom: Option<AtomIndex>,
    /// The id of the tip that is the better next step.
    pub instead: Box<str>,
}

/// What is particular to a reply. Shared with what is rendered.
#[derive(Debug, Default)]
pub struct ReplyRule {
    /// What the person fills in, in order of the names.
    pub variables: Vec<Variable>,
    /// The situations that change its words.
    pub situations: Vec<Situation>,
    /// The reasons not to send it.
    pub objections: Vec<Objection>,
}

/// A reply.
pub type Reply = Item<Arc<ReplyRule>, ReplyText>;

/// The words of a reply.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyText {
    /// Its title.
    pub title: String,
    /// What it is for.
    pub purpose: String,
    /// What its variables are for.
    #[serde(default)]
    pub variables: BTreeMap<String, VariableText>,
    /// Why it may be unwise, by rule.
    #[serde(default)]
    pub objections: BTreeMap<String, String>,
    /// The subject of an e-mail.
    pub(super) subject: String,
    pub(super) email: Tones<Lengths<String>>,
    pub(super) chat: Tones<Lengths<String>>,
    pub(super) spoken: Tones<Lengths<String>>,
    pub(super) points: Lengths<Vec<String>>,
}

/// The words about a variable.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariableText {
    /// What it is for, and how it stands in the text.
    pub about: String,
    /// A value.
    pub example: String,
    /// What stands in the text if there is no value.
    pub fallback: Option<String>,
}

/// What all replies share.
pub(in crate::catalog) type Frame = Item<Arc<ReplyRule>, LetterText>;

/// The words that all replies share.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterText {
    pub(super) variables: BTreeMap<String, VariableText>,
    pub(super) objections: BTreeMap<String, String>,
    /// Expressions that several texts use, by name.
    pub(super) phrases: BTreeMap<String, String>,
    pub(super) dates: Dates,
    /// The line below the closing of an e-mail.
    pub(super) signature: String,
    pub(super) points: FirstPoints,
    pub(super) email: Tones<Opening>,
    pub(super) chat: Tones<Opening>,
    pub(super) phone: Tones<Opening>,
    pub(super) in_person: Tones<Opening>,
}

/// How a day is written out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Dates {
    /// With `{day}`, `{month}` and `{year}` in it.
    pub(super) format: String,
    /// The names of the months.
    pub(super) months: Vec<String>,
}

/// How a text begins and ends.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Opening {
    pub(super) opening: String,
    pub(super) closing: String,
}

/// The talking points that come first, by channel.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FirstPoints {
    pub(super) phone: Vec<String>,
    pub(super) in_person: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tones<T> {
    warm: T,
    neutral: T,
    formal: T,
}

impl<T> Tones<T> {
    pub(super) const fn of(&self, tone: Tone) -> &T {
        match tone {
            Tone::Warm => &self.warm,
            Tone::Neutral => &self.neutral,
            Tone::Formal => &self.formal,
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lengths<T> {
    short: T,
    standard: T,
}

impl<T> Lengths<T> {
    pub(super) const fn of(&self, length: Length) -> &T {
        match length {
            Length::Short => &self.short,
            Length::Standard => &self.standard,
        }
    }
}

/// One of the forms in which a reply comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// The way it goes.
    pub channel: Channel,
    /// How it sounds.
    pub tone: Tone,
    /// How much it says.
    pub length: Length,
}

impl Form {
    /// How many there are.
    pub(super) const COUNT: usize = Channel::ALL.len() * Tone::ALL.len() * Length::ALL.len();

    /// All of them, in the order of their indices.
    pub fn all() -> impl Iterator<Item = Self> {
        Channel::ALL.iter().flat_map(|channel| {
            Tone::ALL.iter().flat_map(move |tone| {
                Length::ALL.iter().map(move |length| Self { channel: *channel, tone: *tone, length: *length })
            })
        })
    }

    pub(super) const fn index(self) -> usize {
        (self.channel as usize * Tone::ALL.len() + self.tone as usize) * Length::ALL.len() + self.length as usize
    }
}
