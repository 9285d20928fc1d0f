//! Records of rejections: made, listed, read, changed, deleted.

use jiff::{SignedDuration, Timestamp};

use super::change::{Made, Target, decode, encode, external_ref_taken};
use super::{Actor, Done, History, READ_SCOPES, RequestKey, WRITE_SCOPES};
use crate::access::Caller;
use crate::context::{Field, Fields};
use crate::error::{Error, ErrorKind, Result};
use crate::history::commands::{Checked, NewRejection, RejectionPatch, is_silence};
use crate::history::record::RESPONSE_DAYS;
use crate::history::{
    Change, Committed, DecidedBy, Diary, Entry, EntryType, Idempotency, PERSONAL_FIELDS, Phase, Record, Rejection,
    RejectionFilter, Space, Versions, Write,
};
use crate::id::RejectionId;

impl History {
    /// Records a rejection. One with an external reference that the user has already is updated instead, and then is
    /// not new.
    ///
    /// A key with `rejections:write` writes the record of the employer's side; `phase` and `causes` go into the diary,
    /// for which it also needs `diary:write`. A key with diary scopes alone writes into the person's own space.
    ///
    /// # Errors
    /// `Invalid`, `PermissionDenied` for fields that are the person's alone, `Conflict` if another user has the
    /// external reference, `IdempotencyKeyReused`.
    pub async fn record_rejection(
        &self,
        caller: Caller,
        user_id: &str,
        command: &NewRejection,
        request_key: Option<&RequestKey>,
    ) -> Result<Done<Rejection>> {
        const OPERATION: &str = "createRejection";
        let actor = Actor::new(caller, user_id, WRITE_SCOPES)?;
        let idempotency = self.idempotency(&actor, OPERATION, "", command, request_key)?;
        let (record, personal) = match self.checked_record(&actor, command) {
            Ok(checked) => checked,
            Err(refused) => {
                let done: Done<(Rejection, ())> = self.replayed_or(&actor, idempotency.as_ref(), refused).await?;
                return Ok(Done { value: done.value.0, is_new: done.is_new });
            }
        };
        let now = self.now();
        let diary = Diary { fields: personal, ..Diary::default() };
        let rejection = Rejection {
            id: RejectionId::generate(now, &*self.entropy),
            space: if actor.may_write_record() { Space::Employer } else { Space::Person },
            record,
            versions: Versions { record: 1, diary: i64::from(!diary.is_empty()) },
            diary,
            created_at: now,
            updated_at: now,
        };
        let answer = idempotency.map(|key| Ok::<_, Error>((key, encode(&((&rejection, ()), true))?)));
        let change = Change {
            entries: vec![self.recorded(&rejection)],
            rejection: Some(Write::Insert(rejection.clone())),
            idempotency: answer.transpose()?,
            ..Change::of(self.audit(&actor, OPERATION, Some(rejection.id.to_string())))
        };
        match self.store.commit(&actor.owner, change).await? {
            Committed::Done => Ok(Done { value: rejection, is_new: true }),
            Committed::Replayed(bytes) => {
                let done: Done<(Rejection, ())> = decode(&bytes)?;
                Ok(Done { value: done.value.0, is_new: done.is_new })
            }
            Committed::ExternalRefTaken => self.deliver_again(&actor, rejection, idempotency).await,
            Committed::Stale => Err(Error::internal("a new rejection cannot be stale")),
        }
    }

    /// The record that a command makes, and the fields that are the person's.
    fn checked_record(&self, actor: &Actor, command: &NewRejection) -> Result<(Record, Fields)> {
        let mut checked = Checked::at(self.now());
        if let Err(errors) = command.fields.context() {
            checked.add(errors);
        }
        if command.fields.has(Field::DaysSince) {
            checked.refuse("/days_since", "not kept; it is counted from occurred_at");
        }
        checked.names(command.organization.as_deref(), command.role.as_deref(), command.external_ref.as_deref());
        let when = "allowed: a time as RFC 3339 writes it, such as 2026-01-02T03:04:05Z";
        let occurred_at = checked.required("/occurred_at", command.occurred_at, Timestamp::UNIX_EPOCH, when);
        checked.past("/occurred_at", Some(occurred_at));
        checked.planned("/response_due_at", command.response_due_at);
        let silence = is_silence(&command.fields);
        let decided_by = command.decided_by.unwrap_or(if silence { DecidedBy::Nobody } else { DecidedBy::Them });
        checked.decided(&command.fields, decided_by, command.response_due_at);
        checked.finish()?;
        let (personal, fields) = command.fields.split(&PERSONAL_FIELDS);
        may_state(actor, personal.iter())?;
        let due = || occurred_at + SignedDuration::from_hours(24 * RESPONSE_DAYS);
        let record = Record {
            fields,
            organization: command.organization.clone(),
            role: command.role.clone(),
            occurred_at,
            external_ref: command.external_ref.clone(),
            decided_by,
            response_due_at: command.response_due_at.or_else(|| silence.then(due)),
            conclusion: None,
        };
        Ok((record, personal))
    }

