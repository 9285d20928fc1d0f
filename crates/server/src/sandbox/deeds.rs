//! What people of the sandbox do: each step is taken as a client would take it, under the key of its side, and checked by
//! the same rules.

use jiff::SignedDuration;
use rebound_domain::Result;
use rebound_domain::environment::Clock as _;
use rebound_domain::error::{Error, ErrorKind};
use rebound_domain::history::FeedbackStatus;
use rebound_domain::history::commands::{
    ActionItemPatch, Advance, FeedbackInput, NewActionItem, NewConclusion, NewContact, NewReflection, NewRejection,
    RejectionPatch,
};
use rebound_domain::id::{FeedbackId, RejectionId};

use super::keys::Role;
use super::people::{Deed, Planned, Recorded, Said};
use super::seed::Seed;

/// What there is of a person so far.
#[derive(Default)]
pub(super) struct SoFar {
    rejections: Vec<RejectionId>,
    feedback: Option<FeedbackId>,
}

impl SoFar {
    fn rejection(&self) -> Result<RejectionId> {
        self.rejections.last().copied().ok_or_else(|| Error::new(ErrorKind::NotFound, "There is no rejection yet."))
    }
}

impl Seed {
    /// Takes a step of a person.
    pub(super) async fn take(&self, user: &str, deed: &Deed, so_far: &mut SoFar) -> Result<()> {
        let (history, app) = (&self.services.history, self.app);
        let at = self.rehearsal.now();
        match deed {
            Deed::Record(recorded) => so_far.rejections.push(self.record(user, recorded).await?),
            Deed::Feedback(said) => so_far.feedback = Some(self.feedback(user, said, so_far.rejection()?).await?),
            Deed::ActionItem(planned) => self.plan(user, planned, so_far).await?,
            Deed::Amend(fields) => {
                let patch = RejectionPatch { set: *fields, ..RejectionPatch::default() };
                history.amend_rejection(self.employer, user, so_far.rejection()?, &patch, None).await?;
            }
            Deed::Advance(phase) => {
                history.advance(app, user, so_far.rejection()?, &Advance { to: Some(*phase) }, None).await?;
            }
            Deed::Contact { purpose, channel } => {
                let contact = NewContact { purpose: Some(*purpose), channel: Some(*channel), sent_at: Some(at) };
                history.add_contact(app, user, so_far.rejection()?, &contact, None).await?;
            }
            Deed::Reflect(answers) => {
                let reflection = NewReflection { answers: answers.clone(), revisit_at: None };
                history.add_reflection(app, user, so_far.rejection()?, &reflection, None).await?;
            }
            Deed::Outcome { result, linked } => {
                let linked_rejection = linked.and_then(|index| so_far.rejections.get(index)).copied();
                let conclusion = NewConclusion { result: Some(*result), linked_rejection };
                history.conclude(app, user, so_far.rejection()?, &conclusion, None).await?;
            }
            Deed::Erase {} => {
                history.erase(self.admin, user).await?;
            }
        }
        Ok(())
    }

    async fn record(&self, user: &str, recorded: &Recorded) -> Result<RejectionId> {
        let caller = if recorded.by == Role::Employer { self.employer } else { self.app };
        let command = NewRejection {
            fields: recorded.context,
            organization: recorded.organization.clone(),
            role: recorded.role.clone(),
            occurred_at: Some(self.rehearsal.now()),
            external_ref: recorded.external_ref.clone(),
            ..NewRejection::default()
        };
        Ok(self.services.history.record_rejection(caller, user, &command, None).await?.value.id)
    }

    async fn feedback(&self, user: &str, said: &Said, rejection: RejectionId) -> Result<FeedbackId> {
        let at = self.rehearsal.now();
        let command = FeedbackInput {
            status: Some(said.status),
            asked_at: (said.status == FeedbackStatus::Requested).then_some(at),
            received_at: (said.status == FeedbackStatus::Received).then_some(at),
            text: said.text.clone().map(Some),
            themes: said.themes.clone(),
            positives: said.positives.clone(),
        };
        Ok(self.services.history.add_feedback(self.app, user, rejection, &command, None).await?.value.1.id)
    }

    async fn plan(&self, user: &str, planned: &Planned, so_far: &SoFar) -> Result<()> {
        let command = NewActionItem {
            title: Some(planned.title.clone()),
            note: planned.note.clone(),
            group: planned.group,
            theme: planned.theme,
            rejection: so_far.rejections.last().copied(),
            feedback: so_far.feedback,
            due_at: planned.due_in_days.map(|days| self.now + SignedDuration::from_hours(24 * days)),
        };
        let item = self.services.history.create_action_item(self.app, user, &command, None).await?.value;
        if planned.status.is_some() {
            let patch = ActionItemPatch { status: planned.status, ..ActionItemPatch::default() };
            self.services.history.amend_action_item(self.app, user, item.id, &patch, None).await?;
        }
        Ok(())
    }
}
