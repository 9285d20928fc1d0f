//! What a person writes: phases, contacts, reflections, how it ended.

use super::change::{Made, Target};
use super::{Actor, DIARY_WRITE_SCOPES, Done, History, RequestKey, WRITE_SCOPES};
use crate::access::Caller;
use crate::catalog::{PromptRule, PromptText, Shelf};
use crate::error::{Error, ErrorKind, Result};
use crate::history::commands::{Advance, Checked, NewConclusion, NewContact, NewReflection};
use crate::history::diary::MAX_ITEMS;
use crate::history::{
    Channel, Conclusion, ConclusionResult, Contact, Entry, EntryType, Phase, Purpose, Reflection, Rejection, Space,
};
use crate::id::{ContactId, ReflectionId, RejectionId};

/// After how many hours a reflection is read again, where no prompt says so.
const REVISIT_HOURS: u32 = 24;

impl History {
    /// Moves the person to another phase.
    ///
    /// # Errors
    /// `Invalid`, `NotFound`, `Stale`, `TransitionNotAllowed`.
    pub async fn advance(
        &self,
        caller: Caller,
        user_id: &str,
        id: RejectionId,
        command: &Advance,
        if_match: Option<&str>,
    ) -> Result<(Actor, Rejection)> {
        let actor = Actor::new(caller, user_id, DIARY_WRITE_SCOPES)?;
        let mut checked = Checked::at(self.now());
        let to = checked.required("/to", command.to, Phase::Shock, &Phase::allowed());
        checked.finish()?;
        let target = Target::new("advanceRejection", id).if_match(if_match);
        let done = self.change(&actor, target, |rejection| {
            let is_move = rejection.phase() != Some(to);
            rejection.advance(to)?;
            let entries = if is_move { vec![self.moved(id, to)] } else { Vec::new() };
            Ok(Made { answer: (), entries, is_new: false })
        });
        let done = done.await?;
        Ok((actor, done.value.0))
    }

    /// Notes a message that the person sent.
    ///
    /// # Errors
    /// `Invalid`, `NotFound`, `CadenceReached`, `IdempotencyKeyReused`.
    pub async fn add_contact(
        &self,
        caller: Caller,
        user_id: &str,
        id: RejectionId,
        command: &NewContact,
        request_key: Option<&RequestKey>,
    ) -> Result<Done<(Rejection, Contact)>> {
        let actor = Actor::new(caller, user_id, DIARY_WRITE_SCOPES)?;
        let now = self.now();
        let mut checked = Checked::at(now);
        let when = "allowed: a time as RFC 3339 writes it, such as 2026-01-02T03:04:05Z";
        let contact = Contact {
            id: ContactId::generate(now, &*self.entropy),
            purpose: checked.required("/purpose", command.purpose, Purpose::ThankYou, &Purpose::allowed()),
            channel: checked.required("/channel", command.channel, Channel::Email, &Channel::allowed()),
            sent_at: checked.required("/sent_at", command.sent_at, now, when),
        };
        checked.past("/sent_at", command.sent_at);
        let idempotency = self.idempotency(&actor, "createContact", &id.to_string(), command, request_key)?;
        if let Err(refused) = checked.finish() {
            return self.replayed_or(&actor, idempotency.as_ref(), refused).await;
        }
        let target = Target::new("createContact", id).once(idempotency);
        self.change(&actor, target, |rejection| {
            rejection.diary.add_contact(contact.clone())?;
            let entry = self.entry(EntryType::Contact, contact.sent_at, Some(id));
            let detail = Some(contact.purpose.name().to_owned());
            let entry = Entry { item: Some(contact.id.to_string()), detail, ..entry };
            Ok(Made { answer: contact.clone(), entries: vec![entry], is_new: true })
        })
        .await
    }

