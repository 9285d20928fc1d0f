//! Reads HTML with the tokenizer of a browser, and says what in it a mail program or a host would not take.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

/// What a piece of HTML holds.
#[derive(Debug, Default)]
pub(crate) struct Html {
    /// Its words, without those between blocks.
    pub(crate) words: String,
    /// The levels of its headings.
    pub(crate) headings: Vec<u8>,
    /// Where its links lead.
    pub(crate) links: Vec<String>,
    faults: Vec<String>,
    open: Vec<String>,
}

/// The elements that may come, with their attributes.
const ALLOWED: &[(&str, &[&str])] =
    &[("div", &["lang", "dir", "style"]), ("p", &["style"]), ("a", &["href", "style"]), ("br", &[])];

/// The properties that a style may have.
const PROPERTIES: &[&str] = &["margin-top", "margin-bottom", "text-align", "word-break", "color"];

impl Html {
    /// Reads it.
    pub(crate) fn parse(html: &str) -> Self {
        let tokenizer = Tokenizer::new(Reader(RefCell::new(Self::default())), TokenizerOpts::default());
        let input = BufferQueue::default();
        input.push_back(StrTendril::from(html));
        while !matches!(tokenizer.feed(&input), html5ever::TokenizerResult::Done) {}
        tokenizer.end();
        tokenizer.sink.0.into_inner()
    }

    /// What should not be there.
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = self.faults.clone();
        faults.extend(self.open.iter().map(|name| format!("{name} is not closed")));
        faults
    }

    fn start(&mut self, tag: &Tag) {
        let name = tag.name.to_string();
        let heading: Option<u8> = name.strip_prefix('h').and_then(|level| level.parse().ok());
        let attributes = match ALLOWED.iter().find(|(allowed, _)| *allowed == name) {
            Some((_, attributes)) => attributes,
            None if heading.is_some() => &["style"][..],
            None => return self.faults.push(format!("element {name}")),
        };
        self.headings.extend(heading);
        if self.open.is_empty() && name != "div" {
            self.faults.push(format!("{name} outside of the root"));
        }
        for attribute in &tag.attrs {
            let value = attribute.value.to_string();
            match &*attribute.name.local {
                local if !attributes.contains(&local) => self.faults.push(format!("{name} {local}")),
                "href" => self.links.push(value),
                "style" => self.style(&name, &value),
                "lang" | "dir" if !self.open.is_empty() => self.faults.push(format!("{value} below the root")),
                _ => {}
            }
        }
        if name != "br" {
            self.open.push(name);
        }
    }

    fn style(&mut self, name: &str, style: &str) {
        for declaration in style.split(';') {
            let property = declaration.split(':').next().unwrap_or_default();
            if !PROPERTIES.contains(&property) || (property == "color" && name != "a") {
                self.faults.push(format!("{name} has the style {declaration}"));
            }
        }
    }
}

struct Reader(RefCell<Html>);

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut html = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => html.start(&tag),
            Token::TagToken(tag) => {
                if html.open.pop().as_deref() != Some(&*tag.name) {
                    html.faults.push(format!("{} closes nothing", tag.name));
                }
            }
            Token::CharacterTokens(text) if html.open.len() > 1 => html.words.push_str(&text),
            Token::CharacterTokens(text) if text.trim().is_empty() => {}
            Token::EOFToken => {}
            other => html.faults.push(format!("{other:?}")),
        }
        TokenSinkResult::Continue
    }
}
