//! What a phrase of the vocabulary says about a draft.

use serde::Deserialize;

use super::code::{Code, Severity};
use crate::language;

/// What a phrase says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// It is what a check looks for.
    Finding { code: Code, weight: Weight },
    /// It looks dangerous and is not: a term of a trade, a title, a figure of speech.
    Harmless,
    /// What follows is not so.
    Negate,
    /// Looks like a negation and is none: "not only".
    NoNegation,
    /// What follows was said or felt by somebody, and is not a judgement of now.
    Reported,
    /// Something asked for, if the sentence asks at all.
    Ask(Ask),
    /// Something that a draft says.
    Fact(Fact),
}

/// How much a phrase says by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Weight {
    /// It can be meant well: where the writer is kind elsewhere, it says nothing.
    Hint,
    /// Better changed.
    Warning,
    /// Would do lasting harm.
    Critical,
}

impl Weight {
    pub(super) const fn severity(self) -> Severity {
        match self {
            Self::Hint | Self::Warning => Severity::Warning,
            Self::Critical => Severity::Critical,
        }
    }
}

/// What people ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ask {
    /// What to do better.
    Feedback,
    /// Another decision.
    Reconsider,
    /// A call or a meeting.
    Conversation,
    /// How things stand.
    Status,
    /// To be passed on to somebody else.
    Referral,
    /// Scores, notes, names, figures.
    Records,
    /// Money.
    Money,
}

/// What a draft can say that other checks build on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Fact {
    /// A word of thanks.
    Thanks,
    /// That something is said warmly.
    Warmth,
    /// That the news was taken well.
    Grace,
    /// Words that make a sentence a request.
    Request,
    /// That everybody is welcome, or helped: what the law protects is named for their sake.
    OpenToAll,
    /// What a request for feedback is about.
    Specific,
    /// Something that the person can do next.
    NextStep,
    /// An offer of feedback.
    FeedbackOffer,
    /// An invitation to apply again.
    FutureInvitation,
    /// What was missing, told to the person.
    FeedbackGiven,
    /// That the decision may still change.
    ReversalOffer,
    /// That the place is still to be had.
    StillOpen,
    /// Thanks for a conversation.
    ThanksForTalk,
}

impl Meaning {
    pub(super) const fn is_hint(self) -> bool {
        matches!(self, Self::Finding { weight: Weight::Hint, .. })
    }

    /// The layers of a text in which it takes its words: two phrases can have the same word in different layers.
    pub(super) const fn layers(self) -> u32 {
        match self {
            // Whoever jokes can still thank or ask.
            Self::Harmless => 63,
            Self::Finding { code, .. } => match code {
                Code::Profanity => 2,
                Code::Discrimination | Code::ProtectedCharacteristic => 4,
                Code::SaysRejected => 8,
                Code::Comparison | Code::Promise => 16,
                Code::Placeholder => 32,
                _ => 1,
            },
            Self::Negate | Self::NoNegation | Self::Reported => 1,
            Self::Ask(_) => 64,
            Self::Fact(fact) => match fact {
                Fact::Thanks => 128,
                Fact::Request => 256,
                Fact::Specific => 512,
                Fact::NextStep => 1024,
                Fact::FeedbackOffer => 2048,
                Fact::FutureInvitation => 4096,
                Fact::OpenToAll => 8192,
                Fact::Warmth => 16384,
                Fact::Grace => 32768,
                Fact::FeedbackGiven => 1 << 16,
                Fact::ReversalOffer => 1 << 17,
                Fact::StillOpen => 1 << 18,
                Fact::ThanksForTalk => 1 << 19,
            },
        }
    }
}

impl language::Meaning for Meaning {
    fn rank(self) -> u8 {
        match self {
            Self::Harmless => 0,
            Self::NoNegation => 1,
            Self::Finding { weight: Weight::Critical, .. } => 2,
            Self::Finding { .. } => 3,
            Self::Reported => 4,
            Self::Ask(_) | Self::Fact(_) => 5,
            Self::Negate => 6,
        }
    }
}
