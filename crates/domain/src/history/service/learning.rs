//! What can be learned from a history: insights, the development plan, and aggregates for the tenant.

use jiff::{SignedDuration, Timestamp};

use super::{AGGREGATE_SCOPES, Actor, DIARY_READ_SCOPES, History};
use crate::access::Caller;
use crate::error::{Error, ErrorKind, Result};
use crate::history::{
    ActionItem, Aggregates, DevelopmentPlan, Insights, Rejection, RejectionFilter, Sight, Window, aggregates,
};

/// How many rows are read at a time.
const PAGE: u32 = 500;

impl History {
    /// Counts over the rejections of a person within a window.
    pub async fn insights(&self, caller: Caller, user_id: &str, window: Window) -> Result<Insights> {
        let actor = Actor::new(caller, user_id, DIARY_READ_SCOPES)?;
        let since = self.now() - SignedDuration::from_hours(24 * i64::from(window.days));
        let mut insights = Insights::new(window);
        self.each_rejection(&actor, Some(since), |rejection| insights.add(rejection)).await?;
        self.note_read(&actor, "getInsights", None);
        Ok(insights.finish())
    }

    /// What a person set out to do, what feedback suggests, and what was praised.
    pub async fn development_plan(&self, caller: Caller, user_id: &str) -> Result<DevelopmentPlan> {
        let actor = Actor::new(caller, user_id, DIARY_READ_SCOPES)?;
        let mut items: Vec<ActionItem> = Vec::new();
        loop {
            let page = self.store.action_items(&actor.owner, items.last().map(|item| item.id), PAGE).await?;
            let is_last = page.len() < PAGE as usize;
            items.extend(page);
            if is_last {
                break;
            }
        }
        let mut plan = DevelopmentPlan::new(items);
        self.each_rejection(&actor, None, |rejection| plan.add(rejection)).await?;
        self.note_read(&actor, "getDevelopmentPlan", None);
        Ok(plan.finish())
    }

    /// Counts over all people of the tenant, of what the employer's side recorded; small groups are withheld.
    ///
    /// # Errors
    /// `PermissionDenied`.
    pub async fn aggregates(&self, caller: Caller, window: Window) -> Result<Aggregates> {
        if !caller.has_any(AGGREGATE_SCOPES) || caller.bound_to.is_some() {
            let detail = "This operation needs a key with the scope `rejections:read` or `admin`.";
            return Err(Error::new(ErrorKind::PermissionDenied, detail));
        }
        let since = self.now() - SignedDuration::from_hours(24 * i64::from(window.days));
        let tallies = self.store.tallies(caller.tenant, since).await?;
        self.governance.note_read(&caller, "getAggregates", None, None);
        Ok(aggregates(window, &tallies))
    }

    async fn each_rejection(
        &self,
        actor: &Actor,
        since: Option<Timestamp>,
        mut visit: impl FnMut(&Rejection),
    ) -> Result<()> {
        let filter = RejectionFilter { since, ..RejectionFilter::default() };
        let mut after = None;
        loop {
            let page = self.store.rejections(&actor.owner, Sight::Person, &filter, after, PAGE).await?;
            page.iter().for_each(&mut visit);
            after = page.last().map(|last| (last.record.occurred_at, last.id));
            if page.len() < PAGE as usize {
                return Ok(());
            }
        }
    }
}
