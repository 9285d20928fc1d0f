#![doc = include_str!("../README.md")]

mod admin;
mod batch;
mod call;
mod catalog;
pub mod context;
mod deadline;
mod drafts;
mod fragments;
mod guidance;
mod history;
mod limits;
mod locale;
mod method;
mod metrics;
mod observed;
mod operations;
pub mod proto;
mod protocol;
mod replies;
mod request_id;
mod send_time;
mod service;
pub mod status;
mod wire;

pub use method::Method;
pub use operations::Health;
pub use proto::FILE_DESCRIPTOR_SET;
pub use request_id::X_REQUEST_ID;
pub use service::{GrpcApi, GrpcService, SetupError};
