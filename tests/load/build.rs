//! Compiles the services of `proto/` that are measured, without protoc, with stubs for the client and for the bare server.

use std::error::Error;

const PROTO: &str = "../../proto";
const FILES: [&str; 3] = ["rebound/v1/context.proto", "rebound/v1/guidance.proto", "rebound/v1/fragments.proto"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={PROTO}");
    tonic_prost_build::configure().compile_fds(protox::compile(FILES, [PROTO])?)?;
    Ok(())
}
