//! Changes of a history: planned, run, and planned again when the person turned out to be another than the cache said.

use jiff::Timestamp;
use rebound_domain::governance::AuditEvent;
use rebound_domain::history::{Change, Committed, Idempotency, Owner, Rejection, Versions, Write};
use rebound_domain::id::RejectionId;
use rebound_domain::{Error, ErrorKind, Result};
use sqlx::{query_as, query_scalar};
use uuid::Uuid;

use super::change::{Planner, audit, start};
use super::people::{self, Person};
use super::rows::AnswerRow;
use crate::database::Database;
use crate::moment::Moment;
use crate::plan::{Ended, Missed, Plan, Text, Value};
use crate::vault::{Reference, Vault};

/// How often a plan is made anew because the person or the key came or went between two looks.
const ATTEMPTS: usize = 4;

/// Does one step. See the port.
pub(super) async fn commit(database: &Database, vault: &Vault, owner: &Owner, change: &Change) -> Result<Committed> {
    let who = vault.reference(owner);
    let now = change.audit.at;
    for attempt in 0..ATTEMPTS {
        let ended = attempt_plan(database, vault, who, now, attempt == 0, |planner| planner.change(change)).await;
        let missed = match ended {
            Ok(Ended::Done) => return Ok(Committed::Done),
            Ok(Ended::Missed(missed)) => missed,
            Err(error) if error.kind == ErrorKind::Conflict => {
                return conflict(database, vault, who, change, error).await;
            }
            Err(error) => return Err(error),
        };
        match (missed, &change.idempotency) {
            (Missed::Version, _) => return Ok(Committed::Stale),
            (Missed::Idempotency, Some((idempotency, _))) => {
                // The key may have ended, or gone with the person, since the plan ran.
                if let Some(answer) = replay(database, vault, who, idempotency, now).await? {
                    return Ok(Committed::Replayed(answer));
                }
            }
            // These are the person's present keys, so it is the rejection that is gone.
            (Missed::Person, _) if attempt > 0 && change.shown.as_ref().is_some_and(|(id, _)| !change.inserts(*id)) => {
                return Ok(Committed::Stale);
            }
            _ => vault.forget(who),
        }
    }
    Err(unsettled())
}

/// Removes a rejection with its lines of the timeline.
pub(super) async fn delete_rejection(
    database: &Database,
    vault: &Vault,
    owner: &Owner,
    id: RejectionId,
    versions: Versions,
    event: &AuditEvent,
) -> Result<bool> {
    let who = vault.reference(owner);
    let plan = |planner: &Planner<'_>| {
        let mut plan = Plan::default();
        planner.person(&mut plan, None)?;
        let mut values = start(who);
        values.push(Value::Uuid(Some(id.into())));
        plan.then(DELETE_LINES, values.clone());
        values.extend([versions.record, versions.diary].map(|version| Value::Integer(Some(version))));
        plan.must(DELETE_REJECTION, values, Missed::Version);
        audit(&mut plan, vault, event);
        Ok(plan)
    };
    settle(database, vault, who, event.at, plan).await
}

pub(super) const DELETE_LINES: Text =
    Text::Plain("DELETE FROM entries WHERE tenant_id = $1 AND user_ref = $2 AND rejection_id = $3");

const DELETE_REJECTION: Text = Text::Plain(
    "DELETE FROM rejections WHERE tenant_id = $1 AND user_ref = $2 AND id = $3
        AND record_version = $4 AND diary_version = $5",
);

/// Runs a plan until the person is the one that it was made for; answers whether it was done.
async fn settle(
    database: &Database,
    vault: &Vault,
    who: Reference,
    now: Timestamp,
    plan: impl Fn(&Planner<'_>) -> Result<Plan>,
) -> Result<bool> {
    for attempt in 0..ATTEMPTS {
        match attempt_plan(database, vault, who, now, attempt == 0, &plan).await? {
            Ended::Done => return Ok(true),
            Ended::Missed(Missed::Person) => vault.forget(who),
            Ended::Missed(_) => return Ok(false),
        }
    }
    Err(unsettled())
}

/// Plans with the keys of the person, or with fresh ones, and runs the plan.
async fn attempt_plan(
    database: &Database,
    vault: &Vault,
    who: Reference,
    now: Timestamp,
    may_be_cached: bool,
    plan: impl Fn(&Planner<'_>) -> Result<Plan>,
) -> Result<Ended> {
    let cached = if may_be_cached { vault.cached(who) } else { None };
    let person = match cached {
        Some(keys) => Person::Known(keys),
        None => people::load(database, vault, who).await?,
    };
    let (keys, is_new) = match person {
        Person::Known(keys) => (keys, false),
        Person::Restricted => return Err(people::restricted()),
        Person::Unknown => (vault.generate(who), true),
    };
    let plan = plan(&Planner { vault, keys: &keys, is_new, now })?;
    let ended = database.apply(plan).await?;
    if is_new && ended == Ended::Done {
        vault.remember(&keys);
    }
    Ok(ended)
}

/// What a violated rule means: the person's own external reference is no error.
async fn conflict(
    database: &Database,
    vault: &Vault,
    who: Reference,
    change: &Change,
    error: Error,
) -> Result<Committed> {
    let Some(Write::Insert(Rejection { record, space, .. }) | Write::Update(Rejection { record, space, .. }, _)) =
        &change.rejection
    else {
        return Err(error);
    };
    let Some(external_ref) = &record.external_ref else { return Err(error) };
    let digest = vault.external_digest(who.tenant, *space, external_ref);
    let holder: Option<Vec<u8>> = on_database!(database, read, "SELECT rejections", async |connection| {
        let statement = query_scalar("SELECT user_ref FROM rejections WHERE tenant_id = $1 AND external_digest = $2");
        Ok(statement.bind(who.tenant).bind(digest).fetch_optional(connection).await?)
    })?;
    if holder.is_some_and(|holder| holder == who.user) { Ok(Committed::ExternalRefTaken) } else { Err(error) }
}

/// The answer that was given when the key came before.
pub(super) async fn replay(
    database: &Database,
    vault: &Vault,
    who: Reference,
    idempotency: &Idempotency,
    now: Timestamp,
) -> Result<Option<Vec<u8>>> {
    let key = Uuid::from_u128(idempotency.key);
    let row: Option<AnswerRow> = on_database!(database, read, "SELECT idempotency", async |connection| {
        let statement = query_as(
            "SELECT key_digest, user_ref, request_digest, answer,
                (SELECT key_id FROM people WHERE tenant_id = $1 AND user_ref = $4 AND restricted_at IS NULL)
                    AS person_key_id
             FROM idempotency WHERE tenant_id = $1 AND key_digest = $2 AND expires_at > $3",
        );
        let statement = statement.bind(who.tenant).bind(key).bind(Moment::from(now)).bind(who.user.as_slice());
        Ok(statement.fetch_optional(connection).await?)
    })?;
    let Some(row) = row else { return Ok(None) };
    if row.user_ref != who.user || row.request_digest != Uuid::from_u128(idempotency.request) {
        return Err(Error::new(
            ErrorKind::IdempotencyKeyReused,
            "This idempotency key came before with another request. Use a new key for a new request.",
        ));
    }
    Ok(people::open(database, vault, who, vec![row]).await?.pop())
}

/// Others changed the same person again and again meanwhile.
fn unsettled() -> Error {
    Error::unavailable(std::time::Duration::from_secs(1), "the person changed during every attempt")
}
