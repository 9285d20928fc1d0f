//! Turns a change into a plan: sealed with the person's keys, so that the database sees no text.

use jiff::Timestamp;
use rebound_domain::Result;
use rebound_domain::access::ApiKey;
use rebound_domain::context::Field;
use rebound_domain::governance::AuditEvent;
use rebound_domain::history::{
    ActionItem, Change, Diary, Entry, Idempotency, Rejection, Shown, Space, Versions, Write,
};
use rebound_domain::id::RejectionId;
use uuid::Uuid;

use super::commit::DELETE_LINES;
use super::statements::{
    INSERT_ACTION_ITEM, INSERT_AUDIT, INSERT_ENTRY, INSERT_IDEMPOTENCY, INSERT_PERSON, INSERT_REJECTION, INSERT_TOKEN,
    UPDATE_ACTION_ITEM, UPDATE_REJECTION, UPDATE_SHOWN, UPDATE_SHOWN_FOR,
};
use crate::moment::Moment;
use crate::plan::{Missed, Plan, Text, Value};
use crate::vault::{PersonKeys, Reference, Vault};

/// Makes the plans for one person.
pub(super) struct Planner<'a> {
    pub(super) vault: &'a Vault,
    pub(super) keys: &'a PersonKeys,
    /// Whether the person has no row yet.
    pub(super) is_new: bool,
    /// When it happens.
    pub(super) now: Timestamp,
}

