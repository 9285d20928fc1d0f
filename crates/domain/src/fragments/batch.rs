//! Fragments for many contexts in one call. Contexts that lead to the same fragment share it: it is written once, and
//! then only named. Memory stays bounded however many different fragments there are.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Choice, Fragment, FragmentRequest, Frame, Settings};
use crate::Result;
use crate::catalog::{CatalogIndex, Catalogs, ResolvedLocale};
use crate::id::FragmentId;

/// How many fragments a call remembers to have sent. Beyond that it forgets them, and one may come a second time.
pub const MAX_REMEMBERED: usize = 65_536;

/// How many variants a trial counts one by one.
pub const MAX_VARIANTS: usize = 1_000;

/// How many fragments a trial shows.
pub const SAMPLES: usize = 3;

/// One call with many contexts.
pub struct Batch {
    catalogs: Arc<Catalogs>,
    frame: Option<Framed>,
    sent: HashSet<u128>,
    trial: Option<Trial>,
}

/// A frame, with what it was made from.
struct Framed {
    settings: Arc<Settings>,
    locale: ResolvedLocale,
    catalog: CatalogIndex,
    frame: Frame,
}

#[derive(Default)]
struct Trial {
    items: u64,
    errors: u64,
    others: u64,
    places: HashMap<u128, usize>,
    variants: Vec<Variant>,
}

/// What one context gets.
pub struct Item<S> {
    /// The fragment that it gets.
    pub fragment_id: FragmentId,
    /// The fragment itself, as `write` wrote it, if it was not sent before in this call.
    pub first: Option<S>,
}

/// What a trial found.
#[derive(Debug)]
pub struct Summary {
    /// How many contexts there were.
    pub items: u64,
    /// How many of them were wrong.
    pub errors: u64,
    /// The fragments that would come, in the order in which they were first needed; at most [`MAX_VARIANTS`].
    pub variants: Vec<Variant>,
    /// How many contexts get a fragment that is not among them.
    pub others: u64,
}

/// A fragment that would come.
#[derive(Debug)]
pub struct Variant {
    /// Its id.
    pub fragment_id: FragmentId,
    /// How many contexts get it.
    pub count: u64,
    /// Its tips.
    pub steps: Vec<String>,
}

impl Batch {
    /// A call that has not begun. A trial counts and shows a few samples instead of answering each context.
    #[must_use]
    pub fn new(catalogs: Arc<Catalogs>, is_trial: bool) -> Self {
        Self { catalogs, frame: None, sent: HashSet::new(), trial: is_trial.then(Trial::default) }
    }

    /// What a context gets. A fragment that was not sent before is written by `write`; in a trial only the first few are.
    ///
    /// # Errors
    /// What was wrong with the request, or that its budget is too small.
    pub fn serve<S>(
        &mut self,
        request: Result<FragmentRequest>,
        write: impl FnOnce(&FragmentRequest, Fragment<'_>) -> S,
    ) -> Result<Item<S>> {
        let served = request.and_then(|request| self.choose(&request, write));
        if let Some(trial) = &mut self.trial {
            trial.items += 1;
            trial.errors += u64::from(served.is_err());
        }
        served
    }

    /// Counts an item that could not be read.
    pub fn count_unreadable(&mut self) {
        if let Some(trial) = &mut self.trial {
            trial.items += 1;
            trial.errors += 1;
        }
    }

    /// What a trial found; none if this was none, or if it was asked before.
    #[must_use]
    pub fn summary(&mut self) -> Option<Summary> {
        let Trial { items, errors, others, variants, .. } = self.trial.take()?;
        Some(Summary { items, errors, variants, others })
    }

    fn choose<S>(
        &mut self,
        request: &FragmentRequest,
        write: impl FnOnce(&FragmentRequest, Fragment<'_>) -> S,
    ) -> Result<Item<S>> {
        let catalogs = Arc::clone(&self.catalogs);
        let catalog = catalogs.get(request.catalog);
        if !self.frame.as_ref().is_some_and(|framed| framed.fits(request)) {
            self.frame = Some(Framed {
                settings: Arc::clone(&request.settings),
                locale: request.locale.clone(),
                catalog: request.catalog,
                frame: request.frame(catalog),
            });
        }
        let Some(Framed { frame, .. }) = &self.frame else { return Err(crate::Error::internal("no frame")) };
        let choice = Choice::new(catalog, request, frame)?;
        let fragment_id = Fragment::id(choice.tag);
        let is_shown = if let Some(trial) = &mut self.trial {
            trial.count(&choice)
        } else if self.sent.contains(&choice.tag) {
            false
        } else {
            if self.sent.len() >= MAX_REMEMBERED {
                self.sent.clear();
            }
            self.sent.insert(choice.tag)
        };
        let first = is_shown.then(|| write(request, choice.render(request, frame)));
        Ok(Item { fragment_id, first })
    }
}

impl Framed {
    fn fits(&self, request: &FragmentRequest) -> bool {
        let is_same = Arc::ptr_eq(&self.settings, &request.settings) || self.settings == request.settings;
        is_same && self.catalog == request.catalog && self.locale == request.locale
    }
}

impl Trial {
    /// Counts a fragment. Answers whether it is one of the first, which are shown.
    fn count(&mut self, choice: &Choice<'_>) -> bool {
        if let Some(place) = self.places.get(&choice.tag) {
            self.variants[*place].count += 1;
            return false;
        }
        if self.variants.len() >= MAX_VARIANTS {
            self.others += 1;
            return false;
        }
        self.places.insert(choice.tag, self.variants.len());
        let steps = choice.steps().map(str::to_owned).collect();
        self.variants.push(Variant { fragment_id: Fragment::id(choice.tag), count: 1, steps });
        self.variants.len() <= SAMPLES
    }
}
