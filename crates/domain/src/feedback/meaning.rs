//! What a phrase of the vocabulary of themes says.

use super::theme::Theme;
use crate::language;

/// What a phrase says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Names a theme without saying whether it is a strength.
    Topic(Theme),
    /// Names a theme and says whether it is a strength.
    Said {
        theme: Theme,
        positive: bool,
    },
    /// Makes the themes around it a strength (`true`) or something to work on.
    Polarity(bool),
    /// Something to work on, even in a sentence about requirements.
    LackOfYou,
    Negate,
    Contrast,
    Joint,
    Others,
    Benchmark,
    Person,
    SilentClause,
    SilentPart,
    Filler,
}

impl language::Meaning for Meaning {
    fn rank(self) -> u8 {
        match self {
            Self::Filler => 0,
            Self::Said { .. } => 1,
            Self::LackOfYou => 2,
            Self::Others | Self::Benchmark | Self::SilentClause | Self::SilentPart => 3,
            Self::Polarity(_) => 4,
            Self::Topic(_) => 5,
            Self::Negate | Self::Contrast | Self::Joint | Self::Person => 6,
        }
    }
}
