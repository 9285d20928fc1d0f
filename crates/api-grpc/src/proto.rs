//! The messages of `proto/rebound/v1`, generated, and their descriptors.

/// Package `rebound.v1`.
pub mod v1 {
    #![expect(clippy::pedantic, reason = "generated code")]

    tonic::include_proto!("rebound.v1");
}

/// The descriptors of `rebound.v1` as an encoded `google.protobuf.FileDescriptorSet`, without comments.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
