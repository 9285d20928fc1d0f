//! Connections as bytes, for clients that no library would be, and frames of HTTP/2 (RFC 9113).

use std::io;
use std::time::Duration;

use rebound_tests::service::KEY;
use reqwest::Client;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Nothing here takes longer, unless it hangs.
const AT_LAST: Duration = Duration::from_mins(1);

/// What every HTTP/2 connection begins with, and empty settings.
pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00";

/// Types of frames.
pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const WINDOW_UPDATE: u8 = 8;
pub(crate) const CONTINUATION: u8 = 9;

/// Flags.
pub(crate) const END_STREAM: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;

/// `GET /livez` as a block of headers (RFC 7541): three of the static table, and the path in letters.
pub(crate) const GET_LIVEZ: &[u8] = b"\x82\x86\x41\x01a\x04\x06/livez";

/// A frame.
pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A connection to `http`, a URL without a path.
pub(crate) async fn connect(http: &str) -> TcpStream {
    TcpStream::connect(http.trim_start_matches("http://")).await.unwrap()
}

/// How a conversation ended.
#[derive(Debug)]
pub(crate) struct End {
    /// How many bytes the service took.
    pub(crate) sent: usize,
    /// What it said before it closed the connection.
    pub(crate) said: Vec<u8>,
}

/// Sends pieces until there are no more or the service takes none, reading what it says meanwhile, and waits until it
/// closes the connection.
pub(crate) async fn until_closed(stream: TcpStream, pieces: impl Iterator<Item = Vec<u8>>) -> End {
    let (mut reader, mut writer) = stream.into_split();
    let mut said = Vec::new();
    let reading = async {
        // A reset is an end as well.
        let _: io::Result<usize> = reader.read_to_end(&mut said).await;
    };
    let mut sent = 0;
    let writing = async {
        for piece in pieces {
            if writer.write_all(&piece).await.is_err() {
                break;
            }
            sent += piece.len();
        }
    };
    timeout(AT_LAST, async { tokio::join!(reading, writing) }).await.expect("a connection that is closed");
    End { sent, said }
}

/// Asserts that a client who means well is answered, over a connection of its own.
pub(crate) async fn assert_others_go_on(http: &str) {
    let answer = Client::new().get(format!("{http}/v1/guidance?kind=idea")).bearer_auth(KEY).send();
    let answer = timeout(AT_LAST, answer).await.expect("an answer in time").unwrap();
    assert_eq!(answer.status(), 200);
}
