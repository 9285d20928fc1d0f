//! One story through every door: REST, gRPC and the command line answer alike and fail alike.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

mod admin;
mod catalog_versions;
mod command_line;
mod confirmed;
mod drafts;
mod fragments;
mod fragments_as_json;
mod grpc;
mod grpc_as_json;
mod health;
mod master_key;
mod parity;
mod replies;
mod send_time;
mod served;
mod transport;
