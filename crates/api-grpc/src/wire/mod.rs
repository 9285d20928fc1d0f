//! gRPC over HTTP/2 as bytes: messages out of a request body, ready answers into a response. Tonic's own would encode
//! and compress every answer anew, name errors in its own words, and end a stream at the first bad message.

mod answer;
mod frame;
mod gzip;
mod messages;
#[cfg(test)]
mod tests;

pub(crate) use answer::{Answer, head};
pub(crate) use frame::write_frame;
pub(crate) use gzip::{FAST, accepts_gzip};
pub(crate) use messages::{Messages, Unreadable, decode, read_one};
