//! Puts the template of one form together from the words of a reply and of the frame.

use std::fmt::Write as _;

use super::model::{Form, LetterText, ReplyText};
use crate::history::Channel;

/// Between subject, text and talking points. No value has it: it is a control character.
pub(super) const SEPARATOR: char = '\u{1e}';

/// A piece of a template: where it stands in its file, and its words.
pub(super) struct Piece<'t> {
    /// Whether it is from the frame.
    pub(super) is_shared: bool,
    /// The field, such as `text.email.warm.short`.
    pub(super) field: String,
    pub(super) words: &'t str,
}

/// The pieces of one form in their order, each with what stands before it.
pub(super) fn pieces<'t>(reply: &'t ReplyText, frame: &'t LetterText, form: Form) -> Vec<(&'static str, Piece<'t>)> {
    const PARAGRAPH: &str = "\n\n";
    let Form { channel, tone, length } = form;
    let own = |field: String, words: &'t str| Piece { is_shared: false, field, words };
    let shared = |field: String, words: &'t str| Piece { is_shared: true, field, words };
    let (opening, bodies, section) = match channel {
        Channel::Email => (frame.email.of(tone), &reply.email, "email"),
        Channel::Chat => (frame.chat.of(tone), &reply.chat, "chat"),
        Channel::Phone => (frame.phone.of(tone), &reply.spoken, "spoken"),
        Channel::InPerson => (frame.in_person.of(tone), &reply.spoken, "spoken"),
    };
    let is_spoken = matches!(channel, Channel::Phone | Channel::InPerson);
    let mut pieces = Vec::new();
    if channel == Channel::Email {
        pieces.push(("", own("text.subject".to_owned(), &reply.subject)));
    }
    pieces.push(("\u{1e}", shared(format!("text.{channel}.{tone}.opening"), &opening.opening)));
    pieces.push((PARAGRAPH, own(format!("text.{section}.{tone}.{length}"), bodies.of(tone).of(length))));
    pieces.push((PARAGRAPH, shared(format!("text.{channel}.{tone}.closing"), &opening.closing)));
    if channel == Channel::Email {
        pieces.push(("\n", shared("text.signature".to_owned(), &frame.signature)));
    }
    if is_spoken {
        let first = if channel == Channel::Phone { &frame.points.phone } else { &frame.points.in_person };
        let first = first.iter().map(|words| shared(format!("text.points.{channel}"), words));
        let points = reply.points.of(length).iter().map(|words| own(format!("text.points.{length}"), words));
        for (index, point) in first.chain(points).enumerate() {
            pieces.push((if index == 0 { "\u{1e}" } else { "\n" }, point));
        }
    }
    pieces
}

/// The template that the pieces make, without the phrases that they use.
pub(super) fn template(pieces: &[(&'static str, Piece<'_>)]) -> String {
    pieces.iter().fold(String::new(), |mut template, (before, piece)| {
        template.push_str(before);
        template.push_str(piece.words);
        template
    })
}

/// The template with those phrases in front of it that `is_used`.
pub(super) fn with_phrases(template: &str, frame: &LetterText, is_used: impl Fn(&str) -> bool) -> String {
    let mut whole = String::with_capacity(template.len() + 256);
    for (name, words) in frame.phrases.iter().filter(|(name, _)| is_used(name)) {
        // Writing to a string does not fail.
        let _ = write!(whole, "{{% set {name} %}}{words}{{% endset %}}");
    }
    whole.push_str(template);
    whole
}
