//! Cuts a request body into messages. One that is too large or no gzip is passed over, so that what follows it can still
//! be read; memory stays below the size limit and one frame of HTTP/2, whatever a client sends.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use futures_util::Stream;
use http::HeaderMap;
use prost::Message;
use rebound_domain::{Error, ErrorKind, Result};

use super::frame::PREFIX_BYTES;
use super::gzip;

/// How large a message may be, compressed or not.
pub(crate) const MAX_MESSAGE_BYTES: usize = 64 * 1024;

/// A message that could not be read.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// The messages after it can be.
    Message(Error),
    /// Nothing after it can be.
    Stream(Error),
}

impl From<Unreadable> for Error {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::Message(error) | Unreadable::Stream(error) => error,
        }
    }
}

/// The messages of a request body.
pub(crate) struct Messages<B> {
    body: B,
    gzip: bool,
    buffer: BytesMut,
    /// How much of a message that is too large is still to come.
    skip: usize,
    ended: bool,
}

impl<B> Messages<B> {
    /// The messages of `body`.
    ///
    /// # Errors
    /// `UnsupportedMediaType` if they are compressed in a way that is not known.
    pub(crate) fn new(metadata: &HeaderMap, body: B) -> Result<Self> {
        let gzip = gzip::sends_gzip(metadata)?;
        Ok(Self { body, gzip, buffer: BytesMut::new(), skip: 0, ended: false })
    }

    /// The next message of the buffer, if it is there as a whole.
    fn cut(&mut self) -> Option<Result<Bytes, Unreadable>> {
        let skipped = self.skip.min(self.buffer.len());
        self.buffer.advance(skipped);
        self.skip -= skipped;
        let (prefix, rest) = self.buffer.split_first_chunk::<PREFIX_BYTES>()?;
        let [flag, length @ ..] = *prefix;
        let length = u32::from_be_bytes(length) as usize;
        if flag > 1 || (flag == 1 && !self.gzip) {
            self.ended = true;
            return Some(Err(Unreadable::Stream(malformed("A message says that it is compressed in an unknown way."))));
        }
        if length > MAX_MESSAGE_BYTES {
            self.buffer.advance(PREFIX_BYTES);
            self.skip = length;
            return Some(Err(Unreadable::Message(too_large())));
        }
        if rest.len() < length {
            return None;
        }
        self.buffer.advance(PREFIX_BYTES);
        let message = self.buffer.split_to(length);
        Some(if flag == 1 { decompress(&message) } else { Ok(message.freeze()) })
    }
}

impl<B> Stream for Messages<B>
where
    B: http_body::Body<Data = Bytes> + Unpin,
{
    type Item = Result<Bytes, Unreadable>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let broken = |this: &mut Self| {
            this.ended = true;
            let error = malformed("The request breaks off inside of a message.");
            Poll::Ready(Some(Err(Unreadable::Stream(error))))
        };
        loop {
            if self.ended {
                return Poll::Ready(None);
            }
            if let Some(message) = self.cut() {
                return Poll::Ready(Some(message));
            }
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        self.buffer.extend_from_slice(&data);
                    }
                }
                Some(Err(_)) => return broken(&mut self),
                None if self.skip > 0 || !self.buffer.is_empty() => return broken(&mut self),
                None => self.ended = true,
            }
        }
    }
}

/// The only message of a request.
///
/// # Errors
/// `TooLarge`, `UnsupportedMediaType`, and `Malformed` if there is no message, more than one, or one of another type.
pub(crate) async fn read_one<M, B>(metadata: &HeaderMap, body: B) -> Result<M>
where
    M: Message + Default,
    B: http_body::Body<Data = Bytes> + Unpin,
{
    use futures_util::StreamExt;

    let mut messages = pin!(Messages::new(metadata, body)?);
    let message = messages.next().await.ok_or_else(|| malformed("The request has no message."))??;
    // Reading to the end keeps HTTP/2 from resetting a stream that the client has not closed yet.
    if messages.next().await.transpose()?.is_some() {
        return Err(malformed("The request has more than one message."));
    }
    decode(message)
}

/// A message of a known type.
///
/// # Errors
/// `Malformed` if it is of another type.
pub(crate) fn decode<M: Message + Default>(message: Bytes) -> Result<M> {
    M::decode(message).map_err(|_| malformed("The message is not what its type in the proto says."))
}

fn decompress(message: &[u8]) -> Result<Bytes, Unreadable> {
    match gzip::decompress(message, MAX_MESSAGE_BYTES) {
        Some(message) if message.len() > MAX_MESSAGE_BYTES => Err(Unreadable::Message(too_large())),
        Some(message) => Ok(message.into()),
        None => Err(Unreadable::Message(malformed("A message says that it is compressed with gzip and is not."))),
    }
}

fn malformed(detail: &'static str) -> Error {
    Error::new(ErrorKind::Malformed, detail)
}

fn too_large() -> Error {
    Error::new(ErrorKind::TooLarge, format!("The message has more than {MAX_MESSAGE_BYTES} bytes."))
}
