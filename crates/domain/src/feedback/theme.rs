//! What feedback can be about, and which part of a plan each theme belongs to.

use serde::{Deserialize, Serialize};

macro_rules! named {
    ($(#[$doc:meta])* $kind:ident { $($variant:ident $name:literal $about:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $kind {
            $(#[doc = $about] $variant,)+
        }

        impl $kind {
            /// All of them, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its name in JSON, proto and files.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The one with this name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

named! {
    /// A part of a personal development plan.
    PlanGroup {
        Cv "cv" "The CV.",
        Letter "letter" "The letter that goes with an application.",
        Interview "interview" "Interviews and whatever else is said face to face.",
        Skills "skills" "What a person can, knows and has done.",
        Other "other" "What hardly lies with the person alone.",
    }
}

named! {
    /// What a piece of feedback is about. Each is a subject, none is a judgement.
    Theme {
        Skills "skills" "What the person is able to do.",
        Experience "experience" "What the person has done so far, and for how long.",
        Qualifications "qualifications" "Degrees, grades, certificates and licences.",
        ToolsAndTechnology "tools_and_technology" "Software, machines and methods by name.",
        Communication "communication" "Speaking, writing, listening, keeping others informed.",
        Confidence "confidence" "Calm and self-belief, or nerves.",
        Preparation "preparation" "What was done before the conversation.",
        InterviewAnswers "interview_answers" "How questions were answered.",
        Examples "examples" "Concrete examples, evidence and results.",
        Presentation "presentation" "A talk, a pitch, its slides and its delivery.",
        Cv "cv" "The CV.",
        CoverLetter "cover_letter" "The cover letter or personal statement.",
        TeamFit "team_fit" "Whether the team and the person would suit each other.",
        Motivation "motivation" "Interest, energy, and the reasons to want this.",
        Leadership "leadership" "Leading, deciding, delegating.",
        Language "language" "A language and how well it is spoken.",
        DomainKnowledge "domain_knowledge" "Knowledge of the subject, the market or the rules.",
        Salary "salary" "Money: pay, price, budget.",
        Availability "availability" "When, where and for how many hours.",
        Competition "competition" "Others were many, or closer to what was sought.",
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
