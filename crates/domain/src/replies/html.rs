//! A text as HTML: paragraphs and line breaks, everything else escaped.

use crate::html::reference;

/// The text in a root that names its language. No style, no link, no script.
pub(super) fn html(text: &str, language: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8 + 128);
    html.push_str("<div lang=\"");
    escape(language, &mut html);
    html.push_str("\" dir=\"auto\"><p>");
    let mut before = "";
    for line in text.split('\n') {
        if line.is_empty() {
            before = "</p><p>";
        } else {
            html.push_str(before);
            escape(line, &mut html);
            before = "<br>";
        }
    }
    html.push_str("</p></div>");
    html
}

/// Escapes what HTML reads, and the braces with which mail systems begin their placeholders: what a person fills in is
/// no placeholder.
fn escape(text: &str, html: &mut String) {
    let or_brace = |byte| match byte {
        b'{' => Some("&#123;"),
        b'}' => Some("&#125;"),
        _ => reference(byte),
    };
    crate::html::escape(text, or_brace, html);
}
