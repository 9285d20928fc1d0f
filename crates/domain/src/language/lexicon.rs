//! The phrases of a vocabulary by the words that they begin with, and how they are found in a sentence.

use std::collections::HashMap;
use std::sync::Arc;

use super::Meaning;
use super::index::Index;
use super::mark::Mark;
use super::phrase::{Barriers, Form, FormsOf, Phrase, Step, parse};
use super::words::{Forms, Word};

/// Endings that are spelt in two ways, for every vocabulary of English.
const SPELLING: &str = include_str!("../../vocabulary/en/spelling.toml");

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Spelling {
    spelling: Vec<(String, String)>,
}

/// Phrases with their meanings.
pub(crate) struct Lexicon<M> {
    forms: Option<Forms>,
    /// Numbers of words that stand for themselves.
    exact: HashMap<Box<str>, Form>,
    /// Numbers of stems.
    stems: HashMap<Box<str>, Form>,
    phrases: Vec<Phrase<M>>,
    /// Phrases by what they begin with.
    by_first: Index,
    /// Phrases by their rarest word: without it there is nothing to look for.
    by_rarest: Index,
    /// The numbers of the words of each set, until no phrase is added any more.
    sets: HashMap<String, Vec<Form>>,
    /// The words of steps, each kind once, with how many steps have them; for as long.
    shared: HashMap<Arc<[Form]>, u32>,
    barriers: Barriers,
}

/// One without a phrase.
impl<M> Default for Lexicon<M> {
    fn default() -> Self {
        Self {
            forms: None,
            exact: HashMap::new(),
            stems: HashMap::new(),
            phrases: Vec::new(),
            by_first: Index::default(),
            by_rarest: Index::default(),
            sets: HashMap::new(),
            shared: HashMap::new(),
            barriers: Barriers::default(),
        }
    }
}

impl<M: Meaning> Lexicon<M> {
    /// A lexicon of English without a phrase. The `whole` words have no stem.
    pub(crate) fn english(whole: Vec<String>) -> Result<Self, String> {
        let Spelling { spelling } = toml::from_str(SPELLING).map_err(|error| error.to_string())?;
        Ok(Self { forms: Some(Forms::new(spelling, whole)), ..Self::default() })
    }

    /// Gives words a name, under which phrases that are added later may speak of any of them: `{name}`. A word may be
    /// a name given before.
    pub(crate) fn name_set(&mut self, name: &str, words: &[String]) -> Result<(), String> {
        let numbers = self.numbers_of(words)?;
        self.sets.insert(name.to_owned(), numbers);
        Ok(())
    }

    /// Words that end every gap, and those that end a gap that is of one.
    pub(crate) fn set_barriers(&mut self, every: &[String], of_one: &[String]) -> Result<(), String> {
        self.barriers = Barriers { every: self.numbers_of(every)?, of_one: self.numbers_of(of_one)? };
        Ok(())
    }

    /// Adds phrases of one meaning.
    pub(crate) fn add(&mut self, meaning: M, phrases: &[String]) -> Result<(), String> {
        for phrase in phrases {
            for reading in parse(phrase).map_err(|why| format!("{phrase}: {why}"))? {
                let mut steps = Vec::with_capacity(reading.len());
                for step in reading {
                    steps.push(self.numbered(step).map_err(|why| format!("{phrase}: {why}"))?);
                }
                self.phrases.push(Phrase { meaning, steps: steps.into() });
            }
        }
        Ok(())
    }

    fn numbered(&mut self, step: Step<&str>) -> Result<Step<Form>, String> {
        Ok(match step {
            Step::Word(words) => {
                let numbers: Arc<[Form]> = self.numbers_of(&words)?.into();
                let known = self.shared.get_key_value(&numbers).map(|(known, _)| Arc::clone(known));
                let numbers = known.unwrap_or(numbers);
                *self.shared.entry(Arc::clone(&numbers)).or_default() += 1;
                Step::Word(numbers)
            }
            Step::Gap(gap) => Step::Gap(gap),
            Step::Start => Step::Start,
            Step::End => Step::End,
        })
    }

