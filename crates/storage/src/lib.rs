#![doc = include_str!("../README.md")]

#[macro_use]
mod database;
#[macro_use]
mod row;

mod access;
mod budget;
mod connections;
mod constraints;
mod engine;
mod error;
mod fault;
mod governance;
mod group;
mod history;
mod limits;
mod merged;
mod migrations;
mod moment;
mod one_statement;
mod overlays;
mod plan;
mod postgres;
mod queue;
mod span;
mod sqlite;
mod storage;
mod time;
mod vault;

pub use budget::one_request;
pub use database::Backend;
pub use error::StorageError;
pub use storage::Storage;
pub use vault::{InvalidMasterKey, MasterKey};
