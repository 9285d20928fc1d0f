//! Feedback: asked for, received, refused, corrected.

use super::change::{Made, Target};
use super::{Actor, DIARY_WRITE_SCOPES, Done, History, RequestKey};
use crate::access::Caller;
use crate::error::{Error, ErrorKind, Result};
use crate::feedback;
use crate::history::commands::{Checked, FeedbackInput};
use crate::history::diary::MAX_ITEMS;
use crate::history::{Entry, EntryType, Feedback, FeedbackStatus, Rejection};
use crate::id::{FeedbackId, RejectionId};

impl History {
    /// Notes feedback: that it was asked for, that it came, or that it was refused. What comes after a request
    /// completes that request, and then is not new.
    ///
    /// # Errors
    /// `Invalid`, `NotFound`, `CadenceReached` for a second request, `IdempotencyKeyReused`.
    pub async fn add_feedback(
        &self,
        caller: Caller,
        user_id: &str,
        id: RejectionId,
        command: &FeedbackInput,
        request_key: Option<&RequestKey>,
    ) -> Result<Done<(Rejection, Feedback)>> {
        let actor = Actor::new(caller, user_id, DIARY_WRITE_SCOPES)?;
        let now = self.now();
        let mut checked = Checked::at(now);
        checked.feedback(command);
        if *command == FeedbackInput::default() {
            checked.refuse("", "needs one of: status, asked_at, received_at, text, themes, positives");
        }
        let idempotency = self.idempotency(&actor, "createFeedback", &id.to_string(), command, request_key)?;
        if let Err(refused) = checked.finish() {
            return self.replayed_or(&actor, idempotency.as_ref(), refused).await;
        }
        let fresh = Feedback {
            id: FeedbackId::generate(now, &*self.entropy),
            status: FeedbackStatus::Requested,
            asked_at: None,
            received_at: None,
            text: None,
            themes: Vec::new(),
            positives: Vec::new(),
            is_proposed: false,
        };
        let target = Target::new("createFeedback", id).once(idempotency);
        self.change(&actor, target, |rejection| {
            let pending = rejection
                .diary
                .feedback
                .iter()
                .position(|item| matches!(item.status, FeedbackStatus::Requested | FeedbackStatus::TimedOut));
            let names_themes = command.themes.is_some() || command.positives.is_some();
            let fallback = if names_themes { FeedbackStatus::Received } else { FeedbackStatus::Requested };
            let status = status_of(command).unwrap_or(fallback);
            let is_request = status == FeedbackStatus::Requested;
            let diary = &mut rejection.diary;
            if is_request && let Some(detail) = diary.feedback_closed(command.asked_at.unwrap_or(now)) {
                return Err(Error::new(ErrorKind::CadenceReached, detail));
            }
            if is_request && pending.is_some() {
                let detail = "You asked for feedback already. One request is enough; then let it rest.";
                return Err(Error::new(ErrorKind::CadenceReached, detail));
            }
            if pending.is_none() && diary.feedback.len() >= MAX_ITEMS {
                return Err(Error::new(
                    ErrorKind::Conflict,
                    "This rejection has 100 feedback items. No more are kept.",
                ));
            }
            let is_new = pending.is_none();
            let place = pending.unwrap_or_else(|| {
                diary.feedback.push(fresh.clone());
                diary.feedback.len() - 1
            });
            let command = FeedbackInput { status: Some(status), ..command.clone() };
            self.fill(&mut diary.feedback[place], &command);
            let item = diary.feedback[place].clone();
            Ok(Made { entries: vec![self.fed_back(id, &item)], answer: item, is_new })
        })
        .await
    }

    /// Corrects feedback: its themes, its text, what came of it.
    ///
    /// # Errors
    /// `Invalid`, `NotFound`, `Stale`.
    pub async fn amend_feedback(
        &self,
        caller: Caller,
        user_id: &str,
        id: RejectionId,
        feedback_id: FeedbackId,
        command: &FeedbackInput,
        if_match: Option<&str>,
    ) -> Result<(Rejection, Feedback)> {
        let actor = Actor::new(caller, user_id, DIARY_WRITE_SCOPES)?;
        let mut checked = Checked::at(self.now());
        checked.feedback(command);
        checked.finish()?;
        let target = Target::new("updateFeedback", id).if_match(if_match);
        let done = self.change(&actor, target, |rejection| {
            let found = rejection.diary.feedback.iter_mut().find(|item| item.id == feedback_id);
            let item = found.ok_or_else(|| Error::new(ErrorKind::NotFound, "There is no feedback with this id."))?;
            let before = item.status;
            self.fill(item, command);
            let item = item.clone();
            let entries = if item.status == before { Vec::new() } else { vec![self.fed_back(id, &item)] };
            Ok(Made { answer: item, entries, is_new: false })
        });
        Ok(done.await?.value)
    }

    fn fill(&self, item: &mut Feedback, input: &FeedbackInput) {
        item.status = status_of(input).unwrap_or(item.status);
        item.asked_at = input.asked_at.or(item.asked_at);
        if item.status == FeedbackStatus::Requested {
            item.asked_at = item.asked_at.or_else(|| Some(self.now()));
        }
        item.received_at = input.received_at.or(item.received_at);
        if item.status == FeedbackStatus::Received {
            item.received_at = item.received_at.or_else(|| Some(self.now()));
        }
        if let Some(text) = &input.text {
            item.text.clone_from(text);
            if item.is_proposed || (item.themes.is_empty() && item.positives.is_empty()) {
                let proposals = feedback::propose(text.as_deref().unwrap_or_default());
                let of = |positive: bool| proposals.iter().filter(move |proposal| proposal.positive == positive);
                item.themes = of(false).map(|proposal| proposal.theme).collect();
                item.positives = of(true).map(|proposal| proposal.theme).collect();
                item.is_proposed = text.is_some();
            }
        }
        for (place, chosen) in [(&mut item.themes, &input.themes), (&mut item.positives, &input.positives)] {
            if let Some(chosen) = chosen {
                place.clone_from(chosen);
                item.is_proposed = false;
            }
            place.sort_unstable();
            place.dedup();
        }
    }

    fn fed_back(&self, id: RejectionId, item: &Feedback) -> Entry {
        let at = match item.status {
            FeedbackStatus::Requested => item.asked_at,
            _ => item.received_at,
        };
        let entry = self.entry(EntryType::Feedback, at.unwrap_or_else(|| self.now()), Some(id));
        Entry { item: Some(item.id.to_string()), detail: Some(item.status.name().to_owned()), ..entry }
    }
}

/// What an input says has come of it, if it says so.
fn status_of(input: &FeedbackInput) -> Option<FeedbackStatus> {
    let has_come = input.received_at.is_some() || matches!(input.text, Some(Some(_)));
    input.status.or(has_come.then_some(FeedbackStatus::Received))
}
