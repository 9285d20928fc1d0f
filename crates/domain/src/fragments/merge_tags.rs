//! Merge tags of the system that sends the e-mail. It fills them in after us, so whatever looks like one in data would be
//! filled in too: it is written so that it is none. Placeholders that the caller asks for stay as they are.

use std::iter::Peekable;
use std::str::Chars;

use crate::error::FieldError;

names! {
    /// How the host writes its merge tags.
    Dialect {
        /// `{{CANDIDATE_FIRST_NAME}}`.
        Greenhouse "greenhouse",
        /// `{{Candidate first name}}`.
        Lever "lever",
        /// `{first-name there}`.
        Teamtailor "teamtailor",
        /// `${Candidates.First Name}`.
        Zoho "zoho",
        /// Any of these and of others: `{{…}}`, `{…}`, `${…}`, `[[…]]`, `[…]`, `##…##`, `*|…|*`, `%…%`.
        Generic "generic",
    }
}

/// How many placeholders can be kept.
pub const MAX_KEPT: usize = 20;

/// How many characters a placeholder may have between its marks.
const MAX_NAME_LENGTH: usize = 64;

/// How many characters a word may have that needs no break: so many of the widest fit on a screen of 320 pixels, beside
/// what a host leaves free.
const WIDE_WORD: usize = 18;

/// Merge tags as they were sent.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct MergeTagsDraft {
    /// How the host writes them. Absent: generic.
    pub dialect: Option<Dialect>,
    /// The placeholders that stay.
    pub keep: Vec<String>,
}

/// What happens to merge tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MergeTags {
    dialect: Dialect,
    /// The longest first, so that of two that begin alike the right one is found.
    keep: Vec<String>,
}

/// A text of the caller, in which nothing but what was asked for is a merge tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words(pub(super) Vec<Piece>);

/// A piece of such a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Words without a merge tag.
    Plain(String),
    /// A placeholder for the host, never escaped.
    Kept(String),
}

impl MergeTagsDraft {
    /// The merge tags, with every mistake noted below `pointer`.
    pub(super) fn check(self, pointer: &str, errors: &mut Vec<FieldError>) -> MergeTags {
        let Self { dialect, mut keep } = self;
        let dialect = dialect.unwrap_or(Dialect::Generic);
        if keep.len() > MAX_KEPT {
            errors
                .push(FieldError::new(format!("{pointer}/keep"), format!("allowed: at most {MAX_KEPT} placeholders")));
            keep.truncate(MAX_KEPT);
        }
        for (place, placeholder) in keep.iter().enumerate() {
            if !dialect.is_placeholder(placeholder) {
                let detail = format!("not a placeholder of {dialect}; allowed: {}", dialect.forms());
                errors.push(FieldError::new(format!("{pointer}/keep/{place}"), detail));
            }
        }
        // The rest of the request is read all the same, for its mistakes, with placeholders alone: an empty text would be
        // found at every place.
        keep.retain(|placeholder| dialect.is_placeholder(placeholder));
        keep.sort_by_key(|placeholder| std::cmp::Reverse(placeholder.len()));
        MergeTags { dialect, keep }
    }
}

impl Dialect {
    /// What stands before and after the name of a placeholder.
    const fn marks(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Greenhouse | Self::Lever => &[("{{", "}}")],
            Self::Teamtailor => &[("{", "}")],
            Self::Zoho => &[("${", "}")],
            Self::Generic => &[
                ("{{", "}}"),
                ("${", "}"),
                ("{", "}"),
                ("[[", "]]"),
                ("[", "]"),
                ("##", "##"),
                ("*|", "|*"),
                ("%", "%"),
            ],
        }
    }

    fn forms(self) -> String {
        let forms: Vec<_> = self.marks().iter().map(|(open, close)| format!("{open}name{close}")).collect();
        format!(
            "{}, the name of at most {MAX_NAME_LENGTH} letters, digits, spaces, dots, hyphens and underscores",
            forms.join(" ")
        )
    }

    fn is_placeholder(self, text: &str) -> bool {
        self.marks().iter().any(|(open, close)| {
            let name = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).unwrap_or_default();
            name.chars().count() <= MAX_NAME_LENGTH
                && name.chars().any(char::is_alphabetic)
                && name.chars().all(|character| character.is_alphanumeric() || " ._-".contains(character))
        })
    }
}

impl MergeTags {
    /// Whether a text is a placeholder that stays, and nothing else.
    pub(super) fn keeps(&self, text: &str) -> bool {
        self.keep.iter().any(|kept| kept == text)
    }

