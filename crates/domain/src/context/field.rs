//! The fields of a context and the values that each may have: the one table behind parsing, conditions,
//! explanations, both APIs and the command line.

use std::fmt;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One of the values.
    Choice(&'static [&'static str]),
    /// Any number of the values.
    List(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// An integer from 0 to [`MAX_COUNT`].
    Count,
}

/// The largest number that a [`Shape::Count`] field holds.
pub const MAX_COUNT: u32 = i32::MAX as u32;

/// The values of a flag as a condition writes them, in the order of their bits.
pub(crate) const FLAG_VALUES: &[&str] = &["false", "true"];

macro_rules! fields {
    ($($variant:ident $name:literal $shape:expr, $doc:literal;)+) => {
        /// A field of a [`Context`](super::Context).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Field {
            $(#[doc = $doc] $variant,)+
        }

        impl Field {
            /// Every field, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its name in JSON, proto and conditions.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What it holds.
            #[must_use]
            pub const fn shape(self) -> Shape {
                match self { $(Self::$variant => $shape,)+ }
            }

            /// What it means, in a sentence for the API documentation.
            #[must_use]
            pub const fn doc(self) -> &'static str {
                match self { $(Self::$variant => $doc,)+ }
            }

            /// The field with this name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

fields! {
    Kind "kind" Shape::Choice(&["job_application", "promotion", "idea", "project", "dismissal", "program_admission", "other"]),
        "What was turned down.";
    Outcome "outcome" Shape::Choice(&["declined", "no_response"]),
        "Whether there was a no, or no answer at all. Absent: `declined`.";
    Stage "stage" Shape::Choice(&["applied", "screening", "assessment", "interview", "final_interview", "offer"]),
        "How far it went. Never implies that anybody talked with the person.";
    RoundsCompleted "rounds_completed" Shape::Count,
        "How many rounds the person completed, at most `rounds_total`.";
    RoundsTotal "rounds_total" Shape::Count,
        "How many rounds there were to be.";
    Conversation "conversation" Shape::Choice(&["none", "held"]),
        "Whether anybody talked with the person.";
    ConversationWith "conversation_with" Shape::List(&["recruiter", "interviewer", "hiring_manager", "manager", "committee"]),
        "Who talked with the person. Implies that a conversation was held.";
    Notice "notice" Shape::Choice(&["form_email", "personal_email", "phone", "in_person", "video_call"]),
        "How the person was told.";
    Reasons "reasons" Shape::List(&[
        "not_given", "stronger_candidate", "skill_gap", "experience_gap", "qualification_gap", "communication",
        "confidence", "preparation", "interview_performance", "application_incomplete", "not_a_fit", "presentation",
        "attire", "position_filled", "position_closed", "compensation", "location", "work_authorization", "timing",
        "budget", "lacks_volunteering",
    ]),
        "The reason codes that the deciding side gave.";
    FeedbackPolicy "feedback_policy" Shape::Choice(&["gives", "refuses"]),
        "Whether the deciding side gives feedback.";
    Feedback "feedback" Shape::Choice(&["none", "requested", "received", "refused", "timed_out"]),
        "What has come of asking for feedback so far.";
    Causes "causes" Shape::List(&[
        "nerves", "preparation", "misunderstanding", "interview_performance", "stronger_candidate", "form_error",
        "missed_point", "experience_gap", "skill_gap", "confidence", "communication", "presentation", "no_idea",
    ]),
        "The person's own guess at the causes.";
    Opening "opening" Shape::Choice(&["open", "filled", "closed"]),
        "What became of the opening.";
    Decision "decision" Shape::Choice(&["final", "open_to_change"]),
        "Whether the decision may still change.";
    KnowsStrongCandidate "knows_strong_candidate" Shape::Flag,
        "Whether the person knows somebody who would do well in the role.";
    KnownObstacle "known_obstacle" Shape::Flag,
        "Whether a concrete obstacle, such as the place or the time, is known.";
    StillInterested "still_interested" Shape::Flag,
        "Whether the person is still interested in the organization.";
    NicheField "niche_field" Shape::Flag,
        "Whether the field is so small that people meet again.";
    WillReapply "will_reapply" Shape::Flag,
        "Whether the person plans to apply there again.";
    EmployerOpenToFuture "employer_open_to_future" Shape::Flag,
        "Whether the employer would welcome a future application.";
    Attachment "attachment" Shape::Choice(&["organization", "role", "concept", "none"]),
        "What the person had set their heart on.";
    OtherApplications "other_applications" Shape::Choice(&["none_left", "awaiting", "offer"]),
        "How the person's other applications stand.";
    Phase "phase" Shape::Choice(&["shock", "processing", "reflecting", "acting", "recovered"]),
        "Where the person is. The person decides it; time only suggests it.";
    DaysSince "days_since" Shape::Count,
        "Days since the news.";
    Audience "audience" Shape::Choice(&["candidate", "employer_branded", "internal_hr"]),
        "Who reads the advice: the person in private, a recipient of a text in the employer's name, or HR. Absent: `candidate`.";
}

impl Field {
    /// The values that a condition or input may name; empty for a count.
    #[must_use]
    pub const fn values(self) -> &'static [&'static str] {
        match self.shape() {
            Shape::Choice(values) | Shape::List(values) => values,
            Shape::Flag => FLAG_VALUES,
            Shape::Count => &[],
        }
    }

    /// The position of a value among [`Field::values`].
    #[must_use]
    pub fn value_index(self, value: &str) -> Option<usize> {
        self.values().iter().position(|candidate| *candidate == value)
    }

    /// What is allowed, as a sentence for somebody whose input was refused.
    #[must_use]
    pub fn allowed(self) -> String {
        match self.shape() {
            Shape::Choice(values) => format!("allowed: {}", values.join(", ")),
            Shape::List(values) => format!("allowed: a list of {}", values.join(", ")),
            Shape::Flag => "allowed: true, false".to_owned(),
            Shape::Count => format!("allowed: an integer from 0 to {MAX_COUNT}"),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
