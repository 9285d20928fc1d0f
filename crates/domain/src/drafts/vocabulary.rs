//! The words by which drafts are checked: read once from the vocabulary's files, which are compiled in.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::code::{Code, Profile};
use super::meaning::{Ask, Fact, Meaning, Weight};
use crate::language::Lexicon;

const SHARED: &str = include_str!("../../vocabulary/en/draft-check.toml");
const CANDIDATE: &str = include_str!("../../vocabulary/en/draft-check-candidate.toml");
const EMPLOYER: &str = include_str!("../../vocabulary/en/draft-check-employer.toml");

static OF_CANDIDATE: LazyLock<Vocabulary> = LazyLock::new(|| read(&[SHARED, CANDIDATE]).unwrap_or_default());
static OF_EMPLOYER: LazyLock<Vocabulary> = LazyLock::new(|| read(&[SHARED, EMPLOYER]).unwrap_or_default());

/// The vocabulary for a profile. Empty if its files are broken, which a test rules out.
pub(super) fn of(profile: Profile) -> &'static Vocabulary {
    match profile {
        Profile::CandidateReply => &OF_CANDIDATE,
        Profile::EmployerRejection => &OF_EMPLOYER,
    }
}

/// What is known of English for one profile.
#[derive(Default)]
pub(super) struct Vocabulary {
    pub(super) lexicon: Lexicon<Meaning>,
    /// Swear words with every ending, by which disguised ones are known.
    pub(super) swear_forms: Vec<Vec<char>>,
    /// Words that nobody abbreviates, in alphabetical order: in capitals they are shouted.
    pub(super) spoken_words: Vec<String>,
    /// What gaps of templates are named after.
    pub(super) placeholder_names: Vec<String>,
    /// What a thing of a list begins with, in alphabetical order.
    pub(super) list_starts: Vec<String>,
    /// What stands behind a gap of which a text speaks.
    pub(super) code_words: Vec<String>,
    /// Of what is nothing in particular, in alphabetical order: feedback on "my application".
    pub(super) vague_things: Vec<String>,
    /// A longer draft is too long.
    pub(super) max_words: usize,
}

/// One file. A later file adds to an earlier one.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct File {
    whole: Vec<String>,
    max_words: usize,
    swear_words: Vec<String>,
    swear_endings: Vec<String>,
    spoken_words: Vec<String>,
    placeholder_names: Vec<String>,
    code_words: Vec<String>,
    list_starts: Vec<String>,
    vague_things: Vec<String>,
    barriers: Barriers,
    sets: BTreeMap<String, Vec<String>>,
    cues: Cues,
    asks: BTreeMap<Ask, Vec<String>>,
    facts: BTreeMap<Fact, Vec<String>>,
    findings: BTreeMap<Code, BTreeMap<Weight, Vec<String>>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Barriers {
    every: Vec<String>,
    of_one: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Cues {
    harmless: Vec<String>,
    negate: Vec<String>,
    no_negation: Vec<String>,
    reported: Vec<String>,
}

fn read(sources: &[&str]) -> Result<Vocabulary, String> {
    let mut files = Vec::new();
    for source in sources {
        files.push(toml::from_str::<File>(source).map_err(|error| error.to_string())?);
    }
    let whole = files.iter().flat_map(|file| file.whole.iter().cloned()).collect();
    let mut vocabulary = Vocabulary { lexicon: Lexicon::english(whole)?, ..Vocabulary::default() };
    let mut sets: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in &files {
        for (name, words) in &file.sets {
            sets.entry(name.clone()).or_default().extend_from_slice(words);
        }
    }
    name_sets(&mut vocabulary.lexicon, sets)?;
    for file in files {
        vocabulary.take(file)?;
    }
    vocabulary.lexicon.finish();
    vocabulary.spoken_words.sort_unstable();
    vocabulary.list_starts.sort_unstable();
    vocabulary.vague_things.sort_unstable();
    Ok(vocabulary)
}

/// Names every set; a set may be made of others, wherever they stand.
fn name_sets(lexicon: &mut Lexicon<Meaning>, mut sets: BTreeMap<String, Vec<String>>) -> Result<(), String> {
    while !sets.is_empty() {
        let before = sets.len();
        let mut why = String::new();
        sets.retain(|name, words| lexicon.name_set(name, words).map_err(|error| why = error).is_err());
        if sets.len() == before {
            return Err(why);
        }
    }
    Ok(())
}

impl Vocabulary {
    fn take(&mut self, file: File) -> Result<(), String> {
        let lexicon = &mut self.lexicon;
        if !file.barriers.every.is_empty() {
            lexicon.set_barriers(&file.barriers.every, &file.barriers.of_one)?;
        }
        lexicon.add(Meaning::Harmless, &file.cues.harmless)?;
        lexicon.add(Meaning::Negate, &file.cues.negate)?;
        lexicon.add(Meaning::NoNegation, &file.cues.no_negation)?;
        lexicon.add(Meaning::Reported, &file.cues.reported)?;
        for (ask, phrases) in &file.asks {
            lexicon.add(Meaning::Ask(*ask), phrases)?;
        }
        for (fact, phrases) in &file.facts {
            lexicon.add(Meaning::Fact(*fact), phrases)?;
        }
        for (code, by_weight) in &file.findings {
            for (weight, phrases) in by_weight {
                lexicon.add(Meaning::Finding { code: *code, weight: *weight }, phrases)?;
            }
        }
        let endings = || file.swear_endings.iter().map(String::as_str).chain([""]);
        let whole = |word: &str, ending: &str| word.chars().chain(ending.chars()).collect();
        self.swear_forms
            .extend(file.swear_words.iter().flat_map(|word| endings().map(move |ending| whole(word, ending))));
        self.spoken_words.extend(file.spoken_words);
        self.placeholder_names.extend(file.placeholder_names);
        self.code_words.extend(file.code_words);
        self.list_starts.extend(file.list_starts);
        self.vague_things.extend(file.vague_things);
        self.max_words = self.max_words.max(file.max_words);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_sound() {
        for profile in [CANDIDATE, EMPLOYER] {
            let vocabulary = read(&[SHARED, profile]).unwrap();
            let phrases = vocabulary.lexicon.phrases().count();
            assert!(phrases > 500 && vocabulary.max_words > 0, "{phrases}");
        }
    }

    #[test]
    fn no_phrase_has_two_meanings_in_a_layer() {
        for profile in [CANDIDATE, EMPLOYER] {
            let mut seen: BTreeMap<(String, u32), Meaning> = BTreeMap::new();
            let mut twice = Vec::new();
            for (words, meaning) in read(&[SHARED, profile]).unwrap().lexicon.phrases() {
                if let Some(first) = seen.insert((words.clone(), meaning.layers()), meaning)
                    && first != meaning
                {
                    twice.push(format!("{words}: {first:?} and {meaning:?}"));
                }
            }
            assert!(twice.is_empty(), "{}", twice.join("\n"));
        }
    }
}
