//! A reply as a MIME message that mail programs open as a draft. It has no `From`, `Date` and `Message-ID`: they are the
//! sender's, and the program adds them when the person sends it.

use std::sync::LazyLock;

use lettre::message::header::{
    ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue, MIME_VERSION_1_0, Subject, To,
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

/// The message, lines ended with CRLF.
pub(super) fn eml(to: Option<(Option<&str>, &str)>, subject: &str, text: &str, html: &str) -> Option<String> {
    let mut message = MultiPart::builder();
    if let Some((name, address)) = to {
        let mailbox = Mailbox::new(name.map(ToOwned::to_owned), address.parse().ok()?);
        message = message.header(To::from(Mailboxes::from(mailbox)));
    }
    let message = message
        .header(Subject::from(subject.to_owned()))
        .header(Unsent)
        .header(MIME_VERSION_1_0)
        .header(ALTERNATIVE.clone()?)
        .singlepart(part(ContentType::TEXT_PLAIN, text)?)
        .singlepart(part(ContentType::TEXT_HTML, html)?);
    String::from_utf8(message.formatted()).ok()
}

fn part(content_type: ContentType, body: &str) -> Option<SinglePart> {
    let body = Body::new_with_encoding(body.replace('\n', "\r\n"), ContentTransferEncoding::QuotedPrintable).ok()?;
    Some(SinglePart::builder().header(content_type).body(body))
}
