//! Finds what is wrong with requests and offers: vague ones, too many, and those that the situation rules out.

use std::collections::BTreeSet;
use std::ops::Range;

use super::code::{Code, Profile, Severity};
use super::meaning::{Ask, Fact, Meaning, Weight};
use super::sentence::{Draft, Sentence};
use super::{Found, Situation, span};
use crate::context::Field;
use crate::feedback;
use crate::language::{Break, Mark, Word};

/// From how many things asked for it is too many.
const TOO_MANY: usize = 3;

/// How far before a word that asks a negation reaches.
const NEGATION_REACH: usize = 6;

/// A sentence of a draft that asks for something.
struct Request {
    /// What, as far as the words say it.
    asks: BTreeSet<Ask>,
    /// How many things.
    things: usize,
    /// The number of its sentence.
    sentence: usize,
    /// How many items of a list follow it.
    items: usize,
}

/// The findings about requests and offers.
pub(super) fn find(draft: &Draft<'_>, profile: Profile, situation: Situation<'_>) -> Vec<Found> {
    match profile {
        Profile::CandidateReply => of_candidate(draft, situation),
        Profile::EmployerRejection => of_employer(draft, situation),
    }
}

fn of_candidate(draft: &Draft<'_>, situation: Situation<'_>) -> Vec<Found> {
    let requests = requests(draft);
    let mut found = Vec::new();
    let mut add = |code, place| found.push(Found { code, severity: Severity::Warning, place });
    let place = |request: &Request| {
        let last = &draft.sentences[request.sentence + request.items];
        draft.place(draft.sentences[request.sentence].words.start..last.words.end)
    };
    let ruled_out = |request: &&Request| is_ruled_out(request, situation);
    for request in requests.iter().filter(ruled_out) {
        add(Code::AgainstPolicy, place(request));
    }
    if situation.is(Field::Conversation, &["none"]) {
        said(draft, Fact::ThanksForTalk).for_each(|place| add(Code::AgainstPolicy, place));
    }
    // Who threatens or blames with a question asks for nothing.
    let is_meant = |request: &&Request| {
        let is_attack =
            |mark: &Mark<Meaning>| matches!(mark.meaning, Meaning::Finding { weight, .. } if weight > Weight::Hint);
        request.asks.contains(&Ask::Feedback) && !draft.sentences[request.sentence].marks.iter().any(is_attack)
    };
    let mut feedback = requests.iter().filter(is_meant);
    if !feedback.clone().any(|request| is_specific(draft, request.sentence))
        && let Some(first) = feedback.next().filter(|request| !ruled_out(request))
    {
        add(Code::VagueRequest, place(first));
    }
    // One thing can be asked for: what is too many begins with the second request, or is a list in the only one.
    if requests.iter().map(|request| request.things).sum::<usize>() >= TOO_MANY {
        let fine = requests.first().filter(|first| requests.len() > 1 && first.things < TOO_MANY);
        for request in requests.iter().skip(usize::from(fine.is_some())) {
            add(Code::TooManyAsks, place(request));
        }
    }
    found
}

/// Whether the situation rules out what is asked for: one request is enough (rule C4), and what is final stays (C6).
fn is_ruled_out(request: &Request, situation: Situation<'_>) -> bool {
    let no_feedback = situation.is(Field::FeedbackPolicy, &["refuses"])
        || situation.is(Field::Feedback, &["requested", "received", "refused", "timed_out"])
        || situation.is(Field::Conversation, &["none"]);
    let no_change = situation.is(Field::Decision, &["final"]) || situation.is(Field::Kind, &["dismissal"]);
    (no_feedback && request.asks.contains(&Ask::Feedback)) || (no_change && request.asks.contains(&Ask::Reconsider))
}

/// What an employer offers or gives that its policy does not allow (rule C12), or that the situation makes untrue.
fn of_employer(draft: &Draft<'_>, situation: Situation<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut add = |place| found.push(Found { code: Code::AgainstPolicy, severity: Severity::Warning, place });
    if situation.is(Field::FeedbackPolicy, &["refuses"]) {
        said(draft, Fact::FeedbackOffer).for_each(&mut add);
        said(draft, Fact::FeedbackGiven).for_each(&mut add);
        given(draft).for_each(&mut add);
    }
    if situation.is(Field::EmployerOpenToFuture, &["false"]) {
        said(draft, Fact::FutureInvitation).for_each(&mut add);
    }
    if situation.is(Field::Decision, &["final"]) {
        said(draft, Fact::ReversalOffer).for_each(&mut add);
    }
    if situation.is(Field::Opening, &["filled", "closed"]) {
        said(draft, Fact::StillOpen).for_each(&mut add);
    }
    found
}

