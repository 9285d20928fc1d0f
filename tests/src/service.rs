//! The whole service in this process, on ports of its own, with a clock that a test moves.

use std::path::Path;
use std::sync::Arc;

use rebound_domain::environment::{Clock, Entropy};
use rebound_server::app::{App, Environment};
use rebound_server::config::{Layer, Settings};
use rebound_storage::Storage;
use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Request, Status};

use crate::environment::{TestClock, TestEntropy};
use crate::{postgres, sqlite};

/// A key of all scopes.
pub const KEY: &str = "a-key-that-only-the-tests-ever-use-0123456789";

/// The running service. Dropping it stops it.
pub struct TestService {
    /// The clock that it goes by.
    pub clock: Arc<TestClock>,
    /// The randomness that it uses.
    pub entropy: Arc<TestEntropy>,
    /// Where REST is, without a slash at the end.
    pub http: String,
    /// Where gRPC is.
    pub grpc: String,
    /// Where its data is.
    pub database_url: String,
    /// The service itself.
    pub app: App,
    client: Client,
    /// Removed with the service.
    _database: Option<Box<dyn Send + Sync>>,
}

impl TestService {
    /// The service on a fresh database: SQLite, or PostgreSQL if `REBOUND_TEST_BACKEND` says `postgres`.
    pub async fn start() -> Self {
        Self::start_with_settings(Layer::default()).await
    }

    /// The same with settings of the test's own.
    pub async fn start_with_settings(layer: Layer) -> Self {
        if std::env::var("REBOUND_TEST_BACKEND").is_ok_and(|backend| backend == "postgres") {
            let database = postgres::database().await;
            let service = Self::start_with(&database.url, layer, TestEntropy::default()).await;
            return Self { _database: Some(Box::new(database)), ..service };
        }
        let database = sqlite::database();
        let service = Self::start_with(&database.url, layer, TestEntropy::default()).await;
        Self { _database: Some(Box::new(database)), ..service }
    }

    /// The service on a database that exists.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start_on(database_url: &str) -> Self {
        Self::start_with(database_url, Layer::default(), TestEntropy::default()).await
    }

    /// Another replica on a database that one has already, with randomness of its own.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start_replica(database_url: &str, seed: u64) -> Self {
        Self::start_with(database_url, Layer::default(), TestEntropy::seeded(seed)).await
    }

    /// A replica on a database, with settings and randomness of its own.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start_on_as(database_url: &str, layer: Layer, seed: u64) -> Self {
        Self::start_with(database_url, layer, TestEntropy::seeded(seed)).await
    }

    /// The service on a fresh database, with older catalogs beside the current one.
    pub async fn start_with_archive(archive: &Path) -> Self {
        Self::start_with_settings(Layer { catalog_archive: Some(archive.to_owned()), ..Layer::default() }).await
    }

    /// The service on a database that exists, with older catalogs beside the current one.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start_on_with_archive(database_url: &str, archive: &Path) -> Self {
        let layer = Layer { catalog_archive: Some(archive.to_owned()), ..Layer::default() };
        Self::start_with(database_url, layer, TestEntropy::default()).await
    }

    async fn start_with(database_url: &str, layer: Layer, entropy: TestEntropy) -> Self {
        let (clock, entropy) = (Arc::new(TestClock::default()), Arc::new(entropy));
        let layer = Layer {
            http_addr: "127.0.0.1:0".parse().ok(),
            grpc_addr: "127.0.0.1:0".parse().ok(),
            database_url: Some(database_url.to_owned()),
            bootstrap_key: Some(KEY.to_owned()),
            master_key: Some("5a".repeat(32)),
            // How busy the machine is that runs the tests must not decide what they see.
            max_wait_ms: layer.max_wait_ms.or(Some(0)),
            ..layer
        };
        let settings = Settings::resolve(layer, None).expect("settings");
        let environment = Environment {
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            entropy: Arc::clone(&entropy) as Arc<dyn Entropy>,
            ..Environment::default()
        };
        let app = App::start(&settings, &environment).await.expect("a service that starts");
        let (http, grpc) = (format!("http://{}", app.http_addr), format!("http://{}", app.grpc_addr));
        let database_url = database_url.to_owned();
        Self { clock, entropy, http, grpc, database_url, app, client: Client::new(), _database: None }
    }

    /// A GET with the key.
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.http)).bearer_auth(KEY)
    }

    /// A GET without a key.
    pub fn get_without_key(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.http))
    }

    /// A DELETE with the key.
    pub fn delete(&self, path: &str) -> RequestBuilder {
        self.client.delete(format!("{}{path}", self.http)).bearer_auth(KEY)
    }

    /// A PATCH of JSON with the key.
    pub fn patch(&self, path: &str, body: &Value) -> RequestBuilder {
        let request = self.client.patch(format!("{}{path}", self.http)).bearer_auth(KEY);
        request.header("content-type", "application/json").body(body.to_string())
    }

    /// A PUT of JSON with the key.
    pub fn put_json(&self, path: &str, body: String) -> RequestBuilder {
        self.put_json_as(KEY, path, body)
    }

    /// A PUT of JSON with another key.
    pub fn put_json_as(&self, key: &str, path: &str, body: String) -> RequestBuilder {
        let request = self.client.put(format!("{}{path}", self.http)).bearer_auth(key);
        request.header("content-type", "application/json").body(body)
    }

    /// The ids of the first tenant and of its first key.
    ///
    /// # Panics
    /// If they are not there.
    pub async fn first_key(&self) -> (String, String) {
        let storage = Storage::open(&self.database_url).expect("the database of the service");
        let tenant = storage.access().tenant_by_name("default").await.expect("an answer").expect("a tenant").id;
        let keys = storage.access().api_keys(tenant, None, 1).await.expect("keys");
        storage.close().await;
        (tenant.to_string(), keys[0].id.to_string())
    }

    /// A POST of JSON with the key.
    pub fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.post_bytes(path, "application/json", body.to_string())
    }

    /// A POST of anything with the key.
    pub fn post_bytes(&self, path: &str, content_type: &str, body: impl Into<reqwest::Body>) -> RequestBuilder {
        let request = self.client.post(format!("{}{path}", self.http)).bearer_auth(KEY);
        request.header("content-type", content_type).body(body)
    }

    /// A channel to gRPC.
    ///
    /// # Panics
    /// If it cannot be reached.
    pub async fn channel(&self) -> Channel {
        Channel::from_shared(self.grpc.clone()).expect("an address").connect().await.expect("a channel")
    }
}

/// Sends a JSON request and reads the JSON that comes back, with the status.
///
/// # Panics
/// If there is no answer, or one that is not JSON.
pub async fn json(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

/// A gRPC request with the key.
///
/// # Panics
/// Never: the key is fit for metadata.
pub fn with_key<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    let bearer: MetadataValue<_> = format!("Bearer {KEY}").parse().expect("metadata");
    request.metadata_mut().insert("authorization", bearer);
    request
}

/// The reason in a status, as clients read it.
///
/// # Panics
/// If it has none.
#[must_use]
pub fn reason(status: &Status) -> String {
    use tonic_types::StatusExt as _;
    status.get_details_error_info().expect("an ErrorInfo").reason
}
