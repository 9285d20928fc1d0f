//! Action items: what a person set out to do.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;
use rebound_domain::feedback::Theme;
use rebound_domain::history::ActionItem;
use rebound_domain::id::ActionItemId;
use serde::Serialize;
use utoipa::ToSchema;

use super::call::Call;
use super::view::{SafetyView, Showing};
use super::{forms, input, json, query};
use crate::Api;
use crate::auth::{Authorized, ReadDiary, WriteDiary};
use crate::components;
use crate::errors::{Common, OnChanged, OnOne, OnRepeat, WithBody};
use crate::openapi::{Repeatable, Unchanged};
use crate::problem::Refusal;
use crate::representation::EntityTag;

/// An action item.
#[derive(Serialize, ToSchema)]
#[schema(as = ActionItem)]
pub(super) struct ActionItemView<'a> {
    /// Its id.
    #[schema(example = "act_01kdxyt3yxf9rbm3ryh1wnx8sq")]
    id: String,
    /// What to do.
    #[schema(example = "Prepare three examples of my own work")]
    title: &'a str,
    /// More about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    note: Option<&'a str>,
    /// Where it belongs in the plan.
    #[schema(value_type = components::PlanGroup)]
    group: &'static str,
    /// What it works on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<components::Theme>)]
    theme: Option<&'static str>,
    /// `open`, `in_progress`, `done` or `dropped`.
    #[schema(value_type = components::ActionStatus)]
    status: &'static str,
    /// The rejection that it grew from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    rejection_id: Option<String>,
    /// The feedback that it grew from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    feedback_id: Option<String>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// Absent within a plan, which has its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    safety: Option<SafetyView<'a>>,
}

/// A page of action items.
#[derive(Serialize, ToSchema)]
#[schema(as = ActionItemList)]
pub(super) struct ActionItemListView<'a> {
    action_items: Vec<ActionItemView<'a>>,
    /// For the next page; empty at the end.
    next_page_token: String,
}

impl<'a> ActionItemView<'a> {
    pub(super) fn new(item: &'a ActionItem, safety: Option<SafetyView<'a>>) -> Self {
        Self {
            id: item.id.to_string(),
            title: &item.title,
            note: item.note.as_deref(),
            group: item.group.name(),
            theme: item.theme.map(Theme::name),
            status: item.status.name(),
            rejection_id: item.rejection.map(|id| id.to_string()),
            feedback_id: item.feedback.map(|id| id.to_string()),
            due_at: item.due_at,
            created_at: item.created_at,
            updated_at: item.updated_at,
            safety,
        }
    }
}

fn shown(showing: &Showing, item: &ActionItem, status: StatusCode) -> Result<Response, Refusal> {
    let response = json(status, &ActionItemView::new(item, Some(showing.safety())))?;
    Ok(EntityTag::strong(item.tag()).mark(response))
}

/// Make an action item
///
/// Something that the person sets out to do, of their own or from feedback.
#[utoipa::path(
    post,
    path = "/v1/users/{user_id}/action-items",
    operation_id = "createActionItem",
    tag = "history",
    security(("api_key" = ["diary:write"])),
    params(query::UserPath, Repeatable),
    request_body = forms::NewActionItem,
    responses(
        (
            status = 201,
            description = "Made",
            body = ActionItemView,
            headers(("ETag" = String, description = "Changes when it does")),
            links(("change" = (
                operation_id = "updateActionItem",
                parameters(("user_id" = "$request.path.user_id"), ("id" = "$response.body#/id")),
            ))),
        ),
        Common,
        OnRepeat,
        OnOne,
        WithBody,
    )
)]
pub(super) async fn create_action_item(
    Authorized { caller, .. }: Authorized<WriteDiary>,
    State(api): State<Arc<Api>>,
    mut call: Call<()>,
) -> Result<Response, Refusal> {
    let key = call.request_key()?;
    let command = input::new_action_item(call.body(forms::NewActionItem::FORM).await?)?;
    let done = api.history.create_action_item(caller, &call.user_id, &command, key.as_ref()).await?;
    shown(&api.showing(&caller).await?, &done.value, StatusCode::CREATED)
}

/// List action items
///
/// In the order in which they were made.
#[utoipa::path(
    get,
    path = "/v1/users/{user_id}/action-items",
    operation_id = "listActionItems",
    tag = "history",
    security(("api_key" = ["diary:read"])),
    params(query::UserPath, query::PageQuery),
    responses((status = 200, description = "A page", body = ActionItemListView), Common, OnOne)
)]
pub(super) async fn list_action_items(
    Authorized { caller, .. }: Authorized<ReadDiary>,
    State(api): State<Arc<Api>>,
    call: Call<()>,
) -> Result<Response, Refusal> {
    let page = call.query(&["page_size", "page_token"])?.page(&call.list(&caller, "action-items", &()))?;
    let found = api.history.action_items(caller, &call.user_id, page.after()?, page.rows()).await?;
    let (found, next_page_token) = page.turn(found, |last| last.id.to_string());
    let showing = api.showing(&caller).await?;
    let action_items = found.iter().map(|item| ActionItemView::new(item, Some(showing.safety()))).collect();
    json(StatusCode::OK, &ActionItemListView { action_items, next_page_token })
}

/// Change an action item
///
/// A JSON Merge Patch: what is absent stays, what is null is taken away.
#[utoipa::path(
    patch,
    path = "/v1/users/{user_id}/action-items/{id}",
    operation_id = "updateActionItem",
    tag = "history",
    security(("api_key" = ["diary:write"])),
    params(query::ActionItemPath, Unchanged),
    request_body(content(
        (forms::ActionItemPatch = "application/merge-patch+json"),
        (forms::ActionItemPatch = "application/json"),
    )),
    responses(
        (
            status = 200,
            description = "As it is now",
            body = ActionItemView,
            headers(("ETag" = String, description = "Changes when it does")),
        ),
        Common,
        OnOne,
        OnChanged,
        WithBody,
    )
)]
pub(super) async fn update_action_item(
    Authorized { caller, .. }: Authorized<WriteDiary>,
    State(api): State<Arc<Api>>,
    mut call: Call<ActionItemId>,
) -> Result<Response, Refusal> {
    let patch = input::action_item_patch(call.body(forms::ActionItemPatch::FORM).await?)?;
    let if_match = call.if_match();
    let item = api.history.amend_action_item(caller, &call.user_id, call.at, &patch, if_match.as_deref()).await?;
    shown(&api.showing(&caller).await?, &item, StatusCode::OK)
}
