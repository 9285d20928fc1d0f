//! A TCP proxy that a test cuts, freezes or slows down, so that a server seems to be away or far away.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, split};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Open,
    /// Each packet waits for so long.
    Slow(Duration),
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

    /// Keeps each packet back for so long, in both directions, on every connection that is not frozen.
    pub fn slow(&self, delay: Duration) {
        self.line.send_replace(Line::Slow(delay));
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

async fn forward(client: TcpStream, target: String, mut line: watch::Receiver<Line>) {
    let Ok(server) = TcpStream::connect(target).await else { return };
    let ((from_client, to_client), (from_server, to_server)) = (split(client), split(server));
    let is_dead = |line: &Line| matches!(line, Line::Cut | Line::Frozen);
    let lines = (line.clone(), line.clone());
    // Kept until the end: a frozen connection is silent, not closed.
    let both = async { tokio::try_join!(pump(from_client, to_server, lines.0), pump(from_server, to_client, lines.1)) };
    let mut both = pin!(both);
    tokio::select! {
        biased;
        _ = line.wait_for(is_dead) => {}
        _ = &mut both => return,
    }
    // An error means that the proxy is gone, and the connections end with it.
    drop(line.wait_for(|line| *line == Line::Cut).await);
}

/// Passes on what comes, as late as the line says.
async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    line: watch::Receiver<Line>,
) -> io::Result<()> {
    let mut packet = [0; 16 * 1024];
    loop {
        let length = from.read(&mut packet).await?;
        if length == 0 {
            return to.shutdown().await;
        }
        let state = *line.borrow();
        if let Line::Slow(delay) = state {
            #[expect(clippy::disallowed_methods, reason = "the delay is the fault")]
            tokio::time::sleep(delay).await;
        }
        to.write_all(&packet[..length]).await?;
    }
}
