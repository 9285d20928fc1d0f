//! The words by which themes are found: read once from the vocabulary's file, which is compiled in.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use super::phrase::{Form, Meaning, Phrase, Step, parse};
use super::theme::Theme;
use super::words::{Forms, Word};

const SOURCE: &str = include_str!("../../vocabulary/en/feedback-themes.toml");

/// The vocabulary of English. Empty if its file is broken, which a test rules out.
pub(super) static ENGLISH: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary::read(SOURCE).unwrap_or_default());

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    spelling: Vec<(String, String)>,
    whole: Vec<String>,
    cues: Cues,
    themes: BTreeMap<Theme, Cue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cues {
    praise: Vec<String>,
    lack: Vec<String>,
    lack_of_you: Vec<String>,
    negate: Vec<String>,
    contrast: Vec<String>,
    joint: Vec<String>,
    others: Vec<String>,
    benchmark: Vec<String>,
    person: Vec<String>,
    silent_clause: Vec<String>,
    silent_part: Vec<String>,
    filler: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cue {
    topics: Vec<String>,
    #[serde(default)]
    praise: Vec<String>,
    #[serde(default)]
    lack: Vec<String>,
}

/// Phrases by the form of their first word.
#[derive(Default)]
pub(super) struct Vocabulary {
    forms: Option<Forms>,
    numbers: HashMap<String, Form>,
    phrases: Vec<Phrase>,
    by_first: HashMap<Form, Vec<usize>>,
}

impl Vocabulary {
    fn read(source: &str) -> Result<Self, String> {
        let file: File = toml::from_str(source).map_err(|error| error.to_string())?;
        if let Some(theme) = Theme::ALL.iter().find(|theme| !file.themes.contains_key(theme)) {
            return Err(format!("{}: no phrases", theme.name()));
        }
        let mut vocabulary = Self { forms: Some(Forms::new(file.spelling, file.whole)), ..Self::default() };
        let cues = file.cues;
        for (meaning, phrases) in [
            (Meaning::Polarity(true), &cues.praise),
            (Meaning::Polarity(false), &cues.lack),
            (Meaning::LackOfYou, &cues.lack_of_you),
            (Meaning::Negate, &cues.negate),
            (Meaning::Contrast, &cues.contrast),
            (Meaning::Joint, &cues.joint),
            (Meaning::Others, &cues.others),
            (Meaning::Benchmark, &cues.benchmark),
            (Meaning::Person, &cues.person),
            (Meaning::SilentClause, &cues.silent_clause),
            (Meaning::SilentPart, &cues.silent_part),
            (Meaning::Filler, &cues.filler),
        ] {
            vocabulary.add(meaning, phrases)?;
        }
        for (theme, cue) in file.themes {
            vocabulary.add(Meaning::Topic(theme), &cue.topics)?;
            vocabulary.add(Meaning::Said { theme, positive: true }, &cue.praise)?;
            vocabulary.add(Meaning::Said { theme, positive: false }, &cue.lack)?;
        }
        Ok(vocabulary)
    }

    fn add(&mut self, meaning: Meaning, phrases: &[String]) -> Result<(), String> {
        for phrase in phrases {
            for reading in parse(phrase).map_err(|why| format!("{phrase}: {why}"))? {
                let steps: Vec<Step<Form>> = reading.into_iter().map(|step| self.numbered(step)).collect();
                let Some(Step::Word(first)) = steps.first() else { continue };
                for form in first {
                    self.by_first.entry(*form).or_default().push(self.phrases.len());
                }
                self.phrases.push(Phrase { meaning, steps });
            }
        }
        Ok(())
    }

    fn numbered(&mut self, step: Step<&str>) -> Step<Form> {
        let Step::Word(words) = step else { return Step::Gap };
        let mut numbers = Vec::with_capacity(words.len());
        for word in words {
            let key = self.key(word);
            let next = Form::try_from(self.numbers.len()).unwrap_or(Form::MAX);
            let number = *self.numbers.entry(key).or_insert(next);
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        Step::Word(numbers)
    }

    /// What a word of the file is known by: its stem, or itself after `=`.
    fn key(&self, word: &str) -> String {
        let Some(forms) = &self.forms else { return String::new() };
        let (word, is_exact) = word.strip_prefix('=').map_or((word, false), |word| (word, true));
        let spelled = forms.spelled(word);
        let stem = if is_exact { None } else { forms.stem(&spelled) };
        stem.map_or_else(|| format!("={spelled}"), std::borrow::Cow::into_owned)
    }

    /// The forms by which the phrases may know a word of a text.
    pub(super) fn forms(&self, word: &Word<'_>) -> [Option<Form>; 2] {
        let Some(forms) = &self.forms else { return [None; 2] };
        if word.text.is_empty() {
            return [None; 2];
        }
        let spelled = forms.spelled(&word.text);
        let number = |key: &str| self.numbers.get(key).copied();
        [number(&format!("={spelled}")), forms.stem(&spelled).and_then(|stem| number(&stem))]
    }

    /// The phrases that may start at a word with these forms.
    pub(super) fn starting_with(&self, forms: [Option<Form>; 2]) -> impl Iterator<Item = &Phrase> {
        let numbers = forms.into_iter().flatten().filter_map(|form| self.by_first.get(&form)).flatten();
        numbers.filter_map(|number| self.phrases.get(*number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_sound() {
        let vocabulary = Vocabulary::read(SOURCE).unwrap();
        assert!(vocabulary.phrases.len() > 1000, "{}", vocabulary.phrases.len());
    }

    #[test]
    fn no_phrase_has_two_meanings() {
        let vocabulary = Vocabulary::read(SOURCE).unwrap();
        let mut seen: BTreeMap<String, Meaning> = BTreeMap::new();
        let mut twice = Vec::new();
        for phrase in &vocabulary.phrases {
            if let Some(first) = seen.insert(format!("{:?}", phrase.steps), phrase.meaning)
                && first != phrase.meaning
            {
                let name = |form: &Form| vocabulary.numbers.iter().find(|(_, number)| *number == form);
                let words = |step: &Step<Form>| match step {
                    Step::Gap => Vec::new(),
                    Step::Word(forms) => forms.iter().filter_map(name).map(|(name, _)| name.clone()).collect(),
                };
                let words: Vec<_> = phrase.steps.iter().map(words).collect();
                twice.push(format!("{words:?}: {first:?} and {:?}", phrase.meaning));
            }
        }
        assert!(twice.is_empty(), "{}", twice.join("\n"));
    }
}
