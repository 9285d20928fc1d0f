//! Makes a client from the public proto, as any client would.

use std::io;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=../proto");
    let files = ["guidance", "fragments", "replies", "drafts", "catalog", "history", "admin", "send_time"]
        .map(|name| format!("rebound/v1/{name}.proto"));
    let descriptors = protox::compile(files, ["../proto"]).map_err(io::Error::other)?;
    tonic_prost_build::configure().build_server(false).compile_fds(descriptors)
}
