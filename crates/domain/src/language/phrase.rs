//! A phrase of a vocabulary: how it is written, and whether it stands at a place of a text.

use std::sync::Arc;

/// A form of a word, by number; the lexicon gives the numbers.
pub(crate) type Form = u32;

/// The forms by which phrases may know a word of a text: itself and its stem.
pub(crate) type FormsOf = [Option<Form>; 2];

/// Words between two words of a phrase that may be of any kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gap {
    /// How many there are at most.
    pub(crate) most: usize,
    /// What ends it before that.
    pub(crate) ends_at: End,
}

/// What ends a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    /// Nothing: two things are spoken of in one sentence.
    Nothing,
    /// What is denied.
    Denial,
    /// The same, and where somebody else is spoken of: it leads from somebody to what is said of them.
    Another,
}

/// A step through a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step<W> {
    /// Some words of any kind, or none.
    Gap(Gap),
    /// One of these words; of numbers, in their order. Phrases share what they have in common.
    Word(Arc<[W]>),
    /// Nothing stands before this in the sentence.
    Start,
    /// Nothing stands after this in the sentence.
    End,
}

/// Every way to read a phrase with words that may be missing, or why it is none.
pub(crate) fn parse(phrase: &str) -> Result<Vec<Vec<Step<&str>>>, &'static str> {
    let mut readings = vec![Vec::new()];
    for part in phrase.split_whitespace() {
        let (part, is_optional) = part.strip_suffix('?').map_or((part, false), |part| (part, true));
        let mut steps = Vec::new();
        match part {
            ".." => steps.push(Step::Gap(Gap { most: 3, ends_at: End::Denial })),
            "->" => steps.push(Step::Gap(Gap { most: 6, ends_at: End::Another })),
            "~" => steps.push(Step::Gap(Gap { most: 10, ends_at: End::Nothing })),
            "^" => steps.push(Step::Start),
            _ => {
                let (ends, words): (Vec<_>, Vec<_>) = part.split('|').partition(|word| *word == "$");
                steps.extend((!words.is_empty()).then(|| Step::Word(words.into())));
                steps.extend((!ends.is_empty()).then_some(Step::End));
            }
        }
        let without = if is_optional { readings.clone() } else { Vec::new() };
        let before = std::mem::replace(&mut readings, without);
        for step in steps {
            readings.extend(before.iter().map(|reading| followed(reading, step.clone())));
        }
    }
    let is_word = |step: Option<&Step<&str>>| matches!(step, Some(Step::Word(_)));
    let is_sound = |reading: &Vec<Step<&str>>| {
        let inner = reading.strip_prefix(&[Step::Start]).unwrap_or(reading);
        let inner = inner.strip_suffix(&[Step::End]).unwrap_or(inner);
        is_word(inner.first()) && is_word(inner.last()) && !inner.contains(&Step::End)
    };
    if readings.len() > 16 {
        Err("too many words that may be missing")
    } else if readings.iter().all(is_sound) {
        Ok(readings)
    } else {
        Err("a phrase starts and ends with a word")
    }
}

/// Steps with one more. Nothing leads to the end of a sentence: the word before a gap is the last one.
fn followed<'p>(steps: &[Step<&'p str>], step: Step<&'p str>) -> Vec<Step<&'p str>> {
    let steps = match steps {
        [before @ .., Step::Gap(_)] if step == Step::End => before,
        steps => steps,
    };
    [steps, &[step]].concat()
}

/// A reading of a phrase.
#[derive(Debug)]
pub(crate) struct Phrase<M> {
    pub(crate) meaning: M,
    pub(crate) steps: Box<[Step<Form>]>,
}

/// Words that end a gap: numbers of their forms, in their order.
#[derive(Debug, Default)]
pub(crate) struct Barriers {
    /// Those that end every gap.
    pub(crate) every: Vec<Form>,
    /// Those that end a gap that is of one.
    pub(crate) of_one: Vec<Form>,
}

impl<M> Phrase<M> {
    /// The words of each step that has some.
    pub(crate) fn words(&self) -> impl Iterator<Item = &[Form]> {
        self.steps.iter().filter_map(|step| if let Step::Word(forms) = step { Some(&**forms) } else { None })
    }

    /// The words, from the one at `start`, that make up the phrase; none if it does not stand there.
    pub(crate) fn matches(&self, forms: &[FormsOf], start: usize, barriers: &Barriers) -> Option<Vec<usize>> {
        let steps = match &*self.steps {
            [Step::Start, ..] if start > 0 => return None,
            [Step::Start, rest @ ..] | rest => rest,
        };
        let mut found = Vec::new();
        follow(steps, forms, start, barriers, &mut found).then_some(found)
    }
}

fn is_any(forms: Option<&FormsOf>, any: &[Form]) -> bool {
    forms.is_some_and(|forms| forms.iter().flatten().any(|form| any.binary_search(form).is_ok()))
}

#[cfg(test)]
thread_local! {
    /// How many steps were tried on this thread: what the reading of a text costs, without a clock.
    pub(crate) static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

fn follow(steps: &[Step<Form>], forms: &[FormsOf], at: usize, barriers: &Barriers, found: &mut Vec<usize>) -> bool {
    #[cfg(test)]
    STEPS.with(|count| count.set(count.get() + 1));
    match steps {
        [] => true,
        [Step::Start, ..] => false,
        [Step::End, ..] => at == forms.len(),
        [Step::Word(any), rest @ ..] => {
            if !is_any(forms.get(at), any) {
                return false;
            }
            found.push(at);
            let is_whole = follow(rest, forms, at + 1, barriers, found);
            if !is_whole {
                found.pop();
            }
            is_whole
        }
        [Step::Gap(gap), rest @ ..] => {
            for words in 0..=gap.most {
                if follow(rest, forms, at + words, barriers, found) {
                    return true;
                }
                let next = forms.get(at + words);
                let is_denied = gap.ends_at >= End::Denial && is_any(next, &barriers.every);
                if next.is_none() || is_denied || (gap.ends_at == End::Another && is_any(next, &barriers.of_one)) {
                    return false;
                }
            }
            false
        }
    }
}
