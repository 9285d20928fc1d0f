//! Reads a text sentence by sentence: gives each named theme the polarity that belongs to it and gathers the proposals.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::clause::{Named, Part, Polarity, parts};
use super::meaning::Meaning;
use super::{Proposal, Theme};
use crate::language::{Break, Lexicon, Word, words};

/// How many words may lie between a theme and its polarity.
const REACH: usize = 10;

/// The longest part, in words, that is an item of a list and takes the polarity of its neighbours.
const LIST_ITEM_WORDS: usize = 7;

/// How many parts away a polarity may stand.
const LIST_REACH: usize = 8;

/// What the text says: for a theme and a polarity, the words that say so.
type Found = BTreeMap<(Theme, std::cmp::Reverse<bool>), BTreeSet<usize>>;

/// The proposals for a text.
pub(super) fn read(text: &str, vocabulary: &Lexicon<Meaning>) -> Vec<Proposal> {
    let words = words(text);
    let mut found = Found::new();
    // What the line above a list said of all its items.
    let mut heading = None;
    let mut start = 0;
    while start < words.len() {
        let ends = |word: &Word<'_>| word.before >= Break::Sentence;
        let end = words[start + 1..].iter().position(ends).map_or(words.len(), |length| start + 1 + length);
        let sentence = &words[start..end];
        let forms: Vec<_> = sentence.iter().map(|word| vocabulary.forms(word)).collect();
        let parts = parts(sentence, vocabulary.marks(&forms));
        let is_item = sentence.first().is_some_and(|word| matches!(word.before, Break::Heading | Break::Item));
        let announced = heading.as_ref().filter(|_| is_item);
        read_sentence(&parts, start, announced, &mut found);
        let announces = |next: &Word<'_>| match next.before {
            Break::Heading => true,
            Break::Item => !is_item && sentence.len() <= LIST_ITEM_WORDS,
            _ => false,
        };
        if words.get(end).is_some_and(announces) {
            let last = parts.iter().rev().find_map(|part| part.polarities.last());
            heading = last.map(|last| shifted(last, start));
        } else if !is_item {
            heading = None;
        }
        start = end;
    }
    let proposals = found.into_iter().map(|((theme, positive), evidence)| Proposal {
        theme,
        positive: positive.0,
        evidence: joined(&evidence, &words),
    });
    proposals.collect()
}

/// The same with the numbers of its words in the text instead of in its sentence.
fn shifted(polarity: &Polarity, start: usize) -> Polarity {
    let evidence = polarity.evidence.iter().map(|word| word + start).collect();
    Polarity { evidence, ..polarity.clone() }
}

/// The places of words; words that follow each other are one place.
fn joined(numbers: &BTreeSet<usize>, words: &[Word<'_>]) -> Vec<Range<usize>> {
    let mut places: Vec<Range<usize>> = Vec::new();
    let mut last = None;
    for number in numbers {
        let Some(word) = words.get(*number) else { continue };
        match places.last_mut().filter(|place| last == number.checked_sub(1) || place.end >= word.place.start) {
            Some(place) => place.end = word.place.end,
            None => places.push(word.place.clone()),
        }
        last = Some(*number);
    }
    places
}

fn read_sentence(parts: &[Part], start: usize, heading: Option<&Polarity>, found: &mut Found) {
    let mut add = |theme: Theme, positive: bool, words: &mut dyn Iterator<Item = usize>| {
        found.entry((theme, std::cmp::Reverse(positive))).or_default().extend(words);
    };
    // The clause in which somebody else is spoken of, and where.
    let mut others: Option<(usize, usize)> = None;
    for (at, part) in parts.iter().enumerate() {
        if part.is_silent() {
            continue;
        }
        if let Some(mark) = &part.others {
            others = Some((part.clause, mark.start()));
            add(Theme::Competition, false, &mut mark.words.iter().map(|word| word + start));
        } else if others.is_some_and(|(clause, _)| clause != part.clause || part.names_person) {
            others = None;
        }
        let has_field = part.named.iter().any(|named| named.theme == Theme::Competition);
        for named in &part.named {
            let Some((mut positive, evidence)) = judged(named, at, parts, start, heading) else { continue };
            let is_theirs = others.is_some_and(|(_, from)| named.place.start >= from);
            // What others have more of is what the person has less of; what all of them have says nothing.
            if named.theme == Theme::Competition {
                positive = false;
            } else if is_theirs {
                if named.positive == Some(false) {
                    continue;
                }
                positive = false;
            } else if has_field && positive {
                continue;
            }
            if let Some(mark) = part.benchmark.as_ref().filter(|_| !positive) {
                add(Theme::Competition, false, &mut mark.words.iter().map(|word| word + start));
            }
            add(named.theme, positive, &mut evidence.into_iter().chain(named.evidence.iter().map(|word| word + start)));
        }
    }
}

/// Whether what is said of a theme is a strength, and the words that make it so; none if nothing is said of it.
fn judged(
    named: &Named,
    at: usize,
    parts: &[Part],
    start: usize,
    heading: Option<&Polarity>,
) -> Option<(bool, Vec<usize>)> {
    if let Some(positive) = named.positive {
        return Some((positive, Vec::new()));
    }
    let part = parts.get(at)?;
    let polarity = nearest(named, part).or_else(|| from_neighbours(named, at, parts));
    if let Some(polarity) = polarity {
        return Some((polarity.positive, shifted(polarity, start).evidence));
    }
    heading.map(|heading| (heading.positive, heading.evidence.clone()))
}

/// The polarity that stands closest to a theme in its part.
fn nearest<'a>(named: &Named, part: &'a Part) -> Option<&'a Polarity> {
    let split = part.polarities.partition_point(|polarity| polarity.place.start < named.place.start);
    let (before, after) = part.polarities.split_at(split);
    let distance = |polarity: &Polarity| {
        let gap_before = named.place.start.saturating_sub(polarity.place.end);
        gap_before + polarity.place.start.saturating_sub(named.place.end)
    };
    let candidates = [before.last(), after.first()].into_iter().flatten();
    candidates.filter(|polarity| distance(polarity) <= REACH).min_by_key(|polarity| distance(polarity))
}

/// The polarity of the list in which a theme is an item: "you lacked confidence and examples".
fn from_neighbours<'a>(named: &Named, at: usize, parts: &'a [Part]) -> Option<&'a Polarity> {
    let part = parts.get(at)?;
    if part.words.len() > LIST_ITEM_WORDS || !part.polarities.is_empty() {
        return None;
    }
    let in_clause = |other: &&Part| other.clause == part.clause && !other.is_silent();
    let earlier = parts[..at].iter().rev().take(LIST_REACH).take_while(in_clause);
    let later = parts[at + 1..].iter().take(LIST_REACH).take_while(in_clause);
    let before = earlier.filter(|other| !other.polarities.is_empty()).find_map(|other| {
        let polarity = other.polarities.last()?;
        // After "your CV was strong" a list is over; after "we liked your CV" it goes on.
        let is_open = other.named.last().is_none_or(|last| last.place.start > polarity.place.start);
        Some((polarity, is_open))
    });
    let after = later.filter(|other| !other.polarities.is_empty()).find_map(|other| {
        let polarity = other.polarities.first()?;
        let is_own = other.named.first().is_some_and(|first| first.place.start > polarity.place.start);
        (!is_own && named.positive.is_none()).then_some(polarity)
    });
    match before {
        Some((polarity, true)) => Some(polarity),
        closed => after.or(closed.map(|(polarity, _)| polarity)),
    }
}
