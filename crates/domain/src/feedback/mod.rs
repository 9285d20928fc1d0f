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
