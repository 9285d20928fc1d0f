//! Reads every text of a catalog: words that hurt, titles that are too long, sentences that are too hard.

use super::check::Checker;
use super::words;
use crate::fragments;

impl Checker<'_> {
    pub(super) fn words(&mut self) {
        let catalog = self.catalog;
        for tip in &catalog.tips {
            for text in tip.texts() {
                let ranged = words::TIP_WORDS.contains(&words::count(&text.body));
                if !ranged {
                    let message = format!("has {} words, not 40 to 90", words::count(&text.body));
                    self.report_style("tips", &tip.id, "text.body", message);
                }
                let employer = tip.audiences.is_open_to("employer_branded");
                for (field, words) in [("text.title", &text.title), ("text.body", &text.body)] {
                    if employer && words::says_rejected(words) {
                        let message = "says \"reject\" though it may go out in an employer's name".to_owned();
                        self.report("tips", &tip.id, field, "", message);
                    }
                }
                self.text("tips", &tip.id, &[("title", &text.title)], &[("body", &text.body)], words::GRADE);
            }
        }
        for item in &catalog.prompts {
            for text in item.texts() {
                self.text(
                    "prompts",
                    &item.id,
                    &[],
                    &[("question", &text.question), ("hint", &text.hint)],
                    words::GRADE,
                );
            }
        }
        for item in &catalog.scenarios {
            for text in item.texts() {
                let options = text.options.iter().flat_map(|it| [("options", &it.text), ("options", &it.rationale)]);
                let mut bodies = vec![("situation", &text.situation), ("question", &text.question)];
                bodies.extend(options);
                self.text("scenarios", &item.id, &[("title", &text.title)], &bodies, words::GRADE);
                if text.options.len() < 2 || !text.options.iter().any(|option| option.best) {
                    let message = "needs at least two options and one that is best".to_owned();
                    self.report("scenarios", &item.id, "text.options", "", message);
                }
            }
        }
        for item in &catalog.challenges {
            for text in item.texts() {
                let bodies = [
                    ("instructions", &text.instructions),
                    ("why_question", &text.why_question),
                    ("counts_as_done", &text.counts_as_done),
                ];
                self.text("challenges", &item.id, &[("title", &text.title)], &bodies, words::GRADE);
            }
        }
        for item in &catalog.replies {
            for text in item.texts() {
                self.text("replies", &item.id, &[("title", &text.title)], &[("purpose", &text.purpose)], words::GRADE);
            }
        }
        self.words_of_checks();
        for (folder, shelf) in [("kinds", &catalog.kinds), ("causes", &catalog.causes), ("reasons", &catalog.reasons)] {
            for item in shelf {
                for text in item.texts() {
                    let bodies = [("details", &text.details)];
                    self.text(folder, &item.id, &[("label", &text.label)], &bodies, words::EXACT_GRADE);
                }
            }
        }
    }

    /// What goes around the tips in an employer's e-mail.
    pub(super) fn frames(&mut self) {
        let catalog = self.catalog;
        for item in &catalog.frames {
            for text in item.texts() {
                let bodies = [("we", &text.we), ("name", &text.name), ("neutral", &text.neutral)];
                self.text("fragments", &item.id, &[], &bodies, words::GRADE);
                for (field, words) in bodies {
                    if words::says_rejected(words) {
                        let message = "says \"reject\" though it goes out in an employer's name".to_owned();
                        self.report("fragments", &item.id, &format!("text.{field}"), "", message);
                    }
                }
                if text.name.matches(fragments::NAME).count() != 1 {
                    let message = format!("has to say {} once", fragments::NAME);
                    self.report("fragments", &item.id, "text.name", "", message);
                }
            }
        }
    }

    fn words_of_checks(&mut self) {
        for item in &self.catalog.checks {
            for text in item.texts() {
                let bodies = [
                    ("message", &text.message),
                    ("suggestion", &text.suggestion),
                    ("employer.message", &text.employer.message),
                    ("employer.suggestion", &text.employer.suggestion),
                ];
                self.text("checks", &item.id, &[("title", &text.title)], &bodies, words::EXACT_GRADE);
            }
        }
    }

    fn text(&mut self, folder: &str, id: &str, titles: &[(&str, &String)], bodies: &[(&str, &String)], limit: f64) {
        for (field, text) in titles.iter().chain(bodies) {
            for fault in words::faults(text) {
                self.report(folder, id, &format!("text.{field}"), "", fault);
            }
            for fault in words::style(text) {
                self.report_style(folder, id, &format!("text.{field}"), fault);
            }
        }
        for (field, text) in titles {
            if text.chars().count() > words::TITLE_LENGTH {
                let message = format!("has more than {} characters", words::TITLE_LENGTH);
                self.report(folder, id, &format!("text.{field}"), "", message);
            }
        }
        for (field, text) in bodies {
            if let Some(grade) = words::grade(text).filter(|grade| *grade > limit) {
                let message = format!("reads at grade {grade:.1}, above {limit}");
                self.report_style(folder, id, &format!("text.{field}"), message);
            }
        }
    }
}
