//! The command line: one module a command.

mod access;
mod advise;
mod catalog;
mod config;
mod fields;
mod fragments;
mod healthcheck;
mod master_key;
mod output;
mod serve;
mod shown;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;
use tokio::runtime::Runtime;

use crate::app::AppError;
use crate::config::{ConfigError, Layer, Settings, refuse_unknown_variables};

/// What no setting says.
const TELEMETRY: &str = "\
Telemetry:
  Traces, metrics and logs are sent over OTLP where the standard OTEL_* variables say so, such as
  OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL (grpc or http/protobuf),
  OTEL_TRACES_SAMPLER and OTEL_SERVICE_NAME. Nothing is sent where none of them is set.";

/// Turns a rejection into a next step: guidance over REST and gRPC.
///
/// Without a command, `rebound` serves. Nothing has to be configured: data goes into `rebound-data`, and the first
/// start writes an API key to `rebound-data/bootstrap-key`.
#[derive(Debug, Parser)]
#[command(name = "rebound", version, propagate_version = true, max_term_width = 100, after_help = TELEMETRY)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// A file with settings [default: rebound.toml, if there is one]
    #[arg(long, global = true, env = "REBOUND_CONFIG", value_name = "FILE", help_heading = "Settings")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Layer,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve REST and gRPC until told to stop (the default)
    Serve(serve::Serve),
    /// Bring the database to the version of this binary, and end
    Migrate,
    /// Ask the service of these settings whether it is ready, and end with 0 if so
    Healthcheck,
    /// Get guidance for one situation, without server or database
    Advise(advise::Advise),
    /// Write fragments for e-mails, one context a line, without server or database
    Fragments(fragments::Fragments),
    /// Work on the catalog of advice
    #[command(subcommand)]
    Catalog(catalog::Catalog),
    /// Print the OpenAPI document
    Openapi,
    /// Look at the settings
    #[command(subcommand)]
    Config(config::Config),
    /// Administer tenants
    Tenant(access::Answering<access::Tenant>),
    /// Administer API keys
    Key(access::Answering<access::Key>),
    /// Make and change the master key
    #[command(subcommand, name = "master-key")]
    MasterKey(master_key::MasterKey),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// What a command ends with when it fails: a sentence on standard error, and the exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    code: u8,
}

impl Failure {
    /// The input or the settings are wrong: exit code 2.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 2 }
    }

    /// Something else went wrong: exit code 1.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 1 }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        Self::failed(error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::failed(error.to_string())
    }
}

impl Cli {
    /// Runs the command.
    #[must_use]
    pub fn run(self) -> ExitCode {
        match self.dispatch() {
            Ok(code) => code,
            Err(failure) => {
                anstream::eprintln!("{}error:{} {}", output::BAD, output::PLAIN, failure.message);
                ExitCode::from(failure.code)
            }
        }
    }

    fn dispatch(self) -> Result<ExitCode, Failure> {
        let Self { command, config, mut settings } = self;
        let command = command.unwrap_or_else(|| Command::Serve(serve::Serve::default()));
        settings.sandbox = matches!(&command, Command::Serve(serve) if serve.sandbox);
        let resolve = || -> Result<Settings, Failure> {
            let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
            refuse_unknown_variables(&known_variables(), names)?;
            Ok(Settings::resolve(settings, config.as_deref())?)
        };
        match command {
            Command::Serve(_) => serve::serve(&resolve()?),
            Command::Migrate => access::migrate(&resolve()?),
            Command::Healthcheck => healthcheck::healthcheck(&resolve()?),
            Command::Advise(advise) => advise.run(resolve),
            Command::Fragments(fragments) => fragments.run(resolve),
            Command::Catalog(command) => command.run(),
            Command::Openapi => {
                let document = rebound_api_rest::openapi().to_pretty_json();
                output::line(&document.map_err(|error| Failure::failed(error.to_string()))?)
            }
            Command::Config(command) => command.run(resolve),
            Command::Tenant(command) => command.run(&resolve()?),
            Command::Key(command) => command.run(&resolve()?),
            Command::MasterKey(command) => command.run(resolve),
            Command::Completions { shell } => {
                clap_complete::generate(shell, &mut Self::command(), "rebound", &mut std::io::stdout());
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

/// The environment variables that the command line knows.
fn known_variables() -> Vec<String> {
    let command = Cli::command();
    command.get_arguments().filter_map(|argument| Some(argument.get_env()?.to_str()?.to_owned())).collect()
}

/// After how many tasks the runtime looks what else came from outside. It would look after 61, each of which may take a
/// tenth of a millisecond here, and what came would wait unseen meanwhile.
const EVENT_INTERVAL: u32 = 16;

/// Every so many tasks, one is taken from the queue of all workers. What a worker has no room for goes there, and it would
/// wait there for as long as there is other work.
const GLOBAL_QUEUE_INTERVAL: u32 = 2;

/// A runtime for the commands that need one.
pub(crate) fn runtime() -> Result<Runtime, Failure> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all().event_interval(EVENT_INTERVAL).global_queue_interval(GLOBAL_QUEUE_INTERVAL);
    Ok(builder.build()?)
}
