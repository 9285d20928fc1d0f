//! A reply as a MIME message that mail programs open as a draft. It has no `From`, `Date` and `Message-ID`: they are the
//! sender's, and the program adds them when the person sends it.

use std::fmt::{self, Write as _};

use email_encoding::headers::writer::EmailWriter;
use email_encoding::headers::{quoted_string, rfc2047};
use encodify::qp::BODY;

/// What is between the headers that differ and the text. `X-Unsent` says that the message is a draft, to the programs
/// that ask. `=_` cannot be in quoted-printable (RFC 2045, section 6.7), so no text has the boundary, and the same reply
/// has the same bytes.
const BEFORE_TEXT: &str = concat!(
    "X-Unsent: 1\r\n",
    "MIME-Version: 1.0\r\n",
    "Content-Type: multipart/alternative; boundary=\"=_rebound_reply\"\r\n",
    "\r\n",
    "--=_rebound_reply\r\n",
    "Content-Type: text/plain; charset=utf-8\r\n",
    "Content-Transfer-Encoding: quoted-printable\r\n",
    "\r\n",
);

/// What is between the text and the HTML.
const BEFORE_HTML: &str = concat!(
    "\r\n",
    "--=_rebound_reply\r\n",
    "Content-Type: text/html; charset=utf-8\r\n",
    "Content-Transfer-Encoding: quoted-printable\r\n",
    "\r\n",
);

const END: &str = "\r\n--=_rebound_reply--\r\n";

/// A header line has at most so many characters where it can be folded (RFC 2047, section 2).
const MAX_LINE: usize = 76;

/// The message, lines ended with CRLF.
pub(super) fn eml(to: Option<(Option<&str>, &str)>, subject: &str, text: &str, html: &str) -> Option<String> {
    // Most texts need few escapes and line breaks.
    let mut message = String::with_capacity(1024 + (text.len() + html.len()) * 5 / 4);
    headers(to, subject, &mut message).ok()?;
    BODY.encode_append(text, &mut message);
    message.push_str(BEFORE_HTML);
    BODY.encode_append(html, &mut message);
    message.push_str(END);
    Some(message)
}

/// Everything before the text.
fn headers(to: Option<(Option<&str>, &str)>, subject: &str, message: &mut String) -> fmt::Result {
    match to {
        Some((Some(name), address)) => message.push_str(&recipient(name, address)?),
        Some((None, address)) => write!(message, "To: {address}\r\n")?,
        None => {}
    }
    message.push_str("Subject: ");
    let mut line = EmailWriter::new(message, "Subject: ".len(), 0, false);
    if is_plain(subject) {
        line.folding().write_str(subject)?;
    } else {
        rfc2047::encode(subject, &mut line)?;
    }
    drop(line);
    message.push_str("\r\n");
    message.push_str(BEFORE_TEXT);
    Ok(())
}

/// The header that names the recipient, folded before the address if it would be too long.
fn recipient(name: &str, address: &str) -> Result<String, fmt::Error> {
    let mut header = "To: ".to_owned();
    let mut line = EmailWriter::new(&mut header, "To: ".len(), 0, false);
    let is_plain = is_plain(name);
    if is_plain {
        quoted_string::encode(name, &mut line)?;
    } else {
        rfc2047::encode(name, &mut line)?;
    }
    drop(line);
    let length = header.len() + " <>\r\n".len() + address.len();
    let fold = if is_plain && length <= MAX_LINE { "" } else { "\r\n" };
    write!(header, "{fold} <{address}>\r\n")?;
    Ok(header)
}

/// Whether a header can have a text as it is: a program would decode what looks like an encoded word.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~')) && !text.contains("=?")
}
