//! The bare servers: what the frameworks cost by themselves. They parse what the service parses and answer as many
//! bytes, and do nothing else.

mod context;
pub(crate) mod encoded;
mod fragment;
pub(crate) mod group_commit;
pub(crate) mod grpc;
pub(crate) mod http;
mod reply;

use std::net::SocketAddr;
use std::path::PathBuf;

/// What a bare server is told.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Where to listen
    #[arg(long)]
    pub(crate) listen: SocketAddr,
    /// The bytes to answer: JSON documents, one a line, in turn; or an encoded message
    #[arg(long)]
    pub(crate) answer: PathBuf,
}
