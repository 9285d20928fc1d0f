//! Replies over REST and gRPC: every template in every form, refusals, what is filled in and what is missing.

mod as_message;
mod filled;
mod forms;
mod refused;
mod templates;

use rebound_tests::proto::reply_service_client::ReplyServiceClient;
use rebound_tests::service::{TestService, json, with_key};
use serde_json::Value;
use tonic::transport::Channel;

/// Both doors of a running service.
struct Doors {
    rest: TestService,
    grpc: ReplyServiceClient<Channel>,
}

impl Doors {
    async fn open() -> Self {
        let rest = TestService::start().await;
        let grpc = ReplyServiceClient::new(rest.channel().await);
        Self { rest, grpc }
    }

    /// The answer to a body, which is the same through both.
    async fn composed(&mut self, body: &Value) -> Value {
        let (status, by_rest) = json(self.rest.post("/v1/replies", body)).await;
        assert_eq!(status, 200, "{body}: {by_rest}");
        let by_grpc = self.grpc.compose_reply(with_key(as_message::request(body))).await.unwrap().into_inner();
        assert_eq!(as_message::reply(&by_grpc), by_rest, "{body}: gRPC and REST differ");
        by_rest
    }

    /// The problem that a body meets, and the status of the same message.
    async fn refused(&mut self, body: &Value) -> (Value, tonic::Status) {
        let (status, problem) = json(self.rest.post("/v1/replies", body)).await;
        assert_eq!(problem["status"], status);
        assert!(status >= 400, "{body}: {problem}");
        let refusal = self.grpc.compose_reply(with_key(as_message::request(body))).await.unwrap_err();
        (problem, refusal)
    }
}

/// A situation in which each template is welcome.
fn welcome(template: &str) -> Value {
    let text = match template {
        "thank-you" | "thank-you-and-feedback" => {
            r#"{"kind": "job_application", "conversation_with": ["interviewer"]}"#
        }
        "feedback-request" => r#"{"kind": "job_application", "feedback": "none"}"#,
        "feedback-response" => r#"{"kind": "job_application", "feedback": "received"}"#,
        "keep-the-door-open" => r#"{"kind": "job_application", "still_interested": true}"#,
        "offer-to-help" => r#"{"kind": "job_application", "conversation": "held", "stage": "interview"}"#,
        "ask-to-reconsider" => r#"{"kind": "idea", "decision": "open_to_change"}"#,
        "status-inquiry" => r#"{"kind": "job_application", "outcome": "no_response"}"#,
        other => panic!("say when {other} is welcome"),
    };
    serde_json::from_str(text).unwrap()
}
