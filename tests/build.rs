//! Makes a client from the public proto, as any client would.

use std::io;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=../proto");
    let files = ["rebound/v1/guidance.proto", "rebound/v1/catalog.proto", "rebound/v1/history.proto"];
    let descriptors = protox::compile(files, ["../proto"]).map_err(io::Error::other)?;
    tonic_prost_build::configure().build_server(false).compile_fds(descriptors)
}
