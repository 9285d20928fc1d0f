//! Two sides, two sights: what a person wrote opens to diary scopes alone, and a key that is bound to one user finds no
//! other.

use rebound_domain::access::Scope;
use rebound_tests::keys::{add_key, add_tenant};
use rebound_tests::proto::{
    AdvanceRejectionRequest, Cause, Context, CreateRejectionRequest, CreateUserTokenRequest, DeleteRejectionRequest,
    GetAggregatesRequest, GetRejectionRequest, ListRejectionsRequest, Phase, Space, UpdateRejectionRequest,
};
use tonic::Code;

use crate::{House, USER, assert_refused, declined, with};

#[tokio::test]
async fn the_employer_learns_nothing_of_the_diary() {
    let mut house = House::open().await;
    let recorded = house.recorded().await;
    let writes = UpdateRejectionRequest {
        user_id: USER.into(),
        id: recorded.id.clone(),
        context: Some(Context { causes: vec![Cause::Nerves.into()], ..Context::default() }),
        ..UpdateRejectionRequest::default()
    };
    let written = house.client.update_rejection(with(&house.person, writes.clone())).await.unwrap().into_inner();
    let written = written.rejection.unwrap();
    assert_eq!(written.context.as_ref().unwrap().causes, [i32::from(Cause::Nerves)]);
    assert_eq!(written.space(), Space::Employer);

    let get = GetRejectionRequest { user_id: USER.into(), id: recorded.id.clone() };
    let seen = house.client.get_rejection(with(&house.employer, get)).await.unwrap().into_inner().rejection.unwrap();
    assert_eq!(seen, recorded, "not even the etag or a date may change");
    assert!(seen.journey.is_none() && seen.safety.is_none());

    let refused = house.client.update_rejection(with(&house.employer, writes)).await;
    assert_refused(refused, Code::PermissionDenied, "PERMISSION_DENIED", &["causes"]);
    let advances =
        AdvanceRejectionRequest { user_id: USER.into(), id: recorded.id, to: 1, ..AdvanceRejectionRequest::default() };
    let refused = house.client.advance_rejection(with(&house.employer, advances)).await;
    assert_refused(refused, Code::PermissionDenied, "PERMISSION_DENIED", &[]);
}

#[tokio::test]
async fn what_a_person_records_the_employer_does_not_find() {
    let mut house = House::open().await;
    let own = house.client.create_rejection(with(&house.person, declined())).await.unwrap().into_inner();
    let own = own.rejection.unwrap();
    assert_eq!(own.space(), Space::Person);
    house.recorded().await;
    let get = GetRejectionRequest { user_id: USER.into(), id: own.id.clone() };
    let refused = house.client.get_rejection(with(&house.employer, get)).await;
    assert_refused(refused, Code::NotFound, "NOT_FOUND", &[]);
    let all = ListRejectionsRequest { user_id: USER.into(), ..ListRejectionsRequest::default() };
    let of_employer = house.client.list_rejections(with(&house.employer, all.clone())).await.unwrap().into_inner();
    let of_person = house.client.list_rejections(with(&house.person, all)).await.unwrap().into_inner();
    assert_eq!((of_employer.rejections.len(), of_person.rejections.len()), (1, 2));
    let deletes = DeleteRejectionRequest { user_id: USER.into(), id: own.id, if_match: Some("\"9.9\"".into()) };
    let stale = house.client.delete_rejection(with(&house.person, deletes.clone())).await;
    assert_refused(stale, Code::Aborted, "PRECONDITION_FAILED", &[]);
    let deletes = DeleteRejectionRequest { if_match: Some(own.etag), ..deletes };
    house.client.delete_rejection(with(&house.person, deletes.clone())).await.unwrap();
    let gone = house.client.delete_rejection(with(&house.person, deletes)).await;
    assert_refused(gone, Code::NotFound, "NOT_FOUND", &[]);
}

#[tokio::test]
async fn who_writes_for_a_person_without_reading_sees_the_record_alone() {
    let mut house = House::open().await;
    let id = house.recorded().await.id;
    let writer = add_key(&house.service, None, &[Scope::DiaryWrite]).await;
    let advances = AdvanceRejectionRequest {
        user_id: USER.into(),
        id,
        to: Phase::Shock.into(),
        ..AdvanceRejectionRequest::default()
    };
    let moved = house.client.advance_rejection(with(&writer, advances)).await.unwrap().into_inner().rejection.unwrap();
    assert_eq!(moved.context.unwrap().phase(), Phase::Unspecified);
    assert!(moved.journey.is_none());
    assert!(moved.safety.is_some(), "it accepts what a person wrote");
}

#[tokio::test]
async fn a_token_opens_one_user_and_another_tenant_finds_nobody() {
    let mut house = House::open().await;
    let recorded = house.recorded().await;
    let asks = CreateUserTokenRequest {
        user_id: USER.into(),
        scopes: vec!["diary:read".into(), "diary:write".into()],
        ttl_seconds: Some(600),
        request_id: None,
    };
    let token = house.client.create_user_token(with(&house.person, asks.clone())).await.unwrap().into_inner();
    assert_eq!(token.scopes, asks.scopes);
    assert!(token.id.starts_with("key_"));
    let get = GetRejectionRequest { user_id: USER.into(), id: recorded.id };
    house.client.get_rejection(with(&token.secret, get.clone())).await.unwrap();
    let other = GetRejectionRequest { user_id: "emp-7".into(), ..get.clone() };
    let refused = house.client.get_rejection(with(&token.secret, other)).await;
    assert_refused(refused, Code::NotFound, "NOT_FOUND", &[]);
    let refused = house.client.create_user_token(with(&token.secret, asks.clone())).await;
    assert_refused(refused, Code::PermissionDenied, "PERMISSION_DENIED", &[]);
    let more = CreateUserTokenRequest { scopes: vec!["guidance".into()], ..asks };
    let refused = house.client.create_user_token(with(&house.person, more)).await;
    assert_refused(refused, Code::PermissionDenied, "PERMISSION_DENIED", &[]);
    house.service.clock.advance(jiff::SignedDuration::from_secs(601));
    let expired = house.client.get_rejection(with(&token.secret, get.clone())).await;
    assert_refused(expired, Code::Unauthenticated, "UNAUTHENTICATED", &[]);

    let tenant = add_tenant(&house.service, "another").await;
    let stranger = add_key(&house.service, Some(tenant), &Scope::ALL).await;
    let refused = house.client.get_rejection(with(&stranger, get)).await;
    assert_refused(refused, Code::NotFound, "NOT_FOUND", &[]);
}

#[tokio::test]
async fn counts_over_people_appear_from_ten_on() {
    let mut house = House::open().await;
    for person in 0..11 {
        let one = CreateRejectionRequest { user_id: format!("emp-{person}"), ..declined() };
        house.client.create_rejection(with(&house.employer, one)).await.unwrap();
    }
    let asked = GetAggregatesRequest { window: Some("90d".into()) };
    let found = house.client.get_aggregates(with(&house.employer, asked)).await.unwrap().into_inner();
    assert_eq!(found.window, "90d");
    let kinds = found.kinds.unwrap();
    assert_eq!((&*kinds.groups[0].value, kinds.groups[0].rejections), ("job_application", 11));
    assert_eq!(kinds.withheld_groups, 0);
    assert_eq!(found.reasons.unwrap().groups[0].value, "unknown");
    let fine = GetAggregatesRequest { window: Some("89d".into()) };
    let refused = house.client.get_aggregates(with(&house.employer, fine)).await;
    assert_refused(refused, Code::InvalidArgument, "INVALID_REQUEST", &["window"]);
}
