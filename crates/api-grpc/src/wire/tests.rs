//! Messages out of bodies that are cut in every way, and frames that come back as what they were.

use std::convert::Infallible;

use bytes::{Bytes, BytesMut};
use flate2::Compression;
use futures_util::{FutureExt, StreamExt, stream};
use http::{HeaderMap, HeaderValue};
use http_body::Frame;
use http_body_util::StreamBody;
use rebound_domain::ErrorKind;

use super::messages::MAX_MESSAGE_BYTES;
use super::{Messages, Unreadable, write_frame};

/// What a message was read as: its bytes, or the kind of error and whether what follows can be read.
type Read = Result<Bytes, (ErrorKind, bool)>;

fn frame(message: &[u8], level: Option<Compression>) -> Vec<u8> {
    let mut out = BytesMut::new();
    write_frame(&mut out, level, |out| out.extend_from_slice(message));
    out.to_vec()
}

/// The messages of a body that comes in chunks of this size.
fn read(body: &[u8], chunk: usize, encoding: Option<&'static str>) -> Vec<Read> {
    let mut metadata = HeaderMap::new();
    metadata
        .extend(encoding.map(|name| (http::HeaderName::from_static("grpc-encoding"), HeaderValue::from_static(name))));
    let chunks: Vec<_> = body.chunks(chunk).map(Bytes::copy_from_slice).collect();
    let body = StreamBody::new(stream::iter(chunks).map(|chunk| Ok::<_, Infallible>(Frame::data(chunk))));
    let messages = Messages::new(&metadata, body).unwrap().map(|message| {
        message.map_err(|unreadable| match unreadable {
            Unreadable::Message(error) => (error.kind, true),
            Unreadable::Stream(error) => (error.kind, false),
        })
    });
    messages.collect::<Vec<_>>().now_or_never().unwrap()
}

fn text(text: &'static str) -> Bytes {
    Bytes::from_static(text.as_bytes())
}

#[test]
fn messages_are_the_same_however_the_body_is_cut() {
    let body = [frame(b"one", None), frame(b"", None), frame(b"three", None)].concat();
    for chunk in 1..=body.len() {
        assert_eq!(read(&body, chunk, None), [Ok(text("one")), Ok(text("")), Ok(text("three"))], "{chunk}");
    }
}

#[test]
fn a_message_that_is_too_large_is_passed_over() {
    let limit = vec![7; MAX_MESSAGE_BYTES];
    let over = vec![7; MAX_MESSAGE_BYTES + 1];
    let body = [frame(&limit, None), frame(&over, None), frame(b"after", None)].concat();
    for chunk in [100, 16 * 1024, body.len()] {
        let expected = [Ok(Bytes::from(limit.clone())), Err((ErrorKind::TooLarge, true)), Ok(text("after"))];
        assert_eq!(read(&body, chunk, None), expected, "{chunk}");
    }
}

#[test]
fn compressed_messages_are_bounded_by_what_they_become() {
    let fits = vec![b'x'; MAX_MESSAGE_BYTES];
    let bomb = vec![b'x'; 50 * MAX_MESSAGE_BYTES];
    let level = Some(Compression::default());
    let body = [frame(&fits, level), frame(&bomb, level), frame(b"small, so plain", level)].concat();
    assert!(body.len() < MAX_MESSAGE_BYTES);
    let expected = [Ok(Bytes::from(fits)), Err((ErrorKind::TooLarge, true)), Ok(text("small, so plain"))];
    assert_eq!(read(&body, 1000, Some("gzip")), expected);
}

#[test]
fn what_is_no_gzip_is_passed_over() {
    let mut lie = frame(b"not compressed", None);
    lie[0] = 1;
    let body = [lie, frame(b"after", None)].concat();
    assert_eq!(read(&body, 10, Some("gzip")), [Err((ErrorKind::Malformed, true)), Ok(text("after"))]);
}

#[test]
fn nothing_is_read_after_a_prefix_that_makes_no_sense() {
    for (flag, encoding) in [(1, None), (1, Some("identity")), (2, Some("gzip"))] {
        let mut wrong = frame(b"wrong", None);
        wrong[0] = flag;
        let body = [frame(b"before", None), wrong, frame(b"after", None)].concat();
        assert_eq!(read(&body, 8, encoding), [Ok(text("before")), Err((ErrorKind::Malformed, false))]);
    }
}

#[test]
fn a_body_that_breaks_off_says_so() {
    let whole = [frame(b"before", None), frame(b"cut", None)].concat();
    for end in 12..whole.len() {
        assert_eq!(read(&whole[..end], 5, None), [Ok(text("before")), Err((ErrorKind::Malformed, false))], "{end}");
    }
    let large = frame(&vec![0; MAX_MESSAGE_BYTES + 1], None);
    let expected = [Err((ErrorKind::TooLarge, true)), Err((ErrorKind::Malformed, false))];
    assert_eq!(read(&large[..large.len() - 1], 4096, None), expected);
}
