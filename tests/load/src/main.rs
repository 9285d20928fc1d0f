#![doc = include_str!("../README.md")]

mod answers;
mod bare;
mod cases;
mod client;
mod fragment;
mod peers;
mod postgres;
mod process;
mod proto;
mod report;
mod service;
mod situation;

use std::process::ExitCode;

use clap::Parser;
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

/// What the service has too, so that allocations cost the same on both sides.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Whatever ends a measurement.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Measures Rebound beside bare servers that return the same bytes.
#[derive(Parser)]
enum Command {
    /// Measures and prints; run it as `tests/load/run`.
    Measure(cases::Options),
    /// Serves a file over HTTP, with nothing but axum.
    BareAxum(bare::Options),
    /// Serves a file as the answer of `GetGuidance`, with nothing but tonic.
    BareTonic(bare::Options),
    /// The same, with an answer that was encoded before.
    BareTonicEncoded(bare::Options),
}

fn main() -> ExitCode {
    match run(Command::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    // A server of one core has the same runtime as the service there; the client needs no second thread.
    let server = || Builder::new_multi_thread().enable_all().build();
    match command {
        Command::Measure(options) => Builder::new_current_thread().enable_all().build()?.block_on(async {
            tokio::select! {
                outcome = cases::measure(&options) => outcome,
                stopped = stopped() => stopped,
            }
        }),
        Command::BareAxum(options) => server()?.block_on(bare::http::serve(&options)),
        Command::BareTonic(options) => server()?.block_on(bare::grpc::serve(&options)),
        Command::BareTonicEncoded(options) => server()?.block_on(bare::encoded::serve(&options)),
    }
}

/// Ends with an error when somebody stops the measurement, so that what it started is stopped and removed.
async fn stopped() -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    Err("stopped".into())
}
