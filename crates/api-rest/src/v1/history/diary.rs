//! What a person writes about a rejection: phases, contacts, feedback, reflections, how it ended.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use rebound_domain::id::{FeedbackId, RejectionId};

use super::call::Call;
use super::diary_view::{ContactView, FeedbackView, ReflectionView};
use super::rejections::shown;
use super::view::RejectionView;
use super::{forms, input, json, query};
use crate::Api;
use crate::auth::{Authorized, WriteDiary, WriteHistory};
use crate::errors::{Common, OnChanged, OnConflict, OnContact, OnMove, OnOne, OnRepeat, WithBody};
use crate::openapi::{Repeatable, UnchangedRejection};
use crate::problem::Refusal;

/// Move to another phase
///
/// Along the journey only, and only because the person says so: time suggests, it never decides. To act needs to have
/// looked at what happened. The way back is always open.
#[utoipa::path(
    post,
    path = "/v1/users/{user_id}/rejections/{id}/advance",
    operation_id = "advanceRejection",
    tag = "history",
    security(("api_key" = ["diary:write"])),
    params(query::RejectionPath, UnchangedRejection),
    request_body = forms::Advance,
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
        OnMove,
        WithBody,
    )
)]
pub(super) async fn advance_rejection(
    Authorized { caller, .. }: Authorized<WriteDiary>,
    State(api): State<Arc<Api>>,
    mut call: Call<RejectionId>,
) -> Result<Response, Refusal> {
    let command = input::advance(call.body(forms::Advance::FORM).await?)?;
    let if_match = call.if_match();
    let moved = api.history.advance(caller, &call.user_id, call.at, &command, if_match.as_deref()).await?;
    shown(&api.showing(&caller).await?, &call.user_id, &moved.1, StatusCode::OK)
}

/// Note a message
///
/// One that the person sent to those who decided. Once of each kind is enough; to stay in touch, once in 90 days.
#[utoipa::path(
    post,
    path = "/v1/users/{user_id}/rejections/{id}/contacts",
    operation_id = "createContact",
    tag = "history",
    security(("api_key" = ["diary:write"])),
    params(query::RejectionPath, Repeatable),
    request_body = forms::NewContact,
    responses(
        (status = 201, description = "Noted", body = ContactView),
        Common,
        OnRepeat,
        OnOne,
        OnContact,
        WithBody,
    )
)]
pub(super) async fn create_contact(
    Authorized { caller, .. }: Authorized<WriteDiary>,
    State(api): State<Arc<Api>>,
    mut call: Call<RejectionId>,
) -> Result<Response, Refusal> {
    let key = call.request_key()?;
    let command = input::new_contact(call.body(forms::NewContact::FORM).await?)?;
    let done = api.history.add_contact(caller, &call.user_id, call.at, &command, key.as_ref()).await?;
    let showing = api.showing(&caller).await?;
    json(StatusCode::CREATED, &ContactView::new(&done.value.1, Some(showing.safety())))
}

/// Note feedback
///
/// That it was asked for, came, or was refused. What comes after a request completes that request and is answered with
/// 200. Themes are proposed from the text until the person confirms or corrects them.
#[utoipa::path(
    post,
    path = "/v1/users/{user_id}/rejections/{id}/feedback",
    operation_id = "createFeedback",
    tag = "history",
    security(("api_key" = ["diary:write"])),
    params(query::RejectionPath, Repeatable),
    request_body = forms::NewFeedback,
    responses(
        (
            status = 201,
            description = "Noted",
            body = FeedbackView,
            links(("correct" = (
                operation_id = "updateFeedback",
                parameters(
                    ("user_id" = "$request.path.user_id"),
                    ("id" = "$request.path.id"),
                    ("feedback_id" = "$response.body#/id"),
                ),
            ))),
        ),
        (status = 200, description = "It completes a request", body = FeedbackView),
        Common,
        OnRepeat,
        OnOne,
        OnContact,
        WithBody,
    )
)]
pub(super) async fn create_feedback(
    Authorized { caller, .. }: Authorized<WriteDiary>,
    State(api): State<Arc<Api>>,
    mut call: Call<RejectionId>,
) -> Result<Response, Refusal> {
    let key = call.request_key()?;
    let command = input::feedback(call.body(forms::NewFeedback::FORM).await?)?;
    let done = api.history.add_feedback(caller, &call.user_id, call.at, &command, key.as_ref()).await?;
    let showing = api.showing(&caller).await?;
    let status = if done.is_new { StatusCode::CREATED } else { StatusCode::OK };
    json(status, &FeedbackView::new(&done.value.1, showing.now, Some(showing.safety())))
}

