//! Replies and their templates as JSON.

use rebound_domain::catalog::{Catalog, Length, LocaleIndex, Reply, Tone, Variable};
use rebound_domain::history::Channel;
use rebound_domain::replies::{Composed, Missing, ReplyRequest, channels};
use serde::Serialize;
use utoipa::ToSchema;

use crate::components::{self, Audience};
use crate::v1::guidance::{LocaleView, SourceView, sources};

/// A reply, or what is missing before there is one.
#[derive(Serialize, ToSchema)]
#[schema(as = Reply)]
pub(super) struct ReplyView<'a> {
    /// The version of the catalog that answered.
    #[schema(example = "2026.11.1")]
    catalog_version: &'a str,
    locale: LocaleView<'a>,
    /// For e-mail: the subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    subject: Option<&'a str>,
    /// The message, or for a talk what to say; absent while something is missing. Paragraphs have an empty line between.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    text: Option<&'a str>,
    /// The same as HTML: paragraphs and line breaks alone, everything else escaped.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    html: Option<&'a str>,
    /// For e-mail: a link that opens it in a mail program (RFC 6068); absent if it would have more than 2000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    mailto: Option<&'a str>,
    /// For e-mail: a MIME message that opens as a draft (`X-Unsent: 1`), without the headers that are the sender's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    eml: Option<&'a str>,
    /// For a talk: what to say, point by point; else empty.
    talking_points: &'a [String],
    /// The ids of the advice that it carries.
    #[schema(example = json!(["thank-after-conversation", "end-on-positive-note"]))]
    atoms: Vec<&'a str>,
    /// What is required and not filled in; empty if there is a text.
    missing: Vec<MissingView<'a>>,
}

/// Something that is required and not filled in.
#[derive(Serialize, ToSchema)]
#[schema(as = MissingVariable)]
struct MissingView<'a> {
    /// The name of the variable.
    #[schema(example = "concession")]
    name: &'a str,
    /// What it holds: `text`, `name`, `email` or `date`.
    #[serde(rename = "type")]
    #[schema(example = "text")]
    variable_type: &'a str,
    /// What it is for, and how it stands in the text.
    about: &'a str,
}

/// A reply that can be composed.
#[derive(Serialize, ToSchema)]
#[schema(as = ReplyTemplate)]
pub(super) struct ReplyTemplateView<'a> {
    /// Its id, stable for ever.
    #[schema(example = "thank-you")]
    id: &'a str,
    /// The catalog version that brought it.
    #[schema(example = "2026.11.1")]
    since: &'a str,
    /// Retired: no longer offered.
    deprecated: bool,
    /// At most 60 characters.
    title: &'a str,
    /// What it is for.
    purpose: &'a str,
    /// When guidance offers it: tests that all hold, alternatives joined by `or`.
    #[schema(example = json!(["conversation=held", "kind!=dismissal"]))]
    when: Vec<String>,
    /// Who may see it.
    #[schema(value_type = Vec<Audience>)]
    audiences: Vec<&'a str>,
    /// What can be filled in.
    variables: Vec<VariableView<'a>>,
    /// The ways it can go: `email`, `phone`, `chat`, `in_person`.
    #[schema(value_type = Vec<components::Channel>)]
    channels: &'a [&'a str],
    /// How it can sound: `warm`, `neutral`, `formal`.
    #[schema(value_type = Vec<components::Tone>)]
    tones: &'a [&'a str],
    /// How much it can say: `short`, `standard`.
    #[schema(value_type = Vec<components::Length>)]
    lengths: &'a [&'a str],
    /// Where it comes from.
    sources: Vec<SourceView<'a>>,
}

/// Something that can be filled in.
#[derive(Serialize, ToSchema)]
#[schema(as = ReplyVariable)]
struct VariableView<'a> {
    /// Its name.
    #[schema(example = "highlight")]
    name: &'a str,
    /// What it holds: `text` (part of a sentence), `name`, `email` or `date` (such as `2026-11-02`). Always one line.
    #[serde(rename = "type")]
    #[schema(example = "text")]
    variable_type: &'a str,
    /// Whether there is no text without it, on the channels that use it.
    required: bool,
    /// How many characters it has at most.
    max_length: usize,
    /// What stands in the text if it is not filled in; absent: the text does without.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    fallback: Option<&'a str>,
    /// What it is for, and how it stands in the text.
    about: &'a str,
    /// A value.
    example: &'a str,
    /// The channels whose texts use it.
    channels: Vec<&'a str>,
}

impl<'a> ReplyView<'a> {
    pub(super) fn new(request: &'a ReplyRequest<'a>, composed: &'a Composed<'a>) -> Self {
        let catalog = request.catalog;
        let words = composed.words.as_ref();
        Self {
            catalog_version: catalog.version(),
            locale: LocaleView::new(catalog, &request.locale),
            subject: words.and_then(|words| words.subject.as_deref()),
            text: words.map(|words| &*words.text),
            html: words.map(|words| &*words.html),
            mailto: words.and_then(|words| words.mailto.as_deref()),
            eml: words.and_then(|words| words.eml.as_deref()),
            talking_points: words.map(|words| &*words.talking_points).unwrap_or_default(),
            atoms: composed.atoms.iter().map(|atom| &*catalog.atom(*atom).id).collect(),
            missing: composed.missing.iter().map(MissingView::new).collect(),
        }
    }
}

impl<'a> MissingView<'a> {
    fn new(missing: &'a Missing<'a>) -> Self {
        Self {
            name: &missing.variable.name,
            variable_type: missing.variable.variable_type.name(),
            about: missing.text.map_or("", |text| &text.about),
        }
    }
}

impl<'a> ReplyTemplateView<'a> {
    pub(super) fn new(catalog: &'a Catalog, reply: &'a Reply, locale: LocaleIndex) -> Self {
        let text = reply.text(locale);
        let variables = reply.rule.variables.iter();
        Self {
            id: &reply.id,
            since: &reply.since,
            deprecated: reply.deprecated,
            title: &text.title,
            purpose: &text.purpose,
            when: reply.condition.tests(),
            audiences: reply.audience_names().collect(),
            variables: variables.map(|variable| VariableView::new(catalog, reply, variable, locale)).collect(),
            channels: Channel::NAMES,
            tones: Tone::NAMES,
            lengths: Length::NAMES,
            sources: sources(catalog, &reply.atoms),
        }
    }
}

impl<'a> VariableView<'a> {
    fn new(catalog: &'a Catalog, reply: &'a Reply, variable: &'a Variable, locale: LocaleIndex) -> Self {
        let text = catalog.variable_text(reply, &variable.name, locale);
        Self {
            name: &variable.name,
            variable_type: variable.variable_type.name(),
            required: variable.is_required,
            max_length: variable.max_length,
            fallback: text.and_then(|text| text.fallback.as_deref()),
            about: text.map_or("", |text| &text.about),
            example: text.map_or("", |text| &text.example),
            channels: channels(catalog, reply, variable, locale).map(Channel::name).collect(),
        }
    }
}
