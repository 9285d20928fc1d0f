//! Administration through both doors: what one made the other finds, a request that came through one is known to the
//! other, and both refuse alike.

use prost_types::Timestamp;
use rebound_domain::access::Scope;
use rebound_tests::keys::add_key;
use rebound_tests::proto::admin_service_client::AdminServiceClient;
use rebound_tests::proto::{
    BulkConfirmation, CreateApiKeyRequest, CreateTenantRequest, FeedbackPolicy, GetTenantRequest,
    GetTenantSettingsRequest, LegalHold, ListApiKeysRequest, ListAuditEventsRequest, ListTenantsRequest,
    PutTenantSettingsRequest, Retention, RevokeApiKeyRequest, RotateApiKeyRequest,
};
use rebound_tests::service::{TestService, json, reason, with_key};
use serde_json::{Value, json};
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;

async fn doors() -> (TestService, AdminServiceClient<Channel>) {
    let service = TestService::start().await;
    let grpc = AdminServiceClient::new(service.channel().await);
    (service, grpc)
}

/// A request of whoever has `key`.
fn by<T>(key: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", format!("Bearer {key}").parse().unwrap());
    request
}

fn field(status: &Status) -> String {
    assert_eq!((status.code(), &*reason(status)), (Code::InvalidArgument, "INVALID_REQUEST"), "{status}");
    status.get_details_bad_request().unwrap().field_violations[0].field.clone()
}

fn app(tenant_id: &str, scopes: &[&str]) -> CreateApiKeyRequest {
    CreateApiKeyRequest {
        tenant_id: tenant_id.to_owned(),
        name: Some("app".to_owned()),
        scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
        ..CreateApiKeyRequest::default()
    }
}

#[tokio::test]
async fn what_one_door_makes_the_other_knows() {
    let (service, mut grpc) = doors().await;
    let name = Some("acme".to_owned());
    let create = CreateTenantRequest { name, request_id: Some("same".to_owned()) };
    let tenant = grpc.create_tenant(with_key(create.clone())).await.unwrap().into_inner().tenant.unwrap();
    assert_eq!(tenant.created_at, Some(Timestamp { seconds: 1_767_323_045, nanos: 0 }));
    let by_rest = service.post("/v1/tenants", &json!({ "name": "acme" })).header("idempotency-key", "same");
    let (status, again) = json(by_rest).await;
    assert_eq!((status, again["id"].as_str()), (201, Some(&*tenant.id)), "known through the other door");
    let other = CreateTenantRequest { name: Some("other".to_owned()), ..create };
    let reused = grpc.create_tenant(with_key(other)).await.unwrap_err();
    assert_eq!((reused.code(), &*reason(&reused)), (Code::InvalidArgument, "IDEMPOTENCY_KEY_REUSED"));
    let found = grpc.get_tenant(with_key(GetTenantRequest { id: tenant.id.clone() })).await.unwrap().into_inner();
    assert_eq!(found.tenant.as_ref(), Some(&tenant));
    let first = grpc.list_tenants(with_key(ListTenantsRequest { page_size: 1, ..Default::default() })).await.unwrap();
    let page_token = first.into_inner().next_page_token;
    let (_, second) = json(service.get(&format!("/v1/tenants?page_token={page_token}"))).await;
    let (_, all) = json(service.get("/v1/tenants")).await;
    // Both were made at the same moment: which of them comes first is chance.
    assert_eq!(second["tenants"], json!([all["tenants"][1]]), "a page token too");
    assert!(all["tenants"].as_array().unwrap().contains(&again));
}

#[tokio::test]
async fn keys_are_the_same_through_both_doors() {
    let (service, mut grpc) = doors().await;
    let (tenant_id, _) = service.first_key().await;
    let list = async |grpc: &mut AdminServiceClient<Channel>| {
        let asked = ListApiKeysRequest { tenant_id: tenant_id.clone(), page_size: 9, ..Default::default() };
        grpc.list_api_keys(with_key(asked)).await.unwrap().into_inner().api_keys
    };
    let expires_at = Some(Timestamp { seconds: 1_767_330_000, nanos: 5_000 });
    let create = CreateApiKeyRequest { expires_at, ..app(&tenant_id, &["guidance"]) };
    let made = grpc.create_api_key(with_key(create)).await.unwrap().into_inner();
    assert_eq!((&*made.scopes, made.expires_at), (&["guidance".to_owned()][..], expires_at));
    let guidance = service.get_without_key("/v1/guidance?kind=idea").bearer_auth(&made.secret);
    assert_eq!(guidance.send().await.unwrap().status(), 200);
    let (_, by_rest) = json(service.get(&format!("/v1/tenants/{tenant_id}/api-keys"))).await;
    let shown = by_rest["api_keys"].as_array().unwrap().iter().find(|key| key["id"] == *made.id).unwrap();
    assert_eq!(shown["expires_at"], "2026-01-02T05:00:00.000005Z");
    let rotate = RotateApiKeyRequest { tenant_id: tenant_id.clone(), key_id: made.id.clone(), ..Default::default() };
    let rotate = RotateApiKeyRequest { overlap_seconds: Some(60), request_id: Some("r".to_owned()), ..rotate };
    let fresh = grpc.rotate_api_key(with_key(rotate.clone())).await.unwrap().into_inner();
    assert_eq!(grpc.rotate_api_key(with_key(rotate)).await.unwrap().into_inner(), fresh, "with the same secret");
    let listed = list(&mut grpc).await;
    assert_eq!(listed.len(), 3);
    let old = listed.iter().find(|key| key.id == made.id).unwrap();
    assert_eq!(old.expires_at, Some(Timestamp { seconds: 1_767_323_105, nanos: 0 }));
    let revoke = RevokeApiKeyRequest { tenant_id: tenant_id.clone(), key_id: fresh.id.clone() };
    let revoked = grpc.revoke_api_key(with_key(revoke)).await.unwrap().into_inner().api_key.unwrap();
    assert_eq!(revoked.revoked_at, Some(Timestamp { seconds: 1_767_323_045, nanos: 0 }));
    let log = grpc.list_audit_events(with_key(ListAuditEventsRequest::default())).await.unwrap().into_inner();
    let operations: Vec<_> = log.audit_events.iter().map(|event| &*event.operation).collect();
    assert_eq!(operations.len(), 3);
    assert!(["createApiKey", "rotateApiKey", "revokeApiKey"].iter().all(|operation| operations.contains(operation)));
    let (_, by_rest) = json(service.get("/v1/audit-events")).await;
    let ids = by_rest["audit_events"].as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap());
    assert!(ids.eq(log.audit_events.iter().map(|event| &*event.id)));
}

