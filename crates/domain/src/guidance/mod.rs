//! Chooses advice: which tips fit a situation, which of them come under a limit, in which order, and why. Pure and
//! synchronous; nothing is allocated for a tip that does not fit, unless an explanation is asked for.

mod memo;
mod request;

use std::borrow::Cow;

pub use memo::{Memo, MemoCounts, Weigh};
pub use request::{DEFAULT_LIMIT, GuidanceRequest, LIMITS, MAX_LIMIT};

use crate::catalog::{Action, AtomIndex, Catalog, StepPhase, Tip};
use crate::context::{Context, Facts, Field};

/// Why a tip is withheld that the tenant's overlay switches off.
const SWITCHED_OFF: &str = "overlay=off";

/// The advice for one situation.
#[derive(Debug)]
pub struct Guidance<'c> {
    /// What to do, in order; never empty.
    pub steps: Vec<Step<'c>>,
    /// What was kept out and why; empty unless an explanation was asked for.
    pub withheld: Vec<Withheld<'c>>,
}

/// One piece of advice that fits.
#[derive(Debug)]
pub struct Step<'c> {
    /// The tip.
    pub tip: &'c Tip,
    /// The tests that let it in.
    pub why: Vec<Cow<'c, str>>,
    /// What it offers to do next, here.
    pub actions: Vec<&'c Action>,
}

impl Step<'_> {
    /// The advice shown: that of the tip, then that of its actions, each once.
    #[must_use]
    pub fn atoms(&self) -> Vec<AtomIndex> {
        atoms(self.tip, self.actions.iter().copied())
    }
}

/// A tip that was kept out.
#[derive(Debug)]
pub struct Withheld<'c> {
    /// The tip.
    pub tip: &'c Tip,
    /// The advice that it and its actions would have carried.
    pub atoms: Vec<AtomIndex>,
    /// What the situation says where the tip asks for something else, such as `decision=final`.
    pub because: Vec<String>,
}

/// Chooses the advice for a situation.
#[must_use]
pub fn advise<'c>(catalog: &'c Catalog, request: &GuidanceRequest) -> Guidance<'c> {
    choose_advice(catalog, request, |_, _| None)
}

/// Chooses the advice for a situation as [`advise`] does, but for tips that `except` keeps out, given the actions that
/// they would offer here, with a reason of its own. May be empty.
#[must_use]
pub fn advise_except<'c>(
    catalog: &'c Catalog,
    request: &GuidanceRequest,
    except: impl Fn(&Tip, &[&Action]) -> Option<String>,
) -> Guidance<'c> {
    choose_advice(catalog, request, |tip, facts| except(tip, &actions(tip, facts)))
}

/// The tips alone of the steps that [`advise`] chooses, in order.
#[must_use]
pub fn tips<'c>(catalog: &'c Catalog, request: &GuidanceRequest) -> Vec<&'c Tip> {
    let facts = catalog.thresholds().facts(&request.context);
    in_order(choose(&fitting(catalog, facts, |_, _| None), request.limit()))
}

fn choose_advice<'c>(
    catalog: &'c Catalog,
    request: &GuidanceRequest,
    except: impl Fn(&Tip, Facts) -> Option<String>,
) -> Guidance<'c> {
    let context = &request.context;
    let facts = catalog.thresholds().facts(context);
    let chosen = choose(&fitting(catalog, facts, &except), request.limit());
    let withheld = if request.explain { withheld(catalog, request, facts, &chosen, except) } else { Vec::new() };
    let steps = in_order(chosen)
        .into_iter()
        .map(|tip| Step { tip, why: why(tip, context, facts), actions: actions(tip, facts) })
        .collect();
    Guidance { steps, withheld }
}

/// The tips that fit, by priority.
fn fitting(catalog: &Catalog, facts: Facts, except: impl Fn(&Tip, Facts) -> Option<String>) -> Vec<&Tip> {
    let fits = |tip: &&Tip| tip.is_offered() && tip.rule.whole.holds(facts) && except(tip, facts).is_none();
    catalog.ranked().filter(fits).collect()
}

