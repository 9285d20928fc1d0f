//! A reply as a `mailto:` link (RFC 6068), which opens in the mail program of the person.

/// Longer links are cut by browsers and by Windows, so that there is none.
const MAX_LENGTH: usize = 2_000;

/// The link; `None` if it would be longer than programs read.
pub(super) fn mailto(to: Option<&str>, subject: &str, body: &str) -> Option<String> {
    let mut link = String::with_capacity(body.len() * 3 / 2);
    link.push_str("mailto:");
    encode(to.unwrap_or_default(), b"@", &mut link);
    link.push_str("?subject=");
    encode(subject, b"", &mut link);
    link.push_str("&body=");
    encode(body, b"", &mut link);
    (link.len() <= MAX_LENGTH).then_some(link)
}

/// Percent-encodes all but what every part of a URI may have (RFC 3986, section 2.3) and what is `kept`. Lines end as
/// in a message (RFC 6068, section 5).
fn encode(text: &str, kept: &[u8], link: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte == b'\n' {
            link.push_str("%0D%0A");
        } else if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || kept.contains(&byte) {
            link.push(char::from(byte));
        } else {
            let digit = |value: u8| char::from(DIGITS[usize::from(value & 15)]);
            link.extend(['%', digit(byte >> 4), digit(byte)]);
        }
    }
}
