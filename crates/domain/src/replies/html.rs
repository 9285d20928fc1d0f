//! A text as HTML: paragraphs and line breaks, everything else escaped.

/// The text in a root that names its language. No style, no link, no script.
pub(super) fn html(text: &str, language: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8 + 64);
    html.push_str("<div lang=\"");
    escape(language, &mut html);
    html.push_str("\" dir=\"auto\">");
    for paragraph in text.split("\n\n") {
        html.push_str("<p>");
        for (index, line) in paragraph.split('\n').enumerate() {
            if index > 0 {
                html.push_str("<br>");
            }
            escape(line, &mut html);
        }
        html.push_str("</p>");
    }
    html.push_str("</div>");
    html
}

/// Escapes what HTML reads, and the braces with which mail systems begin their placeholders: what a person fills in is
/// no placeholder.
fn escape(text: &str, html: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'', '{', '}']) {
        html.push_str(&rest[..at]);
        html.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            b'{' => "&#123;",
            _ => "&#125;",
        });
        rest = &rest[at + 1..];
    }
    html.push_str(rest);
}
