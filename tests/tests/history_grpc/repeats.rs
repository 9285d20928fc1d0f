//! A request that is sent twice is done once, and answered twice alike.

use jiff::SignedDuration;
use rebound_tests::proto::{
    Channel, CreateActionItemRequest, CreateContactRequest, CreateReflectionRequest, CreateRejectionRequest,
    GetRejectionRequest, Purpose, ReflectionAnswer,
};
use tonic::Code;

use crate::{House, USER, assert_refused, declined, moment, with};

#[tokio::test]
async fn the_same_request_is_done_once() {
    let mut house = House::open().await;
    let asked = CreateRejectionRequest { request_id: Some("one".into()), ..declined() };
    let first = house.client.create_rejection(with(&house.employer, asked.clone())).await.unwrap().into_inner();
    house.service.clock.advance(SignedDuration::from_mins(5));
    let again = house.client.create_rejection(with(&house.employer, asked.clone())).await.unwrap().into_inner();
    assert_eq!(first, again);
    assert!(first.is_new);
    let other = CreateRejectionRequest { role: Some("Engineer".into()), ..asked.clone() };
    let refused = house.client.create_rejection(with(&house.employer, other)).await;
    assert_refused(refused, Code::InvalidArgument, "IDEMPOTENCY_KEY_REUSED", &[]);
    let of_another_key = house.client.create_rejection(with(&house.person, asked.clone())).await.unwrap().into_inner();
    assert_ne!(of_another_key.rejection.unwrap().id, first.rejection.as_ref().unwrap().id);
    house.service.clock.advance(SignedDuration::from_hours(25));
    let later = house.client.create_rejection(with(&house.employer, asked)).await.unwrap().into_inner();
    assert_ne!(later.rejection.unwrap().id, first.rejection.unwrap().id);
}

#[tokio::test]
async fn steps_of_a_person_are_done_once() {
    let mut house = House::open().await;
    let id = house.recorded().await.id;
    let thanks = CreateContactRequest {
        user_id: USER.into(),
        id: id.clone(),
        purpose: Purpose::ThankYou.into(),
        channel: Channel::Email.into(),
        sent_at: moment("2026-01-01T09:00:00Z"),
        request_id: Some("thanks".into()),
    };
    let first = house.client.create_contact(with(&house.person, thanks.clone())).await.unwrap().into_inner();
    let again = house.client.create_contact(with(&house.person, thanks)).await.unwrap().into_inner();
    assert_eq!(first, again, "a repetition is no second thank-you");
    let reflects = CreateReflectionRequest {
        user_id: USER.into(),
        id: id.clone(),
        answers: vec![ReflectionAnswer { prompt: "changes-to-make".into(), text: "More calm.".into() }],
        request_id: Some("reflects".into()),
        ..CreateReflectionRequest::default()
    };
    let first = house.client.create_reflection(with(&house.person, reflects.clone())).await.unwrap().into_inner();
    let again = house.client.create_reflection(with(&house.person, reflects)).await.unwrap().into_inner();
    assert_eq!(first, again);
    let plans = CreateActionItemRequest {
        user_id: USER.into(),
        title: Some("Breathe".into()),
        request_id: Some("plans".into()),
        ..CreateActionItemRequest::default()
    };
    let first = house.client.create_action_item(with(&house.person, plans.clone())).await.unwrap().into_inner();
    let again = house.client.create_action_item(with(&house.person, plans)).await.unwrap().into_inner();
    assert_eq!(first, again);
    let get = GetRejectionRequest { user_id: USER.into(), id };
    let kept = house.client.get_rejection(with(&house.person, get)).await.unwrap().into_inner().rejection.unwrap();
    assert_eq!((kept.contacts.len(), kept.reflections.len()), (1, 1));
}

#[tokio::test]
async fn a_second_delivery_updates_the_first() {
    let mut house = House::open().await;
    let asked = CreateRejectionRequest { external_ref: Some("ats-17".into()), ..declined() };
    let first = house.client.create_rejection(with(&house.employer, asked.clone())).await.unwrap().into_inner();
    let changed = CreateRejectionRequest { role: Some("Engineer".into()), ..asked.clone() };
    let second = house.client.create_rejection(with(&house.employer, changed)).await.unwrap().into_inner();
    assert_eq!((first.is_new, second.is_new), (true, false));
    let (first, second) = (first.rejection.unwrap(), second.rejection.unwrap());
    assert_eq!((second.id, second.role.as_deref()), (first.id, Some("Engineer")));
    assert_ne!(second.etag, first.etag);
    let of_another = CreateRejectionRequest { user_id: "emp-7".into(), ..asked };
    let refused = house.client.create_rejection(with(&house.employer, of_another)).await;
    assert_refused(refused, Code::FailedPrecondition, "CONFLICT", &[]);
}
