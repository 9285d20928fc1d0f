//! Telemetry from its start to its end: a thread of its own sends what requests leave in queues, so that no collector can
//! keep a request waiting.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_sdk::trace::SpanData;
use prometheus::Registry;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::Filter;
use tracing_subscriber::registry::LookupSpan;

use crate::clock::now_nanos;
use crate::config::{Config, Destination, Signal};
use crate::exporter::Exporter;
use crate::logs::{LogRecords, Logged, on_sending_thread};
use crate::message::{log_message, metric_message, span_message};
use crate::metrics::{ACCESS, ExemplarLayer, Exemplars, Period, convert};
use crate::queue::{Queue, pause};
use crate::requests::{Requests, Rules};
use crate::resource::resource;
use crate::spans::{self, Kept};
use crate::tally::Tally;
use crate::transport::{InvalidCertificate, Transport};

/// Why there is no telemetry.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A collector cannot be trusted.
    #[error(transparent)]
    Certificate(#[from] InvalidCertificate),
    /// The system gives no thread.
    #[error("no thread for telemetry: {0}")]
    Thread(#[from] io::Error),
    /// The metrics cannot be made.
    #[error("the metrics of telemetry: {0}")]
    Metrics(#[from] prometheus::Error),
}

/// Telemetry that runs. Dropping it does not wait; [`Telemetry::stop`] does.
pub struct Telemetry {
    requests: Requests,
    spans: Option<Arc<Queue<SpanData>>>,
    logs: Option<Arc<Queue<Logged>>>,
    exemplars: Option<Arc<Exemplars>>,
    registry: Arc<OnceLock<Registry>>,
    tally: Tally,
    stop: watch::Sender<bool>,
    /// Closed when the thread has ended.
    ended: Mutex<mpsc::Receiver<()>>,
}

/// A layer of a subscriber.
type BoxedLayer<S> = Box<dyn Layer<S> + Send + Sync>;

impl Telemetry {
    /// Starts the thread that sends. Nothing is sent before there is something to send.
    ///
    /// # Errors
    /// If certificates cannot be used, or the system gives no thread.
    pub fn start(config: &Config) -> Result<Self, StartError> {
        let tally = Tally::new()?;
        let registry = Arc::<OnceLock<Registry>>::default();
        let exporter = |signal: Signal, destination: &Option<Destination>| {
            let transport = destination.clone().map(Transport::to).transpose()?;
            Ok::<_, StartError>(transport.map(|transport| Exporter::new(signal, transport, tally.of(signal))))
        };
        let traces = exporter(Signal::Traces, &config.traces)?;
        let metrics = exporter(Signal::Metrics, &config.metrics)?;
        let logs = exporter(Signal::Logs, &config.logs)?;
        let (spans, log_records) = (
            traces.is_some().then(|| Arc::new(Queue::new(config.span_batches, tally.no_room(Signal::Traces)))),
            logs.is_some().then(|| Arc::new(Queue::new(config.log_batches, tally.no_room(Signal::Logs)))),
        );
        let exemplars = Arc::<Exemplars>::default();
        let has_exemplars = traces.is_some() && metrics.is_some();
        let rules = Rules { sampling: config.sampling, continues_traces: config.continues_traces };
        let (stop, stopped) = watch::channel(false);
        let (alive, ended) = mpsc::channel();
        let sending = Sending {
            resource: resource(&config.resource),
            spans: traces.zip(spans.clone()),
            logs: logs.zip(log_records.clone()),
            metrics: metrics.map(|exporter| MetricSource {
                exporter,
                registry: Arc::clone(&registry),
                exemplars: Arc::clone(&exemplars),
                every: config.metrics_every,
            }),
            stop: stopped,
        };
        let runtime = Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new().name("telemetry".to_owned()).spawn(move || {
            sending.run(&runtime);
            drop(alive);
        })?;
        let requests = Requests(spans.is_some().then(|| Arc::new(rules)));
        let exemplars = has_exemplars.then_some(exemplars);
        Ok(Self { requests, spans, logs: log_records, exemplars, registry, tally, stop, ended: Mutex::new(ended) })
    }

    /// Sends the metrics of this registry too, and adds its own; answers what follows requests. Only the first registry
    /// counts.
    ///
    /// # Errors
    /// If metrics of the same names are registered already.
    pub fn follow(&self, registry: &Registry) -> Result<Requests, prometheus::Error> {
        self.tally.register(registry)?;
        self.registry.get_or_init(|| registry.clone());
        Ok(self.requests.clone())
    }

    /// The layers that take spans and events, events as the filters allow.
    pub fn layers<S, F>(&self, events: impl Fn() -> F) -> Vec<BoxedLayer<S>>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
        F: Filter<S> + Send + Sync + 'static,
    {
        let mut layers: Vec<BoxedLayer<S>> = Vec::new();
        if let Some(queue) = &self.spans {
            layers.push(Box::new(spans::layer(Arc::clone(queue))));
        }
        if let Some(exemplars) = &self.exemplars {
            let lines = filter_fn(|metadata| metadata.target() == ACCESS);
            layers.push(Box::new(ExemplarLayer::to(Arc::clone(exemplars)).with_filter(self.beside(lines))));
        }
        if let Some(queue) = &self.logs {
            layers.push(Box::new(LogRecords::to(Arc::clone(queue)).with_filter(self.beside(events()))));
        }
        layers
    }

    /// A filter for another layer that is to know which span an event belongs to.
    pub fn beside<F>(&self, events: F) -> Kept<F> {
        Kept { of_events: events, takes_spans: self.spans.is_some() }
    }

    /// Sends what is left, as far as there is time. Answers whether there was.
    pub fn stop(&self, within: Duration) -> bool {
        self.stop.send_replace(true);
        let ended = self.ended.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        ended.recv_timeout(within) == Err(RecvTimeoutError::Disconnected)
    }
}

/// What the thread does.
struct Sending {
    resource: Resource,
    spans: Option<(Exporter, Arc<Queue<SpanData>>)>,
    logs: Option<(Exporter, Arc<Queue<Logged>>)>,
    metrics: Option<MetricSource>,
    stop: watch::Receiver<bool>,
}

/// Where metrics come from, and how often.
struct MetricSource {
    exporter: Exporter,
    registry: Arc<OnceLock<Registry>>,
    exemplars: Arc<Exemplars>,
    every: Duration,
}

impl Sending {
    fn run(self, runtime: &Runtime) {
        on_sending_thread();
        let Self { resource, spans, logs, metrics, stop } = self;
        runtime.block_on(async {
            let spans = async {
                if let Some((exporter, queue)) = spans {
                    exporter.run(queue, |spans| span_message(spans, &resource), stop.clone()).await;
                }
            };
            let logs = async {
                if let Some((exporter, queue)) = logs {
                    exporter.run(queue, |logged| log_message(logged, &resource), stop.clone()).await;
                }
            };
            let metrics = async {
                if let Some(source) = metrics {
                    source.run(&resource, stop.clone()).await;
                }
            };
            tokio::join!(spans, logs, metrics);
        });
    }
}

impl MetricSource {
    /// Sends the metrics every so often, and once more at the end.
    async fn run(mut self, resource: &Resource, mut stop: watch::Receiver<bool>) {
        let start = now_nanos();
        loop {
            pause(self.every, &mut stop).await;
            let stops = *stop.borrow();
            let families = self.registry.get().map(Registry::gather).unwrap_or_default();
            let metrics = convert(&families, Period { start, end: now_nanos() }, &self.exemplars);
            if !metrics.is_empty() {
                let count = metrics.len() as u64;
                self.exporter.send(&metric_message(metrics, resource), count, &mut stop).await;
            }
            if stops {
                return;
            }
        }
    }
}
