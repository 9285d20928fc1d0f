//! Writes a text so that HTML shows it as it is.

/// Appends a text, with references instead of the bytes that have one.
pub(crate) fn escape(text: &str, reference: impl Fn(u8) -> Option<&'static str>, out: &mut String) {
    let mut written = 0;
    for (at, byte) in text.bytes().enumerate() {
        if let Some(reference) = reference(byte) {
            out.push_str(&text[written..at]);
            out.push_str(reference);
            written = at + 1;
        }
    }
    out.push_str(&text[written..]);
}

/// The reference instead of a byte that the content of an element or a quoted attribute cannot have. They are all ASCII.
pub(crate) const fn reference(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'"' => Some("&quot;"),
        b'\'' => Some("&#39;"),
        _ => None,
    }
}
