#![doc = include_str!("../README.md")]

#[macro_use]
mod names;

pub mod access;
pub mod catalog;
pub mod condition;
pub mod context;
pub mod drafts;
pub mod environment;
pub mod error;
pub mod feedback;
pub mod fragments;
pub mod governance;
pub mod guidance;
pub mod history;
mod html;
pub mod id;
mod language;
pub mod limits;
pub mod overlays;

pub mod page;
pub mod precondition;
pub mod replies;
pub mod send_time;

pub use error::{Error, ErrorKind, FieldError, Result};

/// A digest of bytes, the same on every machine: for entity tags and the like.
#[must_use]
pub fn digest(bytes: &[u8]) -> u128 {
    let mut start = [0; 16];
    start.copy_from_slice(&blake3::hash(bytes).as_bytes()[..16]);
    u128::from_be_bytes(start)
}
