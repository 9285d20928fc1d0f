//! Clients that break the rules of HTTP/1.1 and HTTP/2, or keep to the letter of them to make work. Their connections are
//! closed, those of others go on, and memory does not grow with what they send.

use std::iter::{once, repeat_n};

use rebound_tests::process::Process;
use rebound_tests::sqlite;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Duration, timeout};

use crate::wire::{
    CONTINUATION, DATA, END_HEADERS, END_STREAM, GET_LIVEZ, HEADERS, PING, PREFACE, RST_STREAM, SETTINGS,
    WINDOW_UPDATE, assert_others_go_on, connect, frame, until_closed,
};

/// How much more memory all of this may take at any time, in KiB.
const MEMORY_KIB: usize = 32 * 1024;

/// How much a client tries to send, in bytes, when there is no end to it.
const ENDLESS: usize = 64 << 20;

/// A client's bytes after the connection is there, in pieces, and how it is known in what is printed.
type Attack = (&'static str, Box<dyn Iterator<Item = Vec<u8>> + Send>);

/// A piece again and again, after a first one, until it is as much as a client can send.
fn endlessly(first: Vec<u8>, piece: Vec<u8>) -> Box<dyn Iterator<Item = Vec<u8>> + Send> {
    let times = ENDLESS / piece.len();
    Box::new(once(first).chain(repeat_n(piece, times)))
}

fn started(rest: &[u8]) -> Vec<u8> {
    [PREFACE, rest].concat()
}

/// Requests that are taken back at once (CVE-2023-44487), in pieces of a hundred.
fn rapid_resets() -> Box<dyn Iterator<Item = Vec<u8>> + Send> {
    let pair = |number: u32| {
        let stream = 1 + 2 * number;
        let request = frame(HEADERS, END_HEADERS | END_STREAM, stream, GET_LIVEZ);
        [request, frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes())].concat()
    };
    let pieces = (0..2_000).map(move |piece| (0..100).flat_map(|number| pair(piece * 100 + number)).collect());
    Box::new(once(started(&[])).chain(pieces))
}