    /// The numbers of words; a word of the file may be a set, `{name}`.
    fn numbers_of<W: AsRef<str>>(&mut self, words: &[W]) -> Result<Vec<Form>, String> {
        let mut numbers = Vec::with_capacity(words.len());
        for word in words.iter().map(AsRef::as_ref) {
            match word.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) => numbers.extend(self.sets.get(name).ok_or_else(|| format!("there is no set `{name}`"))?),
                None => numbers.push(self.number(word)),
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers)
    }

    /// The number of what a word of the file is known by: its stem, or itself after `=`.
    fn number(&mut self, word: &str) -> Form {
        let Some(forms) = &self.forms else { return Form::MAX };
        let next = Form::try_from(self.exact.len() + self.stems.len()).unwrap_or(Form::MAX);
        let (word, is_exact) = word.strip_prefix('=').map_or((word, false), |word| (word, true));
        let spelled = forms.spelled(word);
        let stem = if is_exact { None } else { forms.stem(&spelled) };
        match stem {
            Some(stem) => *self.stems.entry(stem.into()).or_insert(next),
            None => *self.exact.entry(spelled.into()).or_insert(next),
        }
    }

    /// The forms by which the phrases may know a word of a text.
    pub(crate) fn forms(&self, word: &Word<'_>) -> FormsOf {
        let Some(forms) = &self.forms else { return [None; 2] };
        if word.text.is_empty() {
            return [None; 2];
        }
        let spelled = forms.spelled(&word.text);
        [self.exact.get(&*spelled).copied(), forms.stem(&spelled).and_then(|stem| self.stems.get(&*stem).copied())]
    }

    /// Ends the adding of phrases: notes the first word of each, and the rarest, which is the one that the fewest
    /// phrases share.
    pub(crate) fn finish(&mut self) {
        let mut uses: HashMap<Form, u32> = HashMap::new();
        for (forms, times) in &self.shared {
            forms.iter().for_each(|form| *uses.entry(*form).or_default() += times);
        }
        let frequency =
            |forms: &&[Form]| forms.iter().map(|form| uses.get(form).copied().unwrap_or_default()).sum::<u32>();
        let (mut first, mut rarest) = (Vec::new(), Vec::new());
        for (number, phrase) in (0..).zip(&self.phrases) {
            let numbered = |forms: &[Form]| forms.iter().map(|form| (*form, number)).collect::<Vec<_>>();
            first.extend(phrase.words().next().map(numbered).into_iter().flatten());
            rarest.extend(phrase.words().min_by_key(frequency).map(numbered).into_iter().flatten());
        }
        (self.by_first, self.by_rarest) = (Index::new(first), Index::new(rarest));
        self.phrases.shrink_to_fit();
        (self.sets, self.shared) = (HashMap::new(), HashMap::new());
    }

    /// Which phrases can stand in a sentence at all, as bits.
    fn possible(&self, forms: &[FormsOf]) -> Vec<u64> {
        let mut possible = vec![0_u64; self.phrases.len().div_ceil(64)];
        let present = forms.iter().flatten().flatten().flat_map(|form| self.by_rarest.of(*form));
        for number in present {
            if let Some(bits) = possible.get_mut(*number as usize / 64) {
                *bits |= 1 << (number % 64);
            }
        }
        possible
    }

    /// Every phrase that stands somewhere in a sentence, given the forms of its words.
    pub(crate) fn found(&self, forms: &[FormsOf]) -> Vec<Mark<M>> {
        let mut found = Vec::new();
        let possible = self.possible(forms);
        let is_possible =
            |number: &u32| possible.get(*number as usize / 64).is_some_and(|bits| (bits >> (number % 64)) & 1 == 1);
        for (start, first) in forms.iter().enumerate() {
            let starting = first.iter().flatten().flat_map(|form| self.by_first.of(*form));
            for number in starting.filter(|number| is_possible(number)) {
                let Some(phrase) = self.phrases.get(*number as usize) else { continue };
                if let Some(words) = phrase.matches(forms, start, &self.barriers) {
                    found.push(Mark { meaning: phrase.meaning, words });
                }
            }
        }
        // The sort is stable: of phrases that are alike in all of this, the one that the file names first wins.
        found.sort_by_key(|mark| {
            let span = mark.end() - mark.start();
            (std::cmp::Reverse(mark.words.len()), mark.meaning.rank(), span, mark.start())
        });
        found
    }

    /// The phrases of a sentence in the order of their first words. Where two want the same word, the longer one has
    /// it.
    pub(crate) fn marks(&self, forms: &[FormsOf]) -> Vec<Mark<M>> {
        let mut is_taken = vec![false; forms.len()];
        let mut found = self.found(forms);
        found.retain(|mark| {
            let is_free = mark.words.iter().all(|word| !is_taken[*word]);
            if is_free {
                mark.words.iter().for_each(|word| is_taken[*word] = true);
            }
            is_free
        });
        found.sort_by_key(Mark::start);
        found
    }

    /// The phrases with what they mean, as written, for tests that read the vocabulary.
    #[cfg(test)]
    pub(crate) fn phrases(&self) -> impl Iterator<Item = (String, M)> {
        let exact = self.exact.iter().map(|(word, number)| (*number, format!("={word}")));
        let names: HashMap<Form, String> =
            exact.chain(self.stems.iter().map(|(stem, number)| (*number, stem.to_string()))).collect();
        let name = move |form: &Form| names.get(form).cloned().unwrap_or_default();
        self.phrases.iter().map(move |phrase| {
            let step = |step: &Step<Form>| match step {
                Step::Word(forms) => forms.iter().map(&name).collect::<Vec<_>>().join("|"),
                other => format!("{other:?}"),
            };
            (phrase.steps.iter().map(step).collect::<Vec<_>>().join(" "), phrase.meaning)
        })
    }
}
