//! Tenants: found, unique by name, in pages.

use rebound_domain::ErrorKind;
use rebound_domain::access::Tenant;

use crate::World;

both_databases! {
    a_tenant_is_found_by_id_and_by_name
    a_tenant_name_is_taken_once
    tenants_come_in_pages_in_order_of_id
    times_come_back_to_the_microsecond
}

async fn a_tenant_is_found_by_id_and_by_name(world: World) {
    let tenant = world.tenant("Übung & Söhne").await;
    assert_eq!(world.access.tenant(tenant.id).await.unwrap(), Some(tenant.clone()));
    assert_eq!(world.access.tenant_by_name(&tenant.name).await.unwrap(), Some(tenant));
    let stranger = world.new_tenant("nobody");
    assert_eq!(world.access.tenant(stranger.id).await.unwrap(), None);
    assert_eq!(world.access.tenant_by_name("nobody").await.unwrap(), None);
    world.access.ping().await.unwrap();
}

async fn a_tenant_name_is_taken_once(world: World) {
    let first = world.tenant("acme").await;
    let error = world.access.create_tenant(&world.new_tenant("acme")).await.unwrap_err();
    assert_eq!((error.kind, &*error.detail), (ErrorKind::Conflict, "A tenant with this name exists already."));
    assert_eq!(world.access.tenants(None, 10).await.unwrap(), [first]);
}

async fn tenants_come_in_pages_in_order_of_id(world: World) {
    let mut tenants: Vec<Tenant> = ["e", "a", "d", "b", "c"].map(|name| world.new_tenant(name)).into();
    for tenant in tenants.iter().rev() {
        world.access.create_tenant(tenant).await.unwrap();
    }
    tenants.sort_by_key(|tenant| tenant.id);
    assert_eq!(world.access.tenants(None, 2).await.unwrap(), tenants[..2]);
    assert_eq!(world.access.tenants(Some(tenants[1].id), 2).await.unwrap(), tenants[2..4]);
    assert_eq!(world.access.tenants(Some(tenants[3].id), 2).await.unwrap(), tenants[4..]);
    assert_eq!(world.access.tenants(Some(tenants[4].id), 2).await.unwrap(), []);
    assert_eq!(world.access.tenants(None, u32::MAX).await.unwrap(), tenants);
}

async fn times_come_back_to_the_microsecond(world: World) {
    let tenant = Tenant { created_at: "2026-01-02T03:04:05.123456789Z".parse().unwrap(), ..world.new_tenant("acme") };
    world.access.create_tenant(&tenant).await.unwrap();
    let stored = world.access.tenant(tenant.id).await.unwrap().unwrap();
    assert_eq!(stored.created_at, "2026-01-02T03:04:05.123456Z".parse().unwrap());
}
