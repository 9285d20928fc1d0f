//! One change of a rejection: read, decide, write if nobody was faster; and not twice for the same request.

use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use jiff::{SignedDuration, Timestamp};

use super::{Actor, History};
use crate::error::{Error, ErrorKind, FieldError, Result};
use crate::governance::AuditEvent;
use crate::history::{Change, Committed, Entry, EntryType, Idempotency, Rejection, Write};
use crate::id::{EntryId, RejectionId};

/// For how long the answer to a request with an idempotency key is kept.
const KEEP_ANSWERS_HOURS: i64 = 24;

/// How often a change is decided anew because somebody else was faster.
const ATTEMPTS: usize = 20;

/// How long a client's idempotency key may be, in characters.
const REQUEST_KEY_LENGTH: usize = 255;

/// What a step answers, and whether something new was made by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done<T> {
    /// The answer.
    pub value: T,
    /// Whether it made something that was not there before.
    pub is_new: bool,
}

/// A client's idempotency key: 1 to 255 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey(String);

impl RequestKey {
    /// The key that a client sent; the error points at `pointer`.
    ///
    /// # Errors
    /// `Invalid`.
    pub fn new(text: &str, pointer: &str) -> Result<Self> {
        let usable = (1..=REQUEST_KEY_LENGTH).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if usable {
            return Ok(Self(text.to_owned()));
        }
        let detail = "not an idempotency key; allowed: 1 to 255 visible ASCII characters";
        Err(Error::invalid(vec![FieldError::new(pointer, detail)]))
    }

    /// The text that the client sent.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a change made of a rejection: the answer, and lines of the timeline.
pub(super) struct Made<T> {
    pub(super) answer: T,
    pub(super) entries: Vec<Entry>,
    pub(super) is_new: bool,
}

/// Which rejection is changed, by which operation, under which conditions.
pub(super) struct Target<'a> {
    pub(super) operation: &'static str,
    pub(super) id: RejectionId,
    pub(super) if_match: Option<&'a str>,
    pub(super) idempotency: Option<Idempotency>,
    /// Whether the lines of the timeline that there were go.
    pub(super) forgets_lines: bool,
}

impl<'a> Target<'a> {
    /// A rejection that an operation changes.
    pub(super) const fn new(operation: &'static str, id: RejectionId) -> Self {
        Self { operation, id, if_match: None, idempotency: None, forgets_lines: false }
    }

    /// Changed only if the caller saw the present state.
    pub(super) const fn if_match(self, if_match: Option<&'a str>) -> Self {
        Self { if_match, ..self }
    }

    /// Changed only once for a request with a key.
    pub(super) const fn once(self, idempotency: Option<Idempotency>) -> Self {
        Self { idempotency, ..self }
    }
}

impl History {
    /// What the request is known by, if it came with a key.
    pub(super) fn idempotency<C: Serialize>(
        &self,
        actor: &Actor,
        operation: &str,
        subject: &str,
        command: &C,
        key: Option<&RequestKey>,
    ) -> Result<Option<Idempotency>> {
        let Some(key) = key else { return Ok(None) };
        let mut hasher = blake3::Hasher::new();
        hasher.update(operation.as_bytes()).update(&[0]).update(subject.as_bytes()).update(&[0]);
        hasher.update(actor.owner.user.as_str().as_bytes()).update(&[0]);
        hasher.update(&encode(command)?);
        let mut request = [0; 16];
        request.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        let key = crate::digest(&[Uuid::from(actor.caller.key).as_bytes().as_slice(), key.0.as_bytes()].concat());
        let expires_at = self.now() + SignedDuration::from_hours(KEEP_ANSWERS_HOURS);
        Ok(Some(Idempotency { key, request: u128::from_be_bytes(request), expires_at }))
    }

