//! Tenants and keys that a test needs besides the first one, made behind the service's back.

use rebound_domain::access::{ApiKey, Scope, Secret, Tenant};
use rebound_domain::environment::Clock as _;
use rebound_domain::id::{ApiKeyId, TenantId};
use rebound_storage::Storage;

use crate::service::TestService;

/// A fresh tenant.
///
/// # Panics
/// If it cannot be made.
pub async fn add_tenant(service: &TestService, name: &str) -> TenantId {
    let storage = Storage::open(&service.database_url).expect("the database of the service");
    let now = service.clock.now();
    let tenant = Tenant { id: TenantId::generate(now, &*service.entropy), name: name.to_owned(), created_at: now };
    storage.access().create_tenant(&tenant).await.expect("a tenant");
    storage.close().await;
    tenant.id
}

/// The text of a fresh key with these scopes; of the first tenant, unless another one is named.
///
/// # Panics
/// If it cannot be made.
pub async fn add_key(service: &TestService, tenant: Option<TenantId>, scopes: &[Scope]) -> String {
    let storage = Storage::open(&service.database_url).expect("the database of the service");
    let tenant = match tenant {
        Some(tenant) => tenant,
        None => storage.access().tenant_by_name("default").await.expect("an answer").expect("the first tenant").id,
    };
    let now = service.clock.now();
    let secret = Secret::generate(&*service.entropy);
    let key = ApiKey {
        id: ApiKeyId::generate(now, &*service.entropy),
        tenant,
        name: "another".to_owned(),
        scopes: scopes.iter().copied().collect(),
        digest: secret.digest(),
        created_at: now,
        expires_at: None,
        revoked_at: None,
        bound_to: None,
    };
    storage.access().create_api_key(&key).await.expect("a key");
    storage.close().await;
    secret.reveal().to_owned()
}
