//! What operators and tools ask of every gRPC server, without a key: health (`grpc.health.v1`) and reflection (v1 and
//! v1alpha).

use tonic::service::Routes;
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};
use tonic_reflection::server::Builder;

use crate::method::Method;
use crate::proto::FILE_DESCRIPTOR_SET;

/// What health is asked of: each service, and by the empty name the server as a whole.
fn services() -> impl Iterator<Item = &'static str> {
    let mut last = "";
    let ours = Method::ALL.iter().filter(|method| !method.scopes().is_empty());
    let named = ours.filter_map(|method| method.name().split_once('/')).map(|(service, _)| service);
    // The methods of a service stand together.
    std::iter::once("").chain(named.filter(move |service| std::mem::replace(&mut last, *service) != *service))
}

/// Says whether the service is ready. It is not, until it is told so.
#[derive(Debug, Clone)]
pub struct Health(HealthReporter);

impl Health {
    /// Answers health checks from now on with `SERVING` or `NOT_SERVING`, and tells those who watch.
    pub async fn set_serving(&self, serving: bool) {
        let status = if serving { ServingStatus::Serving } else { ServingStatus::NotServing };
        for service in services() {
            self.0.set_service_status(service, status).await;
        }
    }

    /// Answers `NOT_SERVING` from now on, and ends the streams of those who watch after telling them so: they would
    /// keep their connections open for as long as they live.
    pub async fn stop(mut self) {
        self.set_serving(false).await;
        for service in services() {
            self.0.clear_service_status(service).await;
        }
        self.set_serving(false).await;
    }
}

/// The services, and the handle that sets the health.
///
/// # Errors
/// If the descriptors cannot be read, which a test excludes.
pub(crate) async fn operations() -> Result<(Routes, Health), tonic_reflection::server::Error> {
    let health = Health(HealthReporter::new());
    health.set_serving(false).await;
    let reflection = || {
        Builder::configure()
            .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let routes = Routes::new(HealthServer::new(HealthService::from_health_reporter(health.0.clone())))
        .add_service(reflection().build_v1()?)
        .add_service(reflection().build_v1alpha()?);
    Ok((routes.prepare(), health))
}
