//! Contexts from proto to domain, and errors from domain to gRPC.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::time::Duration;

use rebound_api_grpc::context::draft;
use rebound_api_grpc::proto::v1;
use rebound_api_grpc::status::{ERROR_DOMAIN, code_name, status};
use rebound_domain::context::{Context, Draft, Field, MAX_COUNT};
use rebound_domain::{Error, ErrorKind, FieldError};
use tonic::Code;
use tonic_types::StatusExt;

fn job() -> v1::Context {
    v1::Context { kind: v1::Kind::JobApplication.into(), ..Default::default() }
}

fn context(message: &v1::Context) -> Context {
    draft(message).finish().unwrap()
}

fn refused(message: &v1::Context) -> Vec<String> {
    draft(message).finish().unwrap_err().into_iter().map(|error| error.pointer).collect()
}

#[test]
fn a_context_says_the_same_as_its_text_form() {
    let message = v1::Context {
        stage: v1::Stage::FinalInterview.into(),
        rounds_completed: Some(0),
        rounds_total: Some(MAX_COUNT),
        conversation_with: vec![v1::ConversationWith::Committee.into(), v1::ConversationWith::Recruiter.into()],
        reasons: vec![v1::Reason::LacksVolunteering.into(); 2],
        causes: vec![v1::Cause::NoIdea.into()],
        known_obstacle: Some(false),
        will_reapply: Some(true),
        audience: v1::Audience::InternalHr.into(),
        ..job()
    };
    let mut text = Draft::new("/context");
    for (field, value) in [
        (Field::Kind, "job_application"),
        (Field::Stage, "final_interview"),
        (Field::RoundsCompleted, "0"),
        (Field::RoundsTotal, "2147483647"),
        (Field::ConversationWith, "recruiter"),
        (Field::ConversationWith, "committee"),
        (Field::Reasons, "lacks_volunteering"),
        (Field::Causes, "no_idea"),
        (Field::KnownObstacle, "false"),
        (Field::WillReapply, "true"),
        (Field::Audience, "internal_hr"),
    ] {
        text.set_text(field, value);
    }
    assert_eq!(context(&message), text.finish().unwrap());
}

#[test]
fn what_is_absent_is_unknown() {
    let context = context(&job());
    for field in Field::ALL {
        let known = matches!(field, Field::Kind | Field::Outcome | Field::Audience);
        assert_eq!(context.is_unknown(*field), !known, "{field}");
    }
}

#[test]
fn numbers_that_do_not_exist_are_refused_by_name() {
    assert_eq!(refused(&v1::Context::default()), ["/context/kind"]);
    assert_eq!(
        refused(&v1::Context { stage: 7, notice: -1, phase: i32::MAX, ..job() }),
        ["/context/stage", "/context/notice", "/context/phase"]
    );
    assert_eq!(
        refused(&v1::Context { reasons: vec![1, 0, 22, -5], ..job() }),
        ["/context/reasons/1", "/context/reasons/2", "/context/reasons/3"]
    );
    assert_eq!(refused(&v1::Context { days_since: Some(MAX_COUNT + 1), ..job() }), ["/context/days_since"]);
}

#[test]
fn a_list_of_thousands_of_errors_names_a_few() {
    assert_eq!(refused(&v1::Context { causes: vec![99; 10_000], ..job() }).len(), 16);
}

#[test]
fn every_kind_of_error_has_its_code_and_reason() {
    for kind in ErrorKind::ALL {
        let row = kind.row();
        let status = status(&Error::new(kind, "A detail."));
        assert_eq!(status.code() as i32, row.grpc_code, "{}", row.code);
        assert_eq!(status.message(), "A detail.");
        let info = status.get_details_error_info().unwrap();
        assert_eq!((info.reason, &*info.domain), (row.code.to_uppercase(), ERROR_DOMAIN));
        assert!(status.get_details_bad_request().is_none());
        assert!(status.get_details_retry_info().is_none());
    }
}

#[test]
fn pointers_become_paths_of_fields() {
    let fields =
        [("/context/reasons/2", "context.reasons[2]"), ("/locale", "locale"), ("/context/kind", "context.kind")];
    for (pointer, path) in fields {
        let status = status(&Error::invalid(vec![FieldError::new(pointer, "is wrong")]));
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(status.message(), format!("{path}: is wrong"));
        let violations = status.get_details_bad_request().unwrap().field_violations;
        assert_eq!((&*violations[0].field, &*violations[0].description), (path, "is wrong"));
    }
}

#[test]
fn a_status_fits_into_headers_however_much_is_wrong() {
    let errors = (0..500).map(|index| FieldError::new(format!("/context/reasons/{index}"), "x".repeat(200))).collect();
    let status = status(&Error::invalid(errors));
    assert!(status.message().ends_with(" fields are not valid."), "{}", status.message());
    assert!(status.details().len() < 6 * 1024);
}

#[test]
fn a_cause_stays_inside_and_a_retry_goes_out() {
    let status = status(&Error::unavailable(Duration::from_secs(2), "connection to 10.0.0.7 refused"));
    assert_eq!(status.get_details_retry_info().unwrap().retry_delay, Some(Duration::from_secs(2)));
    let shown = format!("{} {}", status.message(), String::from_utf8_lossy(status.details()));
    assert!(!shown.contains("10.0.0.7"), "{shown}");
}

#[test]
fn codes_have_their_canonical_names() {
    assert_eq!(code_name(Code::Ok), "OK");
    assert_eq!(code_name(Code::ResourceExhausted), "RESOURCE_EXHAUSTED");
    assert_eq!(code_name(Code::Unauthenticated), "UNAUTHENTICATED");
}
