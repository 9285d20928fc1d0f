//! Whatever a person fills in is text: it arrives whole in every form of a reply, and becomes nothing else in any.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::sync::LazyLock;

use mail_parser::{MessageParser, MimeHeaders as _};
use proptest::prelude::*;
use rebound_domain::catalog::{Catalog, CatalogIndex, Length, Tone};
use rebound_domain::context::{Draft, Field};
use rebound_domain::error::{Error, Result};
use rebound_domain::history::Channel;
use rebound_domain::replies::{ReplyRequest, Sent, Words, compose};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::embedded().unwrap());

/// The words of a note of thanks in which everything is filled in.
fn thanks(name: &str, highlight: &str, channel: Channel) -> Result<Words> {
    let mut context = Draft::new("/context");
    context.set_text(Field::Kind, "job_application");
    context.set_text(Field::Conversation, "held");
    let values = [
        ("recipient_name", name),
        ("recipient_email", "o'neil+jobs@example.org"),
        ("sender_name", name),
        ("role", highlight),
        ("highlight", highlight),
    ];
    let sent = Sent {
        template: Some("thank-you".to_owned()),
        context: Some(context),
        variables: values.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        channel: Some(channel),
        tone: Some(Tone::Warm),
        length: Some(Length::Standard),
        is_insisted: false,
        locale: CATALOG.locales().negotiate(None),
        catalog: CatalogIndex::default(),
    };
    let composed = compose(&ReplyRequest::new(&CATALOG, sent, Vec::new())?)?;
    Ok(composed.words.unwrap())
}

/// The text that HTML shows; fails where it has anything but paragraphs, line breaks and text.
fn shown(html: &str) -> String {
    let inside = html.strip_prefix("<div lang=\"en\" dir=\"auto\"><p>").unwrap().strip_suffix("</p></div>").unwrap();
    let text = inside.replace("</p><p>", "\n\n").replace("<br>", "\n");
    assert!(!text.contains(['<', '>', '"', '\'', '{', '}']), "{html}");
    let unescaped = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#123;", "{"), ("&#125;", "}")];
    let text = unescaped.iter().fold(text, |text, (escaped, plain)| text.replace(escaped, plain));
    text.replace("&amp;", "&")
}

/// Address, subject and body of a link.
fn opened(link: &str) -> (String, String, String) {
    let decoded = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            if byte == b'%' {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
            } else {
                bytes.push(byte);
            }
        }
        String::from_utf8(bytes).unwrap()
    };
    let (to, fields) = link.strip_prefix("mailto:").unwrap().split_once("?subject=").unwrap();
    let (subject, body) = fields.split_once("&body=").unwrap();
    assert!(link.bytes().all(|byte| byte.is_ascii_graphic()), "{link}");
    assert!(!body.contains(['&', '?', '#', '+']), "{link}");
    (decoded(to), decoded(subject), decoded(body))
}

fn assert_whole(words: &Words) {
    assert_eq!(shown(&words.html), words.text);
    let subject = words.subject.as_deref().unwrap();
    if let Some(link) = &words.mailto {
        assert!(link.len() <= 2000);
        let (to, linked, body) = opened(link);
        assert_eq!((&*to, &*linked), ("o'neil+jobs@example.org", subject));
        assert_eq!(body.replace("\r\n", "\n"), words.text);
        assert!(!body.replace("\r\n", "").contains(['\r', '\n']));
    }
    let eml = words.eml.as_deref().unwrap();
    let message = MessageParser::default().parse(eml).unwrap();
    let names: Vec<_> = message.headers().iter().map(|header| header.name().to_owned()).collect();
    assert_eq!(names, ["To", "Subject", "X-Unsent", "MIME-Version", "Content-Type"], "{eml}");
    assert_eq!(message.header_raw("X-Unsent").unwrap().trim(), "1");
    assert_eq!(message.subject().unwrap(), subject);
    let to = message.to().unwrap().as_list().unwrap();
    assert_eq!(to.len(), 1, "{eml}");
    assert!(words.text.starts_with(&format!("Hi {},", to[0].name().unwrap())), "{eml}");
    assert_eq!(to[0].address(), Some("o'neil+jobs@example.org"));
    assert_eq!(message.body_text(0).unwrap().replace("\r\n", "\n"), words.text);
    assert_eq!(message.body_html(0).unwrap().replace("\r\n", "\n"), words.html);
    assert_eq!(message.parts.len(), 3);
    assert_eq!(message.content_type().unwrap().subtype(), Some("alternative"));
    for line in eml.split("\r\n") {
        assert!(line.len() <= 78 && line.is_ascii() && !line.contains(['\r', '\n']), "{line:?}");
    }
}