/// What the service closes the connection for.
fn attacks() -> Vec<Attack> {
    let one = |bytes: Vec<u8>| -> Box<dyn Iterator<Item = Vec<u8>> + Send> { Box::new(once(bytes)) };
    let headers = |flags: u8| frame(HEADERS, flags, 1, GET_LIVEZ);
    let line = format!("x-header: {}\r\n", "y".repeat(1000)).into_bytes();
    vec![
        ("a preface that is none", one(b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n".to_vec())),
        ("no HTTP at all", one(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec())),
        ("HTTP/1.1, headers without an end", endlessly(b"GET /livez HTTP/1.1\r\nhost: a\r\n".to_vec(), line)),
        ("HTTP/1.1, a request line without an end", endlessly(b"GET /".to_vec(), vec![b'a'; 16 << 10])),
        (
            "HTTP/1.1, two lengths",
            one(b"POST /v1/guidance HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab".to_vec()),
        ),
        ("a frame that is too large", one(started(&frame(HEADERS, END_HEADERS, 1, &vec![0; 20_000])))),
        ("DATA before a request", one(started(&frame(DATA, 0, 1, b"x")))),
        ("an even stream", one(started(&frame(HEADERS, END_HEADERS | END_STREAM, 2, GET_LIVEZ)))),
        ("headers that cannot be unpacked", one(started(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &[0xff; 40])))),
        ("settings of a wrong size", one(started(&frame(SETTINGS, 0, 0, &[0; 5])))),
        ("a window that overflows", one(started(&frame(WINDOW_UPDATE, 0, 0, &0x7fff_ffff_u32.to_be_bytes())))),
        (
            "CONTINUATION without an end",
            endlessly(started(&headers(END_STREAM)), frame(CONTINUATION, 0, 1, &[0x40; 16_000])),
        ),
        (
            "empty CONTINUATION without an end",
            endlessly(started(&headers(END_STREAM)), frame(CONTINUATION, 0, 1, &[]).repeat(100)),
        ),
        ("rapid resets", rapid_resets()),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_http_is_closed_and_others_go_on() {
    let (folder, database) = (tempfile::tempdir().unwrap(), sqlite::database());
    let process = Process::start(folder.path(), &database.url);
    assert_others_go_on(&process.http).await;
    let idle = process.memory().resident;
    for http in [&process.http, &process.grpc] {
        for (name, pieces) in attacks() {
            let end = until_closed(connect(http).await, pieces).await;
            assert_others_go_on(&process.http).await;
            let most = process.memory().most;
            println!("{name}: closed after {} bytes, {} KiB more at most", end.sent, most.saturating_sub(idle));
            assert!(most < idle + MEMORY_KIB, "{name}: {most} KiB of {idle} when idle");
            assert!(!String::from_utf8_lossy(&end.said).contains(" 200 "), "{name}: {:?}", end.said);
        }
    }
}

/// What may be sent for ever without an answer being read: the service stops reading instead of keeping answers.
fn floods() -> Vec<(&'static str, Vec<u8>)> {
    let empty_data = [frame(HEADERS, END_HEADERS, 1, GET_LIVEZ), frame(DATA, 0, 1, &[]).repeat(1000)].concat();
    vec![
        ("PING", frame(PING, 0, 0, &[0; 8]).repeat(1000)),
        ("SETTINGS", frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 0x80, 0]).repeat(1000)),
        ("empty DATA", empty_data),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn floods_are_not_kept_in_memory() {
    let (folder, database) = (tempfile::tempdir().unwrap(), sqlite::database());
    let process = Process::start(folder.path(), &database.url);
    assert_others_go_on(&process.http).await;
    let idle = process.memory().resident;
    for (name, piece) in floods() {
        let mut stream = connect(&process.http).await;
        stream.write_all(PREFACE).await.unwrap();
        let mut sent = 0;
        // As long as it is taken: at some point it is not, or the connection is closed.
        while sent < ENDLESS {
            match timeout(Duration::from_secs(1), stream.write_all(&piece)).await {
                Ok(Ok(())) => sent += piece.len(),
                Ok(Err(_)) | Err(_) => break,
            }
        }
        assert_others_go_on(&process.http).await;
        let most = process.memory().most;
        println!("{name}: {sent} bytes taken, {} KiB more at most", most.saturating_sub(idle));
        assert!(most < idle + MEMORY_KIB, "{name}: {most} KiB of {idle} when idle");
    }
}

/// One header of four KiB in the table of the connection, named again and again: a few KiB that become megabytes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_that_unpack_to_much_are_refused() {
    let (folder, database) = (tempfile::tempdir().unwrap(), sqlite::database());
    let process = Process::start(folder.path(), &database.url);
    assert_others_go_on(&process.http).await;
    let idle = process.memory().resident;
    // A literal with a name of one byte and a value of 3,900 that enters the table, where it has index 62 (0xbe).
    let entry = [&[0x40, 1, b'x', 0x7f, 0xbd, 0x1d][..], &[b'y'; 3_900]].concat();
    let bomb = [GET_LIVEZ, &entry, &[0xbe; 12_000]].concat();
    let mut stream = connect(&process.http).await;
    stream.write_all(PREFACE).await.unwrap();
    for stream_id in [1, 3, 5] {
        // The service may have closed the connection after the first.
        drop(stream.write_all(&frame(HEADERS, END_HEADERS | END_STREAM, stream_id, &bomb)).await);
    }
    // An answer comes, whatever it is: the end of the connection, or an error for each request.
    let mut said = vec![0; 4096];
    let length = timeout(Duration::from_mins(1), stream.read(&mut said)).await.expect("an answer in time").unwrap();
    assert!(length > 0);
    assert_others_go_on(&process.http).await;
    let most = process.memory().most;
    println!("{} bytes of headers that unpack to 47 MB: {} KiB more at most", bomb.len(), most.saturating_sub(idle));
    assert!(most < idle + MEMORY_KIB, "{most} KiB of {idle} when idle");
}
