//! Cuts a sentence into parts, the pieces between commas, "and" and "but", and says of each what it can mean.

use std::ops::Range;

use super::meaning::Meaning;
use crate::language::{self, Break, Word};

/// A phrase of the vocabulary in a sentence.
type Mark = language::Mark<Meaning>;

/// How far a negation reaches, in words.
const NEGATION_REACH: usize = 10;

/// How far something missing reaches over praise: "we would have liked strong examples" praises none.
const LACK_REACH: usize = 6;

/// Something that makes the themes around it a strength or not.
#[derive(Debug, Clone)]
pub(super) struct Polarity {
    pub(super) positive: bool,
    /// Where its own words are, negations aside.
    pub(super) place: Range<usize>,
    /// The words that make it so.
    pub(super) evidence: Vec<usize>,
}

/// A theme named in a part.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) theme: super::Theme,
    pub(super) place: Range<usize>,
    pub(super) evidence: Vec<usize>,
    /// What the phrase says by itself.
    pub(super) positive: Option<bool>,
}

/// Whether a part says nothing about the person: thanks, wishes, what a role requires.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Silence {
    #[default]
    None,
    Part,
    /// And neither does what follows in its clause.
    Clause,
}

/// A part of a sentence.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// The number of its clause: what "but" or a semicolon ends.
    pub(super) clause: usize,
    pub(super) words: Range<usize>,
    pub(super) polarities: Vec<Polarity>,
    pub(super) named: Vec<Named>,
    silence: Silence,
    /// Says to the person what the person does not have.
    is_plain: bool,
    pub(super) names_person: bool,
    /// Somebody else for whom the decision was.
    pub(super) others: Option<Mark>,
    /// Others against whom the person is measured.
    pub(super) benchmark: Option<Mark>,
}

impl Part {
    /// Whether it says nothing about the person.
    pub(super) fn is_silent(&self) -> bool {
        self.silence != Silence::None
    }
}

/// The parts of a sentence, whose words and marks are given.
pub(super) fn parts(words: &[Word<'_>], marks: Vec<Mark>) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut marks = marks.into_iter().peekable();
    let mut clause = 0;
    let (mut start, mut own) = (0, Vec::new());
    for (at, word) in words.iter().enumerate() {
        let mark = marks.next_if(|mark| mark.start() == at);
        let meaning = mark.as_ref().map(|mark| mark.meaning);
        let ends_clause = word.before >= Break::Clause || meaning == Some(Meaning::Contrast);
        if at > start && (ends_clause || word.before == Break::Part || meaning == Some(Meaning::Joint)) {
            parts.push(part(clause, start..at, std::mem::take(&mut own)));
            start = at;
        }
        if ends_clause && at > 0 {
            clause += 1;
        }
        own.extend(mark);
    }
    if start < words.len() {
        parts.push(part(clause, start..words.len(), own));
    }
    silence(&mut parts);
    parts
}

/// Silences what follows words that say nothing about the person, up to the end of their clause; "we need a degree,
/// which you do not have" does say something.
fn silence(parts: &mut [Part]) {
    if parts.iter().any(|part| part.is_plain) {
        return;
    }
    let mut silenced = None;
    for part in parts {
        if part.silence == Silence::Clause {
            silenced = Some(part.clause);
        } else if silenced == Some(part.clause) {
            part.silence = Silence::Part;
        }
    }
}

fn part(clause: usize, words: Range<usize>, marks: Vec<Mark>) -> Part {
    let mut part = Part { clause, words, ..Part::default() };
    let mut negations: Vec<(usize, Vec<usize>)> = Vec::new();
    for mark in marks {
        let place = mark.start()..mark.end();
        negations.retain(|(at, _)| place.start.saturating_sub(*at) <= NEGATION_REACH);
        match mark.meaning {
            Meaning::Negate => negations.push((place.start, mark.words)),
            Meaning::Polarity(positive) => {
                let polarity = turned(&part, positive, place, mark.words, &mut negations);
                part.polarities.push(polarity);
            }
            Meaning::LackOfYou => {
                part.is_plain = true;
                part.polarities.push(Polarity { positive: false, place, evidence: mark.words });
            }
            Meaning::Topic(theme) => {
                part.named.push(Named { theme, place, evidence: mark.words, positive: None });
            }
            Meaning::Said { theme, positive } => {
                let Polarity { positive, place, evidence } = turned(&part, positive, place, mark.words, &mut negations);
                part.named.push(Named { theme, place, evidence, positive: Some(positive) });
            }
            Meaning::Others => part.others = Some(mark),
            Meaning::Benchmark => part.benchmark = Some(mark),
            Meaning::Person => part.names_person = true,
            Meaning::SilentClause => part.silence = Silence::Clause,
            Meaning::SilentPart if part.silence == Silence::None => part.silence = Silence::Part,
            Meaning::SilentPart | Meaning::Contrast | Meaning::Joint | Meaning::Filler => {}
        }
    }
    part
}

/// What is left of a polarity after the negations and whatever is missing before it.
fn turned(
    part: &Part,
    positive: bool,
    place: Range<usize>,
    mut evidence: Vec<usize>,
    negations: &mut Vec<(usize, Vec<usize>)>,
) -> Polarity {
    let mut turned = positive;
    for (_, words) in negations.drain(..) {
        turned = !turned;
        evidence.extend(words);
    }
    let missing = part
        .polarities
        .last()
        .filter(|last| !last.positive && place.start.saturating_sub(last.place.end) <= LACK_REACH);
    if let Some(missing) = missing.filter(|_| turned) {
        turned = false;
        evidence.extend_from_slice(&missing.evidence);
    }
    Polarity { positive: turned, place, evidence }
}
