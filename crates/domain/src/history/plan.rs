//! The development plan: what a person set out to do, what feedback suggests and nobody planned yet, and, beside it,
//! what was praised. Grouped as people work on it: CV, letter, interview, skills.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{ActionItem, FeedbackStatus, Rejection};
use crate::feedback::{PlanGroup, Theme};
use crate::id::{FeedbackId, RejectionId};

/// Where something was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mention {
    /// The rejection.
    pub rejection: RejectionId,
    /// The feedback.
    pub feedback: FeedbackId,
    /// When it came.
    pub received_at: Option<Timestamp>,
}

/// One group of the plan.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct PlanSection {
    /// What the person set out to do, in the order in which it was made.
    pub action_items: Vec<ActionItem>,
    /// Themes of feedback that no item works on yet, with where they were named.
    pub suggestions: BTreeMap<Theme, Vec<Mention>>,
}

/// The plan of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevelopmentPlan {
    /// Every group, in order.
    pub groups: BTreeMap<PlanGroup, PlanSection>,
    /// What was praised, with where.
    pub strengths: BTreeMap<Theme, Vec<Mention>>,
}

impl DevelopmentPlan {
    /// A plan with these items.
    #[must_use]
    pub fn new(items: Vec<ActionItem>) -> Self {
        let mut groups: BTreeMap<PlanGroup, PlanSection> =
            PlanGroup::ALL.iter().map(|group| (*group, PlanSection::default())).collect();
        for item in items {
            groups.entry(item.group).or_default().action_items.push(item);
        }
        Self { groups, strengths: BTreeMap::new() }
    }

    /// Adds what the feedback of a rejection says.
    pub fn add(&mut self, rejection: &Rejection) {
        for feedback in rejection.diary.feedback.iter().filter(|item| item.status == FeedbackStatus::Received) {
            let mention = Mention { rejection: rejection.id, feedback: feedback.id, received_at: feedback.received_at };
            for theme in &feedback.themes {
                let section = self.groups.entry(theme.group()).or_default();
                section.suggestions.entry(*theme).or_default().push(mention);
            }
            for theme in &feedback.positives {
                self.strengths.entry(*theme).or_default().push(mention);
            }
        }
    }

    /// The plan, without suggestions that an item works on already.
    #[must_use]
    pub fn finish(mut self) -> Self {
        let planned: Vec<Theme> =
            self.groups.values().flat_map(|section| &section.action_items).filter_map(|item| item.theme).collect();
        for section in self.groups.values_mut() {
            section.suggestions.retain(|theme, _| !planned.contains(theme));
        }
        self
    }
}
