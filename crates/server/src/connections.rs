//! Accepts connections for both APIs and serves them, HTTP/1.1 and HTTP/2 alike, with limits on what a client may keep
//! waiting or make the server hold; ends without losing a request that was accepted.

use std::pin::pin;
use std::time::Duration;

use hyper::Request;
use hyper::body::{Body, Incoming};
use hyper::service::Service;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::head_timer::HeadTimer;
use crate::named::Named;
use crate::tls::Tls;
use crate::unstalled::Unstalled;

/// How many requests one HTTP/2 connection may have under way.
const MAX_CONCURRENT_STREAMS: u32 = 256;

/// How much of what a client sent waits to be read over HTTP/1.1, and with it how large the head of a request may be, in
/// bytes.
const MAX_BUFFER_BYTES: usize = 64 * 1024;

/// How large the head of a request may be over HTTP/2, in bytes.
const MAX_HEADER_LIST_BYTES: u32 = 16 * 1024;

/// How much a client may send ahead of what is read, for one request and for a connection, in bytes. `h2` closes a
/// connection when the unread small frames on it cost more memory than half of the latter, so the former is small: a
/// few dozen batches may be held back at once.
const STREAM_WINDOW_BYTES: u32 = 32 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 8 * 1024 * 1024;

/// How much of an answer waits for a client that is slow, in bytes.
const MAX_SEND_BUFFER_BYTES: usize = 64 * 1024;

/// A quiet connection is asked for a sign of life this often, and closed when none comes in time.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(30);
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long the head of an HTTP/1.1 request may take to arrive.
const HEADER_READ_TIMEOUT: Duration = Duration::from_secs(10);

/// How long to wait at most after the system refused a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How much is borne of clients.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// How many connections there may be at a time; 0: any number.
    pub(crate) max_connections: usize,
    /// For how long a client may take nothing of its answer.
    pub(crate) stall: Duration,
}

/// Serves `service` until `stop` is done. Then takes no new connection, runs `closing`, and lets requests that are under
/// way end. Dropping the future closes every connection at once.
pub(crate) async fn serve<S, B>(
    listener: TcpListener,
    tls: Option<Tls>,
    patience: Patience,
    service: S,
    stop: impl Future<Output = ()>,
    closing: impl Future<Output = ()>,
) where
    S: Service<Request<Incoming>, Response = http::Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let builder = builder();
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                // Closed at once: who waits in the system's queue instead learns nothing.
                Ok(_) if patience.max_connections > 0 && connections.len() >= patience.max_connections => {}
                Ok((stream, _)) => {
                    let stream = Unstalled::new(stream, patience.stall);
                    connections.spawn(connect(builder.clone(), graceful.watcher(), stream, tls.clone(), service.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    pause(&mut connections).await;
                }
            },
            Some(_) = connections.join_next() => {}
            () = &mut stop => break,
        }
    }
    drop(listener);
    closing.await;
    graceful.shutdown().await;
}

/// Waits until a connection ends, for it is file descriptors that are missing as a rule, but not for long.
async fn pause(connections: &mut JoinSet<()>) {
    let ended = async {
        if connections.join_next().await.is_none() {
            std::future::pending::<()>().await;
        }
    };
    // It is tried again either way.
    timeout(ACCEPT_PAUSE, ended).await.unwrap_or_default();
}

/// Serves one connection to its end.
async fn connect<S, B>(
    builder: Builder<TokioExecutor>,
    watcher: Watcher,
    stream: Unstalled,
    tls: Option<Tls>,
    service: S,
) where
    S: Service<Request<Incoming>, Response = http::Response<B>> + Send,
    S::Future: Send + 'static,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    match tls {
        None => talk(builder, watcher, stream, service).await,
        Some(tls) => {
            if let Some(stream) = tls.accept(stream).await {
                talk(builder, watcher, stream, service).await;
            }
        }
    }
}

/// Answers the requests on a connection until it ends.
async fn talk<S, B>(
    mut builder: Builder<TokioExecutor>,
    watcher: Watcher,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    service: S,
) where
    S: Service<Request<Incoming>, Response = http::Response<B>> + Send,
    S::Future: Send + 'static,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    builder.http1().timer(HeadTimer::default());
    let connection = builder.serve_connection(TokioIo::new(Named::new(stream)), service);
    // How a connection ends is the client's affair; every request on it is logged by itself.
    drop(watcher.watch(connection).await);
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().header_read_timeout(HEADER_READ_TIMEOUT).max_buf_size(MAX_BUFFER_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_CONCURRENT_STREAMS)
        .max_header_list_size(MAX_HEADER_LIST_BYTES)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_send_buf_size(MAX_SEND_BUFFER_BYTES)
        .keep_alive_interval(KEEP_ALIVE_INTERVAL)
        .keep_alive_timeout(KEEP_ALIVE_TIMEOUT);
    builder
}
