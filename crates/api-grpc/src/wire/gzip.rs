//! Compression of messages, the only one besides none.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use http::HeaderMap;
use rebound_domain::{Error, ErrorKind, Result};

/// For messages that are sent once.
pub(crate) const FAST: Compression = Compression::fast();

/// Smaller messages are not worth compressing: they fit into one packet anyway.
const COMPRESSED_FROM_BYTES: usize = 1024;

/// Whether the client takes compressed messages.
pub(crate) fn accepts_gzip(metadata: &HeaderMap) -> bool {
    metadata
        .get("grpc-accept-encoding")
        .is_some_and(|value| value.as_bytes().split(|byte| *byte == b',').any(|name| name.trim_ascii() == b"gzip"))
}

/// Whether the messages of a request that say so are compressed with gzip.
///
/// # Errors
/// `UnsupportedMediaType` if they are compressed in another way.
pub(super) fn sends_gzip(metadata: &HeaderMap) -> Result<bool> {
    match metadata.get("grpc-encoding").map(|value| value.as_bytes().trim_ascii()) {
        None | Some(b"identity") => Ok(false),
        Some(b"gzip") => Ok(true),
        Some(_) => {
            Err(Error::new(ErrorKind::UnsupportedMediaType, "Messages may be compressed with gzip or not at all."))
        }
    }
}

/// The message compressed, if that is worth it.
pub(super) fn compress(message: &[u8], level: Compression) -> Option<Vec<u8>> {
    if message.len() < COMPRESSED_FROM_BYTES {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(message.len() / 2), level);
    encoder.write_all(message).ok()?;
    encoder.finish().ok().filter(|compressed| compressed.len() < message.len())
}

/// The message as it was, of at most one byte more than `limit`; `None` if it is no gzip.
pub(super) fn decompress(compressed: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut message = Vec::new();
    GzDecoder::new(compressed).take(limit as u64 + 1).read_to_end(&mut message).ok()?;
    Some(message)
}
