//! Action items: what a person set out to do.

use super::change::{decode, encode};
use super::{Actor, DIARY_READ_SCOPES, DIARY_WRITE_SCOPES, Done, History, RequestKey};
use crate::access::Caller;
use crate::error::{Error, ErrorKind, Result};
use crate::feedback::{PlanGroup, Theme};
use crate::history::commands::{ActionItemPatch, Checked, NewActionItem};
use crate::history::{ActionItem, ActionStatus, Change, Committed, Entry, EntryType, Write};
use crate::id::ActionItemId;
use crate::precondition;

impl History {
    /// Makes an action item.
    ///
    /// # Errors
    /// `Invalid` also if the rejection or feedback is none of this user, `IdempotencyKeyReused`.
    pub async fn create_action_item(
        &self,
        caller: Caller,
        user_id: &str,
        command: &NewActionItem,
        request_key: Option<&RequestKey>,
    ) -> Result<Done<ActionItem>> {
        const OPERATION: &str = "createActionItem";
        let actor = Actor::new(caller, user_id, DIARY_WRITE_SCOPES)?;
        let idempotency = self.idempotency(&actor, OPERATION, "", command, request_key)?;
        if let Some(done) = self.replayed(&actor, idempotency.as_ref()).await? {
            return Ok(done);
        }
        let item = self.checked_item(&actor, command).await?;
        let answer = idempotency.map(|key| Ok::<_, Error>((key, encode(&(&item, true))?)));
        let change = Change {
            entries: vec![self.item_moved(&item)],
            action_item: Some(Write::Insert(item.clone())),
            idempotency: answer.transpose()?,
            ..Change::of(self.audit(&actor, OPERATION, Some(item.id.to_string())))
        };
        match self.store.commit(&actor.owner, change).await? {
            Committed::Replayed(bytes) => decode(&bytes),
            Committed::Done => Ok(Done { value: item, is_new: true }),
            Committed::Stale | Committed::ExternalRefTaken => Err(Error::internal("a new action item cannot be stale")),
        }
    }

    async fn checked_item(&self, actor: &Actor, command: &NewActionItem) -> Result<ActionItem> {
        let now = self.now();
        let mut checked = Checked::at(now);
        checked.action_item(command.title.as_deref(), command.note.as_deref(), command.due_at);
        if command.title.is_none() {
            checked.refuse("/title", "required; allowed: 1 to 200 characters");
        }
        let rejection = match command.rejection {
            Some(id) => self.load(actor, id).await.ok(),
            None => None,
        };
        if command.rejection.is_some() && rejection.is_none() {
            checked.refuse("/rejection_id", "allowed: the id of a rejection of this user");
        }
        if let Some(id) = command.feedback
            && !rejection.is_some_and(|rejection| rejection.diary.feedback.iter().any(|item| item.id == id))
        {
            checked.refuse("/feedback_id", "allowed: the id of feedback of the rejection in `rejection_id`");
        }
        checked.finish()?;
        Ok(ActionItem {
            id: ActionItemId::generate(now, &*self.entropy),
            title: command.title.clone().unwrap_or_default(),
            note: command.note.clone(),
            group: command.group.or(command.theme.map(Theme::group)).unwrap_or(PlanGroup::Other),
            theme: command.theme,
            status: ActionStatus::Open,
            rejection: command.rejection,
            feedback: command.feedback,
            due_at: command.due_at,
            created_at: now,
            updated_at: now,
            version: 1,
        })
    }

    /// Changes an action item.
    ///
    /// # Errors
    /// `Invalid`, `NotFound`, `Stale`.
    pub async fn amend_action_item(
        &self,
        caller: Caller,
        user_id: &str,
        id: ActionItemId,
        patch: &ActionItemPatch,
        if_match: Option<&str>,
    ) -> Result<ActionItem> {
        const OPERATION: &str = "updateActionItem";
        let actor = Actor::new(caller, user_id, DIARY_WRITE_SCOPES)?;
        let now = self.now();
        let mut checked = Checked::at(now);
        let note = patch.note.as_ref().and_then(|note| note.as_deref());
        checked.action_item(patch.title.as_deref(), note, patch.due_at.flatten());
        checked.finish()?;
        let stale = || Error::new(ErrorKind::Stale, "The action item has changed since you read it. Read it again.");
        loop {
            let found = self.store.action_item(&actor.owner, id).await?;
            let found =
                found.ok_or_else(|| Error::new(ErrorKind::NotFound, "There is no action item with this id."))?;
            if !precondition::holds(if_match, &found.tag()) {
                return Err(stale());
            }
            let after = patched(&found, patch);
            if after == found {
                return Ok(found);
            }
            let after = ActionItem { updated_at: now, version: found.version + 1, ..after };
            let moved = (after.status != found.status).then(|| self.item_moved(&after));
            let change = Change {
                action_item: Some(Write::Update(after.clone(), found.version)),
                entries: moved.into_iter().collect(),
                ..Change::of(self.audit(&actor, OPERATION, Some(id.to_string())))
            };
            match self.store.commit(&actor.owner, change).await? {
                Committed::Done => return Ok(after),
                _ if if_match.is_some() => return Err(stale()),
                _ => {}
            }
        }
    }

    /// Up to `limit` action items in order of id, those after `after`.
    pub async fn action_items(
        &self,
        caller: Caller,
        user_id: &str,
        after: Option<ActionItemId>,
        limit: u32,
    ) -> Result<Vec<ActionItem>> {
        let actor = Actor::new(caller, user_id, DIARY_READ_SCOPES)?;
        let items = self.store.action_items(&actor.owner, after, limit).await?;
        self.note_read(&actor, "listActionItems", None);
        Ok(items)
    }

    fn item_moved(&self, item: &ActionItem) -> Entry {
        let entry = self.entry(EntryType::ActionItem, item.updated_at, item.rejection);
        Entry { item: Some(item.id.to_string()), detail: Some(item.status.name().to_owned()), ..entry }
    }
}

fn patched(item: &ActionItem, patch: &ActionItemPatch) -> ActionItem {
    let theme = patch.theme.unwrap_or(item.theme);
    ActionItem {
        title: patch.title.clone().unwrap_or_else(|| item.title.clone()),
        note: patch.note.clone().unwrap_or_else(|| item.note.clone()),
        group: patch.group.unwrap_or(item.group),
        theme,
        status: patch.status.unwrap_or(item.status),
        due_at: patch.due_at.unwrap_or(item.due_at),
        ..item.clone()
    }
}
