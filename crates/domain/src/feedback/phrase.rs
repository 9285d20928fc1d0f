//! A phrase of the vocabulary: how it is written, and whether it stands at a place of a text.

use super::theme::Theme;

/// How many words a gap spans at most.
const MAX_GAP: usize = 3;

/// A form of a word, by number; the vocabulary gives the numbers.
pub(super) type Form = u32;

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

impl Meaning {
    /// Which of two phrases of as many words has them: the lower.
    pub(super) const fn rank(self) -> u8 {
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

/// A step through a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step<W> {
    /// Up to [`MAX_GAP`] words of any kind.
    Gap,
    /// One of these words.
    Word(Vec<W>),
}

/// Every way to read a phrase with words that may be missing, or why it is none.
pub(super) fn parse(phrase: &str) -> Result<Vec<Vec<Step<&str>>>, &'static str> {
    let mut readings = vec![Vec::new()];
    for part in phrase.split_whitespace() {
        let (step, is_optional) = match (part, part.strip_suffix('?')) {
            ("..", _) => (Step::Gap, false),
            (_, Some(part)) => (Step::Word(part.split('|').collect()), true),
            (part, None) => (Step::Word(part.split('|').collect()), false),
        };
        let without = if is_optional { readings.clone() } else { Vec::new() };
        for reading in &mut readings {
            reading.push(step.clone());
        }
        readings.extend(without);
    }
    let is_sound = |reading: &Vec<Step<&str>>| {
        let ends = [reading.first(), reading.last()];
        ends.iter().all(|end| matches!(end, Some(Step::Word(_))))
    };
    if readings.len() > 16 {
        Err("too many words that may be missing")
    } else if readings.iter().all(is_sound) {
        Ok(readings)
    } else {
        Err("a phrase starts and ends with a word")
    }
}

/// A reading of a phrase.
#[derive(Debug)]
pub(super) struct Phrase {
    pub(super) meaning: Meaning,
    pub(super) steps: Vec<Step<Form>>,
}

impl Phrase {
    /// The words, from the one at `start`, that make up the phrase; none if it does not stand there.
    ///
    /// A word has up to two forms: itself and its stem.
    pub(super) fn matches(&self, forms: &[[Option<Form>; 2]], start: usize) -> Option<Vec<usize>> {
        let mut found = Vec::with_capacity(self.steps.len());
        follow(&self.steps, forms, start, &mut found).then_some(found)
    }
}

fn follow(steps: &[Step<Form>], forms: &[[Option<Form>; 2]], at: usize, found: &mut Vec<usize>) -> bool {
    match steps {
        [] => true,
        [Step::Word(any), rest @ ..] => {
            let is_here = forms.get(at).is_some_and(|forms| forms.iter().flatten().any(|form| any.contains(form)));
            if !is_here {
                return false;
            }
            found.push(at);
            let is_whole = follow(rest, forms, at + 1, found);
            if !is_whole {
                found.pop();
            }
            is_whole
        }
        [Step::Gap, rest @ ..] => (0..=MAX_GAP).any(|words| follow(rest, forms, at + words, found)),
    }
}