    /// A second delivery of what has the same external reference: it updates the first.
    async fn deliver_again(
        &self,
        actor: &Actor,
        fresh: Rejection,
        idempotency: Option<Idempotency>,
    ) -> Result<Done<Rejection>> {
        let external_ref = fresh.record.external_ref.as_deref().unwrap_or_default();
        let found = self.store.rejection_by_external_ref(&actor.owner, fresh.space, external_ref).await?;
        let found = found.ok_or_else(external_ref_taken)?;
        let target = Target::new("createRejection", found.id).once(idempotency);
        let done = self.change(actor, target, |rejection| {
            let conclusion = rejection.record.conclusion.clone();
            rejection.record = Record { conclusion, ..fresh.record.clone() };
            // Where the person is, the person has said meanwhile.
            let personal = fresh.diary.fields;
            let personal = if rejection.phase().is_some() { personal.without(Field::Phase) } else { personal };
            rejection.diary.fields = personal.over(rejection.diary.fields);
            Ok(Made { answer: (), entries: Vec::new(), is_new: false })
        });
        let done = done.await?;
        Ok(Done { value: done.value.0, is_new: done.is_new })
    }

    /// A rejection, as far as the caller may see it.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn rejection(&self, caller: Caller, user_id: &str, id: RejectionId) -> Result<(Actor, Rejection)> {
        let actor = Actor::new(caller, user_id, READ_SCOPES)?;
        let rejection = self.load(&actor, id).await?;
        self.note_read(&actor, "getRejection", Some(id.to_string()));
        Ok((actor, rejection))
    }

    /// Up to `limit` rejections that the caller may see, newest first, those before `after`.
    pub async fn rejections(
        &self,
        caller: Caller,
        user_id: &str,
        filter: &RejectionFilter,
        after: Option<(Timestamp, RejectionId)>,
        limit: u32,
    ) -> Result<(Actor, Vec<Rejection>)> {
        let actor = Actor::new(caller, user_id, READ_SCOPES)?;
        let found = self.store.rejections(&actor.owner, actor.sight(), filter, after, limit).await?;
        self.note_read(&actor, "listRejections", None);
        Ok((actor, found))
    }

    /// Changes a rejection.
    ///
    /// # Errors
    /// `Invalid`, `NotFound`, `Stale`, `PermissionDenied` for fields that are the person's alone,
    /// `TransitionNotAllowed` for a phase to which the journey does not lead.
    pub async fn amend_rejection(
        &self,
        caller: Caller,
        user_id: &str,
        id: RejectionId,
        patch: &RejectionPatch,
        if_match: Option<&str>,
    ) -> Result<(Actor, Rejection)> {
        let actor = Actor::new(caller, user_id, WRITE_SCOPES)?;
        let mut checked = Checked::at(self.now());
        if patch.set.has(Field::DaysSince) {
            checked.refuse("/days_since", "not kept; it is counted from occurred_at");
        }
        checked.finish()?;
        let unset = patch.unset.iter().filter_map(|name| Field::from_name(name));
        may_state(&actor, patch.set.iter().chain(unset))?;
        let target = Target::new("updateRejection", id).if_match(if_match);
        let done = self.change(&actor, target, |rejection| {
            let before = rejection.phase();
            self.apply(&actor, patch, rejection)?;
            let moved = rejection.phase().filter(|phase| Some(*phase) != before);
            let entries = moved.map(|phase| self.moved(rejection.id, phase)).into_iter().collect();
            Ok(Made { answer: (), entries, is_new: false })
        });
        let done = done.await?;
        Ok((actor, done.value.0))
    }

    fn apply(&self, actor: &Actor, patch: &RejectionPatch, rejection: &mut Rejection) -> Result<()> {
        let layers_of_person = !actor.may_write_record();
        let changes_record = patch.organization.is_some()
            || patch.role.is_some()
            || patch.occurred_at.is_some()
            || patch.external_ref.is_some()
            || patch.decided_by.is_some()
            || patch.response_due_at.is_some();
        if changes_record && layers_of_person && rejection.space == Space::Employer {
            let detail =
                "The employer's side recorded this; changing it needs a key with the scope `rejections:write`.";
            return Err(Error::new(ErrorKind::PermissionDenied, detail));
        }
        let (mut personal, record) = patch.set.split(&PERSONAL_FIELDS);
        let unset: Vec<Field> = patch.unset.iter().filter_map(|name| Field::from_name(name)).collect();
        if let Some(phase) = personal.values(Field::Phase).next().and_then(Phase::from_name) {
            rejection.advance(phase)?;
            personal = personal.without(Field::Phase);
        }
        let of_person = unset.iter().copied().filter(|field| layers_of_person || PERSONAL_FIELDS.contains(field));
        rejection.diary.fields = personal.over(of_person.fold(rejection.diary.fields, Fields::without));
        if layers_of_person && rejection.space == Space::Employer {
            rejection.diary.fields = record.over(rejection.diary.fields);
        } else {
            let fields = unset.iter().copied().fold(rejection.record.fields, Fields::without);
            rejection.record.fields = record.over(fields);
        }
        let kept = &mut rejection.record;
        replace(&mut kept.organization, patch.organization.as_ref());
        replace(&mut kept.role, patch.role.as_ref());
        replace(&mut kept.external_ref, patch.external_ref.as_ref());
        replace(&mut kept.response_due_at, patch.response_due_at.as_ref());
        kept.occurred_at = patch.occurred_at.unwrap_or(kept.occurred_at);
        kept.decided_by = patch.decided_by.unwrap_or_else(|| {
            let silence = is_silence(&kept.fields);
            match kept.decided_by {
                DecidedBy::Nobody if !silence => DecidedBy::Them,
                DecidedBy::Them if silence => DecidedBy::Nobody,
                decided_by => decided_by,
            }
        });
        if !is_silence(&kept.fields) && patch.response_due_at.is_none() {
            kept.response_due_at = None;
        }
        self.check_amended(rejection, layers_of_person)
    }

    /// Checks the record, and what the person states on top of it only if it was the person who changed something: an
    /// error would tell the employer's side of it.
    fn check_amended(&self, rejection: &Rejection, is_by_person: bool) -> Result<()> {
        let mut checked = Checked::at(self.now());
        let kept = &rejection.record;
        let stated = if is_by_person { rejection.diary.fields.over(kept.fields) } else { kept.fields };
        if let Err(errors) = stated.context() {
            checked.add(errors);
        }
        checked.names(kept.organization.as_deref(), kept.role.as_deref(), kept.external_ref.as_deref());
        checked.past("/occurred_at", Some(kept.occurred_at));
        checked.planned("/response_due_at", kept.response_due_at);
        checked.decided(&kept.fields, kept.decided_by, kept.response_due_at);
        checked.finish()
    }

    pub(super) fn recorded(&self, rejection: &Rejection) -> Entry {
        let entry = self.entry(EntryType::Rejection, rejection.record.occurred_at, Some(rejection.id));
        let kind = rejection.record.fields.values(Field::Kind).next();
        Entry { detail: kind.map(str::to_owned), ..entry }
    }

    pub(super) fn moved(&self, id: RejectionId, phase: Phase) -> Entry {
        Entry { detail: Some(phase.name().to_owned()), ..self.entry(EntryType::Phase, self.now(), Some(id)) }
    }
}

/// Refuses fields that are the person's alone to those who may not write the diary.
fn may_state(actor: &Actor, mut fields: impl Iterator<Item = Field>) -> Result<()> {
    if actor.may_write_diary() {
        return Ok(());
    }
    let Some(field) = fields.find(|field| PERSONAL_FIELDS.contains(field)) else { return Ok(()) };
    let detail = format!("`{field}` is for the person to say; it needs a key with the scope `diary:write`.");
    let mut error = Error::new(ErrorKind::PermissionDenied, detail);
    error.fields.push(crate::error::FieldError::new(format!("/{field}"), "allowed with the scope `diary:write`"));
    Err(error)
}

fn replace<T: Clone>(place: &mut Option<T>, with: Option<&Option<T>>) {
    if let Some(with) = with {
        place.clone_from(with);
    }
}
