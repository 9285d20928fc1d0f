//! Finds what is wrong with requests and offers: vague ones, too many, and those that the situation rules out.

use std::collections::BTreeSet;
use std::ops::Range;

use super::code::{Code, Profile, Severity};
use super::meaning::{Ask, Fact, Meaning};
use super::sentence::{Draft, Sentence};
use super::{Found, Situation};
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
    let place = |request: &Request| draft.place(draft.sentences[request.sentence].words.clone());
    let ruled_out = |request: &&Request| is_ruled_out(request, situation);
    for request in requests.iter().filter(ruled_out) {
        add(Code::AgainstPolicy, place(request));
    }
    let mut feedback = requests.iter().filter(|request| request.asks.contains(&Ask::Feedback));
    if !feedback.clone().any(|request| is_specific(draft, request.sentence))
        && let Some(first) = feedback.next().filter(|request| !ruled_out(request))
    {
        add(Code::VagueRequest, place(first));
    }
    let mut things = 0;
    for request in &requests {
        things += request.things;
        if things >= TOO_MANY {
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

/// What an employer offers or gives that its policy does not allow (rule C12).
fn of_employer(draft: &Draft<'_>, situation: Situation<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut add = |place| found.push(Found { code: Code::AgainstPolicy, severity: Severity::Warning, place });
    let offered = |fact| {
        let marks = draft.sentences.iter().flat_map(|sentence| sentence.marks.iter().map(move |mark| (sentence, mark)));
        marks
            .filter(move |(sentence, mark)| mark.meaning == Meaning::Fact(fact) && !is_denied(sentence, mark.start()))
            .map(|(_, mark)| draft.place(mark.start()..mark.end()))
    };
    if situation.is(Field::FeedbackPolicy, &["refuses"]) {
        offered(Fact::FeedbackOffer).for_each(&mut add);
        given(draft.text).for_each(&mut add);
    }
    if situation.is(Field::EmployerOpenToFuture, &["false"]) {
        offered(Fact::FutureInvitation).for_each(&mut add);
    }
    found
}

/// Where a text tells the person what was missing.
fn given(text: &str) -> impl Iterator<Item = Range<usize>> {
    let proposals = feedback::propose(text).into_iter();
    proposals
        .filter(|proposal| !proposal.positive && proposal.theme != feedback::Theme::Competition)
        .filter_map(|proposal| Some(proposal.evidence.first()?.start..proposal.evidence.last()?.end))
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
        let asked = sentence.marks.iter().filter_map(|mark| match mark.meaning {
            Meaning::Ask(ask) if !is_denied(sentence, mark.start()) => Some(ask),
            _ => None,
        });
        let asks: BTreeSet<Ask> = asked.collect();
        if !asks.is_empty() {
            let things = things(draft, sentence, asks.len());
            requests.push(Request { asks, things, sentence: number });
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

fn is_denied(sentence: &Sentence, word: usize) -> bool {
    sentence
        .marks
        .iter()
        .any(|mark| mark.meaning == Meaning::Negate && mark.end() <= word && word - mark.end() < NEGATION_REACH)
}

/// Whether a request names what it is about, there or in the sentences beside it.
fn is_specific(draft: &Draft<'_>, sentence: usize) -> bool {
    let around = sentence.saturating_sub(1)..(sentence + 2).min(draft.sentences.len());
    draft.sentences[around]
        .iter()
        .any(|sentence| sentence.marks.iter().any(|mark| mark.meaning == Meaning::Fact(Fact::Specific)))
}
