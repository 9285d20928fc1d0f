//! A reply as a MIME message that mail programs open as a draft. It has no `From`, `Date` and `Message-ID`: they are the
//! sender's, and the program adds them when the person sends it.

use std::sync::LazyLock;

use email_encoding::headers::rfc2047;
use email_encoding::headers::writer::EmailWriter;
use lettre::message::header::{
    ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue, Headers, MIME_VERSION_1_0, Subject, To,
};
use lettre::message::{Body, Mailbox, Mailboxes, MultiPart, SinglePart};

/// Between the parts. `=_` cannot be in quoted-printable (RFC 2045, section 6.7), so no text has it, and the same reply
/// has the same bytes.
static ALTERNATIVE: LazyLock<Option<ContentType>> =
    LazyLock::new(|| ContentType::parse("multipart/alternative; boundary=\"=_rebound_reply\"").ok());

/// Says that the message is a draft, to the programs that ask.
#[derive(Clone)]
struct Unsent;

impl Header for Unsent {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("X-Unsent")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "1".to_owned())
    }
}

/// A header line has at most so many characters where it can be folded (RFC 2047, section 2).
const MAX_LINE: usize = 76;

/// The message, lines ended with CRLF.
pub(super) fn eml(to: Option<(Option<&str>, &str)>, subject: &str, text: &str, html: &str) -> Option<String> {
    let mut message = match to {
        Some((name, address)) => recipient(name, address)?,
        None => String::new(),
    };
    let mut parts = MultiPart::builder()
        .header(Subject::from(subject.to_owned()))
        .header(Unsent)
        .header(MIME_VERSION_1_0)
        .header(ALTERNATIVE.clone()?)
        .singlepart(part(ContentType::TEXT_PLAIN, text)?)
        .singlepart(part(ContentType::TEXT_HTML, html)?);
    if !is_plain(subject) {
        let encoded = encoded(subject, "Subject: ".len());
        let value = HeaderValue::dangerous_new_pre_encoded(Subject::name(), subject.to_owned(), encoded);
        parts.headers_mut().insert_raw(value);
    }
    message.push_str(std::str::from_utf8(&parts.formatted()).ok()?);
    Some(message)
}

/// The header that names the recipient, folded before the address if it would be too long.
fn recipient(name: Option<&str>, address: &str) -> Option<String> {
    if let Some(name) = name.filter(|name| !is_plain(name)) {
        return Some(format!("To: {}\r\n <{address}>\r\n", encoded(name, "To: ".len())));
    }
    let mailbox = Mailbox::new(name.map(ToOwned::to_owned), address.parse().ok()?);
    let mut headers = Headers::new();
    headers.set(To::from(Mailboxes::from(mailbox)));
    let header = headers.to_string();
    match header.rsplit_once(" <") {
        Some((name, address)) if header.len() > MAX_LINE => Some(format!("{name}\r\n <{address}")),
        _ => Some(header),
    }
}

/// Whether a header can have a text as it is: a program would decode what looks like an encoded word.
fn is_plain(text: &str) -> bool {
    text.is_ascii() && !text.contains("=?")
}

/// A text as encoded words (RFC 2047), on a line that has so many characters already.
fn encoded(text: &str, line_length: usize) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    // Writing to a string does not fail.
    let _ = rfc2047::encode(text, &mut EmailWriter::new(&mut encoded, line_length, 0, false));
    encoded
}

fn part(content_type: ContentType, body: &str) -> Option<SinglePart> {
    let body = Body::new_with_encoding(body.replace('\n', "\r\n"), ContentTransferEncoding::QuotedPrintable).ok()?;
    Some(SinglePart::builder().header(content_type).body(body))
}
