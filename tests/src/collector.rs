//! A collector of OpenTelemetry data, over gRPC or HTTP, that hands a test what it is sent.

mod doors;
mod received;

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::timeout;

pub use self::received::{Message, Received, text, trace_of};

/// What a test waits for at most, if the service does not send it.
const LIMIT: Duration = Duration::from_mins(1);

/// How a collector is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// OTLP over gRPC.
    Grpc,
    /// OTLP over HTTP, as protobuf.
    HttpProtobuf,
}

impl Protocol {
    /// Its name in `OTEL_EXPORTER_OTLP_PROTOCOL`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Grpc => "grpc",
            Self::HttpProtobuf => "http/protobuf",
        }
    }
}

/// A collector that listens. It ends with its value.
#[derive(Debug)]
pub struct Collector {
    /// Where it is.
    pub url: String,
    protocol: Protocol,
    messages: UnboundedReceiver<Message>,
    received: Received,
    task: JoinHandle<()>,
}

impl Collector {
    /// A collector on a free port.
    ///
    /// # Panics
    /// If there is none.
    pub async fn start(protocol: Protocol) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address: SocketAddr = listener.local_addr().expect("an address");
        let (sender, messages) = unbounded_channel();
        let task = match protocol {
            Protocol::Grpc => tokio::spawn(doors::grpc(listener, sender)),
            Protocol::HttpProtobuf => tokio::spawn(doors::http(listener, sender)),
        };
        Self { url: format!("http://{address}"), protocol, messages, received: Received::default(), task }
    }

    /// The variables that send a service's telemetry here, often.
    #[must_use]
    pub fn variables(&self) -> Vec<(&'static str, &str)> {
        vec![
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &self.url),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", self.protocol.name()),
            ("OTEL_BSP_SCHEDULE_DELAY", "20"),
            ("OTEL_BLRP_SCHEDULE_DELAY", "20"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "50"),
        ]
    }

    /// Waits until what was received is enough.
    ///
    /// # Panics
    /// If it never is.
    pub async fn until(&mut self, enough: impl Fn(&Received) -> bool) -> &Received {
        let waiting = timeout(LIMIT, async {
            while !enough(&self.received) {
                let message = self.messages.recv().await.expect("a collector that runs");
                self.received.take(message);
            }
        });
        let is_enough = waiting.await.is_ok();
        assert!(is_enough, "this is not enough: {:#?}", self.received.spans);
        &self.received
    }

    /// All that was received, once the service has ended.
    pub fn rest(&mut self) -> &Received {
        while let Ok(message) = self.messages.try_recv() {
            self.received.take(message);
        }
        &self.received
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.task.abort();
    }
}
