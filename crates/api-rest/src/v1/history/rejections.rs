//! Rejections: recorded, listed, read, changed, deleted.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use rebound_domain::history::Rejection;
use rebound_domain::id::RejectionId;
use rebound_domain::page::TimeKey;
use serde::Serialize;
use utoipa::ToSchema;

use super::call::Call;
use super::view::{RejectionView, Showing};
use super::{forms, input, json, json_of, query};
use crate::Api;
use crate::auth::{Authorized, ReadHistory, WriteHistory};
use crate::errors::{Common, NotModified, OnChanged, OnConflict, OnHold, OnMoveOrConflict, OnOne, OnRepeat, WithBody};
use crate::openapi::{Conditional, Repeatable, UnchangedRejection};
use crate::problem::Refusal;
use crate::representation::EntityTag;

/// A page of rejections.
#[derive(Serialize, ToSchema)]
#[schema(as = RejectionList)]
pub(super) struct RejectionListView<'a> {
    rejections: Vec<RejectionView<'a>>,
    /// For the next page; empty at the end.
    next_page_token: String,
}

/// A rejection with its entity tag.
pub(super) fn shown(
    showing: &Showing,
    user_id: &str,
    rejection: &Rejection,
    status: StatusCode,
) -> Result<Response, Refusal> {
    let response = json(status, &RejectionView::new(showing, user_id, rejection))?;
    Ok(EntityTag::strong(rejection.tag(showing.sight)).mark(response))
}

/// Record a rejection
///
/// A key with `rejections:write` writes the employer's record, one with `diary:write` alone into the person's own
/// space. `phase` and `causes` are the person's and need `diary:write`. One whose `external_ref` the user has already
/// is updated instead and answered with 200.
#[utoipa::path(
    post,
    path = "/v1/users/{user_id}/rejections",
    operation_id = "createRejection",
    tag = "history",
    security(("api_key" = ["rejections:write"]), ("api_key" = ["diary:write"])),
    params(query::UserPath, Repeatable),
    request_body = forms::NewRejection,
    responses(
        (
            status = 201,
            description = "Recorded",
            body = RejectionView,
            headers(
                ("ETag" = String, description = "Changes when what your key sees does"),
                ("Location" = String, description = "Where it is"),
            ),
            links(("get" = (
                operation_id = "getRejection",
                parameters(("user_id" = "$request.path.user_id"), ("id" = "$response.body#/id")),
            ))),
        ),
        (
            status = 200,
            description = "Known by its `external_ref`, and updated",
            body = RejectionView,
            headers(("ETag" = String, description = "Changes when what your key sees does")),
        ),
        Common,
        OnRepeat,
        OnOne,
        OnConflict,
        WithBody,
    )
)]
pub(super) async fn create_rejection(
    Authorized { caller, .. }: Authorized<WriteHistory>,
    State(api): State<Arc<Api>>,
    mut call: Call<()>,
) -> Result<Response, Refusal> {
    let key = call.request_key()?;
    let command = input::new_rejection(call.body(forms::NewRejection::FORM).await?)?;
    let done = api.history.record_rejection(caller, &call.user_id, &command, key.as_ref()).await?;
    let showing = api.showing(&caller).await?;
    let status = if done.is_new { StatusCode::CREATED } else { StatusCode::OK };
    let mut response = shown(&showing, &call.user_id, &done.value, status)?;
    let location = HeaderValue::try_from(call.path_to(&format!("rejections/{}", done.value.id)));
    if let (true, Ok(location)) = (done.is_new, location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// List rejections
///
/// Those that your key may see, newest first.
#[utoipa::path(
    get,
    path = "/v1/users/{user_id}/rejections",
    operation_id = "listRejections",
    tag = "history",
    security(("api_key" = ["rejections:read"]), ("api_key" = ["diary:read"])),
    params(query::UserPath, query::FilterQuery, query::PageQuery),
    responses((status = 200, description = "A page", body = RejectionListView), Common, OnOne)
)]
pub(super) async fn list_rejections(
    Authorized { caller, .. }: Authorized<ReadHistory>,
    State(api): State<Arc<Api>>,
    call: Call<()>,
) -> Result<Response, Refusal> {
    let mut query = call.query(&["kind", "stage", "since", "until", "page_size", "page_token"])?;
    let filter = query::filter(&mut query);
    let page = query.page(&call.list(&caller, "rejections", &filter))?;
    let after = page.after()?.map(|TimeKey(at, id)| (at, id));
    let (_, found) = api.history.rejections(caller, &call.user_id, &filter, after, page.rows()).await?;
    let (found, next_page_token) = page.turn(found, |last| TimeKey(last.record.occurred_at, last.id).to_string());
    let showing = api.showing(&caller).await?;
    let rejections = found.iter().map(|found| RejectionView::new(&showing, &call.user_id, found)).collect();
    json_of(found.len() + 1, StatusCode::OK, &RejectionListView { rejections, next_page_token })
}

