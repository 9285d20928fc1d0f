//! Compiles `proto/` without protoc: the messages as Rust types, and the descriptors for reflection.

use std::error::Error;
use std::path::PathBuf;

use protox::prost::Message;

const PROTO: &str = "../../proto";
const FILES: [&str; 10] = [
    "rebound/v1/context.proto",
    "rebound/v1/guidance.proto",
    "rebound/v1/fragments.proto",
    "rebound/v1/drafts.proto",
    "rebound/v1/replies.proto",
    "rebound/v1/catalog.proto",
    "rebound/v1/send_time.proto",
    "rebound/v1/history.proto",
    "rebound/v1/overlays.proto",
    "rebound/v1/admin.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={PROTO}");
    let mut descriptors = protox::compile(FILES, [PROTO])?;
    // No stubs: `service.rs` answers calls itself, to have one kind of error and no layers.
    tonic_prost_build::configure()
        .build_client(false)
        .build_server(false)
        // Many times as large as the other things that an export sends.
        .boxed(".rebound.v1.ExportUserResponse.item.rejection")
        .compile_fds(descriptors.clone())?;
    for file in &mut descriptors.file {
        file.source_code_info = None;
    }
    let path = PathBuf::from(std::env::var("OUT_DIR")?).join("descriptors.bin");
    std::fs::write(path, descriptors.encode_to_vec())?;
    Ok(())
}
