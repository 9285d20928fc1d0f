//! A key replaced by its successor: both changes or none.

use rebound_domain::ErrorKind;
use rebound_domain::access::ApiKey;
use rebound_domain::environment::Clock;

use crate::{World, assert_kind};

both_databases! {
    rotation_adds_the_successor_and_ends_the_old_key
    rotation_never_prolongs_a_key
    a_key_that_cannot_be_rotated_leaves_no_successor
    a_successor_with_a_taken_text_leaves_the_old_key_alone
}

async fn rotation_adds_the_successor_and_ends_the_old_key(world: World) {
    let tenant = world.tenant("acme").await;
    let old = world.key(&tenant).await;
    let successor = world.new_key(tenant.id);
    let end = world.in_minutes(10);
    world.access.rotate_api_key(old.id, &successor, end).await.unwrap();
    assert_eq!(world.stored(&successor).await, Some(successor));
    assert_eq!(world.stored(&old).await, Some(ApiKey { expires_at: Some(end), ..old }));
}

async fn rotation_never_prolongs_a_key(world: World) {
    let tenant = world.tenant("acme").await;
    let soon = ApiKey { expires_at: Some(world.in_minutes(5)), ..world.new_key(tenant.id) };
    let late = ApiKey { expires_at: Some(world.in_minutes(50)), ..world.new_key(tenant.id) };
    let end = world.in_minutes(10);
    for key in [&soon, &late] {
        world.access.create_api_key(key).await.unwrap();
        world.access.rotate_api_key(key.id, &world.new_key(tenant.id), end).await.unwrap();
    }
    assert_eq!(world.stored(&soon).await, Some(soon));
    assert_eq!(world.stored(&late).await.unwrap().expires_at, Some(end));
}

async fn a_key_that_cannot_be_rotated_leaves_no_successor(world: World) {
    let tenant = world.tenant("acme").await;
    let revoked = world.key(&tenant).await;
    world.access.revoke_api_key(tenant.id, revoked.id, world.clock.now()).await.unwrap();
    let unknown = world.new_key(tenant.id);
    let successor = world.new_key(tenant.id);
    for (old, kind) in [(revoked.id, ErrorKind::Conflict), (unknown.id, ErrorKind::NotFound)] {
        assert_kind(world.access.rotate_api_key(old, &successor, world.in_minutes(1)).await, kind);
    }
    assert_eq!(world.stored(&successor).await, None);
}

async fn a_successor_with_a_taken_text_leaves_the_old_key_alone(world: World) {
    let tenant = world.tenant("acme").await;
    let (old, taken) = (world.key(&tenant).await, world.key(&tenant).await);
    let successor = ApiKey { digest: taken.digest, ..world.new_key(tenant.id) };
    let rotated = world.access.rotate_api_key(old.id, &successor, world.in_minutes(1)).await;
    assert_kind(rotated, ErrorKind::Conflict);
    assert_eq!(world.stored(&old).await, Some(old));
}