/// A line such as no template and no mail program would like.
fn line() -> impl Strategy<Value = String> {
    let nasty = [
        "{{ 7 * 7 }}",
        "{% raw %}",
        "{# x #}",
        "{{",
        "}}",
        "%7B",
        "<script>alert(1)</script>",
        "<img src=x>",
        "&amp;",
        "\" onclick=\"x",
        "' or 1",
        "=_rebound_reply",
        "--=_rebound_reply--",
        "=0D=0ABcc: x@example.org",
        "%0D%0ABcc:",
        ", other@example.org",
        "<other@example.org>",
        "=?utf-8?b?Wm8=?=",
        "a:b;c",
        "(comment)",
        "\\",
        "#",
        "?body=",
        "&cc=",
        "Zoë",
        "李雷",
        "ود",
        "👩‍💻",
        "${x}",
        "%candidate%",
        "[[name]]",
        ".",
        "none",
        "From ",
    ];
    let part = prop_oneof![
        2 => proptest::sample::select(nasty.to_vec()).prop_map(ToOwned::to_owned),
        1 => "[ -~]{1,12}",
        1 => "\\PC{1,8}",
    ];
    proptest::collection::vec(part, 1..5).prop_map(|parts| one_spaced(&parts.join(" ")).chars().take(100).collect())
}

/// A line as it stands in a text: spaces that nobody sees are dropped.
fn one_spaced(line: &str) -> String {
    line.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

proptest! {
    #[test]
    fn what_is_filled_in_stays_text_in_every_form(name in line(), highlight in line()) {
        let is_line = |text: &str| !text.trim().is_empty() && !text.contains(|it: char| it.is_control() || matches!(it, '\u{2028}' | '\u{2029}'));
        prop_assume!(is_line(&name) && is_line(&highlight));
        let words = thanks(&name, &highlight, Channel::Email).unwrap();
        prop_assert!(words.text.contains(name.trim()), "{name:?} is not in {:?}", words.text);
        prop_assert!(words.text.contains(&format!("good to hear {}.", highlight.trim())), "{highlight:?}: {:?}", words.text);
        assert_whole(&words);
        let spoken = thanks(&name, &highlight, Channel::Phone).unwrap();
        prop_assert!(spoken.talking_points.iter().any(|point| point.contains(highlight.trim())));
    }

    #[test]
    fn a_line_break_is_refused_wherever_it_is(before in "[a-z]{0,8}", at in proptest::sample::select(vec!['\r', '\n', '\u{b}', '\u{85}', '\u{2028}', '\u{0}', '\u{1e}']), after in "[A-Z]{1,8}") {
        let value = format!("{before}{at}{after}: x");
        for (name, highlight) in [(&*value, "x"), ("x", &*value)] {
            let Error { fields, .. } = thanks(name, highlight, Channel::Email).unwrap_err();
            prop_assert!(fields.iter().all(|field| field.detail.contains("must be one line")), "{fields:?}");
            prop_assert!(fields.iter().all(|field| !field.detail.contains(&after)), "{fields:?}");
        }
    }
}

#[test]
fn a_reply_that_no_link_can_hold_has_none_and_is_whole_elsewhere() {
    let words = thanks("Kim", &"李".repeat(110), Channel::Email).unwrap();
    assert_eq!(words.mailto, None);
    assert_whole(&words);
}
