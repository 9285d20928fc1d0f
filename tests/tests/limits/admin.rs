//! What an operator allows a tenant, over both doors.

use jiff::SignedDuration;
use rebound_domain::access::Scope;
use rebound_tests::keys::{add_key, add_tenant};
use rebound_tests::proto::admin_service_client::AdminServiceClient;
use rebound_tests::proto::{GetTenantLimitsRequest, GetTenantUsageRequest, PutTenantLimitsRequest, TenantLimits};
use rebound_tests::service::{TestService, json, reason, with_key};
use serde_json::json;
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::{PATH, told};

#[tokio::test]
async fn an_operator_sets_what_a_tenant_may_and_the_tenant_does_not() {
    let service = TestService::start().await;
    let tenant = add_tenant(&service, "another").await;
    let path = format!("/v1/tenants/{tenant}/limits");
    let (asks, administers) = (
        add_key(&service, Some(tenant), &[Scope::Guidance]).await,
        add_key(&service, Some(tenant), &[Scope::Admin]).await,
    );
    assert_eq!(json(service.get(&path)).await, (200, json!({})));
    let state = async || told(service.get_without_key(PATH).bearer_auth(&asks)).await.1;
    assert_eq!(state().await, "\"key\";r=59999;t=1, \"tenant\";r=239999;t=1");

    let limits = json!({ "key_requests_per_minute": 10, "requests_per_minute": 20, "daily_quota": 30 });
    assert_eq!(json(service.put_json(&path, limits.to_string())).await, (200, limits.clone()));
    assert_eq!(json(service.get(&path)).await, (200, limits.clone()));
    // What was asked before is made good.
    service.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(state().await, "\"key\";r=9;t=6, \"tenant\";r=19;t=3, \"daily\";r=28;t=75354");
    let with_admin =
        |request: reqwest::RequestBuilder| request.header("authorization", format!("Bearer {administers}"));
    let (status, own) = json(with_admin(service.get_without_key(&path))).await;
    assert_eq!((status, own), (200, limits));
    let (status, refused) = json(service.put_json_as(&administers, &path, "{}".to_owned())).await;
    assert_eq!((status, &refused["code"]), (403, &json!("permission_denied")));
    let foreign = format!("/v1/tenants/{}/usage", service.first_key().await.0);
    assert_eq!(json(with_admin(service.get_without_key(&foreign))).await.0, 404);

    assert_eq!(json(service.put_json(&path, "{}".to_owned())).await, (200, json!({})));
    assert!(state().await.starts_with("\"key\";r="));
    let (_, events) = json(with_admin(service.get_without_key("/v1/audit-events"))).await;
    let operations: Vec<_> = events["audit_events"].as_array().unwrap().iter().map(|it| &it["operation"]).collect();
    assert_eq!(operations, ["putTenantLimits", "putTenantLimits"]);
}

#[tokio::test]
async fn what_is_wrong_with_limits_is_named() {
    let service = TestService::start().await;
    let (tenant, _) = service.first_key().await;
    let body =
        json!({ "key_requests_per_minute": -1, "requests_per_minute": 100_000_001, "daily_quota": "x", "rate": 1 });
    let (status, problem) = json(service.put_json(&format!("/v1/tenants/{tenant}/limits"), body.to_string())).await;
    let pointers: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!((status, pointers), (422, vec![&json!("/rate"), &json!("/daily_quota")]));
    let body = json!({ "key_requests_per_minute": -1, "requests_per_minute": 100_000_001, "daily_quota": -1 });
    let (status, problem) = json(service.put_json(&format!("/v1/tenants/{tenant}/limits"), body.to_string())).await;
    let details: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|error| &error["detail"]).collect();
    let rate = json!("allowed: 0 (no limit) to 100000000");
    assert_eq!((status, details), (422, vec![&rate, &rate, &json!("allowed: 0 (no limit) to 1000000000000")]));
    assert_eq!(json(service.put_json("/v1/tenants/none/limits", "{}".to_owned())).await.0, 404);
}

#[tokio::test]
async fn limits_and_usage_are_the_same_over_grpc() {
    let service = TestService::start().await;
    let (tenant_id, _) = service.first_key().await;
    let mut admin = AdminServiceClient::new(service.channel().await);
    let put = PutTenantLimitsRequest { tenant_id: tenant_id.clone(), daily_quota: Some(50), ..Default::default() };
    let limits = TenantLimits { daily_quota: Some(50), ..TenantLimits::default() };
    let answer = admin.put_tenant_limits(with_key(put)).await.unwrap().into_inner();
    assert_eq!(answer.tenant_limits, Some(limits));
    let asked = GetTenantLimitsRequest { tenant_id: tenant_id.clone() };
    assert_eq!(admin.get_tenant_limits(with_key(asked)).await.unwrap().into_inner().tenant_limits, Some(limits));
    assert_eq!(json(service.get(&format!("/v1/tenants/{tenant_id}/limits"))).await.1, json!({ "daily_quota": 50 }));
    let asked = GetTenantUsageRequest { tenant_id: tenant_id.clone() };
    let usage = admin.get_tenant_usage(with_key(asked)).await.unwrap().into_inner();
    let in_force = TenantLimits {
        key_requests_per_minute: Some(60_000),
        requests_per_minute: Some(240_000),
        daily_quota: Some(50),
    };
    assert_eq!((usage.used, usage.limits, usage.resets_at.unwrap().seconds), (4, Some(in_force), 1_767_398_400));
    let wrong = PutTenantLimitsRequest { tenant_id, requests_per_minute: Some(-1), ..Default::default() };
    let status = admin.put_tenant_limits(with_key(wrong)).await.unwrap_err();
    assert_eq!((status.code(), &*reason(&status)), (Code::InvalidArgument, "INVALID_REQUEST"));
    assert_eq!(status.get_details_bad_request().unwrap().field_violations[0].field, "requests_per_minute");
}
