//! Frames of HTTP/2 (RFC 9113, section 4) and headers without compression of their texts (RFC 7541).

/// How many bytes stand before a frame's payload.
pub(super) const HEAD_BYTES: usize = 9;

// Types of frames.
pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PING: u8 = 6;
pub(super) const GO_AWAY: u8 = 7;

// Flags of frames.
pub(super) const END_STREAM: u8 = 1;
pub(super) const ACK: u8 = 1;
pub(super) const END_HEADERS: u8 = 4;

/// What a client sends first: the preface, settings with a window of 1 MiB for each stream, and a window for the
/// connection that no round uses up, so that no more of them has to be sent.
pub(super) const OPENING: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\
    \x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x04\x00\x10\x00\x00\
    \x00\x00\x04\x08\x00\x00\x00\x00\x00\x7f\x00\x00\x00";

/// The headers that [`headers`] adds to the table of the connection, by their places there: `:method` and `:scheme` are
/// there for everybody, the last one that was added is at 62. The highest bit says that a place follows.
pub(super) const HEADERS_AGAIN: &[u8] =
    &[0x83, 0x86, INDEXED + 67, INDEXED + 66, INDEXED + 65, INDEXED + 64, INDEXED + 63, INDEXED + 62];

const INDEXED: u8 = 0x80;

/// The headers of a call, to be kept by the server.
pub(super) fn headers(key: &str) -> Vec<u8> {
    let mut block = vec![0x83, 0x86];
    for (name, value) in [
        (":path", "/rebound.v1.GuidanceService/GetGuidance"),
        (":authority", "localhost"),
        ("te", "trailers"),
        ("content-type", "application/grpc"),
        ("user-agent", "rebound-load"),
        ("authorization", &format!("Bearer {key}")),
    ] {
        block.push(0x40);
        for text in [name, value] {
            // A length of less than 127 fits into one byte; keys have 68 characters.
            block.push(u8::try_from(text.len()).unwrap_or(0));
            block.extend_from_slice(text.as_bytes());
        }
    }
    block
}

/// The head of a frame.
pub(super) struct Head {
    pub(super) length: usize,
    pub(super) kind: u8,
    pub(super) flags: u8,
    pub(super) stream: u32,
}

impl Head {
    /// The head that `bytes` begin with, if it is there as a whole.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let [a, b, c, kind, flags, stream @ ..] = *bytes.first_chunk::<HEAD_BYTES>()?;
        let length = u32::from_be_bytes([0, a, b, c]) as usize;
        Some(Self { length, kind, flags, stream: u32::from_be_bytes(stream) & 0x7fff_ffff })
    }
}

/// Appends a frame.
pub(super) fn write(output: &mut Vec<u8>, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
    // No payload here comes near to 16 MiB.
    let [_, length @ ..] = u32::try_from(payload.len()).unwrap_or(0).to_be_bytes();
    output.extend_from_slice(&length);
    output.extend_from_slice(&[kind, flags]);
    output.extend_from_slice(&stream.to_be_bytes());
    output.extend_from_slice(payload);
}
