//! What stands around the tips: the root with its language, the line that introduces them, the link and the sign-off. The
//! same for every context with the same settings and language, so it is written once for all of them.

use std::fmt::Write as _;

use super::block::{Block, BlockType};
use super::brand::{Brand, Link, Voice};
use super::direction::Direction;
use super::escape;
use super::merge_tags::{Piece, Words};
use super::parts::PARAGRAPH_STYLE;
use super::settings::Settings;
use super::size::Size;
use super::tongue::Tongue;
use crate::catalog::{Catalog, FrameText, ResolvedLocale};

/// Where a frame says the name of the brand.
pub(crate) const NAME: &str = "{name}";

/// What stands around the tips, in every form.
#[derive(Debug)]
pub struct Frame {
    pub(super) lang: String,
    pub(super) dir: Direction,
    pub(super) html: Ends,
    pub(super) text: Ends,
    pub(super) markdown: Ends,
    intro: Option<(String, Option<Tongue>)>,
    link: Option<[String; 2]>,
    signoff: Option<String>,
    /// Over all that a fragment depends on besides its tips.
    pub(super) digest: [u8; 32],
}

/// What stands before the tips and after them.
#[derive(Debug, Default)]
pub(super) struct Ends {
    pub(super) head: String,
    pub(super) tail: String,
    /// Of Markdown it is not known: nothing asks for it.
    pub(super) size: Size,
}

impl Ends {
    fn new(head: String, tail: String) -> Self {
        let size = Size::of(&head) + Size::of(&tail);
        Self { head, tail, size }
    }

    /// The size of the whole with tips of this size.
    pub(super) fn around_size(&self, tips: Size) -> Size {
        let whole = self.size + tips;
        if self.head.is_empty() { whole.without_line_end() } else { whole }
    }

    /// The whole with tips that `write` writes. As text a tip begins with an empty line, which is left out where nothing
    /// stands before it.
    pub(super) fn around(&self, capacity: usize, write: impl FnOnce(&mut String)) -> String {
        let mut whole = String::with_capacity(capacity);
        whole.push_str(&self.head);
        write(&mut whole);
        whole.push_str(&self.tail);
        if self.head.is_empty() {
            whole.remove(0);
        }
        whole
    }
}

impl Frame {
    /// The frame of fragments with these settings in this language.
    #[must_use]
    pub fn new(catalog: &Catalog, locale: &ResolvedLocale, settings: &Settings) -> Self {
        let lang = catalog.locales().tag(locale.index).to_owned();
        let dir = Direction::of(&lang);
        let brand = settings.brand.as_ref();
        let intro = brand.zip(catalog.frame()).map(|(brand, texts)| {
            let origin = texts.origin(locale.index, brand.voice.name());
            (intro(brand, texts.text(locale.index)), Tongue::of(catalog, locale.index, origin))
        });
        let link = brand.and_then(|brand| brand.link.as_ref());
        let signoff = brand.map(|brand| &*brand.signoff).unwrap_or_default();
        let plain_lines = signoff.iter().map(Words::plain).collect::<Vec<_>>().join("\n");
        let words = intro.as_ref().map(|(words, _)| words);
        let frame = Self {
            html: html(&lang, dir, intro.as_ref(), link, signoff),
            text: text(words, link, &plain_lines),
            markdown: markdown(words, link, signoff),
            intro: intro.as_ref().map(|(words, tongue)| (words.plain(), tongue.clone())),
            link: link.map(|link| [link.text.plain(), link.url.plain()]),
            signoff: (!signoff.is_empty()).then_some(plain_lines),
            digest: [0; 32],
            lang,
            dir,
        };
        let digest = frame.digest(catalog, locale, settings);
        Self { digest, ..frame }
    }

    fn digest(&self, catalog: &Catalog, locale: &ResolvedLocale, settings: &Settings) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_keyed(catalog.digest());
        hasher.update(&[settings.formats.bits(), settings.heading_level]);
        let requested = locale.requested.as_deref().unwrap_or_default();
        let ends = [&self.html, &self.text, &self.markdown];
        let written = ends.into_iter().flat_map(|ends| [ends.head.as_str(), ends.tail.as_str()]);
        for part in written.chain([self.lang.as_str(), requested]) {
            hasher.update(part.as_bytes()).update(&[0]);
        }
        *hasher.finalize().as_bytes()
    }

    /// Its blocks before the tips.
    pub(super) fn blocks_before(&self) -> impl Iterator<Item = Block<'_>> {
        let intro = self.intro.iter();
        intro.map(|(text, tongue)| self.block(BlockType::Paragraph, text).in_tongue(tongue.as_ref()))
    }

    /// Its blocks after them.
    pub(super) fn blocks_after(&self) -> impl Iterator<Item = Block<'_>> {
        let link = self.link.iter().map(|[text, url]| Block { url: Some(url), ..self.block(BlockType::Link, text) });
        link.chain(self.signoff.iter().map(|text| self.block(BlockType::Signoff, text)))
    }

    pub(super) fn block<'a>(&'a self, block_type: BlockType, text: &'a str) -> Block<'a> {
        Block { block_type, text, level: None, url: None, tip: None, lang: &self.lang, dir: self.dir }
    }
}

