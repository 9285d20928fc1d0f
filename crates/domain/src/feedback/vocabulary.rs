//! The words by which themes are found: read once from the vocabulary's file, which is compiled in.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::meaning::Meaning;
use super::theme::Theme;
use crate::language::Lexicon;

const SOURCE: &str = include_str!("../../vocabulary/en/feedback-themes.toml");

/// The vocabulary of English. Empty if its file is broken, which a test rules out.
pub(super) static ENGLISH: LazyLock<Lexicon<Meaning>> = LazyLock::new(|| read(SOURCE).unwrap_or_default());

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
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

fn read(source: &str) -> Result<Lexicon<Meaning>, String> {
    let file: File = toml::from_str(source).map_err(|error| error.to_string())?;
    if let Some(theme) = Theme::ALL.iter().find(|theme| !file.themes.contains_key(theme)) {
        return Err(format!("{}: no phrases", theme.name()));
    }
    let mut lexicon = Lexicon::english(file.whole)?;
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
        lexicon.add(meaning, phrases)?;
    }
    for (theme, cue) in file.themes {
        lexicon.add(Meaning::Topic(theme), &cue.topics)?;
        lexicon.add(Meaning::Said { theme, positive: true }, &cue.praise)?;
        lexicon.add(Meaning::Said { theme, positive: false }, &cue.lack)?;
    }
    lexicon.finish();
    Ok(lexicon)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_sound() {
        let phrases = read(SOURCE).unwrap().phrases().count();
        assert!(phrases > 1000, "{phrases}");
    }

    #[test]
    fn no_phrase_has_two_meanings() {
        let mut seen: BTreeMap<String, Meaning> = BTreeMap::new();
        let mut twice = Vec::new();
        for (words, meaning) in read(SOURCE).unwrap().phrases() {
            if let Some(first) = seen.insert(words.clone(), meaning)
                && first != meaning
            {
                twice.push(format!("{words}: {first:?} and {meaning:?}"));
            }
        }
        assert!(twice.is_empty(), "{}", twice.join("\n"));
    }
}
