//! gRPC over a plain socket (RFC 9113): requests that are ready, and of the answers only the frames' heads are read. As
//! real clients do, a connection sends its headers once and refers to them afterwards.

mod frames;

use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use bytes::{Buf, BytesMut};
use prost::Message as _;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use self::frames::{
    ACK, DATA, END_HEADERS, END_STREAM, GO_AWAY, HEAD_BYTES, HEADERS, Head, OPENING, PING, RST_STREAM, SETTINGS,
};
use super::{CALLS_UNDER_WAY, Latencies, Target, Window};
use crate::proto::GetGuidanceRequest;
use crate::situation::{FIRST_DAYS, LIMIT, message, next_number};

/// `GetGuidance`, called again and again.
pub(crate) struct Calls {
    /// The server.
    pub(crate) server: SocketAddr,
    /// The key.
    pub(crate) key: String,
    /// How many calls each connection has under way.
    pub(crate) streams: usize,
    /// Whether each call has a context of its own.
    pub(crate) vary: bool,
    /// How many bytes the answer to every call has, its prefix included.
    pub(crate) expected: usize,
}

impl Target for Calls {
    fn connections(&self) -> usize {
        CALLS_UNDER_WAY / self.streams
    }

    fn call(&self, window: Window) -> impl Future<Output = io::Result<Latencies>> + Send + 'static {
        let (server, streams, expected) = (self.server, self.streams, self.expected);
        let requests = Requests { first: frames::headers(&self.key), message: prefixed(FIRST_DAYS), vary: self.vary };
        async move {
            let mut connection = Connection::open(server, requests, expected).await?;
            for _ in 0..streams {
                connection.start(Instant::now());
            }
            while !connection.calls.is_empty() {
                connection.turn(window).await?;
            }
            Ok(connection.latencies)
        }
    }
}

/// What a connection sends.
struct Requests {
    /// The headers, as the first call sends them. Later ones refer to them.
    first: Vec<u8>,
    message: Vec<u8>,
    vary: bool,
}

/// A request for guidance behind the prefix of gRPC.
fn prefixed(days_since: u32) -> Vec<u8> {
    let request =
        GetGuidanceRequest { context: Some(message(days_since)), limit: Some(LIMIT), ..GetGuidanceRequest::default() };
    let length = u32::try_from(request.encoded_len()).unwrap_or(u32::MAX);
    [&[0][..], &length.to_be_bytes(), &request.encode_to_vec()].concat()
}

struct Call {
    stream: u32,
    started: Instant,
    received: usize,
}

struct Connection {
    socket: TcpStream,
    requests: Requests,
    expected: usize,
    calls: Vec<Call>,
    next_stream: u32,
    input: BytesMut,
    output: Vec<u8>,
    latencies: Latencies,
}

impl Connection {
    async fn open(server: SocketAddr, requests: Requests, expected: usize) -> io::Result<Self> {
        let socket = TcpStream::connect(server).await?;
        socket.set_nodelay(true)?;
        Ok(Self {
            socket,
            requests,
            expected,
            calls: Vec::new(),
            next_stream: 1,
            input: BytesMut::with_capacity(64 * 1024),
            output: OPENING.to_vec(),
            latencies: Latencies::default(),
        })
    }

    /// Puts a call into the output.
    fn start(&mut self, now: Instant) {
        let stream = self.next_stream;
        self.next_stream += 2;
        if self.requests.vary {
            self.requests.message = prefixed(next_number());
        }
        let headers = if stream == 1 { &self.requests.first } else { frames::HEADERS_AGAIN };
        frames::write(&mut self.output, HEADERS, END_HEADERS, stream, headers);
        frames::write(&mut self.output, DATA, END_STREAM, stream, &self.requests.message);
        self.calls.push(Call { stream, started: now, received: 0 });
    }

    /// Sends what there is to send, waits for something to come, and takes it in.
    async fn turn(&mut self, window: Window) -> io::Result<()> {
        if !self.output.is_empty() {
            self.socket.write_all(&self.output).await?;
            self.output.clear();
        }
        if self.socket.read_buf(&mut self.input).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        while let Some(head) = Head::of(&self.input) {
            if self.input.len() < HEAD_BYTES + head.length {
                self.input.reserve(HEAD_BYTES + head.length - self.input.len());
                break;
            }
            self.input.advance(HEAD_BYTES);
            let payload = self.input.split_to(head.length);
            self.take(&head, &payload, window)?;
        }
        Ok(())
    }

    fn take(&mut self, head: &Head, payload: &[u8], window: Window) -> io::Result<()> {
        match head.kind {
            SETTINGS if head.flags & ACK == 0 => frames::write(&mut self.output, SETTINGS, ACK, 0, &[]),
            PING if head.flags & ACK == 0 => frames::write(&mut self.output, PING, ACK, 0, payload),
            RST_STREAM | GO_AWAY => return Err(io::Error::other(format!("refused, frame type {}", head.kind))),
            DATA | HEADERS => {
                let place = self.calls.iter().position(|call| call.stream == head.stream);
                let place = place.ok_or_else(|| io::Error::other("an answer to no call"))?;
                if head.kind == DATA {
                    self.calls[place].received += head.length;
                }
                if head.flags & END_STREAM != 0 {
                    let call = self.calls.swap_remove(place);
                    self.end(&call, window)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, call: &Call, window: Window) -> io::Result<()> {
        if call.received != self.expected {
            return Err(io::Error::other(format!("{} bytes instead of {}", call.received, self.expected)));
        }
        let now = self.latencies.add(window, call.started);
        if window.is_open() {
            self.start(now);
        }
        Ok(())
    }
}
