//! What the stories need: the running service, databases of their own, a clock that a test moves, and a way to cut a
//! connection. It must not repeat logic of the service.

pub mod archive;
pub mod collector;
pub mod environment;
pub mod keys;
pub mod postgres;
pub mod process;
pub mod program;
pub mod proxy;
pub mod service;
pub mod situations;
pub mod sql;
pub mod sqlite;

/// The client that the public proto gives.
#[expect(clippy::pedantic, clippy::large_enum_variant, clippy::allow_attributes_without_reason, reason = "generated")]
pub mod proto {
    tonic::include_proto!("rebound.v1");
}
