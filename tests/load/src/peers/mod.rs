//! What a user would write instead of calling the service: small programs with the same choice and the same texts. They
//! are measured only if they answer alike.

mod catalog;

use std::ffi::OsStr;
use std::fs;
use std::net::SocketAddr;
use std::process::Stdio;

use crate::Result;
use crate::cases::Bench;
use crate::process::Process;
use crate::service::{Service, await_answer, free_address};

/// A program of `tests/load/peers`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Peer {
    /// `FastAPI` with Jinja2
    Fastapi,
    /// Fastify with Handlebars
    Fastify,
}

impl Peer {
    /// What the table calls it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Fastapi => "FastAPI",
            Self::Fastify => "Fastify",
        }
    }

    /// Starts it with the advice and the key of the service.
    pub(crate) async fn start(self, bench: &Bench<'_>, service: &Service) -> Result<(Process, SocketAddr)> {
        let installed = bench.peers().ok_or("where the peers are is not known; run `tests/load/run`")?;
        let (program, main) = match self {
            Self::Fastapi => (installed.join("fastapi/bin/python"), installed.join("fastapi/peer/main.py")),
            Self::Fastify => ("node".into(), installed.join("fastify/main.js")),
        };
        if !main.exists() {
            return Err("the peers are not installed; `tests/load/peers/install` does that".into());
        }
        let (catalog, log) = (bench.folder().join("catalog.json"), bench.folder().join(format!("{self:?}.log")));
        fs::write(&catalog, catalog::export(bench.program(), bench.folder())?)?;
        let address = free_address()?;
        let environment = [
            ("PORT", address.port().to_string()),
            ("API_KEY", service.key.clone()),
            ("CATALOG", catalog.display().to_string()),
            ("LOG_FILE", log.display().to_string()),
            ("NODE_ENV", "production".to_owned()),
        ];
        let arguments: [&OsStr; 1] = [main.as_ref()];
        let mut process = Process::start(&bench.server_core(), &program, &arguments, environment, Stdio::inherit())?;
        await_answer(&mut process, address, b"").await?;
        Ok((process, address))
    }
}
