//! Finds what keeps a catalog from being published though it can be loaded: advice that appears where it does not
//! apply, advice that nobody can reach, cause prompts without their twin, and words that hurt.

use super::files::{File, Problem};
use super::layer::tenants_own;
use super::model::{Item, ItemType, LocaleIndex};
use super::place::problem;
use super::{AtomIndex, Catalog, OWN_PREFIX, Shelf, replies};
use crate::condition::Condition;

/// Every mistake in the files of a catalog; none if it can be published.
#[must_use]
pub fn check(files: &[File]) -> Vec<Problem> {
    checked(files).err().unwrap_or_default()
}

/// A catalog that can be published.
///
/// # Errors
/// Every mistake in its files.
pub fn checked(files: &[File]) -> Result<Catalog, Vec<Problem>> {
    let catalog = Catalog::load(files)?;
    let mut problems: Vec<_> = examined(files, &catalog, true).into_iter().map(|found| found.problem).collect();
    problems.extend(tenants_own(files, &catalog));
    if problems.is_empty() { Ok(catalog) } else { Err(problems) }
}

/// Something that was found in a catalog that can be loaded.
pub(crate) struct Found {
    pub(crate) problem: Problem,
    /// Whether it is only that words could be plainer, which a tenant may leave so.
    pub(crate) is_style: bool,
}

/// Reads the rules and the words of a catalog that was loaded from these files; the replies in all of their forms only
/// if somebody changed them, for that takes as long as everything else many times over.
pub(crate) fn examined(files: &[File], catalog: &Catalog, reads_replies: bool) -> Vec<Found> {
    let mut found = Checker::new(files, catalog).all();
    if reads_replies {
        found.extend(replies::check(files, catalog));
    }
    found
}

/// Reads the rules of a catalog; its words are left as they are.
pub(crate) fn rules(files: &[File], catalog: &Catalog) -> Vec<Found> {
    let mut checker = Checker::new(files, catalog);
    checker.rules();
    checker.found
}

/// Which words are read.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    pub(super) locale: LocaleIndex,
    pub(super) folder: &'a str,
    pub(super) id: &'a str,
}

pub(super) struct Checker<'a> {
    files: &'a [File],
    pub(super) catalog: &'a Catalog,
    found: Vec<Found>,
}

impl<'a> Checker<'a> {
    const fn new(files: &'a [File], catalog: &'a Catalog) -> Self {
        Self { files, catalog, found: Vec::new() }
    }

    fn rules(&mut self) {
        self.atoms();
        self.tips();
        self.prompts();
        self.always_a_step();
    }

    fn all(mut self) -> Vec<Found> {
        self.rules();
        self.words();
        self.frames();
        self.found
    }

    /// Notes something about the words of an item in a language, once, in the file that has them.
    pub(super) fn note(&mut self, at: Words<'_>, field: &str, message: String, is_style: bool) {
        let Words { locale, folder, id } = at;
        let problem = problem(self.files, self.catalog, locale, (folder, id), &format!("text.{field}"), message);
        if !self.found.iter().any(|found| found.problem == problem) {
            self.found.push(Found { problem, is_style });
        }
    }

    fn report(&mut self, folder: &str, id: &str, field: &str, needle: &str, message: String) {
        let locale = self.catalog.locales().tag(LocaleIndex::default());
        self.report_in(format!("{locale}/{folder}/{id}.toml"), field, needle, message);
    }

    fn report_in(&mut self, file: String, field: &str, needle: &str, message: String) {
        let problem = Problem::new(self.files, file, field, needle, message);
        self.found.push(Found { problem, is_style: false });
    }

