//! The messages of `proto/rebound/v1` and the stubs of the guidance service, generated.

#![expect(clippy::pedantic, missing_docs, unreachable_pub, clippy::allow_attributes, clippy::allow_attributes_without_reason, reason = "generated code")]

tonic::include_proto!("rebound.v1");