impl Planner<'_> {
    /// The plan of a change. First comes what may turn out to be done already.
    pub(super) fn change(&self, change: &Change) -> Result<Plan> {
        let mut plan = Plan::default();
        match &change.shown {
            Some((rejection, shown)) if !change.inserts(*rejection) => self.shown(&mut plan, *rejection, shown)?,
            shown => self.person(&mut plan, shown.as_ref().map(|(_, shown)| shown))?,
        }
        if let Some((idempotency, answer)) = &change.idempotency {
            self.idempotency(&mut plan, idempotency, answer)?;
        }
        match &change.rejection {
            Some(Write::Insert(rejection)) => self.insert_rejection(&mut plan, rejection)?,
            Some(Write::Update(rejection, versions)) => self.update_rejection(&mut plan, rejection, *versions)?,
            None => {}
        }
        match &change.action_item {
            Some(Write::Insert(item)) => self.insert_action_item(&mut plan, item)?,
            Some(Write::Update(item, version)) => self.update_action_item(&mut plan, item, *version)?,
            None => {}
        }
        if let Some(id) = change.forgotten_lines {
            let mut values = self.start();
            values.push(Value::Uuid(Some(id.into())));
            plan.then(DELETE_LINES, values);
        }
        for entry in &change.entries {
            self.entry(&mut plan, entry)?;
        }
        if let Some(token) = &change.token {
            plan.then(INSERT_TOKEN, self.token(token));
        }
        audit(&mut plan, self.vault, &change.audit);
        Ok(plan)
    }

    /// Makes the person's row, or takes hold of it.
    pub(super) fn person(&self, plan: &mut Plan, shown: Option<&Shown>) -> Result<()> {
        let shown = shown.map(|shown| self.sealed(shown)).transpose()?;
        let mut values = self.start();
        values.push(Value::Uuid(Some(self.keys.key_id)));
        if self.is_new {
            let (wrapped, master) = self.vault.wrap(self.keys)?;
            let created = Value::Moment(Some(self.now.into()));
            values.extend([Value::Bytes(Some(wrapped.record)), Value::Bytes(wrapped.diary)]);
            values.extend([Value::Bytes(Some(master)), Value::Bytes(shown), created]);
            plan.must(INSERT_PERSON, values, Missed::Person);
        } else if let Some(shown) = shown {
            values.push(Value::Bytes(Some(shown)));
            plan.must(UPDATE_SHOWN, values, Missed::Person);
        } else {
            plan.must(Text::HoldPerson, values, Missed::Person);
        }
        Ok(())
    }

    /// Replaces what was shown to a person who still has the rejection for which it was.
    fn shown(&self, plan: &mut Plan, rejection: RejectionId, shown: &Shown) -> Result<()> {
        let mut values = self.start();
        values.push(Value::Uuid(Some(self.keys.key_id)));
        values.extend([Value::Bytes(Some(self.sealed(shown)?)), Value::Uuid(Some(rejection.into()))]);
        plan.must(UPDATE_SHOWN_FOR, values, Missed::Person);
        Ok(())
    }

    fn sealed(&self, shown: &Shown) -> Result<Vec<u8>> {
        let place = self.keys.place("people.shown", self.keys.key_id);
        self.keys.for_diary().seal_document(self.vault.entropy(), place, shown)
    }

    fn idempotency(&self, plan: &mut Plan, idempotency: &Idempotency, answer: &[u8]) -> Result<()> {
        let key = Uuid::from_u128(idempotency.key);
        let place = self.keys.place("idempotency.answer", key);
        let sealed = self.keys.for_diary().seal(self.vault.entropy(), place, answer);
        let mut values = self.start();
        values.extend([
            Value::Uuid(Some(key)),
            Value::Uuid(Some(Uuid::from_u128(idempotency.request))),
            Value::Bytes(Some(sealed.map_err(|broken| place.fault(broken))?)),
            Value::Moment(Some(self.now.into())),
            Value::Moment(Some(idempotency.expires_at.into())),
        ]);
        plan.must(INSERT_IDEMPOTENCY, values, Missed::Idempotency);
        Ok(())
    }

    fn insert_rejection(&self, plan: &mut Plan, rejection: &Rejection) -> Result<()> {
        let mut values = self.start();
        values.extend(self.rejection(rejection)?);
        let changed = rejection.space == Space::Person || rejection.diary != Diary::default();
        values.push(Value::Moment(changed.then(|| self.now.into())));
        values.push(Value::Integer(Some(space(rejection.space))));
        values.push(Value::Moment(Some(rejection.created_at.into())));
        plan.then(INSERT_REJECTION, values);
        Ok(())
    }

    fn update_rejection(&self, plan: &mut Plan, rejection: &Rejection, seen: Versions) -> Result<()> {
        let mut values = self.start();
        values.extend(self.rejection(rejection)?);
        let changed = rejection.space == Space::Person || rejection.versions.diary != seen.diary;
        values.push(Value::Moment(changed.then(|| self.now.into())));
        let seen = [seen.record, seen.diary, space(rejection.space)];
        values.extend(seen.map(|number| Value::Integer(Some(number))));
        plan.must(UPDATE_REJECTION, values, Missed::Version);
        Ok(())
    }

    /// The columns that inserts and updates share, `$3` to `$13`.
    fn rejection(&self, rejection: &Rejection) -> Result<[Value; 11]> {
        let Rejection { id, space, record, diary, versions, updated_at, .. } = rejection;
        let (id, entropy) = (Uuid::from(*id), self.vault.entropy());
        let place = self.keys.place("rejections.record", id);
        let sealed_record = self.keys.for_record(*space).seal_document(entropy, place, record)?;
        let place = self.keys.place("rejections.diary", id);
        let has_diary = !diary.is_empty();
        let sealed_diary = has_diary.then(|| self.keys.for_diary().seal_document(entropy, place, diary)).transpose()?;
        let external = record.external_ref.as_deref();
        let external = external.map(|text| self.vault.external_digest(self.keys.owner.tenant, *space, text));
        let position = |field| record.fields.indices(field).next().and_then(|index| i64::try_from(index).ok());
        let reasons = record.fields.indices(Field::Reasons).fold(0, |mask, index| mask | 1_i64 << index);
        Ok([
            Value::Uuid(Some(id)),
            Value::Integer(position(Field::Kind)),
            Value::Integer(position(Field::Stage)),
            Value::Integer(Some(reasons)),
            Value::Moment(Some(record.occurred_at.into())),
            Value::Bytes(external),
            Value::Bytes(Some(sealed_record)),
            Value::Integer(Some(versions.record)),
            Value::Bytes(sealed_diary),
            Value::Integer(Some(versions.diary)),
            Value::Moment(Some(Moment::from(*updated_at))),
        ])
    }

    /// A key that ends with the person's data.
    fn token(&self, key: &ApiKey) -> Vec<Value> {
        let mut values = self.start();
        values.extend([
            Value::Uuid(Some(key.id.into())),
            Value::Text(Some(key.name.clone())),
            Value::Text(Some(key.scopes.to_string())),
            Value::Bytes(Some(key.digest.as_bytes().to_vec())),
            Value::Moment(Some(key.created_at.into())),
            Value::Moment(key.expires_at.map(Moment::from)),
            Value::Moment(key.revoked_at.map(Moment::from)),
            Value::Bytes(key.bound_to.map(|bound| bound.as_bytes().to_vec())),
        ]);
        values
    }

    fn insert_action_item(&self, plan: &mut Plan, item: &ActionItem) -> Result<()> {
        let mut values = self.action_item(item)?;
        values.push(Value::Moment(Some(item.created_at.into())));
        plan.then(INSERT_ACTION_ITEM, values);
        Ok(())
    }

    fn update_action_item(&self, plan: &mut Plan, item: &ActionItem, seen: i64) -> Result<()> {
        let mut values = self.action_item(item)?;
        values.push(Value::Integer(Some(seen)));
        plan.must(UPDATE_ACTION_ITEM, values, Missed::Version);
        Ok(())
    }

    fn action_item(&self, item: &ActionItem) -> Result<Vec<Value>> {
        let id = Uuid::from(item.id);
        let place = self.keys.place("action_items.body", id);
        let mut values = self.start();
        values.extend([
            Value::Uuid(Some(id)),
            Value::Bytes(Some(self.keys.for_diary().seal_document(self.vault.entropy(), place, item)?)),
            Value::Integer(Some(item.version)),
            Value::Moment(Some(item.updated_at.into())),
        ]);
        Ok(values)
    }

    fn entry(&self, plan: &mut Plan, entry: &Entry) -> Result<()> {
        let id = Uuid::from(entry.id);
        let place = self.keys.place("entries.body", id);
        let mut values = self.start();
        values.extend([
            Value::Moment(Some(entry.at.into())),
            Value::Uuid(Some(id)),
            Value::Uuid(entry.rejection.map(Uuid::from)),
            Value::Bytes(Some(self.keys.for_diary().seal_document(self.vault.entropy(), place, entry)?)),
        ]);
        plan.then(INSERT_ENTRY, values);
        Ok(())
    }

    /// Tenant and person, with which every statement begins.
    pub(super) fn start(&self) -> Vec<Value> {
        start(self.keys.owner)
    }
}

/// Tenant and person, with which every statement begins.
pub(super) fn start(owner: Reference) -> Vec<Value> {
    vec![Value::Uuid(Some(owner.tenant)), Value::Bytes(Some(owner.user.to_vec()))]
}

/// Adds a line of the audit log.
pub(crate) fn audit(plan: &mut Plan, vault: &Vault, event: &AuditEvent) {
    let owner = |user: &rebound_domain::history::UserId| {
        let owner = rebound_domain::history::Owner { tenant: event.tenant, user: user.clone() };
        vault.reference(&owner).user.to_vec()
    };
    let values = vec![
        Value::Uuid(Some(event.tenant.into())),
        Value::Uuid(Some(event.id.into())),
        Value::Moment(Some(event.at.into())),
        Value::Uuid(Some(event.key.into())),
        Value::Text(Some(event.operation.clone())),
        Value::Bytes(event.user.as_ref().map(owner)),
        Value::Text(event.resource.clone()),
    ];
    plan.then(INSERT_AUDIT, values);
}

/// The number of a space in the database.
pub(super) const fn space(space: Space) -> i64 {
    match space {
        Space::Employer => 0,
        Space::Person => 1,
    }
}
