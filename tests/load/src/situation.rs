//! The situation that is asked about, as each API writes it: about 300 bytes of JSON, about 4 KiB of advice.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::proto;

/// The context. Its last field can be any number of eight digits, which makes it another context of the same length.
pub(crate) const CONTEXT: &str = concat!(
    r#"{"kind":"job_application","stage":"interview","rounds_completed":3,"rounds_total":4,"#,
    r#""conversation_with":["interviewer"],"notice":"personal_email","reasons":["stronger_candidate","skill_gap"],"#,
    r#""still_interested":true,"other_applications":"awaiting","phase":"reflecting","days_since":10000000}"#
);

/// The first number that [`CONTEXT`] can end with: the one that it does end with.
pub(crate) const FIRST_DAYS: u32 = 10_000_000;

/// How far the digits of the number are from the end of [`CONTEXT`].
pub(crate) const DAYS_FROM_END: usize = 9;

/// A number of eight digits that was not given before.
pub(crate) fn next_number() -> u32 {
    static NUMBER: AtomicU32 = AtomicU32::new(FIRST_DAYS + 1);
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

/// How many steps are asked for, so that the answer has about 4 KiB. [`QUERY`] says it too.
pub(crate) const LIMIT: i32 = 5;

/// The body of `POST /v1/guidance`.
pub(crate) fn body() -> String {
    format!(r#"{{"limit":{LIMIT},"context":{CONTEXT}}}"#)
}

/// A line of `POST /v1/guidance/batch`, with a context of its own.
pub(crate) fn line(lines: &mut String, number: usize) {
    let context = &CONTEXT[..CONTEXT.len() - DAYS_FROM_END];
    // Writing into a text has no way to fail.
    let _: std::fmt::Result =
        writeln!(lines, r#"{{"ref":"{number}","limit":{LIMIT},"context":{context}{}}}}}"#, next_number());
}

/// The query of `GET /v1/guidance`.
pub(crate) const QUERY: &str = concat!(
    "kind=job_application&stage=interview&rounds_completed=3&rounds_total=4&conversation_with=interviewer",
    "&notice=personal_email&reasons=stronger_candidate&reasons=skill_gap&still_interested=true",
    "&other_applications=awaiting&phase=reflecting&days_since=10000000&limit=5"
);

/// The context as a message.
pub(crate) fn message(days_since: u32) -> proto::Context {
    proto::Context {
        kind: proto::Kind::JobApplication.into(),
        stage: proto::Stage::Interview.into(),
        rounds_completed: Some(3),
        rounds_total: Some(4),
        conversation_with: vec![proto::ConversationWith::Interviewer.into()],
        notice: proto::Notice::PersonalEmail.into(),
        reasons: vec![proto::Reason::StrongerCandidate.into(), proto::Reason::SkillGap.into()],
        still_interested: Some(true),
        other_applications: proto::OtherApplications::Awaiting.into(),
        phase: proto::Phase::Reflecting.into(),
        days_since: Some(days_since),
        ..proto::Context::default()
    }
}
