//! The settings as a file would have them.

use std::fmt;

use rebound_domain::limits::InstanceLimits;

use super::Settings;
use crate::tls::TlsFiles;

impl fmt::Display for Settings {
    /// The settings as a file would have them, secrets left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.database_url.split(':').next().unwrap_or_default();
        let database = if scheme == "sqlite" { &self.database_url } else { "postgres://(hidden)" };
        writeln!(f, "http_addr = \"{}\"", self.http_addr)?;
        writeln!(f, "grpc_addr = \"{}\"", self.grpc_addr)?;
        if let Some(addr) = self.operations_addr {
            writeln!(f, "operations_addr = \"{addr}\"")?;
        }
        if let Some(TlsFiles { cert, key, client_ca }) = &self.tls {
            writeln!(f, "tls_cert_file = \"{}\"", cert.display())?;
            writeln!(f, "tls_key_file = \"{}\"", key.display())?;
            if let Some(client_ca) = client_ca {
                writeln!(f, "tls_client_ca_file = \"{}\"", client_ca.display())?;
            }
        }
        // Each is ASCII without a quotation mark, as Rust writes it and as TOML does.
        let origins: Vec<_> = self.cors_origins.iter().filter_map(|origin| origin.to_str().ok()).collect();
        writeln!(f, "cors_origins = {origins:?}")?;
        writeln!(f, "shutdown_delay_seconds = {}", self.shutdown_delay.as_secs())?;
        writeln!(f, "drain_seconds = {}", self.drain.as_secs())?;
        writeln!(f, "database_url = \"{database}\"")?;
        writeln!(f, "bootstrap_key = {}", if self.bootstrap_key.is_some() { "\"(hidden)\"" } else { "\"(fresh)\"" })?;
        let hidden = |is_set: bool, absent: &'static str| if is_set { "\"(hidden)\"" } else { absent };
        writeln!(f, "master_key = {}", hidden(self.master_key.is_some(), "\"(in data_dir)\""))?;
        writeln!(f, "previous_master_key = {}", hidden(self.previous_master_key.is_some(), "\"(none)\""))?;
        writeln!(f, "data_dir = \"{}\"", self.data_dir.display())?;
        if let Some(archive) = &self.catalog_archive {
            writeln!(f, "catalog_archive = \"{}\"", archive.display())?;
        }
        writeln!(f, "memo_mib = {}", self.memo_mib)?;
        let InstanceLimits { key_per_minute, tenant_per_minute, tenant_per_day, bulk_calls } = self.limits;
        writeln!(f, "key_requests_per_minute = {key_per_minute}")?;
        writeln!(f, "tenant_requests_per_minute = {tenant_per_minute}")?;
        writeln!(f, "tenant_daily_quota = {tenant_per_day}")?;
        writeln!(f, "tenant_bulk_calls = {bulk_calls}")?;
        writeln!(f, "max_requests = {}", self.max_requests)?;
        writeln!(f, "max_wait_ms = {}", self.max_wait.as_millis())?;
        writeln!(f, "max_connections = {}", self.max_connections)?;
        writeln!(f, "stall_seconds = {}", self.stall.as_secs())?;
        writeln!(f, "log = \"{}\"", self.log)?;
        write!(f, "log_format = \"{}\"", format!("{:?}", self.log_format).to_lowercase())
    }
}
