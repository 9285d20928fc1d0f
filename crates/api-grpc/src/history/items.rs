//! Action items: what a person set out to do.

use rebound_domain::Result;
use rebound_domain::history::commands::{ActionItemPatch, NewActionItem};

use super::desk::Desk;
use super::input::{Input, changed, id, page};
use crate::proto::v1;

/// `CreateActionItem`.
///
/// # Errors
/// Those of the domain.
pub(super) async fn create_action_item(
    desk: &Desk,
    asked: v1::CreateActionItemRequest,
) -> Result<v1::CreateActionItemResponse> {
    let mut input = Input::default();
    let command = NewActionItem {
        title: asked.title,
        note: asked.note,
        group: input.choice("group", asked.group),
        theme: input.choice("theme", asked.theme),
        rejection: input.reference("rejection_id", asked.rejection_id.as_deref()),
        feedback: input.reference("feedback_id", asked.feedback_id.as_deref()),
        due_at: input.moment("due_at", asked.due_at),
    };
    let key = input.request_key(asked.request_id.as_deref());
    input.finish()?;
    let done = desk.history().create_action_item(desk.caller, &desk.user_id, &command, key.as_ref()).await?;
    Ok(v1::CreateActionItemResponse { action_item: Some(desk.action_item(done.value)) })
}

/// `ListActionItems`.
///
/// # Errors
/// Those of the domain.
pub(super) async fn list_action_items(
    desk: &Desk,
    asked: v1::ListActionItemsRequest,
) -> Result<v1::ListActionItemsResponse> {
    let page = page(desk, "action-items", &(), asked.page_size, &asked.page_token)?;
    let rows = desk.history().action_items(desk.caller, &desk.user_id, page.after()?, page.rows()).await?;
    let (rows, next_page_token) = page.turn(rows, |last| last.id.to_string());
    let action_items = rows.into_iter().map(|item| desk.action_item(item)).collect();
    Ok(v1::ListActionItemsResponse { action_items, next_page_token })
}

/// `UpdateActionItem`.
///
/// # Errors
/// Those of the domain.
pub(super) async fn update_action_item(
    desk: &Desk,
    asked: v1::UpdateActionItemRequest,
) -> Result<v1::UpdateActionItemResponse> {
    let id = id(&asked.id, "There is no action item with this id.")?;
    let mut input = Input::default();
    let clear = input.clear(&asked.clear, &["note", "theme", "due_at"], |name| match name {
        "note" => asked.note.is_some(),
        "theme" => asked.theme != 0,
        _ => asked.due_at.is_some(),
    });
    let is_cleared = |name| clear.contains(&name);
    let patch = ActionItemPatch {
        title: asked.title,
        note: changed(asked.note, is_cleared("note")),
        group: input.choice("group", asked.group),
        theme: changed(input.choice("theme", asked.theme), is_cleared("theme")),
        status: input.choice("status", asked.status),
        due_at: changed(input.moment("due_at", asked.due_at), is_cleared("due_at")),
    };
    input.finish()?;
    let if_match = asked.if_match.as_deref();
    let item = desk.history().amend_action_item(desk.caller, &desk.user_id, id, &patch, if_match).await?;
    Ok(v1::UpdateActionItemResponse { action_item: Some(desk.action_item(item)) })
}
