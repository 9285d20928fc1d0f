//! The whole service but for its ports: requests go in where a connection would hand them over, on a database that is
//! gone afterwards.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, header};
use http_body::{Body, Frame};
use http_body_util::{BodyExt as _, StreamBody};
use rebound_api_grpc::GrpcService;
use rebound_api_rest::RestService;
use rebound_domain::access::{ApiKey, KeyDigest, Scopes, Tenant};
use rebound_domain::catalog::{Catalog, Catalogs};
use rebound_domain::environment::{Clock, Entropy};
use rebound_domain::id::{ApiKeyId, TenantId};
use rebound_server::apis::{Apis, Shared};
use rebound_server::app::Environment;
use rebound_storage::{MasterKey, Storage};
use rebound_tests::environment::{TestClock, TestEntropy};
use rebound_tests::service::KEY;
use rebound_tests::sqlite::{self, TestDatabase};
use tokio::runtime::{Builder, Runtime};
use tokio_stream::iter;

use crate::answer::{Answer, GrpcAnswer};

/// How much both APIs may remember, in bytes: little, so that what is held is what an input made the service hold.
const MEMO_BYTES: u64 = 256 * 1024;

/// Both APIs.
pub struct Doors {
    /// The path of a rejection that is there.
    pub(crate) rejection: String,
    rest: RestService,
    grpc: GrpcService,
    runtime: Runtime,
    _database: TestDatabase,
}

impl Doors {
    /// Both APIs on a fresh database, with one tenant, one key of all scopes, and one person with a rejection.
    #[must_use]
    pub fn open() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let database = sqlite::database();
        let (rest, grpc) = runtime.block_on(services(&database.url));
        let mut doors = Self { rejection: String::new(), rest, grpc, runtime, _database: database };
        let create = Request::post("/v1/users/ann/rejections").header(header::CONTENT_TYPE, "application/json");
        let body = br#"{"kind":"job_application","conversation":"held","occurred_at":"2026-01-01T03:04:05Z"}"#;
        let created = doors.rest(create, body).expect("a request");
        assert_eq!(created.status, 201, "{}", created.json());
        doors.rejection = format!("/v1/users/ann/rejections/{}", created.json()["id"].as_str().expect("an id"));
        doors
    }

    /// The answer to a request over REST, with the key unless it has one; nothing if it is none that HTTP knows.
    pub(crate) fn rest(&self, request: http::request::Builder, body: &[u8]) -> Option<Answer> {
        let mut read = Vec::new();
        let (status, headers) = self.rest_in_parts(request, body, usize::MAX, |bytes| read.extend_from_slice(bytes))?;
        let answer = Answer { status, headers, body: read };
        answer.assert_sound();
        Some(answer)
    }

    /// As [`Self::rest`], with a body that comes in parts of this size, and an answer that is not kept.
    pub(crate) fn rest_in_parts(
        &self,
        request: http::request::Builder,
        body: &[u8],
        part: usize,
        mut read: impl FnMut(&[u8]),
    ) -> Option<(u16, HeaderMap)> {
        let mut request = request.body(in_parts(body, part)).ok()?;
        add_key(request.headers_mut());
        self.runtime.block_on(async {
            let response = self.rest.answer(request).await;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let mut body = response.into_body();
            while let Some(frame) = body.frame().await {
                if let Ok(data) = frame.expect("an answer that does not break off").into_data() {
                    read(&data);
                }
            }
            Some((status, headers))
        })
    }

    /// The answer to a call over gRPC or gRPC-Web, with the key unless it has one.
    pub(crate) fn grpc(&self, request: http::request::Builder, body: &[u8], part: usize) -> Option<GrpcAnswer> {
        let mut request = request.body(in_parts(body, part)).ok()?;
        add_key(request.headers_mut());
        let answer = self.runtime.block_on(async {
            let response = self.grpc.answer(request).await;
            let mut answer = GrpcAnswer { http: response.status().as_u16(), code: code(response.headers()), bytes: 0 };
            let mut body = response.into_body();
            while let Some(frame) = body.frame().await {
                match frame.expect("an answer that does not break off").into_data() {
                    Ok(data) => {
                        answer.bytes += data.len();
                        answer.code = answer.code.or_else(|| web_code(&data));
                    }
                    Err(frame) => answer.code = frame.trailers_ref().and_then(code).or(answer.code),
                }
            }
            answer
        });
        answer.assert_sound();
        Some(answer)
    }
}

fn add_key(headers: &mut HeaderMap) {
    if !headers.contains_key(header::AUTHORIZATION) {
        headers.insert(header::AUTHORIZATION, format!("Bearer {KEY}").parse().expect("a header"));
    }
}

fn code(headers: &HeaderMap) -> Option<i32> {
    headers.get("grpc-status")?.to_str().ok()?.parse().ok()
}

/// The code in the last frame of gRPC-Web, which has the trailers as text.
fn web_code(data: &[u8]) -> Option<i32> {
    let text = String::from_utf8_lossy(data);
    let (_, rest) = text.rsplit_once("grpc-status:")?;
    rest.lines().next()?.trim().parse().ok()
}

fn in_parts(body: &[u8], part: usize) -> impl Body<Data = Bytes, Error = Infallible> + Send + Unpin + 'static {
    let parts: Vec<_> = body.chunks(part.max(1)).map(|part| Ok(Frame::data(Bytes::copy_from_slice(part)))).collect();
    StreamBody::new(iter(parts))
}

async fn services(url: &str) -> (RestService, GrpcService) {
    let (clock, entropy) = (Arc::new(TestClock::default()), Arc::new(TestEntropy::default()));
    let (clock, entropy): (Arc<dyn Clock>, Arc<dyn Entropy>) = (clock, entropy);
    let storage = Storage::open(url).expect("a database");
    storage.migrate().await.expect("a schema");
    let master_key = MasterKey::from_bytes([0x5a; 32]);
    storage.unlock(master_key, None, Arc::clone(&entropy)).await.expect("a master key that fits");
    let store = storage.access();
    let now = clock.now();
    let tenant = Tenant { id: TenantId::generate(now, &*entropy), name: "default".to_owned(), created_at: now };
    let key = ApiKey {
        id: ApiKeyId::generate(now, &*entropy),
        tenant: tenant.id,
        name: "bootstrap".to_owned(),
        scopes: Scopes::all(),
        digest: KeyDigest::of(KEY),
        created_at: now,
        expires_at: None,
        revoked_at: None,
        bound_to: None,
    };
    store.bootstrap(&tenant, &key).await.expect("a tenant");

    let catalogs = Catalogs::new(Catalog::embedded().expect("a catalog"), []).expect("one version");
    let environment = Environment { clock, entropy, telemetry: None };
    let shared = Shared { memo_bytes: MEMO_BYTES, stall: Duration::from_secs(30), ..Shared::default() };
    let apis = Apis::new(&storage, Arc::new(catalogs), &environment, shared).await.expect("both APIs");
    (apis.rest, apis.grpc)
}
