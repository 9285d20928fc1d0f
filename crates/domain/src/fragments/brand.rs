//! In whose name a fragment speaks: name, voice, sign-off and a link. Every text is checked before it is used, because it
//! goes out in somebody's e-mail.

use super::color::Color;
use super::merge_tags::{Cut, MergeTags, Words};
use crate::error::FieldError;

/// How many characters the name of a brand may have.
pub const NAME_LENGTH: usize = 100;

/// How many characters a sign-off may have.
pub const SIGNOFF_LENGTH: usize = 300;

/// How many lines a sign-off may have.
pub const SIGNOFF_LINES: usize = 5;

/// How many characters the text of a link may have.
pub const LINK_TEXT_LENGTH: usize = 100;

/// How many characters the address of a link may have.
pub const URL_LENGTH: usize = 1000;

const URL_ALLOWED: &str =
    "not an address; allowed: https:// or mailto: and what RFC 3986 allows, all else percent-encoded";

names! {
    /// Who speaks.
    Voice {
        /// The employer, as "we".
        We "we",
        /// The employer, by its name.
        Name "name",
        /// Nobody in particular.
        Neutral "neutral",
    }
}

/// A brand as it was sent.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct BrandDraft {
    /// The name of the employer.
    pub name: Option<String>,
    /// Who speaks. Absent: we.
    pub voice: Option<Voice>,
    /// What stands under the text; lines are kept. Absent: the name, unless the voice has said it.
    pub signoff: Option<String>,
    /// A link to what helps.
    pub link: Option<LinkDraft>,
    /// The colour of the link, `#rrggbb`.
    pub link_color: Option<String>,
}

/// A link as it was sent.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct LinkDraft {
    /// What it says.
    pub text: Option<String>,
    /// Where it leads.
    pub url: Option<String>,
}

/// In whose name a fragment speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Brand {
    pub(super) voice: Voice,
    pub(super) name: Option<Words>,
    /// The lines under the text.
    pub(super) signoff: Vec<Words>,
    pub(super) link: Option<Link>,
}

/// A link that can be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) text: Words,
    pub(super) url: Words,
    pub(super) color: Option<Color>,
}

impl BrandDraft {
    /// The brand, with every mistake noted below `pointer`.
    pub(super) fn check(self, tags: &MergeTags, pointer: &str, errors: &mut Vec<FieldError>) -> Brand {
        let at = |place: &str| format!("{pointer}/{place}");
        let name = self.name.and_then(|name| line(&name, NAME_LENGTH, &at("name"), errors));
        let voice = self.voice.unwrap_or(Voice::We);
        if voice == Voice::Name && name.is_none() && !errors.iter().any(|error| error.pointer == at("name")) {
            errors.push(FieldError::new(at("name"), "required: the voice `name` speaks by it"));
        }
        let signoff = self.signoff.and_then(|text| lines(&text, &at("signoff"), errors));
        let signoff = match (signoff, &name) {
            (Some(lines), _) => lines,
            (None, Some(name)) if voice != Voice::Name => vec![name.clone()],
            _ => Vec::new(),
        };
        let color = self.link_color.and_then(|color| kept(Color::of_link(&color, &at("link_color")), errors));
        let link = self.link.and_then(|link| link.check(tags, &at("link"), errors));
        Brand {
            voice,
            name: name.map(|name| tags.read(&name)),
            signoff: signoff.iter().map(|line| tags.read(line)).collect(),
            link: link.map(|(text, url)| Link { text, url, color }),
        }
    }
}

impl LinkDraft {
    fn check(self, tags: &MergeTags, pointer: &str, errors: &mut Vec<FieldError>) -> Option<(Words, Words)> {
        let missing = |place: &str, errors: &mut Vec<FieldError>| {
            errors.push(FieldError::new(format!("{pointer}/{place}"), "required: a link has a text and an address"));
            None
        };
        let text = match self.text {
            Some(text) => line(&text, LINK_TEXT_LENGTH, &format!("{pointer}/text"), errors),
            None => missing("text", errors),
        };
        let url = match self.url {
            Some(url) if is_address(&url, tags) => Some(url),
            Some(_) => {
                errors.push(FieldError::new(format!("{pointer}/url"), URL_ALLOWED));
                None
            }
            None => missing("url", errors),
        };
        // An address has nothing that opens a merge tag: what stays in it was asked for.
        Some((tags.read(&text?), tags.verbatim(&url?)))
    }
}

/// A text of one line.
fn line(text: &str, length: usize, pointer: &str, errors: &mut Vec<FieldError>) -> Option<String> {
    let line = text.trim();
    // Of the whole text, so that the schema can say the same.
    if line.is_empty() || text.chars().count() > length || !text.chars().all(is_text) {
        let detail =
            format!("not a usable text; allowed: one line of 1 to {length} characters without control characters");
        errors.push(FieldError::new(pointer, detail));
        return None;
    }
    Some(line.to_owned())
}

/// The lines of a sign-off.
fn lines(text: &str, pointer: &str, errors: &mut Vec<FieldError>) -> Option<Vec<String>> {
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let is_text = text.lines().all(|line| line.chars().all(is_text));
    if lines.is_empty() || lines.len() > SIGNOFF_LINES || text.chars().count() > SIGNOFF_LENGTH || !is_text {
        let detail = format!(
            "not a usable text; allowed: 1 to {SIGNOFF_LENGTH} characters in at most {SIGNOFF_LINES} lines, without control \
             characters"
        );
        errors.push(FieldError::new(pointer, detail));
        return None;
    }
    Some(lines.into_iter().map(str::to_owned).collect())
}

/// Whether a character may stand in a line: nothing that controls a terminal, breaks a line, or turns the direction of
/// the words of others.
fn is_text(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        && !matches!(u32::from(character) & 0xffff, 0xfffe | 0xffff)
        && !matches!(character, '\u{fdd0}'..='\u{fdef}')
}

/// Whether an address is one that may be linked: safe to follow, and the same in every format. A placeholder that is kept
/// may stand for a part of it, or for all.
fn is_address(url: &str, tags: &MergeTags) -> bool {
    if url.len() > URL_LENGTH {
        return false;
    }
    if tags.keeps(url) {
        return true;
    }
    let rest = ["https://", "mailto:"].iter().find_map(|scheme| {
        let start = url.get(..scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then(|| &url[scheme.len()..])
    });
    let is_written = |text: &str| {
        let bytes = text.as_bytes();
        bytes.iter().enumerate().all(|(at, byte)| match byte {
            b'%' => bytes.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)),
            _ => byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=".contains(byte),
        })
    };
    let is_allowed = |cut: &Cut<'_>| match cut {
        Cut::Plain(text) => is_written(text) && !text.contains("##") && !text.ends_with('$'),
        Cut::Kept(_) => true,
    };
    rest.is_some_and(|rest| {
        let begins = |first: char| first.is_ascii_alphanumeric() || tags.cut(rest).first().is_some_and(Cut::is_kept);
        rest.chars().next().is_some_and(begins) && tags.cut(rest).iter().all(is_allowed)
    })
}

fn kept<T>(result: Result<T, FieldError>, errors: &mut Vec<FieldError>) -> Option<T> {
    result.map_err(|error| errors.push(error)).ok()
}
