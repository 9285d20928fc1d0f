//! A person takes everything along, and is forgotten.

use futures_util::StreamExt as _;
use rebound_domain::access::Scope;
use rebound_tests::keys::add_key;
use rebound_tests::proto::export_user_response::Item;
use rebound_tests::proto::history_service_client::HistoryServiceClient;
use rebound_tests::proto::{
    Context, CreateActionItemRequest, CreateReflectionRequest, CreateRejectionRequest, EraseUserRequest, Erased,
    ExportUserRequest, GetErasureReceiptRequest, GetTimelineRequest, ListRejectionsRequest, ReflectionAnswer,
};
use tonic::Code;
use tonic::transport::Channel;

use crate::{House, USER, assert_refused, declined, with};

/// More than one page of an export.
const MANY: usize = 205;

#[tokio::test]
async fn an_export_has_everything_once_and_in_order() {
    let mut house = House::open().await;
    for index in 0..MANY {
        let role = Some(format!("Role {index}"));
        let one = CreateRejectionRequest { role, ..declined() };
        house.client.create_rejection(with(&house.person, one)).await.unwrap();
    }
    let item = CreateActionItemRequest {
        user_id: USER.into(),
        title: Some("Rest".into()),
        ..CreateActionItemRequest::default()
    };
    house.client.create_action_item(with(&house.person, item)).await.unwrap();
    let other = CreateRejectionRequest { user_id: "emp-7".into(), ..declined() };
    house.client.create_rejection(with(&house.person, other)).await.unwrap();

    let asked = ExportUserRequest { user_id: USER.into() };
    let mut stream = house.client.export_user(with(&house.person, asked.clone())).await.unwrap().into_inner();
    let (mut roles, mut kinds) = (std::collections::BTreeSet::new(), Vec::new());
    while let Some(message) = stream.next().await {
        kinds.push(match message.unwrap().item.unwrap() {
            Item::Rejection(rejection) => {
                assert_eq!(rejection.user_id, USER);
                assert!(rejection.journey.is_some(), "everything that belongs to it");
                roles.insert(rejection.role.unwrap());
                'r'
            }
            Item::ActionItem(item) => {
                assert_eq!(item.title, "Rest");
                'a'
            }
            Item::Entry(_) => 'e',
        });
    }
    assert_eq!(roles.len(), MANY);
    let expected: String = "r".repeat(MANY) + "a" + &"e".repeat(MANY + 1);
    assert_eq!(kinds.into_iter().collect::<String>(), expected);
    let nobody = ExportUserRequest { user_id: "emp-8".into() };
    let mut empty = house.client.export_user(with(&house.person, nobody)).await.unwrap().into_inner();
    assert!(empty.next().await.is_none());
    let refused = house.client.export_user(with(&house.employer, asked)).await;
    assert_refused(refused.map(|_| ()), Code::PermissionDenied, "PERMISSION_DENIED", &[]);
}

/// Thirty rejections with some 60 KiB of reflection each are many times what this client takes unread, so that the
/// server has not come to the action items when one is made.
#[tokio::test]
async fn an_export_reads_on_only_while_the_client_takes_what_it_sends() {
    let mut house = House::open().await;
    let answer = ReflectionAnswer { prompt: "changes-to-make".into(), text: "x".repeat(9_900) };
    for _ in 0..30 {
        let reflects = CreateReflectionRequest {
            user_id: USER.into(),
            id: house.recorded().await.id,
            answers: vec![answer.clone(); 6],
            ..CreateReflectionRequest::default()
        };
        house.client.create_reflection(with(&house.person, reflects)).await.unwrap();
    }
    let asked = ExportUserRequest { user_id: USER.into() };
    let slow = Channel::from_shared(house.service.grpc.clone()).unwrap().initial_stream_window_size(65_535);
    let mut slow = HistoryServiceClient::new(slow.connect().await.unwrap());
    let mut unread = slow.export_user(with(&house.person, asked)).await.unwrap().into_inner();
    let others = GetTimelineRequest { user_id: USER.into(), ..GetTimelineRequest::default() };
    for _ in 0..5 {
        house.client.get_timeline(with(&house.person, others.clone())).await.unwrap();
    }
    let item = CreateActionItemRequest {
        user_id: USER.into(),
        title: Some("Rest".into()),
        ..CreateActionItemRequest::default()
    };
    house.client.create_action_item(with(&house.person, item)).await.unwrap();
    let (mut rejections, mut items) = (0, 0);
    while let Some(message) = unread.next().await {
        match message.unwrap().item.unwrap() {
            Item::Rejection(_) => rejections += 1,
            Item::ActionItem(_) => items += 1,
            Item::Entry(_) => {}
        }
    }
    assert_eq!((rejections, items), (30, 1));
}

#[tokio::test]
async fn an_erased_person_is_gone_and_a_receipt_says_so() {
    let mut house = House::open().await;
    house.recorded().await;
    let own = CreateRejectionRequest {
        context: Some(Context { kind: 3, ..Context::default() }),
        request_id: Some("own".into()),
        ..declined()
    };
    house.client.create_rejection(with(&house.person, own)).await.unwrap();
    let asked = EraseUserRequest { user_id: USER.into() };
    let refused = house.client.erase_user(with(&house.employer, asked.clone())).await;
    assert_refused(refused, Code::PermissionDenied, "PERMISSION_DENIED", &[]);
    let receipt = house.client.erase_user(with(&house.person, asked)).await.unwrap().into_inner().receipt.unwrap();
    let expected = Erased { rejections: 2, action_items: 0, entries: 2, keys_and_answers: 1, held: 0 };
    assert_eq!(receipt.erased, Some(expected));
    assert!(receipt.id.starts_with("era_") && !receipt.seal.is_empty());
    assert!(!format!("{receipt:?}").contains(USER));

    let all = ListRejectionsRequest { user_id: USER.into(), ..ListRejectionsRequest::default() };
    let left = house.client.list_rejections(with(&house.person, all)).await.unwrap().into_inner();
    assert!(left.rejections.is_empty());
    let admin = add_key(&house.service, None, &[Scope::Admin]).await;
    let get = GetErasureReceiptRequest { id: receipt.id.clone() };
    let read = house.client.get_erasure_receipt(with(&admin, get.clone())).await.unwrap().into_inner();
    assert_eq!((read.receipt.unwrap(), read.genuine), (receipt, true));
    let refused = house.client.get_erasure_receipt(with(&house.employer, get)).await;
    assert_refused(refused, Code::PermissionDenied, "PERMISSION_DENIED", &[]);
}
