//! How a rejection is deleted without one side taking away what belongs to the other.

use super::change::{Made, Target};
use super::{Actor, History, WRITE_SCOPES};
use crate::access::Caller;
use crate::error::{Error, ErrorKind, Result};
use crate::history::{Diary, Space};
use crate::id::RejectionId;

impl History {
    /// Deletes a rejection. A key of the employer's side takes away the record; what the person wrote stays with the
    /// person. A key with diary scopes alone takes away the person's part of a record of the employer's side.
    ///
    /// # Errors
    /// `NotFound`, `Stale`, `LegalHold`.
    pub async fn delete_rejection(
        &self,
        caller: Caller,
        user_id: &str,
        id: RejectionId,
        if_match: Option<&str>,
    ) -> Result<()> {
        const OPERATION: &str = "deleteRejection";
        let actor = Actor::new(caller, user_id, WRITE_SCOPES)?;
        loop {
            let found = self.load(&actor, id).await?;
            found.expect(actor.sight(), if_match)?;
            let is_of_employer = found.space == Space::Employer;
            if is_of_employer
                && actor.may_write_record()
                && self.governance.present_settings(caller.tenant).await?.is_held(self.now())
            {
                let detail = "A legal hold of your tenant keeps what the employer's side recorded.";
                return Err(Error::new(ErrorKind::LegalHold, detail));
            }
            let keeps_record = is_of_employer && !actor.may_write_record();
            let keeps_diary = is_of_employer && !actor.may_write_diary() && !found.diary.is_empty();
            if keeps_record || keeps_diary {
                let target = Target::new(OPERATION, id).if_match(if_match);
                let done = self.change(&actor, Target { forgets_lines: keeps_record, ..target }, |rejection| {
                    if keeps_diary {
                        rejection.space = Space::Person;
                        rejection.record.external_ref = None;
                        return Ok(Made { answer: (), entries: Vec::new(), is_new: false });
                    }
                    rejection.diary = Diary::default();
                    Ok(Made { answer: (), entries: vec![self.recorded(rejection)], is_new: false })
                });
                return done.await.map(|_| ());
            }
            let audit = self.audit(&actor, OPERATION, Some(id.to_string()));
            if self.store.delete_rejection(&actor.owner, id, found.versions, audit).await? {
                return Ok(());
            }
        }
    }
}