/// The sentences that say something and do not deny it.
fn said<'d>(draft: &'d Draft<'_>, fact: Fact) -> impl Iterator<Item = Range<usize>> + 'd {
    let marks = draft.sentences.iter().flat_map(|sentence| sentence.marks.iter().map(move |mark| (sentence, mark)));
    marks
        .filter(move |(sentence, mark)| mark.meaning == Meaning::Fact(fact) && !is_denied(sentence, mark.start()))
        .map(|(sentence, mark)| span::place(draft, sentence, mark.start()..mark.end(), Code::AgainstPolicy))
}

/// The sentences that tell the person what was missing.
fn given(draft: &Draft<'_>) -> impl Iterator<Item = Range<usize>> {
    let proposals = feedback::propose(draft.text).into_iter();
    proposals
        .filter(|proposal| !proposal.positive && proposal.theme != feedback::Theme::Competition)
        .filter_map(|proposal| Some(proposal.evidence.first()?.start..proposal.evidence.last()?.end))
        .map(|place| {
            let sentences = draft.sentences.iter().map(|sentence| draft.place(sentence.words.clone()));
            sentences.into_iter().find(|sentence| sentence.contains(&place.start)).unwrap_or(place)
        })
}

fn requests(draft: &Draft<'_>) -> Vec<Request> {
    let mut requests = Vec::new();
    for (number, sentence) in draft.sentences.iter().enumerate() {
        let cue =
            |mark: &Mark<Meaning>| mark.meaning == Meaning::Fact(Fact::Request) && !is_denied(sentence, mark.start());
        let cues = sentence.marks.iter().filter(|mark| cue(mark)).count();
        if cues == 0 && !sentence.is_question {
            continue;
        }
        let items = items_behind(draft, number);
        let asking = draft.sentences.get(number..=number + items).unwrap_or_default();
        let asked = asking.iter().flat_map(|sentence| sentence.marks.iter().map(move |mark| (sentence, mark)));
        let asks: BTreeSet<Ask> = asked
            .filter_map(|(sentence, mark)| match mark.meaning {
                Meaning::Ask(ask) if !is_denied(sentence, mark.start()) => Some(ask),
                _ => None,
            })
            .collect();
        if !asks.is_empty() {
            let things = things(draft, sentence, asks.len()).max(items);
            requests.push(Request { asks, things, sentence: number, items });
        }
    }
    requests
}

/// How many things a request asks for: the kinds that it names, or the items of its list.
fn things(draft: &Draft<'_>, sentence: &Sentence, kinds: usize) -> usize {
    let words = draft.words.get(sentence.words.clone()).unwrap_or_default();
    let begins =
        |word: &Word<'_>| draft.vocabulary.list_starts.binary_search_by(|start| (**start).cmp(&word.text)).is_ok();
    // "Your notes, a list of courses, and the name": what follows a comma or an "and" begins a thing of its own.
    let items = words
        .windows(2)
        .filter(|pair| {
            let is_start = pair[1].before == Break::Part || pair[0].text == "and";
            is_start && begins(&pair[1])
        })
        .count()
        + 1;
    let is_list = items >= TOO_MANY && words.iter().any(|word| word.before == Break::Part);
    if is_list { items.max(kinds) } else { kinds }
}

/// How many items of a list follow a sentence: on lines of their own, or numbered.
fn items_behind(draft: &Draft<'_>, sentence: usize) -> usize {
    let is_number =
        |word: &Word<'_>| matches!(word.text.len(), 1 | 2) && word.text.bytes().all(|byte| byte.is_ascii_digit());
    let is_item = |pair: &&[Sentence]| {
        let last = pair[0].words.end.checked_sub(1).and_then(|last| draft.words.get(last));
        let first = draft.words.get(pair[1].words.start);
        first.is_some_and(|word| word.before >= Break::Heading) || last.is_some_and(is_number)
    };
    draft.sentences.get(sentence..).unwrap_or_default().windows(2).take_while(is_item).count()
}

fn is_denied(sentence: &Sentence, word: usize) -> bool {
    sentence
        .marks
        .iter()
        .any(|mark| mark.meaning == Meaning::Negate && mark.end() <= word && word - mark.end() < NEGATION_REACH)
}

/// Whether a request names what it is about, there or in the sentences beside it.
fn is_specific(draft: &Draft<'_>, sentence: usize) -> bool {
    let around = sentence.saturating_sub(1)..(sentence + 2).min(draft.sentences.len());
    names_own(draft, &draft.sentences[sentence])
        || draft.sentences[around]
            .iter()
            .any(|sentence| sentence.marks.iter().any(|mark| mark.meaning == Meaning::Fact(Fact::Specific)))
}

/// Whether a sentence names something of the writer: "my lab notes", and not just "my application".
fn names_own(draft: &Draft<'_>, sentence: &Sentence) -> bool {
    let vague = &draft.vocabulary.vague_things;
    let is_named = |pair: &[Word<'_>]| {
        &*pair[0].text == "my" && vague.binary_search_by(|thing| (**thing).cmp(&pair[1].text)).is_err()
    };
    draft.words.get(sentence.words.clone()).unwrap_or_default().windows(2).any(is_named)
}
