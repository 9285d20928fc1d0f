#![doc = include_str!("../README.md")]

#[macro_use]
mod database;

mod access;
mod constraints;
mod engine;
mod error;
mod fault;
mod migrations;
mod moment;
mod postgres;
mod sqlite;
mod storage;

pub use database::Backend;
pub use error::StorageError;
pub use storage::Storage;
