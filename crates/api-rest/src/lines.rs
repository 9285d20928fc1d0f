//! Cuts a streamed body into lines, with a bound on each line and on how far the client is read ahead of the answers.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::{Buf, Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use serde::Deserialize;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;
use tokio_stream::wrappers::UnboundedReceiverStream;

use crate::batch::MAX_REF_LENGTH;
use crate::body::MAX_JSON_BYTES;

/// How much of a body is read ahead. Many clients send everything before they read anything: up to this size they
/// are served all the same, beyond it they have to read while they send.
const READ_AHEAD_BYTES: usize = 4 * 1024 * 1024;

/// A line of a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// A line without its end.
    Whole(Bytes),
    /// A line of more than [`MAX_JSON_BYTES`], passed over.
    TooLong,
}

impl Line {
    /// The `ref` of the item in it, if it can be read.
    pub(crate) fn reference(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Item {
            r#ref: Option<String>,
        }
        let Self::Whole(json) = self else { return None };
        let item: Item = serde_json::from_slice(json).ok()?;
        item.r#ref.filter(|reference| reference.chars().nth(MAX_REF_LENGTH).is_none())
    }
}

/// Bytes that become lines. Empty lines are passed over.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    buffer: BytesMut,
    /// How much of the buffer is known to have no line end.
    searched: usize,
    /// In the middle of a line that is too long.
    skipping: bool,
}

impl Lines {
    /// Adds bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// What is left when the body has ended: a last line without an end.
    pub(crate) fn take_rest(&mut self) -> Option<Line> {
        self.push(b"\n");
        self.next()
    }
}

impl Iterator for Lines {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        loop {
            let Some(end) = self.buffer[self.searched..].iter().position(|byte| *byte == b'\n') else {
                self.searched = self.buffer.len();
                if self.searched > MAX_JSON_BYTES {
                    self.skipping = true;
                    self.buffer.clear();
                    self.searched = 0;
                }
                return None;
            };
            let line = self.buffer.split_to(self.searched + end).freeze();
            self.buffer.advance(1);
            self.searched = 0;
            if std::mem::take(&mut self.skipping) || line.len() > MAX_JSON_BYTES {
                return Some(Line::TooLong);
            }
            if !line.trim_ascii().is_empty() {
                return Some(Line::Whole(line));
            }
        }
    }
}

/// Reads a body ahead of its consumer, at most [`READ_AHEAD_BYTES`]. Dropping the stream ends the reading. A client that
/// sends nothing for as long as `idle` is given up, and with it its stream.
pub(crate) fn read_ahead(body: Body, idle: Duration) -> impl Stream<Item = io::Result<Bytes>> + Unpin {
    let (sender, receiver) = mpsc::unbounded_channel();
    let room = Arc::new(Semaphore::new(READ_AHEAD_BYTES));
    let room_given_back = Arc::clone(&room);
    tokio::spawn(async move {
        let mut frames = body.into_data_stream();
        loop {
            let frame = tokio::select! {
                frame = timeout(idle, frames.next()) => frame,
                () = sender.closed() => return,
            };
            let frame = match frame {
                Ok(Some(frame)) => {
                    frame.map_err(|_| io::Error::new(io::ErrorKind::UnexpectedEof, "the body broke off"))
                }
                Ok(None) => return,
                Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the client sent nothing for a while")),
            };
            let size = frame.as_ref().map_or(0, |bytes: &Bytes| bytes.len().min(READ_AHEAD_BYTES));
            let taken = tokio::select! {
                taken = room.acquire_many(u32::try_from(size).unwrap_or(u32::MAX)) => taken,
                () = sender.closed() => return,
            };
            let Ok(permit) = taken else { return };
            permit.forget();
            if sender.send(frame).is_err() {
                return;
            }
        }
    });
    UnboundedReceiverStream::new(receiver).inspect(move |frame| {
        room_given_back.add_permits(frame.as_ref().map_or(0, |bytes| bytes.len().min(READ_AHEAD_BYTES)));
    })
}