/// Get a rejection
///
/// As far as your key may see it. Answers 304 to an `If-None-Match` that still holds.
#[utoipa::path(
    get,
    path = "/v1/users/{user_id}/rejections/{id}",
    operation_id = "getRejection",
    tag = "history",
    security(("api_key" = ["rejections:read"]), ("api_key" = ["diary:read"])),
    params(query::RejectionPath, Conditional),
    responses(
        (
            status = 200,
            description = "The rejection",
            body = RejectionView,
            headers(("ETag" = String, description = "Changes when what your key sees does")),
        ),
        NotModified,
        Common,
        OnOne,
    )
)]
pub(super) async fn get_rejection(
    Authorized { caller, .. }: Authorized<ReadHistory>,
    State(api): State<Arc<Api>>,
    call: Call<RejectionId>,
) -> Result<Response, Refusal> {
    call.query(&[])?;
    let (actor, rejection) = api.history.rejection(caller, &call.user_id, call.at).await?;
    let tag = EntityTag::strong(rejection.tag(actor.sight()));
    if tag.matches(&call.headers) {
        return Ok(tag.not_modified());
    }
    shown(&api.showing(&caller).await?, &call.user_id, &rejection, StatusCode::OK)
}

/// Change a rejection
///
/// A JSON Merge Patch: what is absent stays, what is null is taken away. A key with diary scopes alone lays its fields
/// over the employer's record without changing it.
#[utoipa::path(
    patch,
    path = "/v1/users/{user_id}/rejections/{id}",
    operation_id = "updateRejection",
    tag = "history",
    security(("api_key" = ["rejections:write"]), ("api_key" = ["diary:write"])),
    params(query::RejectionPath, UnchangedRejection),
    request_body(content(
        (forms::RejectionPatch = "application/merge-patch+json"),
        (forms::RejectionPatch = "application/json"),
    )),
    responses(
        (
            status = 200,
            description = "As it is now",
            body = RejectionView,
            headers(("ETag" = String, description = "Changes when what your key sees does")),
        ),
        Common,
        OnOne,
        OnChanged,
        OnMoveOrConflict,
        WithBody,
    )
)]
pub(super) async fn update_rejection(
    Authorized { caller, .. }: Authorized<WriteHistory>,
    State(api): State<Arc<Api>>,
    mut call: Call<RejectionId>,
) -> Result<Response, Refusal> {
    let patch = input::rejection_patch(call.body(forms::RejectionPatch::FORM).await?)?;
    let if_match = call.if_match();
    let amended = api.history.amend_rejection(caller, &call.user_id, call.at, &patch, if_match.as_deref()).await?;
    shown(&api.showing(&caller).await?, &call.user_id, &amended.1, StatusCode::OK)
}

/// Delete a rejection
///
/// A key of the employer's side takes away the record; what the person wrote stays with the person. A key with diary
/// scopes alone takes away the person's part of an employer's record.
#[utoipa::path(
    delete,
    path = "/v1/users/{user_id}/rejections/{id}",
    operation_id = "deleteRejection",
    tag = "history",
    security(("api_key" = ["rejections:write"]), ("api_key" = ["diary:write"])),
    params(query::RejectionPath, UnchangedRejection),
    responses((status = 204, description = "Deleted"), Common, OnOne, OnChanged, OnHold)
)]
pub(super) async fn delete_rejection(
    Authorized { caller, .. }: Authorized<WriteHistory>,
    State(api): State<Arc<Api>>,
    call: Call<RejectionId>,
) -> Result<StatusCode, Refusal> {
    call.query(&[])?;
    api.history.delete_rejection(caller, &call.user_id, call.at, call.if_match().as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
