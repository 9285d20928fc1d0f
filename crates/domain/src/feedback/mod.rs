//! Placeholder until the matcher arrives.
names! {
    /// A theme of feedback.
    Theme {
        /// Skills.
        Skills "skills",
        /// Communication.
        Communication "communication",
        /// The CV.
        Cv "cv",
    }
    /// Where an action belongs in the plan.
    PlanGroup {
        /// The CV.
        Cv "cv",
        /// The letter.
        Letter "letter",
        /// The interview.
        Interview "interview",
        /// Skills.
        Skills "skills",
        /// Anything else.
        Other "other",
    }
}

impl Theme {
    /// The group.
    #[must_use]
    pub const fn group(self) -> PlanGroup {
        match self {
            Self::Cv => PlanGroup::Cv,
            _ => PlanGroup::Skills,
        }
    }
}

/// A proposal.
pub struct Proposal {
    /// What.
    pub theme: Theme,
    /// How.
    pub positive: bool,
}

/// Proposes.
#[must_use]
pub fn propose(_: &str) -> Vec<Proposal> {
    Vec::new()
}
