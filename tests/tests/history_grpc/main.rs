//! Histories over gRPC: the whole story of a person, keys of different scopes, repetitions, what is refused, export and
//! erasure.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

mod both_doors;
mod doors;
mod leaving;
mod refused;
mod repeats;
mod spaces;
mod story;

use prost_types::Timestamp;
use rebound_domain::access::Scope;
use rebound_tests::keys::add_key;
use rebound_tests::proto::history_service_client::HistoryServiceClient;
use rebound_tests::proto::{Context, CreateRejectionRequest, Kind, Rejection, Stage};
use rebound_tests::service::TestService;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;

/// The person of these stories.
const USER: &str = "emp-1042";

/// The service with keys of both sides and a client that uses either.
struct House {
    service: TestService,
    client: HistoryServiceClient<Channel>,
    /// A key of the employer's side.
    employer: String,
    /// A key of the person's side.
    person: String,
}

impl House {
    async fn open() -> Self {
        let service = TestService::start().await;
        let client = HistoryServiceClient::new(service.channel().await);
        let employer = add_key(&service, None, &[Scope::RejectionsRead, Scope::RejectionsWrite]).await;
        let person = add_key(&service, None, &[Scope::DiaryRead, Scope::DiaryWrite]).await;
        Self { service, client, employer, person }
    }

    /// A rejection of [`USER`] that the employer's side recorded.
    async fn recorded(&mut self) -> Rejection {
        let request = with(&self.employer, declined());
        self.client.create_rejection(request).await.unwrap().into_inner().rejection.unwrap()
    }
}

/// A request with a key.
fn with<T>(key: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", format!("Bearer {key}").parse().unwrap());
    request
}

/// A job application of [`USER`] that was declined after an interview, two days ago.
fn declined() -> CreateRejectionRequest {
    CreateRejectionRequest {
        user_id: USER.into(),
        context: Some(Context {
            kind: Kind::JobApplication.into(),
            stage: Stage::Interview.into(),
            still_interested: Some(false),
            ..Context::default()
        }),
        organization: Some("Example AG".into()),
        occurred_at: moment("2025-12-31T08:30:00.25Z"),
        ..CreateRejectionRequest::default()
    }
}

/// A moment as a field has it.
fn moment(text: &str) -> Option<Timestamp> {
    text.parse().map(Some).unwrap()
}

/// What a refusal says to programs: code, reason, and the fields that are wrong.
fn refusal(status: &Status) -> (Code, String, Vec<String>) {
    let details = status.get_error_details();
    let fields = details.bad_request().map(|bad| bad.field_violations.clone()).unwrap_or_default();
    let reason = details.error_info().map(|info| info.reason.clone()).unwrap_or_default();
    (status.code(), reason, fields.into_iter().map(|violation| violation.field).collect())
}

/// Asserts what a refusal says.
#[track_caller]
fn assert_refused<T: std::fmt::Debug>(answer: Result<T, Status>, code: Code, reason: &str, fields: &[&str]) {
    let refused = refusal(&answer.unwrap_err());
    let fields = fields.iter().map(|field| (*field).to_owned()).collect();
    assert_eq!(refused, (code, reason.to_owned(), fields));
}
