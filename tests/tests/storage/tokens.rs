//! Keys that are bound to one person.

use rebound_domain::ErrorKind;
use rebound_domain::access::{ApiKey, UserBinding};
use rebound_domain::history::{Change, Committed, Owner};

use crate::{World, assert_kind};

both_databases! {
    a_token_is_a_key_that_knows_its_person
    a_token_text_is_taken_once
    a_token_has_no_successor_for_it_would_not_be_bound
}

impl World {
    pub(crate) fn new_token(&self, owner: &Owner) -> ApiKey {
        let key = self.new_key(owner.tenant);
        let bound_to = Some(UserBinding::of(key.id, &owner.user));
        ApiKey { bound_to, expires_at: Some(self.in_minutes(60)), ..key }
    }

    /// A change that adds a token.
    pub(crate) fn adds_token(&self, owner: &Owner, token: &ApiKey) -> Change {
        Change { token: Some(token.clone()), ..Change::of(self.event(owner, "create_token")) }
    }

    pub(crate) async fn token(&self, owner: &Owner) -> ApiKey {
        let token = self.new_token(owner);
        assert_eq!(self.commit(owner, self.adds_token(owner, &token)).await, Committed::Done);
        token
    }
}

async fn a_token_is_a_key_that_knows_its_person(world: World) {
    let owner = world.owner("ann").await;
    let token = world.token(&owner).await;
    assert_eq!(world.stored(&token).await, Some(token.clone()));
    assert_eq!(world.access.api_key(owner.tenant, token.id).await.unwrap(), Some(token));
    assert_eq!(world.access.api_keys(owner.tenant, None, 10).await.unwrap(), [], "the tenant's own keys alone");
    assert_eq!(world.operations(owner.tenant).await, ["create_token"]);
}

async fn a_token_text_is_taken_once(world: World) {
    let owner = world.owner("ann").await;
    let token = world.token(&owner).await;
    let same_text = ApiKey { digest: token.digest, ..world.new_token(&owner) };
    let change = world.adds_token(&owner, &same_text);
    assert_kind(world.history.commit(&owner, change).await, ErrorKind::Conflict);
    assert_eq!(world.operations(owner.tenant).await, ["create_token"]);
}

async fn a_token_has_no_successor_for_it_would_not_be_bound(world: World) {
    let owner = world.owner("ann").await;
    let token = world.token(&owner).await;
    let successor = world.new_token(&owner);
    let rotated = world.access.rotate_api_key(token.id, &successor, world.in_minutes(1)).await;
    assert_kind(rotated, ErrorKind::NotFound);
    assert_eq!((world.stored(&token).await, world.stored(&successor).await), (Some(token), None));
}
