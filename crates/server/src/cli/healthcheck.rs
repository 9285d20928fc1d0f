//! `rebound healthcheck`: asks the service of these settings whether it is ready, for images that hold no other program.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use super::{Failure, output};
use crate::config::Settings;

/// How long to wait for each answer: longer than the service itself waits for its database.
const PATIENCE: Duration = Duration::from_secs(3);

/// As much of an answer as tells its status: `HTTP/1.1 200`.
const STATUS_BYTES: usize = 12;

/// Asks. Ends with 0 if the service is ready, with 1 if not.
pub(super) fn healthcheck(settings: &Settings) -> Result<ExitCode, Failure> {
    let addr = match settings.operations_addr {
        Some(addr) => reachable(addr),
        // Its certificate is for the names that clients know, and asks perhaps for one of theirs.
        None if settings.tls.is_some() => {
            return Err(Failure::usage("operations_addr: set it, for with TLS the health check needs a port without"));
        }
        None => reachable(settings.http_addr),
    };
    if addr.port() == 0 {
        return Err(Failure::usage("http_addr: name the port that the service has; 0 is none"));
    }
    let status = status(addr).map_err(|error| Failure::failed(format!("no answer from {addr}: {error}")))?;
    if status == "HTTP/1.1 200" { output::line("ready") } else { Err(Failure::failed(format!("not ready: {status}"))) }
}

/// Where a service is reached on this machine that listens on an address.
fn reachable(addr: SocketAddr) -> SocketAddr {
    let ip = match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, addr.port())
}

fn status(addr: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&addr, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /readyz HTTP/1.1\r\nhost: {addr}\r\nconnection: close\r\n\r\n")?;
    let mut head = [0; STATUS_BYTES];
    stream.read_exact(&mut head)?;
    Ok(String::from_utf8_lossy(&head).into_owned())
}