    /// Every atom is carried by something and belongs to an article; every item is as narrow as its atoms.
    fn atoms(&mut self) {
        let catalog = self.catalog;
        for (index, atom) in (0..).zip(catalog.atoms()) {
            let quoted = format!("\"{}\"", atom.id);
            if catalog.carriers(index).is_empty() {
                self.report_in("atoms.toml".to_owned(), "atom", &quoted, format!("no item carries `{}`", atom.id));
            }
            if catalog.articles.get(&atom.article).is_none() {
                self.report_in("atoms.toml".to_owned(), "article", &quoted, format!("no article `{}`", atom.article));
            }
        }
        for tip in &catalog.tips {
            self.narrow(ItemType::Tip, "tips", &tip.id, &tip.atoms, &tip.rule.whole);
        }
        self.narrow_shelf(ItemType::Prompt, "prompts", &catalog.prompts);
        self.narrow_shelf(ItemType::Scenario, "scenarios", &catalog.scenarios);
        self.narrow_shelf(ItemType::Challenge, "challenges", &catalog.challenges);
        self.narrow_shelf(ItemType::Reply, "replies", &catalog.replies);
        // A check names of its atoms the first that applies, so it may have atoms that do not.
    }

    fn narrow_shelf<R, T>(&mut self, item_type: ItemType, folder: &str, shelf: &Shelf<R, T>) {
        for Item { id, atoms, audiences, condition, .. } in shelf {
            self.narrow(item_type, folder, id, atoms, &audiences.clone().and(condition));
        }
    }

    fn narrow(&mut self, item_type: ItemType, folder: &str, id: &str, atoms: &[AtomIndex], condition: &Condition) {
        for atom in atoms.iter().map(|index| self.catalog.atom(*index)) {
            let unproven = condition.unproven(&atom.condition, self.catalog.thresholds());
            if !unproven.is_empty() {
                let message = format!(
                    "this {} is shown where `{}` does not apply; the condition must imply {}",
                    item_type.name(),
                    atom.id,
                    unproven.join(" and ")
                );
                self.report(folder, id, "when", "", message);
            }
        }
    }

    /// A cause prompt never comes alone, and no tip is without a source.
    fn tips(&mut self) {
        for tip in &self.catalog.tips {
            for action in &tip.rule.actions {
                let paired = |twin: &str| tip.rule.actions.iter().any(|other| *other.id == *twin);
                if let Some(twin) = action.paired_with.as_deref().filter(|twin| !paired(twin)) {
                    let message = format!("`{}` asks about causes and comes only with `{twin}` (C7)", action.id);
                    self.report("tips", &tip.id, "actions", &format!("\"{}\"", action.id), message);
                }
            }
            if tip.atoms.is_empty() && !tip.id.starts_with(OWN_PREFIX) {
                self.report("tips", &tip.id, "atoms", "", "a tip carries at least one atom".to_owned());
            }
        }
    }

    fn prompts(&mut self) {
        for prompt in &self.catalog.prompts {
            let message = match (prompt.rule.about.as_str(), prompt.rule.paired_with.as_deref()) {
                ("causes", None) => "a prompt about causes needs `paired_with` (C7)".to_owned(),
                (_, Some(twin)) => match self.catalog.prompts.get(twin) {
                    Some(other) if other.rule.about == "strengths" => continue,
                    _ => format!("`{twin}` is not a prompt about strengths (C7)"),
                },
                _ => continue,
            };
            self.report("prompts", &prompt.id, "paired_with", "", message);
        }
    }

    /// Whoever asks gets at least one step: in every phase of the person and for every audience there is a step
    /// that asks for nothing else.
    fn always_a_step(&mut self) {
        use crate::context::{Context, Field};
        let catalog = self.catalog;
        for kind in 0..Field::Kind.values().len() {
            for audience in 0..Field::Audience.values().len() {
                for phase in 0..=Field::Phase.values().len() {
                    let context = Context::minimal(kind, audience, Field::Phase.values().get(phase).map(|_| phase));
                    let facts = catalog.thresholds().facts(&context);
                    if !catalog.tips.iter().any(|tip| tip.is_offered() && tip.rule.whole.holds(facts)) {
                        let values = [Field::Kind, Field::Audience, Field::Phase]
                            .map(|field| format!("{field}={}", context.values(field).next().unwrap_or("unknown")));
                        let message = format!("no tip at all for {}", values.join(", "));
                        self.report_in("catalog.toml".to_owned(), "", "", message);
                    }
                }
            }
        }
    }
}
