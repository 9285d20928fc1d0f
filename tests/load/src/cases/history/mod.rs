//! Histories on both databases. Database, service and client share all the cores that there are, and so do `pgbench` or
//! the bare writer and the same database: nobody is pinned, and nobody spins.

mod growth;
mod people;
mod planting;
mod postgres;
mod sqlite;

use std::path::Path;
use std::time::Instant;

use self::people::People;
use super::{Bench, Case};
use crate::Result;
use crate::client::http1::Tour;
use crate::client::{Round, round};
use crate::postgres::Postgres;
use crate::process::{cpu_seconds_with_children, own_cores, use_cores};
use crate::service::{DATABASE, Service, fresh_key};

/// Measures the cases that are chosen.
pub(super) async fn measure(bench: &Bench<'_>, chosen: impl Fn(Case) -> bool) -> Result<()> {
    let before = own_cores()?;
    let floor = Floor { bench, cores: format!("{},{before}", bench.options.server_core) };
    use_cores(&floor.cores)?;
    if chosen(Case::HistoryWritePostgres) || chosen(Case::HistoryPagePostgres) {
        postgres::measure(&floor, &Postgres::start()?, &chosen).await?;
    }
    if chosen(Case::HistoryWriteSqlite) {
        sqlite::measure(&floor).await?;
    }
    if chosen(Case::HistoryNewestPage) {
        growth::newest_page(&floor, &Postgres::start()?).await?;
    }
    if chosen(Case::HistoryGrowth) {
        growth::growth(&floor, &Postgres::start()?).await?;
    }
    use_cores(&before)
}

/// Where histories are measured.
struct Floor<'a> {
    bench: &'a Bench<'a>,
    cores: String,
}

/// Where the histories of a service are kept.
enum Store {
    Sqlite(std::path::PathBuf),
    Postgres(String),
}

impl Floor<'_> {
    /// The service with an empty SQLite file.
    async fn on_sqlite(&self, name: &str) -> Result<(Service, Store)> {
        let folder = self.bench.folder.join(name);
        let service = Service::start(&self.cores, &self.bench.options.server, &folder, &fresh_key()).await?.0;
        Ok((service, Store::Sqlite(folder.join(DATABASE))))
    }

    /// The service with an empty database of PostgreSQL.
    async fn on_postgres(&self, postgres: &Postgres, name: &str) -> Result<(Service, Store)> {
        let (folder, url) = (self.folder().join(name), postgres.database(name)?);
        let program = &self.bench.options.server;
        let service = Service::start_on(&url, &self.cores, program, &folder, &fresh_key()).await?.0;
        Ok((service, Store::Postgres(url)))
    }

    fn folder(&self) -> &Path {
        self.bench.folder
    }

    /// A round of the service.
    async fn round(&self, service: &Service, postgres: Option<&Postgres>, tour: &Tour) -> Result<Round> {
        let meter = Meter::begin(service, postgres)?;
        let round = round(tour, &service.process, self.bench.options.seconds, true).await?;
        let round = meter.end(round)?;
        service.empty_log()?;
        Ok(round)
    }
}

/// Counts the processor time of database, server, client and `pgbench` in a round, for they share the cores.
struct Meter<'a> {
    service: &'a Service,
    postgres: Option<&'a Postgres>,
    clock: Instant,
    before: f64,
}

impl<'a> Meter<'a> {
    fn begin(service: &'a Service, postgres: Option<&'a Postgres>) -> Result<Self> {
        let mut meter = Self { service, postgres, clock: Instant::now(), before: 0.0 };
        meter.before = meter.seconds()?;
        Ok(meter)
    }

    fn seconds(&self) -> Result<f64> {
        let database = self.postgres.map(Postgres::cpu_seconds).transpose()?;
        let servers = self.service.process.cpu_seconds()? + database.unwrap_or_default();
        Ok(servers + cpu_seconds_with_children("self")?)
    }

    fn end(self, round: Round) -> Result<Round> {
        let server_load = (self.seconds()? - self.before) / self.clock.elapsed().as_secs_f64();
        Ok(Round { server_load, ..round })
    }
}
