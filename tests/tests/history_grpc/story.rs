//! The story of a person, from the news to the end: every step over gRPC, in the order in which it happens.

use jiff::SignedDuration;
use rebound_tests::proto::history_service_client::HistoryServiceClient;
use rebound_tests::proto::{
    ActionStatus, AdvanceRejectionRequest, Channel, ConclusionResult, Context, CreateActionItemRequest,
    CreateContactRequest, CreateFeedbackRequest, CreateReflectionRequest, DeleteOutcomeRequest, EntryType, Feedback,
    FeedbackStatus, GetDevelopmentPlanRequest, GetInsightsRequest, GetRejectionGuidanceRequest, GetRejectionRequest,
    GetTimelineRequest, ListActionItemsRequest, ListRejectionsRequest, Phase, PlanGroup, PlanSection, Purpose,
    ReflectionAnswer, SetOutcomeRequest, Stage, StepState, Theme, UpdateActionItemRequest, UpdateFeedbackRequest,
    UpdateRejectionRequest,
};
use tonic::Code;

use crate::{House, USER, assert_refused, declined, moment, with};

type Client = HistoryServiceClient<tonic::transport::Channel>;

const SAFE: &str = "https://findahelpline.com/";

/// What the timeline of [`USER`] says, read two lines at a time; every line is about the rejection.
async fn lines_of_time(client: &mut Client, person: &str, id: &str) -> Vec<(EntryType, String)> {
    let asked = GetTimelineRequest { user_id: USER.into(), page_size: 2, ..GetTimelineRequest::default() };
    let mut types = Vec::new();
    let mut token = String::new();
    loop {
        let asked = GetTimelineRequest { page_token: token, ..asked.clone() };
        let page = client.get_timeline(with(person, asked)).await.unwrap().into_inner();
        assert!(page.entries.len() <= 2);
        assert!(page.entries.iter().all(|entry| entry.rejection_id.as_deref() == Some(id)));
        types.extend(page.entries.iter().map(|entry| (entry.r#type(), entry.detail.clone().unwrap_or_default())));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    types
}

/// Feedback comes, and the person says what it is about.
async fn hears_what_was_said(client: &mut Client, person: &str, id: &str) {
    let came = CreateFeedbackRequest {
        user_id: USER.into(),
        id: id.into(),
        received_at: moment("2026-01-02T01:00:00Z"),
        text: Some("Your examples were vague. You communicate very well.".into()),
        ..CreateFeedbackRequest::default()
    };
    let came = client.create_feedback(with(person, came)).await.unwrap().into_inner();
    assert!(came.is_new);
    let item = came.feedback_item.unwrap();
    assert_eq!(item.status(), FeedbackStatus::Received);
    assert!(item.is_proposed);
    let confirms = UpdateFeedbackRequest {
        user_id: USER.into(),
        id: id.into(),
        feedback_id: item.id.clone(),
        themes: vec![Theme::Examples.into()],
        clear: vec!["positives".into()],
        ..UpdateFeedbackRequest::default()
    };
    let confirmed = client.update_feedback(with(person, confirms)).await.unwrap().into_inner().feedback_item.unwrap();
    assert_eq!(confirmed.themes().collect::<Vec<_>>(), [Theme::Examples]);
    assert!(confirmed.positives.is_empty() && !confirmed.is_proposed);
}

#[tokio::test]
async fn a_person_goes_the_whole_way() {
    let mut house = House::open().await;
    let recorded = house.recorded().await;
    let id = recorded.id.clone();
    let person = house.person.clone();
    let client = &mut house.client;

    let get = GetRejectionRequest { user_id: USER.into(), id: id.clone() };
    let seen = client.get_rejection(with(&person, get.clone())).await.unwrap().into_inner().rejection.unwrap();
    assert_eq!(seen.occurred_at, moment("2025-12-31T08:30:00.25Z"));
    assert_eq!(seen.suggested_phase(), Phase::Shock);
    assert_eq!(seen.safety.unwrap().support_link, SAFE);
    let journey = seen.journey.unwrap();
    assert_eq!(journey.ask.unwrap().state(), StepState::Open);
    let react = journey.react.unwrap();
    assert_eq!((react.state(), react.unlock.is_some()), (StepState::Locked, true));

    let advance = |to: Phase| AdvanceRejectionRequest {
        user_id: USER.into(),
        id: id.clone(),
        to: to.into(),
        ..AdvanceRejectionRequest::default()
    };
    for to in [Phase::Shock, Phase::Processing, Phase::Reflecting] {
        let moved = client.advance_rejection(with(&person, advance(to))).await.unwrap().into_inner().rejection.unwrap();
        assert_eq!(moved.context.unwrap().phase(), to);
    }
    let too_early = client.advance_rejection(with(&person, advance(Phase::Acting))).await;
    assert_refused(too_early, Code::FailedPrecondition, "TRANSITION_NOT_ALLOWED", &[]);

    let asks = CreateContactRequest {
        user_id: USER.into(),
        id: id.clone(),
        purpose: Purpose::FeedbackRequest.into(),
        channel: Channel::Email.into(),
        sent_at: moment("2026-01-01T09:00:00Z"),
        request_id: None,
    };
    let contact = client.create_contact(with(&person, asks.clone())).await.unwrap().into_inner();
    assert_eq!(contact.safety.unwrap().support_link, SAFE);
    assert_eq!(contact.contact.unwrap().sent_at, asks.sent_at);
    let again = client.create_contact(with(&person, asks)).await;
    assert_refused(again, Code::FailedPrecondition, "CADENCE_REACHED", &[]);

    hears_what_was_said(client, &person, &id).await;

    let reflects = CreateReflectionRequest {
        user_id: USER.into(),
        id: id.clone(),
        answers: vec![ReflectionAnswer { prompt: "changes-to-make".into(), text: "Prepare three stories.".into() }],
        ..CreateReflectionRequest::default()
    };
    let kept = client.create_reflection(with(&person, reflects)).await.unwrap().into_inner().reflection.unwrap();
    assert_eq!(kept.answers[0].text, "Prepare three stories.");
    let acting = client.advance_rejection(with(&person, advance(Phase::Acting))).await.unwrap().into_inner();
    let acting = acting.rejection.unwrap();
    assert_eq!(acting.context.as_ref().unwrap().feedback(), Feedback::Received);
    assert_eq!(acting.context.unwrap().still_interested, Some(false));
    assert_eq!((acting.contacts.len(), acting.feedback_items.len(), acting.reflections.len()), (1, 1, 1));

    let ends = SetOutcomeRequest {
        user_id: USER.into(),
        id: id.clone(),
        result: ConclusionResult::Closed.into(),
        ..SetOutcomeRequest::default()
    };
    let ended = client.set_outcome(with(&person, ends)).await.unwrap().into_inner().rejection.unwrap();
    assert_eq!(ended.result.unwrap().result(), ConclusionResult::Closed);
    let reopens = DeleteOutcomeRequest { user_id: USER.into(), id: id.clone(), if_match: None };
    let reopened = client.delete_outcome(with(&person, reopens)).await.unwrap().into_inner().rejection.unwrap();
    assert_eq!(reopened.result, None);

    let types = lines_of_time(client, &person, &id).await;
    assert_eq!(types.len(), 9, "{types:?}");
    assert_eq!(types.last().unwrap(), &(EntryType::Rejection, "job_application".to_owned()));
    assert!(types.contains(&(EntryType::Phase, "acting".to_owned())), "{types:?}");
}

#[tokio::test]
async fn advice_knows_the_history_and_does_not_repeat_itself() {
    let mut house = House::open().await;
    let id = house.recorded().await.id;
    let asked = GetRejectionGuidanceRequest { user_id: USER.into(), id, ..GetRejectionGuidanceRequest::default() };
    let for_employer = house.client.get_rejection_guidance(with(&house.employer, asked.clone())).await.unwrap();
    let for_employer = for_employer.into_inner();
    assert!(for_employer.journey.is_none() && for_employer.safety.is_none());
    assert!(!for_employer.steps.is_empty());

    let first = house.client.get_rejection_guidance(with(&house.person, asked.clone())).await.unwrap().into_inner();
    assert_eq!(first.safety.unwrap().support_link, SAFE);
    assert_eq!(first.journey.unwrap().suggested_phase(), Phase::Shock);
    house.service.clock.advance(SignedDuration::from_hours(25));
    let second = house.client.get_rejection_guidance(with(&house.person, asked.clone())).await.unwrap().into_inner();
    let shown = |steps: &[rebound_tests::proto::Step]| steps.iter().map(|step| step.tip.clone()).collect::<Vec<_>>();
    assert!(shown(&second.steps).iter().all(|tip| !shown(&first.steps).contains(tip)));

    let wrong = GetRejectionGuidanceRequest { locale: Some("not a tag".into()), ..asked };
    let refused = house.client.get_rejection_guidance(with(&house.person, wrong)).await;
    assert_refused(refused, Code::InvalidArgument, "INVALID_REQUEST", &["locale"]);
}

#[tokio::test]
async fn a_plan_grows_from_feedback_and_items_follow_their_tags() {
    let mut house = House::open().await;
    let id = house.recorded().await.id;
    let person = house.person.clone();
    let client = &mut house.client;
    let came = CreateFeedbackRequest {
        user_id: USER.into(),
        id: id.clone(),
        themes: vec![Theme::Cv.into(), Theme::Examples.into()],
        positives: vec![Theme::Communication.into()],
        ..CreateFeedbackRequest::default()
    };
    let feedback = client.create_feedback(with(&person, came)).await.unwrap().into_inner().feedback_item.unwrap().id;
    let makes = CreateActionItemRequest {
        user_id: USER.into(),
        title: Some("One page, newest first".into()),
        theme: Theme::Cv.into(),
        rejection_id: Some(id.clone()),
        feedback_id: Some(feedback.clone()),
        due_at: moment("2026-02-01T00:00:00Z"),
        ..CreateActionItemRequest::default()
    };
    let item = client.create_action_item(with(&person, makes)).await.unwrap().into_inner().action_item.unwrap();
    assert_eq!((item.group(), item.status()), (PlanGroup::Cv, ActionStatus::Open));

    let plan = GetDevelopmentPlanRequest { user_id: USER.into() };
    let plan = client.get_development_plan(with(&person, plan)).await.unwrap().into_inner();
    let groups: Vec<_> = plan.groups.iter().map(PlanSection::group).collect();
    let all = [PlanGroup::Cv, PlanGroup::Letter, PlanGroup::Interview, PlanGroup::Skills, PlanGroup::Other];
    assert_eq!(groups, all);
    assert_eq!(plan.groups[0].action_items[0].id, item.id);
    assert!(plan.groups[0].suggestions.is_empty(), "an item works on it already");
    assert_eq!(plan.groups[2].suggestions[0].theme(), Theme::Examples);
    assert_eq!(plan.groups[2].suggestions[0].mentions[0].feedback_id, feedback);
    assert_eq!(plan.strengths[0].theme(), Theme::Communication);

    let moves = UpdateActionItemRequest {
        user_id: USER.into(),
        id: item.id.clone(),
        status: ActionStatus::Done.into(),
        clear: vec!["due_at".into(), "theme".into()],
        if_match: Some(item.etag.clone()),
        ..UpdateActionItemRequest::default()
    };
    let done = client.update_action_item(with(&person, moves.clone())).await.unwrap().into_inner().action_item.unwrap();
    assert_eq!((done.status(), done.theme(), done.due_at), (ActionStatus::Done, Theme::Unspecified, None));
    assert_eq!(done.title, item.title);
    let late = client.update_action_item(with(&person, moves)).await;
    assert_refused(late, Code::Aborted, "PRECONDITION_FAILED", &[]);
    let listed = ListActionItemsRequest { user_id: USER.into(), ..ListActionItemsRequest::default() };
    let listed = client.list_action_items(with(&person, listed)).await.unwrap().into_inner();
    assert_eq!((listed.action_items.as_slice(), &*listed.next_page_token), ([done].as_slice(), ""));
}

#[tokio::test]
async fn lists_are_filtered_and_turned_and_counts_wait_for_enough() {
    let mut house = House::open().await;
    let person = house.person.clone();
    for day in 1..=4 {
        let context = Context { kind: 1, stage: day, ..Context::default() };
        let one = rebound_tests::proto::CreateRejectionRequest {
            context: Some(context),
            occurred_at: moment(&format!("2025-12-0{day}T00:00:00Z")),
            ..declined()
        };
        house.client.create_rejection(with(&person, one)).await.unwrap();
    }
    let insights = GetInsightsRequest { user_id: USER.into(), window: Some("90d".into()) };
    let few = house.client.get_insights(with(&person, insights.clone())).await.unwrap().into_inner();
    assert_eq!((few.rejections, few.enough, few.needed, few.missing), (4, false, 5, Some(1)));
    assert!(few.kinds.is_empty() && few.feedback.is_none() && few.in_proportion.is_none() && few.safety.is_some());
    house.recorded().await;
    let enough = house.client.get_insights(with(&person, insights)).await.unwrap().into_inner();
    assert_eq!((&*enough.window, enough.rejections, enough.enough, enough.missing), ("90d", 5, true, None));
    assert_eq!((enough.kinds[0].kind, enough.kinds[0].count), (1, 5));
    assert_eq!((enough.funnel[0].stage(), enough.funnel[0].reached), (Stage::Applied, 5));
    assert_eq!(enough.stages.len(), 6);
    assert_eq!(enough.in_proportion.unwrap().basis, "own_data");

    let asked = ListRejectionsRequest { user_id: USER.into(), page_size: 2, ..ListRejectionsRequest::default() };
    let first = house.client.list_rejections(with(&person, asked.clone())).await.unwrap().into_inner();
    let next = ListRejectionsRequest { page_token: first.next_page_token.clone(), ..asked.clone() };
    let second = house.client.list_rejections(with(&person, next.clone())).await.unwrap().into_inner();
    let stages = |page: &rebound_tests::proto::ListRejectionsResponse| -> Vec<i32> {
        page.rejections.iter().map(|rejection| rejection.context.as_ref().unwrap().stage).collect()
    };
    assert_eq!((stages(&first), stages(&second)), (vec![4, 4], vec![3, 2]));
    let other_filter = ListRejectionsRequest { stage: Stage::Offer.into(), ..next.clone() };
    let refused = house.client.list_rejections(with(&person, other_filter)).await;
    assert_refused(refused, Code::InvalidArgument, "INVALID_REQUEST", &["page_token"]);
    let other_user = ListRejectionsRequest { user_id: "emp-7".into(), ..next };
    let refused = house.client.list_rejections(with(&person, other_user)).await;
    assert_refused(refused, Code::InvalidArgument, "INVALID_REQUEST", &["page_token"]);
    let filtered = ListRejectionsRequest {
        stage: Stage::Interview.into(),
        since: moment("2025-12-04T00:00:00Z"),
        until: moment("2025-12-31T00:00:00Z"),
        ..asked
    };
    let found = house.client.list_rejections(with(&person, filtered)).await.unwrap().into_inner();
    assert_eq!((found.rejections.len(), &*found.next_page_token), (1, ""));
}

#[tokio::test]
async fn a_change_sets_what_is_there_and_takes_away_what_is_named() {
    let mut house = House::open().await;
    let before = house.recorded().await;
    let changes = UpdateRejectionRequest {
        user_id: USER.into(),
        id: before.id.clone(),
        context: Some(Context { will_reapply: Some(true), ..Context::default() }),
        role: Some("Engineer".into()),
        clear: vec!["stage".into(), "organization".into()],
        if_match: Some(before.etag.clone()),
        ..UpdateRejectionRequest::default()
    };
    let after = house.client.update_rejection(with(&house.employer, changes.clone())).await.unwrap().into_inner();
    let after = after.rejection.unwrap();
    let context = after.context.unwrap();
    assert_eq!((context.stage(), context.will_reapply, context.kind), (Stage::Unspecified, Some(true), 1));
    assert_eq!((after.role.as_deref(), after.organization), (Some("Engineer"), None));
    assert_ne!(after.etag, before.etag);
    let late = house.client.update_rejection(with(&house.employer, changes)).await;
    assert_refused(late, Code::Aborted, "PRECONDITION_FAILED", &[]);
}
