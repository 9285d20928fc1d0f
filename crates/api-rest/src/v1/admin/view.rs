//! Tenants, keys and audit log as JSON, and what may be sent of them.

use jiff::Timestamp;
use rebound_domain::access::{ApiKey, IssuedKey, Scope, Scopes, Tenant};
use rebound_domain::governance::AuditEvent;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Array, ArrayBuilder};

use crate::components::{self, reference};

/// A tenant to be made.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewTenant, example = json!({ "name": "Acme Ltd" }))]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes the body; it is read by hand, to name every error")]
pub(super) struct NewTenantBody {
    /// A name that no other tenant has: not only spaces, and no control characters.
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\x00-\x1F\x7F-\x9F]*[^\s\x00-\x1F\x7F-\x9F][^\x00-\x1F\x7F-\x9F]*$"
    )]
    name: String,
}

/// A tenant.
#[derive(Serialize, ToSchema)]
#[schema(as = Tenant)]
pub(super) struct TenantView<'a> {
    #[schema(example = "tnt_01kdyasxa8fmws4wtwf4v2bvqq")]
    id: String,
    #[schema(example = "Acme Ltd")]
    name: &'a str,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// A page of tenants.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantList)]
pub(super) struct TenantList<'a> {
    pub(super) tenants: Vec<TenantView<'a>>,
    /// For the next page; empty at the end.
    pub(super) next_page_token: String,
}

/// A key to be made.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewApiKey, example = json!({ "name": "careers page", "scopes": ["guidance", "rejections:write"] }))]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes the body; it is read by hand, to name every error")]
pub(super) struct NewApiKeyBody {
    /// What it is for: not only spaces, and no control characters.
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\x00-\x1F\x7F-\x9F]*[^\s\x00-\x1F\x7F-\x9F][^\x00-\x1F\x7F-\x9F]*$"
    )]
    name: String,
    /// What it may do; nothing that the key of the request may not, unless that one is an operator's.
    #[schema(schema_with = scopes_to_hand_out)]
    scopes: Vec<String>,
    /// From when on it is refused; absent: never.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

/// How a key is to be replaced.
#[derive(Deserialize, ToSchema)]
#[schema(as = ApiKeyRotation, example = json!({ "overlap_seconds": 3600 }))]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes the body; it is read by hand, to name every error")]
pub(super) struct RotationBody {
    /// For how many seconds the old key is still accepted; absent: a day. It never lives longer than it would anyway.
    #[schema(minimum = 0, maximum = 31_536_000)]
    overlap_seconds: Option<i64>,
}

/// A key that was just made.
#[derive(Serialize, ToSchema)]
#[schema(as = IssuedApiKey)]
pub(super) struct IssuedKeyView<'a> {
    #[schema(example = "key_01kdyasxa8fmws4wtwf4v2bvqr")]
    id: String,
    #[schema(example = "careers page")]
    name: &'a str,
    #[schema(value_type = Vec<components::Scope>)]
    scopes: Vec<&'static str>,
    /// Its text, shown only this once.
    #[schema(example = "rbk_…")]
    secret: &'a str,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// From when on it is refused; absent: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false)]
    expires_at: Option<Timestamp>,
}

/// A key, without its text.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub(super) struct ApiKeyView<'a> {
    #[schema(example = "key_01kdyasxa8fmws4wtwf4v2bvqr")]
    id: String,
    #[schema(example = "careers page")]
    name: &'a str,
    #[schema(value_type = Vec<components::Scope>)]
    scopes: Vec<&'static str>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// From when on it is refused; absent: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false)]
    expires_at: Option<Timestamp>,
    /// Since when it is revoked; absent: it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false)]
    revoked_at: Option<Timestamp>,
}

/// A page of keys.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiKeyList)]
pub(super) struct ApiKeyList<'a> {
    pub(super) api_keys: Vec<ApiKeyView<'a>>,
    /// For the next page; empty at the end.
    pub(super) next_page_token: String,
}

/// A line of the audit log.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEvent)]
pub(super) struct AuditEventView {
    #[schema(example = "aud_01kdyasxa8fmws4wtwf4v2bvqs")]
    id: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The key that was used.
    #[schema(example = "key_01kdyasxa8fmws4wtwf4v2bvqr")]
    key_id: String,
    /// The operation, by its id in this document.
    #[schema(example = "createApiKey")]
    operation: String,
    /// The id of the thing that it was about, if it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    resource_id: Option<String>,
}

/// A page of the audit log, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEventList)]
pub(super) struct AuditEventList {
    pub(super) audit_events: Vec<AuditEventView>,
    /// For the next page; empty at the end.
    pub(super) next_page_token: String,
}

fn scopes_to_hand_out() -> Array {
    let doc = "What it may do; nothing that the key of the request may not, unless that one is an operator's.";
    ArrayBuilder::new().items(reference("Scope", "")).description(Some(doc)).min_items(Some(1)).build()
}

fn names(scopes: Scopes) -> Vec<&'static str> {
    scopes.iter().map(Scope::name).collect()
}

impl<'a> TenantView<'a> {
    pub(super) fn new(tenant: &'a Tenant) -> Self {
        Self { id: tenant.id.to_string(), name: &tenant.name, created_at: tenant.created_at }
    }
}

impl<'a> IssuedKeyView<'a> {
    pub(super) fn new(IssuedKey { key, secret }: &'a IssuedKey) -> Self {
        Self {
            id: key.id.to_string(),
            name: &key.name,
            scopes: names(key.scopes),
            secret: secret.reveal(),
            created_at: key.created_at,
            expires_at: key.expires_at,
        }
    }
}

impl<'a> ApiKeyView<'a> {
    pub(super) fn new(key: &'a ApiKey) -> Self {
        Self {
            id: key.id.to_string(),
            name: &key.name,
            scopes: names(key.scopes),
            created_at: key.created_at,
            expires_at: key.expires_at,
            revoked_at: key.revoked_at,
        }
    }
}

impl AuditEventView {
    pub(super) fn new(event: AuditEvent) -> Self {
        let AuditEvent { id, at, key, operation, resource, .. } = event;
        Self { id: id.to_string(), at, key_id: key.to_string(), operation, resource_id: resource }
    }
}
