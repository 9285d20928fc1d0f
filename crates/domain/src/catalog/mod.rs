//! The advice as content: tips, prompts, scenarios, challenges, taxonomy and articles, loaded from one file an item
//! and compiled into something that can be asked quickly. How to add an item: `catalog/README.md`.

mod check;
mod files;
mod layer;
mod load;
mod locale;
mod model;
mod place;
mod reader;
mod releases;
mod replies;
mod versions;
mod wording;
mod words;

pub use check::{check, checked};
pub(crate) use check::{examined, rules};
pub use files::{File, Problem, embedded};
pub(crate) use layer::Layer;
pub use layer::OWN_PREFIX;
pub use locale::{Locales, ResolvedLocale};
pub use model::*;
pub use releases::Release;
pub use replies::*;
pub use versions::{CatalogIndex, CatalogVersion, Catalogs, VersionClash};

use std::sync::Arc;

use replies::Engine;

use crate::condition::{Source, Thresholds};

/// A whole catalog.
#[derive(Debug)]
pub struct Catalog {
    version: String,
    releases: Vec<Release>,
    digest: [u8; 32],
    layer: Option<Layer>,
    locales: Locales,
    thresholds: Thresholds,
    atoms: Vec<Atom>,
    /// Positions of the tips by priority, ties by id.
    ranked: Vec<usize>,
    /// The articles that the advice comes from.
    pub articles: Shelf<ArticleRule, ArticleText>,
    /// The tips.
    pub tips: Shelf<TipRule, TipText>,
    /// The reflection prompts.
    pub prompts: Shelf<PromptRule, PromptText>,
    /// The quiz scenarios.
    pub scenarios: Shelf<ScenarioRule, ScenarioText>,
    /// The practice challenges.
    pub challenges: Shelf<ChallengeRule, ChallengeText>,
    /// The replies that can be composed.
    pub replies: Shelf<Arc<ReplyRule>, ReplyText>,
    letters: Shelf<Arc<ReplyRule>, LetterText>,
    engine: Engine,
    /// The draft checks.
    pub checks: Shelf<NoRule, CheckText>,
    /// The kinds of the taxonomy.
    pub kinds: Shelf<NoRule, LabelText>,
    /// The causes of the taxonomy.
    pub causes: Shelf<NoRule, LabelText>,
    /// The reason codes of the taxonomy.
    pub reasons: Shelf<NoRule, LabelText>,
    /// What fragments say around their tips: one item.
    frames: Shelf<NoRule, FrameText>,
}

/// The items of one type, in order of their ids.
#[derive(Debug)]
pub struct Shelf<R, T>(Vec<Item<R, T>>);

impl<R, T> Default for Shelf<R, T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<R, T> Shelf<R, T> {
    /// Every item, retired ones included.
    pub fn iter(&self) -> std::slice::Iter<'_, Item<R, T>> {
        self.0.iter()
    }

    /// The item with this id, also when it is retired.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Item<R, T>> {
        self.0.binary_search_by(|item| (*item.id).cmp(id)).ok().map(|index| &self.0[index])
    }
}

impl<R, T> Shelf<R, T> {
    /// The same items with another rule, those that have one.
    fn filter_map<S>(self, rule: impl FnMut(Item<R, T>) -> Option<Item<S, T>>) -> Shelf<S, T> {
        Shelf(self.0.into_iter().filter_map(rule).collect())
    }
}

impl<'a, R, T> IntoIterator for &'a Shelf<R, T> {
    type Item = &'a Item<R, T>;
    type IntoIter = std::slice::Iter<'a, Item<R, T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Catalog {
    /// The catalog that is compiled in.
    ///
    /// # Errors
    /// Every mistake in its files. The binary is not built from a catalog that has one.
    pub fn embedded() -> Result<Self, Vec<Problem>> {
        Self::load(&embedded())
    }

    /// A catalog from files.
    ///
    /// # Errors
    /// Every mistake that keeps it from being used. [`check`] finds more.
    pub fn load(files: &[File]) -> Result<Self, Vec<Problem>> {
        load::load(files)
    }

    /// Its version, such as `2026.11.0`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Its change log: every release up to its own, which comes first.
    #[must_use]
    pub fn releases(&self) -> &[Release] {
        &self.releases
    }

    /// A digest over its content.
    #[must_use]
    pub const fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// The languages that it has.
    #[must_use]
    pub const fn locales(&self) -> &Locales {
        &self.locales
    }

    /// The numbers that its conditions compare with.
    pub(crate) const fn thresholds(&self) -> &Thresholds {
        &self.thresholds
    }

    /// The tips by priority, ties by id.
    pub(crate) fn ranked(&self) -> impl Iterator<Item = &Tip> {
        self.ranked.iter().map(|index| &self.tips.0[*index])
    }

    /// What a fragment says around its tips.
    pub(crate) fn frame(&self) -> Option<&FrameItem> {
        self.frames.get(load::FRAME_ID)
    }

    /// Every atom, in the order of the articles.
    #[must_use]
    pub fn atoms(&self) -> &[Atom] {
        &self.atoms
    }

    /// One atom.
    #[must_use]
    pub fn atom(&self, index: AtomIndex) -> &Atom {
        &self.atoms[usize::from(index)]
    }

    /// The items that carry an atom, by type and id.
    #[must_use]
    pub fn carriers(&self, atom: AtomIndex) -> Vec<(ItemType, &str)> {
        fn on<R, T>(
            shelf: &Shelf<R, T>,
            item_type: ItemType,
            atom: AtomIndex,
        ) -> impl Iterator<Item = (ItemType, &str)> {
            shelf.iter().filter(move |item| item.atoms.contains(&atom)).map(move |item| (item_type, &*item.id))
        }
        let carries = |reply: &&Reply| {
            let in_situations = reply.rule.situations.iter().flat_map(|situation| &situation.atoms);
            reply.atoms.iter().chain(in_situations).any(|carried| *carried == atom)
        };
        let replies = self.replies.iter().filter(carries).map(|reply| (ItemType::Reply, &*reply.id));
        on(&self.tips, ItemType::Tip, atom)
            .chain(on(&self.prompts, ItemType::Prompt, atom))
            .chain(on(&self.scenarios, ItemType::Scenario, atom))
            .chain(on(&self.challenges, ItemType::Challenge, atom))
            .chain(replies)
            .chain(on(&self.checks, ItemType::Check, atom))
            .chain(on(&self.kinds, ItemType::Kind, atom))
            .chain(on(&self.causes, ItemType::Cause, atom))
            .chain(on(&self.reasons, ItemType::Reason, atom))
            .collect()
    }
}

impl StepPhase {
    /// When this phase is open to a person: the table of the person's own phase (rules C2 and C11).
    fn gate(self) -> Source {
        let all: &[&str] = match self {
            Self::Recover => &["phase=processing|shock|unknown"],
            Self::Respond => &[],
            Self::Improve | Self::Reflect | Self::LookAhead => &["phase=acting|recovered|reflecting|unknown"],
            Self::Practice => &["phase=recovered"],
        };
        let any: &[&str] = match self {
            Self::Reflect | Self::LookAhead => &["phase=acting|recovered|reflecting", "days_since>=7"],
            _ => &[],
        };
        let owned = |tests: &[&str]| tests.iter().map(ToString::to_string).collect();
        Source { all: owned(all), any: owned(any), none: Vec::new() }
    }
}
