//! A connection that ends when its client does not begin: which protocol it speaks shows in its first bytes, and until they
//! are there no other timer runs.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// What a connection of HTTP/2 begins with (RFC 9113, 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How long a client may take for its first bytes, as for the head of a request.
const BEGIN_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection whose client must show in time which protocol it speaks.
pub(crate) struct Named<S> {
    stream: S,
    /// What the first bytes have to be for the protocol to be still unknown; nothing once it is known.
    awaited: &'static [u8],
    /// Made when a read has to wait for the first time, and dropped when the protocol is known.
    timer: Option<Pin<Box<Sleep>>>,
}

impl<S> Named<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, awaited: PREFACE, timer: None }
    }

    /// Takes note of what was read.
    fn note(&mut self, bytes: &[u8]) {
        self.awaited = self.awaited.strip_prefix(bytes).unwrap_or_default();
        if self.awaited.is_empty() {
            self.timer = None;
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Named<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        if self.awaited.is_empty() {
            return polled;
        }
        if polled.is_ready() {
            self.note(buf.filled().get(before..).unwrap_or_default());
            return polled;
        }
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + BEGIN_TIMEOUT)));
        if timer.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not begin")));
        }
        Poll::Pending
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Named<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
