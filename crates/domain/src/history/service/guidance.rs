//! Advice that knows the history: no tip twice within a window, nothing that is done already, and the next step.

use jiff::{SignedDuration, Timestamp};

use super::{Actor, History, READ_SCOPES};
use crate::access::Caller;
use crate::catalog::{Action, ActionType, Catalogs, ResolvedLocale, StepPhase, Tip};
use crate::context::Field;
use crate::error::Result;
use crate::guidance::{Guidance, GuidanceRequest, advise_except};
use crate::history::{Change, Journey, Purpose, Rejection, Shown, ShownTip, Sight};
use crate::id::RejectionId;

/// For how long a tip is not shown again to the same person.
const NO_REPEAT_DAYS: i64 = 14;

/// For how long the same rejection is answered with the same tips, so that reading again shows no other ones.
const STEADY_HOURS: i64 = 24;

/// Advice for a person, with where they stand.
#[derive(Debug)]
pub struct PersonalGuidance<'c> {
    /// What it was chosen for.
    pub request: GuidanceRequest,
    /// The steps.
    pub guidance: Guidance<'c>,
    /// Where the person stands; only for those who may read the diary.
    pub journey: Option<Journey>,
}

/// How advice for a rejection is wanted.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The language, of those that the catalog has.
    pub locale: ResolvedLocale,
    /// How many steps at most; clamped.
    pub limit: Option<i64>,
    /// Whether to say what was kept out, and why.
    pub explain: bool,
}

impl History {
    /// Advice for a rejection, from the catalogs of the caller's tenant. Who may read the diary gets advice that knows it, and the tips that are shown are
    /// remembered; everybody else gets advice from the record alone.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn guidance<'c>(
        &self,
        catalogs: &'c Catalogs,
        caller: Caller,
        user_id: &str,
        id: RejectionId,
        wish: Wish,
    ) -> Result<PersonalGuidance<'c>> {
        let actor = Actor::new(caller, user_id, READ_SCOPES)?;
        let rejection = self.load(&actor, id).await?;
        let settings = self.governance.settings(caller.tenant).await?;
        let now = self.now();
        let context = rejection.context(actor.sight(), now)?;
        let context = match settings.feedback_policy.as_deref() {
            Some(policy) if context.is_unknown(Field::FeedbackPolicy) => {
                context.fields().with(Field::FeedbackPolicy, policy).context().unwrap_or(context)
            }
            _ => context,
        };
        let request = GuidanceRequest::new(context, wish.locale, wish.limit, wish.explain);
        if actor.sight() == Sight::Employer {
            self.note_read(&actor, "getRejectionGuidance", Some(id.to_string()));
            let guidance = advise_except(catalogs.current(), &request, |_, _| None);
            return Ok(PersonalGuidance { request, guidance, journey: None });
        }
        let shown = self.store.shown(&actor.owner).await?;
        let done = |tip: &Tip, actions: &[&Action]| done_already(&rejection, tip, actions);
        let repeated = |tip: &Tip| shown.0.get(&*tip.id).filter(|seen| is_repeated(seen, id, now));
        let mut guidance = advise_except(catalogs.current(), &request, |tip, actions| {
            done(tip, actions).or_else(|| repeated(tip).map(|seen| format!("shown_at={}", seen.at)))
        });
        if guidance.steps.is_empty() {
            guidance = advise_except(catalogs.current(), &request, done);
        }
        if guidance.steps.is_empty() {
            guidance = advise_except(catalogs.current(), &request, |_, _| None);
        }
        self.remember(&actor, id, &shown, &guidance).await?;
        Ok(PersonalGuidance { request, guidance, journey: Some(rejection.journey(now)) })
    }

    /// Remembers the tips that are shown for the first time in a window.
    async fn remember(&self, actor: &Actor, id: RejectionId, shown: &Shown, guidance: &Guidance<'_>) -> Result<()> {
        let now = self.now();
        let mut after = shown.clone();
        after.0.retain(|_, seen| now.duration_since(seen.at) < SignedDuration::from_hours(24 * NO_REPEAT_DAYS));
        for step in &guidance.steps {
            after.0.entry(step.tip.id.to_string()).or_insert(ShownTip { at: now, rejection: id });
        }
        if after == *shown {
            self.note_read(actor, "getRejectionGuidance", Some(id.to_string()));
            return Ok(());
        }
        let audit = self.audit(actor, "getRejectionGuidance", Some(id.to_string()));
        let change = Change { shown: Some((id, after)), ..Change::of(audit) };
        // Nothing is remembered for a rejection that went meanwhile.
        self.store.commit(&actor.owner, change).await.map(drop)
    }
}

/// Whether a tip was shown too recently: within the window, and not just now for the same rejection.
fn is_repeated(seen: &ShownTip, rejection: RejectionId, now: Timestamp) -> bool {
    let age = now.duration_since(seen.at);
    let is_steady = seen.rejection == rejection && age < SignedDuration::from_hours(STEADY_HOURS);
    !is_steady && age < SignedDuration::from_hours(24 * NO_REPEAT_DAYS)
}

/// Why a tip has nothing left to do: everything that it offers was done. Tips about getting through the first pain
/// stay: they are not done with once.
fn done_already(rejection: &Rejection, tip: &Tip, actions: &[&Action]) -> Option<String> {
    if tip.rule.phase == StepPhase::Recover {
        return None;
    }
    let mut done = Vec::new();
    for action in actions {
        done.push(match action.action_type {
            ActionType::Reply => {
                let purposes = purposes(&action.id);
                let sent = |purpose: &&Purpose| rejection.diary.contacts.iter().any(|sent| sent.purpose == **purpose);
                if purposes.is_empty() || !purposes.iter().all(|purpose| sent(&purpose)) {
                    return None;
                }
                purposes.iter().map(|purpose| purpose.name()).collect::<Vec<_>>().join("|")
            }
            ActionType::Prompt => {
                let mut answers = rejection.diary.reflections.iter().flat_map(|reflection| &reflection.answers);
                if !answers.any(|answer| answer.prompt == *action.id) {
                    return None;
                }
                action.id.to_string()
            }
            ActionType::Scenario | ActionType::Challenge => return None,
        });
    }
    done.sort_unstable();
    done.dedup();
    (!done.is_empty()).then(|| format!("done={}", done.join("|")))
}

/// What sending a reply does.
fn purposes(reply: &str) -> &'static [Purpose] {
    match reply {
        "thank-you" => &[Purpose::ThankYou],
        "feedback-request" => &[Purpose::FeedbackRequest],
        "thank-you-and-feedback" => &[Purpose::FeedbackRequest, Purpose::ThankYou],
        "keep-the-door-open" => &[Purpose::KeepInTouch],
        "offer-to-help" => &[Purpose::Referral],
        "ask-to-reconsider" => &[Purpose::Reconsideration],
        _ => &[],
    }
}