/// Correct feedback
///
/// Its text, what came of it, and its themes, which are confirmed by that. `If-Match` takes the tag of the rejection.
#[utoipa::path(
    patch,
    path = "/v1/users/{user_id}/rejections/{id}/feedback/{feedback_id}",
    operation_id = "updateFeedback",
    tag = "history",
    security(("api_key" = ["diary:write"])),
    params(query::FeedbackPath, UnchangedRejection),
    request_body(content(
        (forms::FeedbackPatch = "application/merge-patch+json"),
        (forms::FeedbackPatch = "application/json"),
    )),
    responses((status = 200, description = "As it is now", body = FeedbackView), Common, OnOne, OnChanged, WithBody)
)]
pub(super) async fn update_feedback(
    Authorized { caller, .. }: Authorized<WriteDiary>,
    State(api): State<Arc<Api>>,
    mut call: Call<(RejectionId, FeedbackId)>,
) -> Result<Response, Refusal> {
    let command = input::feedback(call.body(forms::FeedbackPatch::FORM).await?)?;
    let ((id, feedback), if_match) = (call.at, call.if_match());
    let amended = api.history.amend_feedback(caller, &call.user_id, id, feedback, &command, if_match.as_deref());
    let (_, feedback) = amended.await?;
    let showing = api.showing(&caller).await?;
    json(StatusCode::OK, &FeedbackView::new(&feedback, showing.now, Some(showing.safety())))
}

/// Keep a reflection
///
/// Answers to prompts of the catalog, for the person alone.
#[utoipa::path(
    post,
    path = "/v1/users/{user_id}/rejections/{id}/reflections",
    operation_id = "createReflection",
    tag = "history",
    security(("api_key" = ["diary:write"])),
    params(query::RejectionPath, Repeatable),
    request_body = forms::NewReflection,
    responses(
        (status = 201, description = "Kept", body = ReflectionView),
        Common,
        OnRepeat,
        OnOne,
        OnConflict,
        WithBody,
    )
)]
pub(super) async fn create_reflection(
    Authorized { caller, .. }: Authorized<WriteDiary>,
    State(api): State<Arc<Api>>,
    mut call: Call<RejectionId>,
) -> Result<Response, Refusal> {
    let key = call.request_key()?;
    let command = input::new_reflection(call.body(forms::NewReflection::FORM).await?)?;
    let done = api.history.add_reflection(caller, &call.user_id, call.at, &command, key.as_ref()).await?;
    let showing = api.showing(&caller).await?;
    json(StatusCode::CREATED, &ReflectionView::new(&done.value.1, Some(showing.safety())))
}

/// Say how it ended
///
/// A key with `rejections:write` writes into the record, one with diary scopes alone into the diary.
#[utoipa::path(
    post,
    path = "/v1/users/{user_id}/rejections/{id}/outcome",
    operation_id = "setOutcome",
    tag = "history",
    security(("api_key" = ["rejections:write"]), ("api_key" = ["diary:write"])),
    params(query::RejectionPath, UnchangedRejection),
    request_body = forms::NewOutcome,
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
        WithBody,
    )
)]
pub(super) async fn set_outcome(
    Authorized { caller, .. }: Authorized<WriteHistory>,
    State(api): State<Arc<Api>>,
    mut call: Call<RejectionId>,
) -> Result<Response, Refusal> {
    let command = input::new_conclusion(call.body(forms::NewOutcome::FORM).await?)?;
    let if_match = call.if_match();
    let ended = api.history.conclude(caller, &call.user_id, call.at, &command, if_match.as_deref()).await?;
    shown(&api.showing(&caller).await?, &call.user_id, &ended.1, StatusCode::OK)
}

/// Take back how it ended
///
/// As far as your key may write it.
#[utoipa::path(
    delete,
    path = "/v1/users/{user_id}/rejections/{id}/outcome",
    operation_id = "deleteOutcome",
    tag = "history",
    security(("api_key" = ["rejections:write"]), ("api_key" = ["diary:write"])),
    params(query::RejectionPath, UnchangedRejection),
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
    )
)]
pub(super) async fn delete_outcome(
    Authorized { caller, .. }: Authorized<WriteHistory>,
    State(api): State<Arc<Api>>,
    call: Call<RejectionId>,
) -> Result<Response, Refusal> {
    call.query(&[])?;
    let opened = api.history.reopen(caller, &call.user_id, call.at, call.if_match().as_deref()).await?;
    shown(&api.showing(&caller).await?, &call.user_id, &opened.1, StatusCode::OK)
}
