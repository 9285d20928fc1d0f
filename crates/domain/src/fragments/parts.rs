//! A tip in every form of a fragment, written once when the catalog is loaded. Each part begins and ends a line, so that
//! a request only puts parts together, and their sizes add up.

use super::escape;
use super::size::Size;
use super::tongue::Tongue;

/// A tip in every form, with gaps for the level of its heading: a digit in HTML, signs in Markdown.
#[derive(Debug, Clone)]
pub(crate) struct TipParts {
    /// What stands in the opening tag of the heading and what its closing tag begins with; what follows its level.
    html: [Box<str>; 2],
    text: Box<str>,
    /// What follows the signs of the heading.
    markdown: Box<str>,
    html_size: Size,
    text_size: Size,
    /// The languages of its title and its body, where they are not that of the whole.
    pub(super) tongues: [Option<Tongue>; 2],
}

/// The distance of a heading from its text: long-hand, which the engine of Outlook understands too.
pub(super) const HEADING_STYLE: &str = "margin-top:0;margin-bottom:8px";

/// The distance of a paragraph from what follows.
pub(super) const PARAGRAPH_STYLE: &str = "margin-top:0;margin-bottom:16px";

impl TipParts {
    /// The parts of a tip with these words, each with its language if that is not the one of the whole.
    pub(crate) fn new((title, of_title): (&str, Option<Tongue>), (body, of_body): (&str, Option<Tongue>)) -> Self {
        let [heading, paragraph] = [&of_title, &of_body].map(|tongue| Tongue::attributes(tongue.as_ref()));
        let mut heading = format!("{heading} style=\"{HEADING_STYLE}{}\">", Tongue::style(of_title.as_ref()));
        escape::html(title, &mut heading);
        heading.push_str("</h");
        let mut paragraph = format!(">\n<p{paragraph} style=\"{PARAGRAPH_STYLE}{}\">", Tongue::style(of_body.as_ref()));
        escape::html(body, &mut paragraph);
        paragraph.push_str("</p>\n");
        let mut markdown = String::from(" ");
        escape::markdown(title, &mut markdown);
        markdown.push_str("\n\n");
        escape::markdown(body, &mut markdown);
        markdown.push('\n');
        let mut parts = Self {
            html: [heading.into(), paragraph.into()],
            text: format!("\n{title}\n\n{body}\n").into(),
            markdown: markdown.into(),
            html_size: Size::default(),
            text_size: Size::default(),
            tongues: [of_title, of_body],
        };
        let mut html = String::new();
        parts.write_html(1, &mut html);
        parts.html_size = Size::of(&html);
        parts.text_size = Size::of(&parts.text);
        parts
    }

    /// Its size as HTML, which is the same for every level.
    pub(super) const fn html_size(&self) -> Size {
        self.html_size
    }

    /// Its size as text.
    pub(super) const fn text_size(&self) -> Size {
        self.text_size
    }

    pub(super) fn write_html(&self, level: u8, out: &mut String) {
        let level = char::from(b'0' + level);
        out.push_str("<h");
        out.push(level);
        out.push_str(&self.html[0]);
        out.push(level);
        out.push_str(&self.html[1]);
    }

    pub(super) fn write_text(&self, out: &mut String) {
        out.push_str(&self.text);
    }

    pub(super) fn write_markdown(&self, level: u8, out: &mut String) {
        out.push('\n');
        out.extend(std::iter::repeat_n('#', usize::from(level)));
        out.push_str(&self.markdown);
    }
}
