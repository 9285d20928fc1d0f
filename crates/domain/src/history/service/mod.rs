//! The steps that callers can take with a history. Each checks who asks, decides by the rules, and writes once.

mod change;
mod deletion;
mod diary;
mod feedback;
mod guidance;
mod items;
mod learning;
mod person;
mod records;

use std::sync::Arc;

use jiff::Timestamp;

pub use change::{Done, RequestKey};
pub use guidance::{PersonalGuidance, Wish};
pub use person::{Export, ExportPage, NewToken, Token};

use super::{HistoryStore, Owner, Rejection, Sight, Space, UserId};
use crate::access::{Caller, Scope};
use crate::environment::{Clock, Entropy};
use crate::error::{Error, ErrorKind, Result};
use crate::governance::Governance;
use crate::id::RejectionId;
use crate::overlays::TenantCatalogs;

/// What histories are made of.
pub struct History {
    /// Where they are kept.
    pub store: Arc<dyn HistoryStore>,
    /// Settings and audit log of the tenants.
    pub governance: Arc<Governance>,
    /// The advice, as the tenants have it.
    pub catalogs: Arc<TenantCatalogs>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness for ids and keys.
    pub entropy: Arc<dyn Entropy>,
}

/// A caller who acts on the history of one user, having been found allowed to.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Who calls.
    pub caller: Caller,
    /// Whose history it is.
    pub owner: Owner,
}

/// The scopes that let somebody read a history.
pub const READ_SCOPES: &[Scope] = &[Scope::RejectionsRead, Scope::DiaryRead];

/// The scopes that let somebody write a record.
pub const WRITE_SCOPES: &[Scope] = &[Scope::RejectionsWrite, Scope::DiaryWrite];

/// The scope that lets somebody read what a person wrote.
pub const DIARY_READ_SCOPES: &[Scope] = &[Scope::DiaryRead];

/// The scope that lets somebody write on behalf of a person.
pub const DIARY_WRITE_SCOPES: &[Scope] = &[Scope::DiaryWrite];

/// The scopes that let somebody erase a person.
pub const ERASE_SCOPES: &[Scope] = &[Scope::DiaryWrite, Scope::Admin];

/// The scopes that let somebody count over all people of a tenant.
pub const AGGREGATE_SCOPES: &[Scope] = &[Scope::RejectionsRead, Scope::Admin];

impl Sight {
    /// What a caller may see.
    #[must_use]
    pub const fn of(caller: &Caller) -> Self {
        if caller.scopes.contains(Scope::DiaryRead) { Self::Person } else { Self::Employer }
    }
}

impl Actor {
    /// A caller on the history of a user.
    ///
    /// # Errors
    /// `Invalid` if it is no user id, `NotFound` if the caller's key is bound to another user, `PermissionDenied` if it
    /// has none of `scopes`.
    pub fn new(caller: Caller, user_id: &str, scopes: &[Scope]) -> Result<Self> {
        if !caller.has_any(scopes) {
            let names: Vec<_> = scopes.iter().map(|scope| format!("`{scope}`")).collect();
            let detail = format!("This operation needs a key with the scope {}.", names.join(" or "));
            return Err(Error::new(ErrorKind::PermissionDenied, detail));
        }
        let user = UserId::new(user_id)?;
        if !caller.may_act_for(&user) {
            return Err(Error::new(ErrorKind::NotFound, "There is no such user."));
        }
        Ok(Self { caller, owner: Owner { tenant: caller.tenant, user } })
    }

    /// What the caller may see.
    #[must_use]
    pub fn sight(&self) -> Sight {
        Sight::of(&self.caller)
    }

    /// The sight to which entity tags refer: who may only write the diary must not learn of what is in it.
    fn may_write_record(&self) -> bool {
        self.caller.scopes.contains(Scope::RejectionsWrite)
    }

    fn may_write_diary(&self) -> bool {
        self.caller.scopes.contains(Scope::DiaryWrite)
    }

    /// Whether the caller may know that this rejection exists.
    fn knows(&self, rejection: &Rejection) -> bool {
        let is_of_person = self.caller.has_any(&[Scope::DiaryRead, Scope::DiaryWrite]);
        rejection.space == Space::Employer || is_of_person
    }
}

impl History {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn load(&self, actor: &Actor, id: RejectionId) -> Result<Rejection> {
        let found = self.store.rejection(&actor.owner, id).await?.filter(|rejection| actor.knows(rejection));
        found.ok_or_else(|| Error::new(ErrorKind::NotFound, "There is no rejection with this id."))
    }

    /// Notes that something of a person was read.
    fn note_read(&self, actor: &Actor, operation: &str, resource: Option<String>) {
        self.governance.note_read(&actor.caller, operation, Some(&actor.owner.user), resource);
    }
}
