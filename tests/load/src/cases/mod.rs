//! What is measured. Every case of throughput is a contest: the bare server and the service take turns, so that what
//! else the machine does meets both.

mod advise;
mod batch;
mod drafts;
mod fairness;
mod fragments;
mod fragments_batch;
mod grpc;
mod history;
mod overload;
mod replies;
mod rest;
mod start;

use std::ffi::OsStr;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use clap::ValueEnum;

use crate::Result;
use crate::client::{Round, Target, round};
use crate::process::Process;
use crate::report::{self, Budget};
use crate::service::{self, Service};

/// What is measured, and how long.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The program of the service
    #[arg(long, value_name = "PROGRAM")]
    server: PathBuf,
    /// The core that servers run on
    #[arg(long, value_name = "N")]
    server_core: usize,
    /// How long a round takes
    #[arg(long, value_name = "N", default_value_t = 1.5)]
    seconds: f64,
    /// How many rounds each server gets in each case
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u8).range(1..))]
    rounds: u8,
    /// Where the peers are installed
    #[arg(long, value_name = "FOLDER")]
    peers: Option<PathBuf>,
    /// Only these cases; more than once for several
    #[arg(long, value_name = "NAME")]
    case: Vec<Case>,
}

/// The cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Case {
    /// `POST /v1/guidance`, an answer that is remembered
    RestWarm,
    /// `POST /v1/guidance`, every context a new one
    RestCold,
    /// `GET /v1/guidance` answered 304
    #[value(name = "rest-304")]
    Rest304,
    /// `GetGuidance`, an answer that is remembered
    GrpcWarm,
    /// `GetGuidance`, every context a new one
    GrpcCold,
    /// 10,000 contexts in one call, over both APIs
    Batch,
    /// `POST /v1/fragments` with a brand, answers that are remembered
    Fragments,
    /// The same, every sign-off a new one
    FragmentsCold,
    /// Both beside `FastAPI` with Jinja2 and Fastify with Handlebars; needs their package registries once, so only when named
    FragmentsPeers,
    /// 10,000 contexts to fragments in one call, over both APIs
    FragmentsBatch,
    /// `POST /v1/replies`, each with a sender of its own
    Replies,
    /// Twice as much as the service can do
    Overload,
    /// Single calls beside another tenant's bulk calls
    Fairness,
    /// Choosing advice, in process
    Advise,
    /// A draft of 2,000 characters checked, over REST and in process
    DraftCheck,
    /// From start to ready
    Start,
    /// Rejections recorded on PostgreSQL, 16 and 64 clients
    HistoryWritePostgres,
    /// The newest page of rejections on PostgreSQL
    HistoryPagePostgres,
    /// Rejections recorded on SQLite, 64 clients
    HistoryWriteSqlite,
    /// The newest page of somebody who has 100,000 rejections
    HistoryNewestPage,
    /// Writes and pages beside two million rows of others; takes some minutes, so only when named
    HistoryGrowth,
}

/// Measures what the options name, and prints it.
pub(crate) async fn measure(options: &Options) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let bench = Bench { options, folder: folder.path() };
    let chosen = |case: Case| match options.case.as_slice() {
        [] => ![Case::HistoryGrowth, Case::FragmentsPeers].contains(&case),
        named => named.contains(&case),
    };
    println!("load of the machine before: {}", fs::read_to_string("/proc/loadavg")?.trim_end());
    report::head();
    let service = bench.service("main").await?.0;
    let (idle, _) = service.process.memory_mib()?;
    if [Case::RestWarm, Case::RestCold, Case::Rest304].into_iter().any(chosen) {
        rest::measure(&bench, &service, chosen).await?;
    }
    if [Case::GrpcWarm, Case::GrpcCold].into_iter().any(chosen) {
        grpc::measure(&bench, &service, chosen).await?;
    }
    if [Case::Fragments, Case::FragmentsCold, Case::FragmentsPeers].into_iter().any(chosen) {
        fragments::measure(&bench, &service, chosen).await?;
    }
    if chosen(Case::Replies) {
        replies::measure(&bench, &service).await?;
    }
    if chosen(Case::DraftCheck) {
        drafts::measure(&bench, &service).await?;
    }
    println!();
    let (_, peak) = service.process.memory_mib()?;
    report::figure("resident memory, idle, load", &format!("{idle:.1} MiB, {peak:.1} MiB"), "40 and 96, 25 and 64 MiB");
    drop(service);
    if chosen(Case::Batch) {
        batch::measure(&bench).await?;
    }
    if chosen(Case::FragmentsBatch) {
        fragments_batch::measure(&bench).await?;
    }
    if chosen(Case::Overload) {
        overload::measure(&bench).await?;
    }
    if chosen(Case::Fairness) {
        fairness::measure(&bench).await?;
    }
    if chosen(Case::Advise) {
        advise::measure(options.seconds)?;
    }
    if chosen(Case::Start) {
        start::measure(&bench).await?;
    }
    history::measure(&bench, chosen).await?;
    println!("\nload of the machine after: {}", fs::read_to_string("/proc/loadavg")?.trim_end());
    Ok(())
}

/// Where everything is done.
pub(crate) struct Bench<'a> {
    options: &'a Options,
    folder: &'a Path,
}

impl Bench<'_> {
    /// The program of the service.
    pub(crate) fn program(&self) -> &Path {
        &self.options.server
    }

    /// A folder that is removed in the end.
    pub(crate) const fn folder(&self) -> &Path {
        self.folder
    }

    /// Where the peers are installed.
    pub(crate) fn peers(&self) -> Option<&Path> {
        self.options.peers.as_deref()
    }

    /// The core that servers run on, as `taskset` lists it.
    pub(crate) fn server_core(&self) -> String {
        self.options.server_core.to_string()
    }

    /// The service with fresh data in a folder of this name, and how long it took to be ready.
    async fn service(&self, name: &str) -> Result<(Service, std::time::Duration)> {
        Service::start(&self.server_core(), self.program(), &self.folder.join(name), &service::fresh_key()).await
    }

    /// A bare server that answers with these bytes.
    async fn bare(&self, kind: &str, answer: &[u8]) -> Result<(Process, SocketAddr)> {
        let path = self.folder.join(kind);
        fs::write(&path, answer)?;
        let address = service::free_address()?;
        let (listen, own) = (address.to_string(), std::env::current_exe()?);
        let arguments: [&OsStr; 5] =
            [kind.as_ref(), "--listen".as_ref(), listen.as_ref(), "--answer".as_ref(), path.as_ref()];
        let mut process = Process::start(&self.server_core(), &own, &arguments, [], Stdio::inherit())?;
        service::await_answer(&mut process, address, b"").await?;
        Ok((process, address))
    }

    /// Lets the servers take turns, and prints how that went.
    async fn contest<T: Target>(
        &self,
        case: &str,
        budget: Option<Budget>,
        reference: (&Process, T),
        service: (&Service, T),
    ) -> Result<()> {
        let mut rounds: (Vec<Round>, Vec<Round>) = Default::default();
        for _ in 0..self.options.rounds {
            rounds.0.push(round(&reference.1, reference.0, self.options.seconds, false).await?);
            rounds.1.push(round(&service.1, &service.0.process, self.options.seconds, false).await?);
            service.0.empty_log()?;
        }
        report::line(case, budget.as_ref(), &rounds.0, &rounds.1);
        Ok(())
    }
}