#[tokio::test]
async fn settings_are_the_same_through_both_doors() {
    let (service, mut grpc) = doors().await;
    let get = grpc.get_tenant_settings(with_key(GetTenantSettingsRequest {})).await.unwrap().into_inner();
    let before = get.tenant_settings.unwrap();
    assert_eq!(before.support_link, "https://findahelpline.com/");
    let put = PutTenantSettingsRequest {
        support_link: Some("https://help.example/".to_owned()),
        feedback_policy: FeedbackPolicy::Refuses.into(),
        retention: Some(Retention { record_days: Some(365), ..Retention::default() }),
        legal_hold: Some(LegalHold {
            reason: "Case 7".to_owned(),
            until: Some(Timestamp { seconds: 1_798_761_600, nanos: 0 }),
        }),
        bulk_confirmation: BulkConfirmation::Required.into(),
        if_match: Some(before.etag),
    };
    let after = grpc.put_tenant_settings(with_key(put.clone())).await.unwrap().into_inner().tenant_settings.unwrap();
    let by_rest = service.get("/v1/tenant-settings").send().await.unwrap();
    assert_eq!(by_rest.headers()["etag"].to_str().unwrap(), after.etag);
    let expected = json!({
        "support_link": "https://help.example/",
        "feedback_policy": "refuses",
        "retention": { "record_days": 365 },
        "legal_hold": { "reason": "Case 7", "until": "2027-01-01T00:00:00Z" },
        "bulk_confirmation": "required",
    });
    assert_eq!(by_rest.json::<Value>().await.unwrap(), expected);
    assert_eq!(after.feedback_policy(), FeedbackPolicy::Refuses);
    assert_eq!(after.bulk_confirmation(), BulkConfirmation::Required);
    let stale = grpc.put_tenant_settings(with_key(put)).await.unwrap_err();
    assert_eq!((stale.code(), &*reason(&stale)), (Code::Aborted, "PRECONDITION_FAILED"));
}

#[tokio::test]
async fn both_doors_refuse_alike() {
    let (service, mut grpc) = doors().await;
    let (tenant_id, _) = service.first_key().await;
    let request_id = Some("with space".to_owned());
    let wrong = CreateTenantRequest { name: Some("a".to_owned()), request_id };
    assert_eq!(field(&grpc.create_tenant(with_key(wrong)).await.unwrap_err()), "request_id");
    assert_eq!(field(&grpc.create_tenant(with_key(CreateTenantRequest::default())).await.unwrap_err()), "name");
    let wrong = app(&tenant_id, &["guidance", "flying"]);
    assert_eq!(field(&grpc.create_api_key(with_key(wrong)).await.unwrap_err()), "scopes[1]");
    let nanos = CreateApiKeyRequest {
        expires_at: Some(Timestamp { seconds: 1_767_330_000, nanos: -1 }),
        ..app(&tenant_id, &["guidance"])
    };
    assert_eq!(field(&grpc.create_api_key(with_key(nanos)).await.unwrap_err()), "expires_at");
    for policy in [3, -1, i32::MIN] {
        let wrong = PutTenantSettingsRequest { feedback_policy: policy, ..Default::default() };
        assert_eq!(field(&grpc.put_tenant_settings(with_key(wrong)).await.unwrap_err()), "feedback_policy");
        let wrong = PutTenantSettingsRequest { bulk_confirmation: policy, ..Default::default() };
        assert_eq!(field(&grpc.put_tenant_settings(with_key(wrong)).await.unwrap_err()), "bulk_confirmation");
    }
    let hold = LegalHold { reason: "Case 7".to_owned(), until: None };
    let wrong = PutTenantSettingsRequest { legal_hold: Some(hold), ..Default::default() };
    assert_eq!(field(&grpc.put_tenant_settings(with_key(wrong)).await.unwrap_err()), "legal_hold.until");
    let wrong = ListAuditEventsRequest { key_id: Some("7".to_owned()), ..Default::default() };
    assert_eq!(field(&grpc.list_audit_events(with_key(wrong)).await.unwrap_err()), "key_id");
    let admin = add_key(&service, None, &[Scope::Admin]).await;
    let denied = grpc.create_api_key(by(&admin, app(&tenant_id, &["guidance"]))).await.unwrap_err();
    assert_eq!((denied.code(), &*reason(&denied)), (Code::PermissionDenied, "PERMISSION_DENIED"));
    assert!(denied.message().contains("`guidance`"));
    let foreign = app("tnt_01kdyasxa8fmws4wtwf4v2bvqq", &["admin"]);
    assert_eq!(grpc.create_api_key(by(&admin, foreign)).await.unwrap_err().code(), Code::NotFound);
    let tenants = grpc.list_tenants(by(&admin, ListTenantsRequest::default())).await.unwrap_err();
    assert_eq!(tenants.code(), Code::PermissionDenied);
}