/// In the order in which steps are shown.
fn in_order(mut chosen: Vec<&Tip>) -> Vec<&Tip> {
    chosen.sort_by_key(|tip| tip.rule.phase);
    chosen
}

/// The first `limit` of `fitting`, which is in order of priority, with at least one of every phase that has any, as
/// far as the limit reaches. Keeps the order.
fn choose<'c>(fitting: &[&'c Tip], limit: usize) -> Vec<&'c Tip> {
    if fitting.len() <= limit {
        return fitting.to_vec();
    }
    let mut first_of_phase: Vec<usize> =
        StepPhase::ALL.iter().filter_map(|phase| fitting.iter().position(|tip| tip.rule.phase == *phase)).collect();
    first_of_phase.sort_unstable();
    first_of_phase.truncate(limit);
    let mut places_left = limit - first_of_phase.len();
    let takes = |(index, tip): (usize, &&'c Tip)| {
        if first_of_phase.contains(&index) {
            return Some(*tip);
        }
        places_left = places_left.checked_sub(1)?;
        Some(*tip)
    };
    fitting.iter().enumerate().filter_map(takes).collect()
}

/// The tests that let a tip in: its own, else those of its phase, else the kind, which every situation has.
fn why<'c>(tip: &'c Tip, context: &Context, facts: Facts) -> Vec<Cow<'c, str>> {
    let own = tip.condition.why(context, facts);
    if !own.is_empty() {
        return own;
    }
    let gate = tip.rule.gate.why(context, facts);
    if !gate.is_empty() {
        return gate;
    }
    context.values(Field::Kind).map(|kind| Cow::Owned(format!("{}={kind}", Field::Kind))).collect()
}

/// The actions of a tip whose own conditions hold. A prompt about causes and its twin about what went well come
/// together or not at all (rule C7).
fn actions(tip: &Tip, facts: Facts) -> Vec<&Action> {
    let all = &tip.rule.actions;
    let holds = |action: &&Action| action.enabled && action.condition.holds(facts);
    let is_twin_of = |twin: &Action, action: &Action| action.paired_with.as_deref() == Some(&*twin.id);
    let has_twin = |action: &&Action| {
        action.paired_with.is_none() || all.iter().filter(holds).any(|other| is_twin_of(other, action))
    };
    let is_wanted = |action: &&Action| {
        let mut causes = all.iter().filter(|other| is_twin_of(action, other)).peekable();
        causes.peek().is_none() || causes.any(|cause| holds(&cause))
    };
    all.iter().filter(holds).filter(has_twin).filter(is_wanted).collect()
}

fn withheld<'c>(
    catalog: &'c Catalog,
    request: &GuidanceRequest,
    facts: Facts,
    chosen: &[&Tip],
    except: impl Fn(&Tip, Facts) -> Option<String>,
) -> Vec<Withheld<'c>> {
    let is_chosen = |tip: &&Tip| chosen.iter().any(|other| std::ptr::eq(*other, *tip));
    catalog
        .ranked()
        .filter(|tip| !tip.deprecated && !is_chosen(tip))
        .map(|tip| {
            let mut because = tip.rule.whole.because(&request.context, facts);
            if !tip.enabled {
                because.insert(0, SWITCHED_OFF.to_owned());
            }
            if because.is_empty() {
                because.extend(except(tip, facts));
            }
            if because.is_empty() {
                because.push(format!("limit={}", request.limit()));
            }
            Withheld { tip, atoms: atoms(tip, &tip.rule.actions), because }
        })
        .collect()
}

fn atoms<'a>(tip: &Tip, actions: impl IntoIterator<Item = &'a Action>) -> Vec<AtomIndex> {
    let mut atoms = tip.atoms.clone();
    for atom in actions.into_iter().flat_map(|action| &action.atoms) {
        if !atoms.contains(atom) {
            atoms.push(*atom);
        }
    }
    atoms
}
