//! A message behind its prefix: one byte that says whether it is compressed, and four for its length.

use bytes::{BufMut, BytesMut};
use flate2::Compression;

use super::gzip;

/// How many bytes stand before a message.
pub(super) const PREFIX_BYTES: usize = 5;

/// Appends a message that `write` appends, behind its prefix; compressed at `level` if there is one and it is worth it.
pub(crate) fn write_frame(out: &mut BytesMut, level: Option<Compression>, write: impl FnOnce(&mut BytesMut)) {
    let start = out.len();
    let message = start + PREFIX_BYTES;
    out.put_bytes(0, PREFIX_BYTES);
    write(out);
    if let Some(compressed) = level.and_then(|level| gzip::compress(&out[message..], level)) {
        out.truncate(message);
        out.extend_from_slice(&compressed);
        out[start] = 1;
    }
    // No answer comes near to 4 GiB.
    let length = u32::try_from(out.len() - message).unwrap_or(u32::MAX);
    out[start + 1..message].copy_from_slice(&length.to_be_bytes());
}
