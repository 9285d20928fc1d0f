//! The messages of `proto/rebound/v1` and the stubs of the services that are measured, generated.

#![expect(
    clippy::pedantic,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    unreachable_pub,
    reason = "generated code"
)]

tonic::include_proto!("rebound.v1");
