//! What feedback can be about, and which part of a plan each theme belongs to.

names! {
    /// A part of a personal development plan.
    PlanGroup {
        /// The CV.
        Cv "cv",
        /// The letter that goes with an application.
        Letter "letter",
        /// Interviews and whatever else is said face to face.
        Interview "interview",
        /// What a person can, knows and has done.
        Skills "skills",
        /// What hardly lies with the person alone.
        Other "other",
    }
    /// What a piece of feedback is about. Each is a subject, none is a judgement.
    Theme {
        /// What the person is able to do.
        Skills "skills",
        /// What the person has done so far, and for how long.
        Experience "experience",
        /// Degrees, grades, certificates and licences.
        Qualifications "qualifications",
        /// Software, machines and methods by name.
        ToolsAndTechnology "tools_and_technology",
        /// Speaking, writing, listening, keeping others informed.
        Communication "communication",
        /// Calm and self-belief, or nerves.
        Confidence "confidence",
        /// What was done before the conversation.
        Preparation "preparation",
        /// How questions were answered.
        InterviewAnswers "interview_answers",
        /// Concrete examples, evidence and results.
        Examples "examples",
        /// A talk, a pitch, its slides and its delivery.
        Presentation "presentation",
        /// The CV.
        Cv "cv",
        /// The cover letter or personal statement.
        CoverLetter "cover_letter",
        /// Whether the team and the person would suit each other.
        TeamFit "team_fit",
        /// Interest, energy, and the reasons to want this.
        Motivation "motivation",
        /// Leading, deciding, delegating.
        Leadership "leadership",
        /// A language and how well it is spoken.
        Language "language",
        /// Knowledge of the subject, the market or the rules.
        DomainKnowledge "domain_knowledge",
        /// Money: pay, price, budget.
        Salary "salary",
        /// When, where and for how many hours.
        Availability "availability",
        /// Others were many, or closer to what was sought.
        Competition "competition",
    }
}

impl Theme {
    /// The part of a plan in which it can be worked on.
    #[must_use]
    pub const fn group(self) -> PlanGroup {
        match self {
            Self::Cv => PlanGroup::Cv,
            Self::CoverLetter | Self::Motivation => PlanGroup::Letter,
            Self::Communication
            | Self::Confidence
            | Self::Preparation
            | Self::InterviewAnswers
            | Self::Examples
            | Self::Presentation => PlanGroup::Interview,
            Self::Skills
            | Self::Experience
            | Self::Qualifications
            | Self::ToolsAndTechnology
            | Self::Leadership
            | Self::Language
            | Self::DomainKnowledge => PlanGroup::Skills,
            Self::TeamFit | Self::Salary | Self::Availability | Self::Competition => PlanGroup::Other,
        }
    }
}