    /// The answer that was given when this request came before.
    pub(super) async fn replayed<T: DeserializeOwned>(
        &self,
        actor: &Actor,
        idempotency: Option<&Idempotency>,
    ) -> Result<Option<Done<T>>> {
        let Some(idempotency) = idempotency else { return Ok(None) };
        self.store.replay(&actor.owner, idempotency, self.now()).await?.map(|bytes| decode(&bytes)).transpose()
    }

    /// The answer that was given when a request came before that is refused now: what was in the past or in the future then
    /// need not be so any more, above all when the clock was set back.
    ///
    /// # Errors
    /// `refused`, if it is new; `Unavailable`, if that cannot be found out.
    pub(super) async fn replayed_or<T: DeserializeOwned>(
        &self,
        actor: &Actor,
        idempotency: Option<&Idempotency>,
        refused: Error,
    ) -> Result<Done<T>> {
        if refused.kind != ErrorKind::Invalid {
            return Err(refused);
        }
        match self.replayed(actor, idempotency).await {
            Ok(Some(done)) => Ok(done),
            Err(error) if error.kind == ErrorKind::Unavailable => Err(error),
            Ok(None) | Err(_) => Err(refused),
        }
    }

    /// Changes a rejection by `edit`, which is asked again if somebody else changed it meanwhile.
    pub(super) async fn change<T>(
        &self,
        actor: &Actor,
        target: Target<'_>,
        edit: impl Fn(&mut Rejection) -> Result<Made<T>>,
    ) -> Result<Done<(Rejection, T)>>
    where
        T: Serialize + DeserializeOwned,
    {
        let idempotency = target.idempotency;
        for _ in 0..ATTEMPTS {
            if let Some(done) = self.replayed(actor, idempotency.as_ref()).await? {
                return Ok(done);
            }
            let before = self.load(actor, target.id).await?;
            before.expect(actor.sight(), target.if_match)?;
            let mut after = before.clone();
            let made = edit(&mut after)?;
            if after == before && idempotency.is_none() {
                return Ok(Done { value: (after, made.answer), is_new: made.is_new });
            }
            if after.record != before.record || after.space != before.space {
                after.versions.record += 1;
                after.updated_at = self.now();
            }
            if after.diary != before.diary {
                after.versions.diary += 1;
            }
            let done = Done { value: (after, made.answer), is_new: made.is_new };
            let answer = idempotency.map(|key| Ok::<_, Error>((key, encode(&(&done.value, done.is_new))?)));
            let change = Change {
                rejection: Some(Write::Update(done.value.0.clone(), before.versions)),
                forgotten_lines: target.forgets_lines.then_some(target.id),
                entries: made.entries,
                idempotency: answer.transpose()?,
                ..Change::of(self.audit(actor, target.operation, Some(target.id.to_string())))
            };
            match self.store.commit(&actor.owner, change).await? {
                Committed::Done => return Ok(done),
                Committed::Replayed(bytes) => return decode(&bytes),
                Committed::ExternalRefTaken => return Err(external_ref_taken()),
                Committed::Stale => {}
            }
        }
        Err(Error::unavailable(std::time::Duration::from_secs(1), "a rejection changed faster than it could be read"))
    }

    pub(super) fn audit(&self, actor: &Actor, operation: &str, resource: Option<String>) -> AuditEvent {
        self.governance.event(&actor.caller, operation, Some(&actor.owner.user), resource)
    }

    /// A line of the timeline.
    pub(super) fn entry(&self, entry_type: EntryType, at: Timestamp, rejection: Option<RejectionId>) -> Entry {
        let id = EntryId::generate(at, &*self.entropy);
        Entry { id, at, entry_type, rejection, item: None, detail: None }
    }
}

pub(super) fn external_ref_taken() -> Error {
    Error::new(ErrorKind::Conflict, "Another rejection of this user has this external reference.")
}

/// An answer as it is kept for repetitions.
pub(super) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(Error::internal)
}

/// An answer that was kept.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<Done<T>> {
    let (value, is_new) = serde_json::from_slice(bytes).map_err(Error::internal)?;
    Ok(Done { value, is_new })
}
