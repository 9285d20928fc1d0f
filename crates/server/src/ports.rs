//! The ports that the service listens at, and what is behind each.

use std::net::SocketAddr;

use hyper::Request;
use hyper::body::Incoming;
use rebound_api_grpc::Method;
use rebound_storage::one_request;
use rebound_telemetry::{Door, DoorKind, Requests};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::apis::Apis;
use crate::app::AppError;
use crate::config::Settings;
use crate::connections::{Patience, serve};
use crate::front::Front;
use crate::tls::Tls;

/// How calls come in.
const GRPC: DoorKind = DoorKind::Grpc(|path| Method::of(path).name());

/// A port.
pub(crate) struct Port {
    pub(crate) addr: SocketAddr,
    listener: TcpListener,
}

/// The ports, before anything is served there.
pub(crate) struct Ports {
    pub(crate) http: Port,
    pub(crate) grpc: Port,
    operations: Option<Port>,
    patience: Patience,
}

impl Ports {
    pub(crate) async fn bind(settings: &Settings) -> Result<Self, AppError> {
        let operations = match settings.operations_addr {
            Some(addr) => Some(Port::bind("operations_addr", addr).await?),
            None => None,
        };
        let http = Port::bind("http_addr", settings.http_addr).await?;
        let grpc = Port::bind("grpc_addr", settings.grpc_addr).await?;
        let patience = Patience { max_connections: settings.max_connections, stall: settings.stall };
        Ok(Self { http, grpc, operations, patience })
    }

    pub(crate) fn operations_addr(&self) -> Option<SocketAddr> {
        self.operations.as_ref().map(|port| port.addr)
    }

    /// Begins to serve until `stop`.
    pub(crate) fn serve(
        self,
        servers: &mut JoinSet<()>,
        front: &Front,
        tls: Option<&Tls>,
        stop: &CancellationToken,
        apis: Apis,
        followed: Requests,
    ) {
        let (Apis { rest, grpc, health, .. }, patience) = (apis, self.patience);
        let followed_calls = followed.clone();
        let door = |port: &Port, kind| Door { at: port.addr, is_encrypted: tls.is_some(), kind };
        let (http_door, grpc_door) = (door(&self.http, DoorKind::Http), door(&self.grpc, GRPC));
        let until = || stop.clone().cancelled_owned();
        if let Some(tls) = tls {
            servers.spawn(tls.clone().run(until()));
        }
        if let Some(port) = self.operations {
            let probes = rest.clone();
            let probes = move |request: Request<Incoming>| {
                let probes = probes.clone();
                async move { one_request(probes.answer_operations(request)).await }
            };
            servers.spawn(serve(port.listener, None, patience, front.before(probes), until(), async {}));
        }
        // What answers is large: it is put where it stays before anything is wrapped around it, which would move it each
        // time.
        let requests = move |request: Request<Incoming>| {
            followed.begin(http_door, &request).answer(Box::pin(one_request(rest.answer(request))))
        };
        servers.spawn(serve(self.http.listener, tls.cloned(), patience, front.before(requests), until(), async {}));
        let calls = move |request: Request<Incoming>| {
            let (grpc, span) = (grpc.clone(), followed_calls.begin(grpc_door, &request));
            span.answer(Box::pin(one_request(async move { grpc.answer(request).await })))
        };
        servers.spawn(serve(self.grpc.listener, tls.cloned(), patience, front.before(calls), until(), health.stop()));
    }
}

impl Port {
    async fn bind(setting: &'static str, addr: SocketAddr) -> Result<Self, AppError> {
        let failed = |source| AppError::Listen { setting, addr, source };
        let listener = TcpListener::bind(addr).await.map_err(failed)?;
        let addr = listener.local_addr().map_err(failed)?;
        Ok(Self { addr, listener })
    }
}