/// The line before the tips.
fn intro(brand: &Brand, texts: &FrameText) -> Words {
    let plain = |text: &str| Words(vec![Piece::Plain(text.to_owned())]);
    match brand.voice {
        Voice::We => plain(&texts.we),
        Voice::Neutral => plain(&texts.neutral),
        Voice::Name => {
            let (before, after) = texts.name.split_once(NAME).unwrap_or(("", &texts.name));
            let mut words = plain(before);
            words.0.extend(brand.name.iter().flat_map(|name| name.0.iter().cloned()));
            words.0.push(Piece::Plain(after.to_owned()));
            words
        }
    }
}

fn html(
    lang: &str,
    dir: Direction,
    intro: Option<&(Words, Option<Tongue>)>,
    link: Option<&Link>,
    signoff: &[Words],
) -> Ends {
    let mut said = intro.map(|(words, _)| words).into_iter().chain(link.map(|link| &link.text)).chain(signoff);
    let style = match (dir, said.any(Words::may_be_too_wide)) {
        (Direction::LeftToRight, false) => "",
        (Direction::LeftToRight, true) => " style=\"word-break:break-word\"",
        // Outlook does not align by the direction alone.
        (Direction::RightToLeft, false) => " style=\"text-align:right\"",
        (Direction::RightToLeft, true) => " style=\"text-align:right;word-break:break-word\"",
    };
    let mut head = format!("<div lang=\"{lang}\" dir=\"{dir}\"{style}>\n");
    if let Some((intro, tongue)) = intro {
        let (attributes, aligned) = (Tongue::attributes(tongue.as_ref()), Tongue::style(tongue.as_ref()));
        let _ = write!(head, "<p{attributes} style=\"{PARAGRAPH_STYLE}{aligned}\">");
        intro.write(&mut head, escape::html);
        head.push_str("</p>\n");
    }
    let mut tail = String::new();
    if let Some(Link { text, url, color }) = link {
        let _ = write!(tail, "<p style=\"{PARAGRAPH_STYLE}\"><a href=\"");
        url.write(&mut tail, escape::html);
        tail.push('"');
        if let Some(color) = color {
            let _ = write!(tail, " style=\"color:{color}\"");
        }
        tail.push('>');
        text.write(&mut tail, escape::html);
        tail.push_str("</a></p>\n");
    }
    for (place, line) in signoff.iter().enumerate() {
        if place == 0 {
            let _ = write!(tail, "<p style=\"{PARAGRAPH_STYLE}\">");
        } else {
            tail.push_str("<br>\n");
        }
        line.write(&mut tail, escape::html);
    }
    tail.push_str(if signoff.is_empty() { "</div>\n" } else { "</p>\n</div>\n" });
    Ends::new(head, tail)
}

fn text(intro: Option<&Words>, link: Option<&Link>, signoff: &str) -> Ends {
    let head = intro.map(|intro| intro.plain() + "\n").unwrap_or_default();
    let mut tail = String::new();
    if let Some(link) = link {
        let _ = write!(tail, "\n{} [1]\n", link.text.plain());
    }
    if !signoff.is_empty() {
        let _ = write!(tail, "\n{signoff}\n");
    }
    if let Some(link) = link {
        let _ = write!(tail, "\n[1] {}\n", link.url.plain());
    }
    Ends::new(head, tail)
}

fn markdown(intro: Option<&Words>, link: Option<&Link>, signoff: &[Words]) -> Ends {
    let (mut head, mut tail) = (String::new(), String::new());
    if let Some(intro) = intro {
        intro.write(&mut head, escape::markdown);
        head.push('\n');
    }
    if let Some(link) = link {
        tail.push_str("\n[");
        link.text.write(&mut tail, escape::markdown);
        tail.push_str("](<");
        link.url.write(&mut tail, |url, out| out.push_str(&url.replace('&', "\\&")));
        tail.push_str(">)\n");
    }
    for (place, line) in signoff.iter().enumerate() {
        tail.push_str(if place == 0 { "\n" } else { "\\\n" });
        line.write(&mut tail, escape::markdown);
    }
    if !signoff.is_empty() {
        tail.push('\n');
    }
    Ends { head, tail, size: Size::default() }
}
