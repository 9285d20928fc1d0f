//! A person with one of everything, whom nobody may find who is not allowed to.

use jiff::SignedDuration;
use rebound_tests::service::{KEY, TestService, json};
use serde_json::{Value, json};

/// The id of the person, and what stands in every text that the person or the employer wrote.
pub(crate) const VICTIM: &str = "victim-4711";
/// Marks texts of the victim.
pub(crate) const MARKER: &str = "zebra-crossing-at-midnight";

/// Stands in what the victim's tenant says instead of the catalog, which everybody whom it advises reads.
pub(crate) const HOUSE_MARKER: &str = "okapi-under-the-stairs";

/// The ids of what the victim has.
pub(crate) struct Seed {
    pub(crate) tenant: String,
    pub(crate) api_key: String,
    pub(crate) rejection: String,
    pub(crate) feedback: String,
    pub(crate) action_item: String,
    pub(crate) receipt: String,
}

impl Seed {
    /// Plants the person by the key of all scopes.
    pub(crate) async fn plant(service: &TestService) -> Self {
        // The examples of the contract are from this year.
        service.clock.advance(SignedDuration::from_hours(24 * 360));
        let base = format!("/v1/users/{VICTIM}");
        let rejection = created(
            service,
            &format!("{base}/rejections"),
            json!({
                "kind": "job_application", "stage": "interview", "conversation": "held", "phase": "processing",
                "causes": ["nerves"], "organization": MARKER, "role": MARKER, "external_ref": MARKER,
                "occurred_at": "2026-12-20T10:00:00Z",
            }),
        )
        .await;
        let below = format!("{base}/rejections/{}", id(&rejection));
        let contact = json!({"purpose": "thank_you", "channel": "email", "sent_at": "2026-12-20T12:00:00Z"});
        created(service, &format!("{below}/contacts"), contact).await;
        let feedback = json!({"received_at": "2026-12-20T12:00:00Z", "text": MARKER, "themes": ["communication"]});
        let feedback = created(service, &format!("{below}/feedback"), feedback).await;
        let (_, prompts) = json(service.get("/v1/prompts?page_size=1")).await;
        let prompt = &prompts["prompts"][0]["id"];
        let reflection = json!({"answers": [{"prompt": prompt, "text": MARKER}]});
        created(service, &format!("{below}/reflections"), reflection).await;
        let item = json!({"title": MARKER, "rejection_id": rejection["id"]});
        let action_item = created(service, &format!("{base}/action-items"), item).await;
        let (status, receipt) = json(service.delete("/v1/users/somebody-else")).await;
        assert_eq!(status, 200, "{receipt}");
        let overlay = json!({"text": {"title": HOUSE_MARKER}});
        let put = reqwest::Client::new().put(format!("{}/v1/overlays/en/tip.thank-the-person", service.http));
        let (status, put) = json(put.bearer_auth(KEY).json(&overlay)).await;
        assert_eq!(status, 200, "{put}");
        created(service, "/v1/overlays/publish", json!({})).await;
        let (tenant, api_key) = service.first_key().await;
        Self {
            tenant,
            api_key,
            rejection: id(&rejection),
            feedback: id(&feedback),
            action_item: id(&action_item),
            receipt: id(&receipt),
        }
    }

    /// A concrete path for a template of the contract, for a user.
    pub(crate) fn path(&self, template: &str, user: &str) -> String {
        let mut before = "";
        let segments = template.split('/').map(|segment| {
            let filled = match (segment, before) {
                ("{user_id}", _) => user,
                ("{locale}", _) => "en",
                ("{item}", _) => "tip.thank-the-person",
                ("{tip}" | "{id}", "tips") => "thank-the-person",
                ("{id}", "reply-templates") => "thank-you",
                (_, "rejections") if segment.starts_with('{') => &self.rejection,
                (_, "feedback") if segment.starts_with('{') => &self.feedback,
                (_, "action-items") if segment.starts_with('{') => &self.action_item,
                (_, "erasure-receipts") if segment.starts_with('{') => &self.receipt,
                (_, "tenants") if segment.starts_with('{') => &self.tenant,
                (_, "api-keys") if segment.starts_with('{') => &self.api_key,
                _ if segment.starts_with('{') => panic!("{template}: say what {segment} stands for"),
                _ => segment,
            };
            before = segment;
            filled
        });
        segments.collect::<Vec<_>>().join("/")
    }

    /// Everything that is kept of the victim and of what the tenant says.
    pub(crate) async fn state(&self, service: &TestService) -> String {
        let (_, draft) = json(service.get("/v1/overlays")).await;
        let (_, versions) = json(service.get("/v1/overlays/versions")).await;

        let (status, mut export) = json(service.get(&format!("/v1/users/{VICTIM}/export"))).await;
        assert_eq!(status, 200, "{export}");
        export["exported_at"] = Value::Null;
        format!("{export} {draft} {versions}")
    }

    /// Whether a text gives away anything of the victim.
    pub(crate) fn is_told_in(&self, text: &str) -> bool {
        [MARKER, &self.rejection, &self.feedback, &self.action_item].iter().any(|secret| text.contains(secret))
    }
}

async fn created(service: &TestService, path: &str, body: Value) -> Value {
    let (status, answer) = json(service.post(path, &body)).await;
    assert_eq!(status, 201, "{path}: {answer}");
    answer
}

fn id(value: &Value) -> String {
    value["id"].as_str().expect("an id").to_owned()
}