    /// Keeps a private reflection.
    ///
    /// # Errors
    /// `Invalid`, `NotFound`, `Conflict` beyond 100 reflections, `IdempotencyKeyReused`.
    pub async fn add_reflection(
        &self,
        caller: Caller,
        user_id: &str,
        id: RejectionId,
        command: &NewReflection,
        request_key: Option<&RequestKey>,
    ) -> Result<Done<(Rejection, Reflection)>> {
        let actor = Actor::new(caller, user_id, DIARY_WRITE_SCOPES)?;
        let now = self.now();
        let catalogs = self.catalogs.of(actor.owner.tenant).await?;
        let prompts = &catalogs.current().prompts;
        let mut checked = Checked::at(now);
        checked.answers(&command.answers, |prompt| prompts.get(prompt).is_some());
        checked.planned("/revisit_at", command.revisit_at);
        let idempotency = self.idempotency(&actor, "createReflection", &id.to_string(), command, request_key)?;
        if let Err(refused) = checked.finish() {
            return self.replayed_or(&actor, idempotency.as_ref(), refused).await;
        }
        let reflection = Reflection {
            id: ReflectionId::generate(now, &*self.entropy),
            written_at: now,
            revisit_at: Some(command.revisit_at.unwrap_or_else(|| self.revisit(prompts, command))),
            answers: command.answers.clone(),
        };
        let target = Target::new("createReflection", id).once(idempotency);
        self.change(&actor, target, |rejection| {
            if rejection.diary.reflections.len() >= MAX_ITEMS {
                return Err(Error::new(ErrorKind::Conflict, "This rejection has 100 reflections. No more are kept."));
            }
            rejection.diary.reflections.push(reflection.clone());
            let entry = self.entry(EntryType::Reflection, now, Some(id));
            let entry = Entry { item: Some(reflection.id.to_string()), ..entry };
            Ok(Made { answer: reflection.clone(), entries: vec![entry], is_new: true })
        })
        .await
    }

    /// When reading the answers again helps: as the first of their prompts says, else tomorrow.
    fn revisit(&self, prompts: &Shelf<PromptRule, PromptText>, command: &NewReflection) -> jiff::Timestamp {
        let hours = command.answers.iter().filter_map(|answer| prompts.get(&answer.prompt));
        let hours = hours.filter_map(|prompt| prompt.rule.revisit_after_hours).min().unwrap_or(REVISIT_HOURS);
        self.now() + jiff::SignedDuration::from_hours(i64::from(hours))
    }

    /// Notes how it ended. A key with `rejections:write` writes into the record, one with diary scopes alone into the
    /// diary.
    ///
    /// # Errors
    /// `Invalid` also if the linked rejection is none of this user, `NotFound`, `Stale`.
    pub async fn conclude(
        &self,
        caller: Caller,
        user_id: &str,
        id: RejectionId,
        command: &NewConclusion,
        if_match: Option<&str>,
    ) -> Result<(Actor, Rejection)> {
        let actor = Actor::new(caller, user_id, WRITE_SCOPES)?;
        let mut checked = Checked::at(self.now());
        let result =
            checked.required("/result", command.result, ConclusionResult::Closed, &ConclusionResult::allowed());
        if let Some(linked) = command.linked_rejection
            && (linked == id || self.load(&actor, linked).await.is_err())
        {
            checked.refuse("/linked_rejection", "allowed: the id of another rejection of this user");
        }
        checked.finish()?;
        let conclusion = Conclusion { result, linked_rejection: command.linked_rejection, recorded_at: self.now() };
        let target = Target::new("setOutcome", id).if_match(if_match);
        let done = self.change(&actor, target, |rejection| {
            let is_same = |kept: &Option<Conclusion>| {
                kept.as_ref().is_some_and(|kept| {
                    kept.result == conclusion.result && kept.linked_rejection == conclusion.linked_rejection
                })
            };
            let of_record = actor.may_write_record() || rejection.space == Space::Person;
            let place = if of_record { &mut rejection.record.conclusion } else { &mut rejection.diary.conclusion };
            let entries = if is_same(place) { Vec::new() } else { vec![self.ended(id, &conclusion)] };
            if !entries.is_empty() {
                *place = Some(conclusion.clone());
            }
            Ok(Made { answer: (), entries, is_new: false })
        });
        let done = done.await?;
        Ok((actor, done.value.0))
    }

    /// Takes back how it ended.
    ///
    /// # Errors
    /// `NotFound`, `Stale`.
    pub async fn reopen(
        &self,
        caller: Caller,
        user_id: &str,
        id: RejectionId,
        if_match: Option<&str>,
    ) -> Result<(Actor, Rejection)> {
        let actor = Actor::new(caller, user_id, WRITE_SCOPES)?;
        let target = Target::new("deleteOutcome", id).if_match(if_match);
        let done = self.change(&actor, target, |rejection| {
            if actor.may_write_record() || rejection.space == Space::Person {
                rejection.record.conclusion = None;
            }
            if actor.may_write_diary() {
                rejection.diary.conclusion = None;
            }
            Ok(Made { answer: (), entries: Vec::new(), is_new: false })
        });
        let done = done.await?;
        Ok((actor, done.value.0))
    }

    fn ended(&self, id: RejectionId, conclusion: &Conclusion) -> Entry {
        let entry = self.entry(EntryType::Outcome, conclusion.recorded_at, Some(id));
        Entry { detail: Some(conclusion.result.name().to_owned()), ..entry }
    }
}
