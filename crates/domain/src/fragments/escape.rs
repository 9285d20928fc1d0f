//! Writes a text so that HTML or Markdown shows it as it is.

use crate::html::{escape, reference};

/// Appends a text to HTML, as the content of an element or of a quoted attribute.
pub(super) fn html(text: &str, out: &mut String) {
    escape(text, reference, out);
}

/// Appends a text to a paragraph or heading of Markdown (`CommonMark` with the automatic links of GitHub), so that nothing
/// in it marks up anything. `out` tells whether the text begins a line.
pub(super) fn markdown(text: &str, out: &mut String) {
    let mut line = out.rfind('\n').map_or(0, |end| end + 1);
    let mut written = 0;
    for (at, character) in text.char_indices() {
        if character.is_alphanumeric() || character == ' ' {
            continue;
        }
        // What stands before it in its line decides.
        out.push_str(&text[written..at]);
        written = at;
        let is_number = |line: &str| !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit());
        let marks = match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '#' | '~' | '|' | '!' | '@' | '$' => true,
            '-' | '+' | '=' => out[line..].bytes().all(|byte| matches!(byte, b' ' | b'-' | b'+' | b'=' | b'\\')),
            '.' => is_number(&out[line..]) || ends_with_www(&out[line..]),
            ')' => is_number(&out[line..]),
            ':' => text[at + 1..].starts_with('/'),
            _ => false,
        };
        if marks {
            out.push('\\');
        }
        if character == '\n' {
            line = out.len() + 1;
        }
    }
    out.push_str(&text[written..]);
}

fn ends_with_www(line: &str) -> bool {
    let bytes = line.as_bytes();
    bytes.len() >= 3 && bytes[bytes.len() - 3..].eq_ignore_ascii_case(b"www")
}
