//! A TCP proxy that a test cuts or freezes, so that a server seems to be away.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Open,
    Cut,
    Frozen,
}

/// Forwards connections to a server until told otherwise. Ends when dropped.
#[derive(Debug)]
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    line: watch::Sender<Line>,
}

impl Proxy {
    /// A proxy on a free port of this machine, in front of `target` (host and port).
    ///
    /// # Panics
    /// If there is no free port.
    pub async fn to(target: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (line, seen) = watch::channel(Line::Open);
        tokio::spawn(accept(listener, target.to_owned(), seen));
        Self { address, line }
    }

    /// A proxy in front of the server of a PostgreSQL URL, and the URL that leads through it.
    ///
    /// # Panics
    /// If the URL has no host and port.
    pub async fn to_url(url: &str) -> (Self, String) {
        let (_, rest) = url.split_once("://").expect("a URL");
        let authority = rest.split(['/', '?']).next().unwrap_or(rest);
        let target = authority.rsplit_once('@').map_or(authority, |(_, target)| target);
        let proxy = Self::to(target).await;
        let url = url.replacen(target, &proxy.address.to_string(), 1);
        (proxy, url)
    }

    /// Closes every connection, and each new one at once.
    pub fn cut(&self) {
        self.line.send_replace(Line::Cut);
    }

    /// Forwards nothing any more, on no connection, and closes none.
    pub fn freeze(&self) {
        self.line.send_replace(Line::Frozen);
    }

    /// Forwards new connections again. Those that were frozen stay silent, as if their server were gone for good.
    pub fn restore(&self) {
        self.line.send_replace(Line::Open);
    }
}

async fn accept(listener: TcpListener, target: String, mut line: watch::Receiver<Line>) {
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((client, _)) = accepted else { return };
                tokio::spawn(forward(client, target.clone(), line.clone()));
            }
            gone = line.changed() => if gone.is_err() { return },
        }
    }
}

async fn forward(mut client: TcpStream, target: String, mut line: watch::Receiver<Line>) {
    let Ok(mut server) = TcpStream::connect(target).await else { return };
    tokio::select! {
        _ = copy_bidirectional(&mut client, &mut server), if *line.clone().borrow() == Line::Open => return,
        _ = line.wait_for(|line| *line != Line::Open) => {}
    }
    // An error means that the proxy is gone, and the connections end with it.
    drop(line.wait_for(|line| *line == Line::Cut).await);
}
