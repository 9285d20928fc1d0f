//! Rejections: recorded, listed, read, changed, deleted.

use rebound_domain::Result;
use rebound_domain::context::{Field, Fields};
use rebound_domain::history::RejectionFilter;
use rebound_domain::history::commands::{NewRejection, RejectionPatch};
use rebound_domain::id::RejectionId;
use rebound_domain::page::TimeKey;

use super::desk::Desk;
use super::input::{Input, changed, id, page};
use crate::proto::v1;

/// What an id that leads nowhere is answered with.
pub(super) const NO_REJECTION: &str = "There is no rejection with this id.";

/// The fields of a record that can be taken away.
const CLEARABLE: [&str; 4] = ["organization", "role", "external_ref", "response_due_at"];

/// `CreateRejection`.
///
/// # Errors
/// Those of the domain.
pub(super) async fn create_rejection(
    desk: &Desk,
    asked: v1::CreateRejectionRequest,
) -> Result<v1::CreateRejectionResponse> {
    let mut input = Input::default();
    let command = NewRejection {
        fields: input.fields(asked.context.as_ref()),
        organization: asked.organization,
        role: asked.role,
        occurred_at: input.moment("occurred_at", asked.occurred_at),
        external_ref: asked.external_ref,
        decided_by: input.choice("decided_by", asked.decided_by),
        response_due_at: input.moment("response_due_at", asked.response_due_at),
    };
    let key = input.request_key(asked.request_id.as_deref());
    input.finish()?;
    let done = desk.history().record_rejection(desk.caller, &desk.user_id, &command, key.as_ref()).await?;
    Ok(v1::CreateRejectionResponse { rejection: Some(desk.rejection(&done.value)), is_new: done.is_new })
}

/// `ListRejections`.
///
/// # Errors
/// Those of the domain.
pub(super) async fn list_rejections(
    desk: &Desk,
    asked: v1::ListRejectionsRequest,
) -> Result<v1::ListRejectionsResponse> {
    let mut input = Input::default();
    let filter = RejectionFilter {
        kind: input.value(Field::Kind, asked.kind),
        stage: input.value(Field::Stage, asked.stage),
        since: input.moment("since", asked.since),
        until: input.moment("until", asked.until),
    };
    input.finish()?;
    let page = page(desk, "rejections", &filter, asked.page_size, &asked.page_token)?;
    let after = page.after::<TimeKey<RejectionId>>()?.map(|TimeKey(at, id)| (at, id));
    let (_, rows) = desk.history().rejections(desk.caller, &desk.user_id, &filter, after, page.rows()).await?;
    let (rows, next_page_token) = page.turn(rows, |last| TimeKey(last.record.occurred_at, last.id).to_string());
    let rejections = rows.iter().map(|rejection| desk.rejection(rejection)).collect();
    Ok(v1::ListRejectionsResponse { rejections, next_page_token })
}

/// `GetRejection`.
///
/// # Errors
/// Those of the domain.
pub(super) async fn get_rejection(desk: &Desk, asked: v1::GetRejectionRequest) -> Result<v1::GetRejectionResponse> {
    let id = id(&asked.id, NO_REJECTION)?;
    let (_, rejection) = desk.history().rejection(desk.caller, &desk.user_id, id).await?;
    Ok(v1::GetRejectionResponse { rejection: Some(desk.rejection(&rejection)) })
}

/// `UpdateRejection`.
///
/// # Errors
/// Those of the domain.
pub(super) async fn update_rejection(
    desk: &Desk,
    asked: v1::UpdateRejectionRequest,
) -> Result<v1::UpdateRejectionResponse> {
    let id = id(&asked.id, NO_REJECTION)?;
    let mut input = Input::default();
    let patch = patch(&mut input, &asked);
    input.finish()?;
    let if_match = asked.if_match.as_deref();
    let (_, rejection) = desk.history().amend_rejection(desk.caller, &desk.user_id, id, &patch, if_match).await?;
    Ok(v1::UpdateRejectionResponse { rejection: Some(desk.rejection(&rejection)) })
}

fn patch(input: &mut Input, asked: &v1::UpdateRejectionRequest) -> RejectionPatch {
    let set = input.fields(asked.context.as_ref());
    let occurred_at = input.moment("occurred_at", asked.occurred_at);
    let decided_by = input.choice("decided_by", asked.decided_by);
    let response_due_at = input.moment("response_due_at", asked.response_due_at);
    let clear = cleared(input, asked, &set);
    let is_cleared = |name: &str| clear.contains(&name);
    RejectionPatch {
        set,
        unset: clear.iter().copied().filter(|name| Field::from_name(name).is_some()).collect(),
        organization: changed(asked.organization.clone(), is_cleared("organization")),
        role: changed(asked.role.clone(), is_cleared("role")),
        occurred_at,
        external_ref: changed(asked.external_ref.clone(), is_cleared("external_ref")),
        decided_by,
        response_due_at: changed(response_due_at, is_cleared("response_due_at")),
    }
}

fn cleared(input: &mut Input, asked: &v1::UpdateRejectionRequest, set: &Fields) -> Vec<&'static str> {
    let fields = Field::ALL.iter().filter(|field| **field != Field::DaysSince).map(|field| field.name());
    let allowed: Vec<_> = fields.chain(CLEARABLE).collect();
    input.clear(&asked.clear, &allowed, |name| match name {
        "organization" => asked.organization.is_some(),
        "role" => asked.role.is_some(),
        "external_ref" => asked.external_ref.is_some(),
        "response_due_at" => asked.response_due_at.is_some(),
        name => Field::from_name(name).is_some_and(|field| set.has(field)),
    })
}

/// `DeleteRejection`.
///
/// # Errors
/// Those of the domain.
pub(super) async fn delete_rejection(
    desk: &Desk,
    asked: v1::DeleteRejectionRequest,
) -> Result<v1::DeleteRejectionResponse> {
    let id = id(&asked.id, NO_REJECTION)?;
    desk.history().delete_rejection(desk.caller, &desk.user_id, id, asked.if_match.as_deref()).await?;
    Ok(v1::DeleteRejectionResponse {})
}
