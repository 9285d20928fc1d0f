//! Overlays: what a tenant changes about the catalog, from the draft to every answer, and what it may not change.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

mod away;
mod building;
mod desk;
mod draft;
mod every_path;
mod grpc;
mod limits;
mod versions;
