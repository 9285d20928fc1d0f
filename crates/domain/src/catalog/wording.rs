//! Reads every text of a catalog: words that hurt, titles that are too long, sentences that are too hard.

use super::check::{Checker, Words};
use super::words;
use crate::fragments;

impl Checker<'_> {
    pub(super) fn words(&mut self) {
        self.words_of_tips();
        self.words_of_prompts_and_replies();
        self.words_of_scenarios();
        self.words_of_challenges();
        self.words_of_checks();
        self.words_of_labels();
    }

    fn words_of_tips(&mut self) {
        for tip in &self.catalog.tips {
            for (locale, text) in tip.localized() {
                let at = Words { locale, folder: "tips", id: &tip.id };
                if !words::TIP_WORDS.contains(&words::count(&text.body)) {
                    let message = format!("has {} words, not 40 to 90", words::count(&text.body));
                    self.note(at, "body", message, true);
                }
                let employer = tip.audiences.is_open_to("employer_branded");
                for (field, words) in [("title", &text.title), ("body", &text.body)] {
                    if employer && words::says_rejected(words) {
                        let message = "says \"reject\" though it may go out in an employer's name".to_owned();
                        self.note(at, field, message, false);
                    }
                }
                self.text(at, &[("title", &text.title)], &[("body", &text.body)], words::GRADE);
            }
        }
    }

    fn words_of_prompts_and_replies(&mut self) {
        for item in &self.catalog.prompts {
            for (locale, text) in item.localized() {
                let bodies = [("question", &text.question), ("hint", &text.hint)];
                self.text(Words { locale, folder: "prompts", id: &item.id }, &[], &bodies, words::GRADE);
            }
        }
        for item in &self.catalog.replies {
            for (locale, text) in item.localized() {
                let at = Words { locale, folder: "replies", id: &item.id };
                self.text(at, &[("title", &text.title)], &[("purpose", &text.purpose)], words::GRADE);
            }
        }
    }

    fn words_of_scenarios(&mut self) {
        for item in &self.catalog.scenarios {
            for (locale, text) in item.localized() {
                let at = Words { locale, folder: "scenarios", id: &item.id };
                let options = text.options.iter().flat_map(|it| [("options", &it.text), ("options", &it.rationale)]);
                let mut bodies = vec![("situation", &text.situation), ("question", &text.question)];
                bodies.extend(options);
                self.text(at, &[("title", &text.title)], &bodies, words::GRADE);
                if text.options.len() < 2 || !text.options.iter().any(|option| option.best) {
                    let message = "needs at least two options and one that is best".to_owned();
                    self.note(at, "options", message, false);
                }
            }
        }
    }

    fn words_of_challenges(&mut self) {
        for item in &self.catalog.challenges {
            for (locale, text) in item.localized() {
                let at = Words { locale, folder: "challenges", id: &item.id };
                let bodies = [
                    ("instructions", &text.instructions),
                    ("why_question", &text.why_question),
                    ("counts_as_done", &text.counts_as_done),
                ];
                self.text(at, &[("title", &text.title)], &bodies, words::GRADE);
            }
        }
    }

    fn words_of_labels(&mut self) {
        let catalog = self.catalog;
        for (folder, shelf) in [("kinds", &catalog.kinds), ("causes", &catalog.causes), ("reasons", &catalog.reasons)] {
            for item in shelf {
                for (locale, text) in item.localized() {
                    let at = Words { locale, folder, id: &item.id };
                    let bodies = [("details", &text.details)];
                    self.text(at, &[("label", &text.label)], &bodies, words::EXACT_GRADE);
                }
            }
        }
    }

    /// What goes around the tips in an employer's e-mail.
    pub(super) fn frames(&mut self) {
        let catalog = self.catalog;
        for item in &catalog.frames {
            for (locale, text) in item.localized() {
                let bodies = [("we", &text.we), ("name", &text.name), ("neutral", &text.neutral)];
                self.text(Words { locale, folder: "fragments", id: &item.id }, &[], &bodies, words::GRADE);
                for (field, words) in bodies {
                    if words::says_rejected(words) {
                        let message = "says \"reject\" though it goes out in an employer's name".to_owned();
                        self.note(Words { locale, folder: "fragments", id: &item.id }, field, message, false);
                    }
                }
                if text.name.matches(fragments::NAME).count() != 1 {
                    let message = format!("has to say {} once", fragments::NAME);
                    self.note(Words { locale, folder: "fragments", id: &item.id }, "name", message, false);
                }
            }
        }
    }

    fn words_of_checks(&mut self) {
        for item in &self.catalog.checks {
            for (locale, text) in item.localized() {
                let bodies = [
                    ("message", &text.message),
                    ("suggestion", &text.suggestion),
                    ("employer.message", &text.employer.message),
                    ("employer.suggestion", &text.employer.suggestion),
                ];
                self.text(
                    Words { locale, folder: "checks", id: &item.id },
                    &[("title", &text.title)],
                    &bodies,
                    words::EXACT_GRADE,
                );
            }
        }
    }

    fn text(&mut self, at: Words<'_>, titles: &[(&str, &String)], bodies: &[(&str, &String)], limit: f64) {
        for (field, text) in titles.iter().chain(bodies) {
            for fault in words::faults(text) {
                self.note(at, field, fault, false);
            }
            for fault in words::style(text) {
                self.note(at, field, fault, true);
            }
        }
        for (field, text) in titles {
            if text.chars().count() > words::TITLE_LENGTH {
                let message = format!("has more than {} characters", words::TITLE_LENGTH);
                self.note(at, field, message, false);
            }
        }
        for (field, text) in bodies {
            if let Some(grade) = words::grade(text).filter(|grade| *grade > limit) {
                let message = format!("reads at grade {grade:.1}, above {limit}");
                self.note(at, field, message, true);
            }
        }
    }
}
