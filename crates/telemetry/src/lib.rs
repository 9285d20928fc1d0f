#![doc = include_str!("../README.md")]

mod clock;
mod config;
mod current;
mod exporter;
mod logs;
mod message;
mod metrics;
mod queue;
mod requests;
mod resource;
mod spans;
mod tally;
mod telemetry;
mod traceparent;
mod transport;

pub use config::{Config, InvalidVariable, InvalidVariables};
pub use current::{CurrentSpan, SpanIds};
pub use requests::{Door, DoorKind, Followed, Requests};
pub use spans::Kept;
pub use telemetry::{StartError, Telemetry};
pub use transport::InvalidCertificate;
