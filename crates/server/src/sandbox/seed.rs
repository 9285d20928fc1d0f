//! Plants the people of the sandbox, one step after the other, and what the tenant itself has said.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rebound_domain::Result;
use rebound_domain::access::Caller;
use rebound_domain::catalog::Catalogs;
use rebound_domain::environment::{Clock, Entropy};
use rebound_domain::governance::{Retention, TenantSettings};
use rebound_domain::id::TenantId;
use rebound_domain::limits::InstanceLimits;
use rebound_storage::Storage;

use super::SandboxError;
use super::deeds::SoFar;
use super::keys::Role;
use super::people::{People, Person, Step};
use super::rehearsal::Rehearsal;
use crate::app::Environment;
use crate::services::Services;

/// For how many days the sandbox keeps its audit log.
const AUDIT_DAYS: u32 = 1_095;

/// Plants people.
pub(super) struct Seed {
    pub(super) services: Services,
    pub(super) rehearsal: Arc<Rehearsal>,
    /// When the sandbox is made.
    pub(super) now: Timestamp,
    pub(super) employer: Caller,
    pub(super) app: Caller,
    pub(super) admin: Caller,
}

impl Seed {
    pub(super) fn new(
        storage: &Storage,
        catalogs: &Arc<Catalogs>,
        environment: &Environment,
        tenant: TenantId,
    ) -> Result<Self, SandboxError> {
        let now = environment.clock.now();
        let rehearsal = Arc::new(Rehearsal::new(now, Arc::clone(&environment.entropy)));
        let led = Environment {
            clock: Arc::clone(&rehearsal) as Arc<dyn Clock>,
            entropy: Arc::clone(&rehearsal) as Arc<dyn Entropy>,
            telemetry: None,
        };
        Ok(Self {
            services: Services::new(storage, Arc::clone(catalogs), InstanceLimits::default(), 0, &led)?,
            rehearsal,
            now,
            employer: Role::Employer.caller(tenant)?,
            app: Role::App.caller(tenant)?,
            admin: Role::Admin.caller(tenant)?,
        })
    }

    /// Plants everybody; where a start was cut short, after what it left is taken away.
    pub(super) async fn plant(&self, people: &People, is_fresh: bool) -> Result<(), SandboxError> {
        for person in &people.people {
            if !is_fresh {
                self.services.history.erase(self.admin, &person.id).await?;
            }
            self.person(person).await?;
        }
        self.rehearsal.stand_at(self.now);
        Ok(self.house().await?)
    }

    /// What the tenant itself has said: settings, and words of its own that are not published yet.
    async fn house(&self) -> Result<()> {
        let retention = Retention { audit_days: Some(AUDIT_DAYS), ..Retention::default() };
        let settings = TenantSettings { retention, ..TenantSettings::default() };
        self.services.administration.put_settings(&self.admin, settings, None).await?;
        let words = serde_json::json!({ "text": { "title": "Say thank you to the team" } });
        let words = words.as_object().cloned().unwrap_or_default();
        self.services.overlays.put(&self.admin, "en", "tip.thank-the-person", words, None).await?;
        Ok(())
    }

    async fn person(&self, person: &Person) -> Result<(), SandboxError> {
        let mut so_far = SoFar::default();
        for (index, step) in person.steps.iter().enumerate() {
            self.set_clock(step, index)?;
            let taken = self.take(&person.id, &step.deed, &mut so_far).await;
            taken.map_err(|source| {
                let (person, step) = (person.id.clone(), index + 1);
                SandboxError::Step { person, step, source: Box::new(source) }
            })?;
        }
        Ok(())
    }

    /// Within a day a minute passes between steps, so that their order is kept.
    fn set_clock(&self, step: &Step, index: usize) -> Result<(), SandboxError> {
        match (&step.id, step.days_ago) {
            (Some(id), _) => self.rehearsal.lead_to(id)?,
            (None, Some(days)) => {
                let minutes = 60 - i64::try_from(index).unwrap_or_default();
                self.rehearsal.stand_at(self.now - SignedDuration::from_mins(days * 24 * 60 + minutes));
            }
            (None, None) => {}
        }
        Ok(())
    }
}