    /// A text with its placeholders found. What is not among them is no merge tag any more.
    pub(super) fn read(&self, text: &str) -> Words {
        let mut pieces = Vec::new();
        for piece in self.cut(text) {
            match (piece, pieces.last_mut()) {
                (Cut::Plain(plain), _) => pieces.push(Piece::Plain(self.neutral(plain))),
                (Cut::Kept(kept), before) => {
                    // `$` before `{name}` would make another tag of it.
                    if let Some(Piece::Plain(plain)) = before
                        && plain.ends_with(['$', '#', '*', '<', '%', '|'])
                    {
                        plain.push(' ');
                    }
                    pieces.push(Piece::Kept(kept.to_owned()));
                }
            }
        }
        Words(pieces)
    }

    /// A text that is known to hold no other merge tags than those that stay.
    pub(super) fn verbatim(&self, text: &str) -> Words {
        let piece = |cut| match cut {
            Cut::Plain(plain) => Piece::Plain(String::from(plain)),
            Cut::Kept(kept) => Piece::Kept(String::from(kept)),
        };
        Words(self.cut(text).into_iter().map(piece).collect())
    }

    /// A text cut at its placeholders.
    pub(super) fn cut<'t>(&self, text: &'t str) -> Vec<Cut<'t>> {
        if self.keep.is_empty() && !text.is_empty() {
            return vec![Cut::Plain(text)];
        }
        let (mut cuts, mut plain) = (Vec::new(), 0);
        let mut at = 0;
        while at < text.len() {
            let rest = &text[at..];
            if let Some(kept) = self.keep.iter().find(|kept| rest.starts_with(kept.as_str())) {
                if plain < at {
                    cuts.push(Cut::Plain(&text[plain..at]));
                }
                cuts.push(Cut::Kept(&rest[..kept.len()]));
                at += kept.len();
                plain = at;
            } else {
                at += rest.chars().next().map_or(1, char::len_utf8);
            }
        }
        if plain < text.len() {
            cuts.push(Cut::Plain(&text[plain..]));
        }
        cuts
    }

    /// A text in which nothing opens a merge tag, whatever stands beside it: braces, and for unknown hosts brackets,
    /// become parentheses; other marks are taken apart. What a person reads stays nearly the same, and an editor that
    /// resolves character references brings nothing back.
    fn neutral(&self, text: &str) -> String {
        if !text.bytes().any(|byte| b"{}[]#*<%".contains(&byte)) {
            return text.to_owned();
        }
        let mut neutral = String::with_capacity(text.len());
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let generic = self.dialect == Dialect::Generic;
            neutral.push(match character {
                '{' => '(',
                '}' => ')',
                '[' if generic => '(',
                ']' if generic => ')',
                other => other,
            });
            if generic && opens(character, &mut characters) {
                neutral.push(' ');
            }
        }
        neutral
    }
}

/// Whether a character opens a merge tag together with the next one.
fn opens(character: char, rest: &mut Peekable<Chars<'_>>) -> bool {
    match (character, rest.peek()) {
        ('#', Some('#')) | ('*', Some('|')) | ('<' | '%', Some('%')) => true,
        ('%', Some(next)) => next.is_alphabetic(),
        _ => false,
    }
}

/// A piece of a text as it was sent.
pub(super) enum Cut<'t> {
    Plain(&'t str),
    Kept(&'t str),
}

impl Cut<'_> {
    pub(super) const fn is_kept(&self) -> bool {
        matches!(self, Self::Kept(_))
    }
}

impl Words {
    /// Appends the words as `write` writes them; placeholders as they are.
    pub(super) fn write(&self, out: &mut String, write: fn(&str, &mut String)) {
        for piece in &self.0 {
            match piece {
                Piece::Plain(text) => write(text, out),
                Piece::Kept(text) => out.push_str(text),
            }
        }
    }

    /// Whether they may hold a word that is wider than a small screen, and would make the whole e-mail as wide. What a host
    /// puts in the place of a placeholder may be of any length.
    pub(super) fn may_be_too_wide(&self) -> bool {
        let is_kept = |piece: &Piece| matches!(piece, Piece::Kept(_));
        // Hardly a word has more bytes than that, and then its characters need not be counted.
        let is_wide = |word: &str| word.len() > WIDE_WORD && word.chars().count() > WIDE_WORD;
        self.0.iter().any(is_kept) || self.plain().split(' ').any(is_wide)
    }

    /// The words as a plain text.
    pub(super) fn plain(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, |piece, out| out.push_str(piece));
        text
    }
}
