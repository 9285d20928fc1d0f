//! A reply as a `mailto:` link (RFC 6068), which opens in the mail program of the person.

/// Longer links are cut by browsers and by Windows, so that there is none.
const MAX_LENGTH: usize = 2_000;

/// The link; `None` if it would be longer than programs read.
pub(super) fn mailto(to: Option<&str>, subject: &str, body: &str) -> Option<String> {
    let mut link = Vec::with_capacity(256 + body.len() * 3 / 2);
    link.extend_from_slice(b"mailto:");
    encode(to.unwrap_or_default(), |byte| byte == b'@' || is_unreserved(byte), &mut link);
    link.extend_from_slice(b"?subject=");
    encode(subject, is_unreserved, &mut link);
    link.extend_from_slice(b"&body=");
    encode(body, is_unreserved, &mut link);
    if link.len() <= MAX_LENGTH { String::from_utf8(link).ok() } else { None }
}

/// What every part of a URI may have as it is (RFC 3986, section 2.3).
const fn is_unreserved(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~')
}

/// Percent-encodes all but what is `kept`. Lines end as in a message (RFC 6068, section 5).
fn encode(text: &str, kept: impl Fn(u8) -> bool, link: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if kept(byte) {
            link.push(byte);
        } else if byte == b'\n' {
            link.extend_from_slice(b"%0D%0A");
        } else {
            link.push(b'%');
            link.push(DIGITS[usize::from(byte >> 4)]);
            link.push(DIGITS[usize::from(byte & 15)]);
        }
    }
}
