//! Reads the words of the catalog as a careful editor would: plain, short, kind, without promises. A guard, not a
//! proof: a text that passes still has to be read aloud.

/// The highest Flesch-Kincaid grade of a text for the person.
pub(super) const GRADE: f64 = 7.0;

/// The same for texts that have to be exact: labels of reason codes, explanations of a check.
pub(super) const EXACT_GRADE: f64 = 8.0;

/// Shorter texts are too short for a grade to say anything.
const GRADED_FROM_WORDS: usize = 8;

/// How many words the body of a tip has.
pub(super) const TIP_WORDS: std::ops::RangeInclusive<usize> = 40..=90;

/// How many characters a title has at most.
pub(super) const TITLE_LENGTH: usize = 60;

const IDIOMS: &[&str] = &[
    "plenty of fish",
    "spilled milk",
    "spilt milk",
    "silver lining",
    "blessing in disguise",
    "bounce back",
    "end of the day",
    "chin up",
    "get over it",
    "toughen up",
    "man up",
    "burn bridges",
    "burn a bridge",
    "shake it off",
    "back on the horse",
    "thick skin",
    "when one door closes",
    "water under the bridge",
    "pick yourself up",
    "hang in there",
    "no hard feelings",
    "grass is greener",
];

const PROMISES: &[&str] = &[
    "you will get",
    "you will find",
    "you'll get",
    "you'll find",
    "will lead to",
    "guarantee",
    "we promise",
    "is sure to",
    "always works",
    "never fails",
    "everything happens for a reason",
    "will come to you",
    "the right one will",
];

const GENDERED: &[&str] =
    &["he", "she", "him", "her", "his", "hers", "himself", "herself", "guys", "manpower", "chairman", "salesman"];

/// What is wrong with a text, whoever wrote it.
pub(super) fn faults(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let mut faults = Vec::new();
    if text.trim().is_empty() {
        faults.push("is empty".to_owned());
    }
    for phrase in PROMISES.iter().filter(|phrase| lower.contains(*phrase)) {
        faults.push(format!("promises: \"{phrase}\""));
    }
    for word in words(&lower).filter(|word| GENDERED.contains(word)) {
        faults.push(format!("has the gendered word \"{word}\""));
    }
    faults
}

/// What could be plainer. The catalog itself must not have it; a tenant is told and decides.
pub(super) fn style(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let mut faults = Vec::new();
    if text.contains('!') {
        faults.push("has an exclamation mark".to_owned());
    }
    for phrase in IDIOMS.iter().filter(|phrase| lower.contains(*phrase)) {
        faults.push(format!("has the idiom \"{phrase}\""));
    }
    faults
}

/// Whether a text for an employer's own e-mail has a word that it must avoid.
pub(super) fn says_rejected(text: &str) -> bool {
    text.to_lowercase().contains("reject")
}

/// How many words a text has.
pub(super) fn count(text: &str) -> usize {
    words(text).count()
}

/// The Flesch-Kincaid grade of a text, unless it is too short (Kincaid et al., 1975).
pub(super) fn grade(text: &str) -> Option<f64> {
    let count = count(text);
    if count < GRADED_FROM_WORDS {
        return None;
    }
    let syllables: usize = words(text).map(syllables).sum();
    let ends = |pair: &[char]| ".?!:;".contains(pair[0]) && pair[1].is_whitespace();
    let characters: Vec<_> = text.trim_end().chars().chain([' ']).collect();
    let sentences = characters.windows(2).filter(|pair| ends(pair)).count().max(1);
    let number = |value: usize| f64::from(u32::try_from(value).unwrap_or(u32::MAX));
    let (count, syllables, sentences) = (number(count), number(syllables), number(sentences));
    Some(0.39 * count / sentences + 11.8 * syllables / count - 15.59)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !(character.is_alphanumeric() || "'-".contains(character)))
        .filter(|word| word.starts_with(char::is_alphanumeric))
}

/// How many syllables an English word has, by its groups of vowels; silent endings do not count.
fn syllables(word: &str) -> usize {
    let word: String = word.to_lowercase().chars().filter(char::is_ascii_lowercase).collect();
    let is_vowel = |character: char| "aeiouy".contains(character);
    let mut groups = 0;
    let mut previous = false;
    for character in word.chars() {
        let vowel = is_vowel(character);
        groups += usize::from(vowel && !previous);
        previous = vowel;
    }
    let ends = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    let silent = (word.ends_with('e') && !ends(&["le", "ee", "ye"]))
        || (word.ends_with("ed") && !ends(&["ted", "ded"]))
        || (word.ends_with("es") && !ends(&["ses", "zes", "xes", "ches", "shes", "ges", "ces"]));
    if silent && groups > 1 { groups - 1 } else { groups.max(1) }
}
