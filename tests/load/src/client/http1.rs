//! HTTP/1.1 over a plain socket: a request that is ready, an answer of which only the status and the length are read.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{CALLS_UNDER_WAY, Latencies, Target, Window};
use crate::situation::{DAYS_FROM_END, next_number};

const END_OF_HEAD: &[u8] = b"\r\n\r\n";
const NOT_MODIFIED: u16 = 304;

/// The bytes of a request.
pub(crate) fn request(head: &str, key: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let content = if length == 0 { String::new() } else { format!("content-length: {length}\r\n") };
    format!(
        "{head}\r\nhost: localhost\r\nuser-agent: rebound-load\r\naccept: */*\r\nauthorization: Bearer {key}\r\n\
        {content}\r\n{body}"
    )
    .into_bytes()
}

/// One request, sent again and again.
pub(crate) struct Calls {
    /// The server.
    pub(crate) server: SocketAddr,
    /// The request.
    pub(crate) request: Vec<u8>,
    /// Whether each call has a context of its own: the one that the body ends with, another number in it.
    pub(crate) vary: bool,
    /// What every answer must have: this status and this many bytes.
    pub(crate) expected: (u16, usize),
}

impl Target for Calls {
    fn connections(&self) -> usize {
        CALLS_UNDER_WAY
    }

    fn call(&self, window: Window) -> impl Future<Output = io::Result<Latencies>> + Send + 'static {
        let (server, mut request, expected) = (self.server, self.request.clone(), self.expected);
        // Behind the context, one more brace ends the body.
        let days = self.vary.then(|| request.len() - DAYS_FROM_END - 1);
        async move {
            let mut latencies = Latencies::default();
            let mut connection = Connection::open(server).await?;
            let mut started = Instant::now();
            while window.is_open() {
                if let Some(days) = days {
                    request[days..days + 8].copy_from_slice(next_number().to_string().as_bytes());
                }
                let answer = connection.exchange(&request).await?;
                if (answer.status, answer.body.len()) != expected {
                    return Err(io::Error::other(format!("answered {} instead of {expected:?}", answer.status)));
                }
                started = latencies.add(window, started);
            }
            Ok(latencies)
        }
    }
}

/// Several requests, each sent after the one before by whoever is free.
pub(crate) struct Tour {
    /// The server.
    pub(crate) server: SocketAddr,
    /// The requests.
    pub(crate) requests: Arc<Vec<Vec<u8>>>,
    /// How many connections carry the calls.
    pub(crate) connections: usize,
    /// What every answer must have.
    pub(crate) status: u16,
    /// How many bytes the answer to each must have; empty: as many as there are.
    pub(crate) sizes: Arc<Vec<usize>>,
    /// Where each call gets a number of its own: at this many bytes from the end, in place of another of eight digits.
    pub(crate) number_from_end: Option<usize>,
}

impl Target for Tour {
    fn connections(&self) -> usize {
        self.connections
    }

    fn call(&self, window: Window) -> impl Future<Output = io::Result<Latencies>> + Send + 'static {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let (server, requests, status) = (self.server, Arc::clone(&self.requests), self.status);
        let (sizes, number_from_end) = (Arc::clone(&self.sizes), self.number_from_end);
        async move {
            let mut latencies = Latencies::default();
            let mut connection = Connection::open(server).await?;
            let mut started = Instant::now();
            let mut own = Vec::new();
            while window.is_open() {
                let place = NEXT.fetch_add(1, Ordering::Relaxed) % requests.len();
                let mut request = &requests[place];
                if let Some(number) = number_from_end.map(|from_end| request.len() - from_end) {
                    own.clone_from(request);
                    own[number..number + 8].copy_from_slice(next_number().to_string().as_bytes());
                    request = &own;
                }
                let answer = connection.exchange(request).await?;
                let size = answer.body.len();
                if answer.status != status || sizes.get(place).is_some_and(|expected| *expected != size) {
                    return Err(io::Error::other(format!(
                        "answered {}, {size} bytes, to request {place}",
                        answer.status
                    )));
                }
                started = latencies.add(window, started);
            }
            Ok(latencies)
        }
    }
}

/// An answer, valid until the next one.
pub(crate) struct Answer<'a> {
    /// The status.
    pub(crate) status: u16,
    /// The status line and the headers.
    pub(crate) head: &'a [u8],
    /// The body.
    pub(crate) body: &'a [u8],
}

impl Answer<'_> {
    /// The value of a header, by its name in small letters.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let head = std::str::from_utf8(self.head).ok()?;
        head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// A connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: BytesMut,
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(server: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: BytesMut::with_capacity(16 * 1024) })
    }

    /// Sends a request and reads the answer, which must have a `content-length`, or status 304.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            self.read().await?;
            if let Some(end) = self.buffer.windows(END_OF_HEAD.len()).position(|bytes| bytes == END_OF_HEAD) {
                break end + END_OF_HEAD.len();
            }
        };
        let broken = || io::Error::new(io::ErrorKind::InvalidData, "not an answer that can be read");
        let status = self.buffer.get(9..12).and_then(number).and_then(|status| u16::try_from(status).ok());
        let status = status.ok_or_else(broken)?;
        let length = if status == NOT_MODIFIED { 0 } else { length(&self.buffer[..head]).ok_or_else(broken)? };
        while self.buffer.len() < head + length {
            self.read().await?;
        }
        let (head, body) = self.buffer.split_at(head);
        Ok(Answer { status, head, body })
    }

    async fn read(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

fn length(head: &[u8]) -> Option<usize> {
    head.split(|byte| *byte == b'\n').find_map(|line| number(line.strip_prefix(b"content-length: ")?.trim_ascii()))
}

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}
