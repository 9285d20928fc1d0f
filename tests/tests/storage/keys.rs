//! API keys: found by digest, unique, in pages of their tenant, revoked.

use rebound_domain::ErrorKind;
use rebound_domain::access::{ApiKey, KeyDigest};
use rebound_domain::environment::Clock;

use crate::{World, assert_kind, instance};

both_databases! {
    a_key_is_found_by_its_digest
    a_key_needs_its_tenant
    a_key_text_is_taken_once
    keys_come_in_pages_of_one_tenant
    the_first_revocation_counts
    a_revocation_is_seen_by_another_instance
    a_key_of_another_tenant_is_out_of_reach
}

async fn a_key_is_found_by_its_digest(world: World) {
    let tenant = world.tenant("acme").await;
    let mut key = world.new_key(tenant.id);
    key.expires_at = Some(world.in_minutes(60));
    world.access.create_api_key(&key).await.unwrap();
    assert_eq!(world.stored(&key).await, Some(key));
    assert_eq!(world.access.api_key_by_digest(&KeyDigest::of("unknown")).await.unwrap(), None);
}

async fn a_key_needs_its_tenant(world: World) {
    let stranger = world.new_tenant("nobody");
    let key = world.new_key(stranger.id);
    assert_kind(world.access.create_api_key(&key).await, ErrorKind::NotFound);
    assert_eq!(world.stored(&key).await, None);
}

async fn a_key_text_is_taken_once(world: World) {
    let (one, other) = (world.tenant("one").await, world.tenant("other").await);
    let key = world.key(&one).await;
    let same_text = ApiKey { digest: key.digest, ..world.new_key(other.id) };
    assert_kind(world.access.create_api_key(&same_text).await, ErrorKind::Conflict);
    assert_eq!(world.stored(&key).await, Some(key));
}

async fn keys_come_in_pages_of_one_tenant(world: World) {
    let (mine, other) = (world.tenant("mine").await, world.tenant("other").await);
    let mut keys = Vec::new();
    for _ in 0..3 {
        keys.push(world.key(&mine).await);
        world.key(&other).await;
    }
    let expired = ApiKey { expires_at: Some(world.clock.now()), ..world.new_key(mine.id) };
    world.access.create_api_key(&expired).await.unwrap();
    keys.push(expired);
    keys[1] = world.access.revoke_api_key(mine.id, keys[1].id, world.clock.now()).await.unwrap().unwrap();
    assert_eq!(world.access.api_keys(mine.id, None, 3).await.unwrap(), keys[..3]);
    assert_eq!(world.access.api_keys(mine.id, Some(keys[2].id), 3).await.unwrap(), keys[3..]);
    assert_eq!(world.access.api_keys(world.new_tenant("none").id, None, 3).await.unwrap(), []);
}

async fn the_first_revocation_counts(world: World) {
    let tenant = world.tenant("acme").await;
    let key = world.key(&tenant).await;
    let at = world.clock.now();
    let revoked = ApiKey { revoked_at: Some(at), ..key.clone() };
    assert_eq!(world.access.revoke_api_key(tenant.id, key.id, at).await.unwrap(), Some(revoked.clone()));
    let later = world.in_minutes(1);
    assert_eq!(world.access.revoke_api_key(tenant.id, key.id, later).await.unwrap(), Some(revoked.clone()));
    assert_eq!(world.stored(&key).await, Some(revoked));
}

async fn a_revocation_is_seen_by_another_instance(world: World) {
    let tenant = world.tenant("acme").await;
    let key = world.key(&tenant).await;
    let other = instance(&world.url).await.access();
    assert_eq!(other.api_key_by_digest(&key.digest).await.unwrap(), Some(key.clone()));
    world.access.revoke_api_key(tenant.id, key.id, world.clock.now()).await.unwrap();
    let seen = other.api_key_by_digest(&key.digest).await.unwrap().unwrap();
    assert!(!seen.is_valid_at(world.clock.now()));
}

async fn a_key_of_another_tenant_is_out_of_reach(world: World) {
    let (mine, other) = (world.tenant("mine").await, world.tenant("other").await);
    let key = world.key(&mine).await;
    assert_eq!(world.access.revoke_api_key(other.id, key.id, world.clock.now()).await.unwrap(), None);
    let successor = world.new_key(other.id);
    assert_kind(world.access.rotate_api_key(key.id, &successor, world.clock.now()).await, ErrorKind::NotFound);
    assert_eq!(world.stored(&successor).await, None);
    assert_eq!(world.stored(&key).await, Some(key));
}
