#![doc = include_str!("../README.md")]

pub mod access;
pub mod catalog;
pub mod condition;
pub mod context;
pub mod environment;
pub mod error;
pub mod guidance;
pub mod id;

pub use error::{Error, ErrorKind, FieldError, Result};
