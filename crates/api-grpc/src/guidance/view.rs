//! Guidance as its proto messages.

use rebound_domain::catalog::{Action, ActionType, AtomIndex, Catalog, LocaleIndex, StepPhase, Timing};
use rebound_domain::guidance::{Guidance, GuidanceRequest, Step, Withheld, advise};

use crate::locale;
use crate::proto::v1;

/// The answer to a request; the same for the same request, always.
pub(crate) fn guidance(catalog: &Catalog, request: &GuidanceRequest) -> v1::GetGuidanceResponse {
    advised(catalog, request, advise(catalog, request))
}

/// Advice that was chosen for a request.
pub(crate) fn advised(catalog: &Catalog, request: &GuidanceRequest, guidance: Guidance<'_>) -> v1::GetGuidanceResponse {
    v1::GetGuidanceResponse {
        catalog_version: catalog.version().to_owned(),
        locale: Some(locale::shown(catalog, &request.locale)),
        steps: guidance.steps.iter().map(|step_| step(catalog, request, step_)).collect(),
        withheld: guidance.withheld.into_iter().map(|withheld_| withheld(catalog, withheld_)).collect(),
        overlay: catalog.overlay_version().map(|version| v1::OverlayInAnswer { version }),
    }
}

fn step(catalog: &Catalog, request: &GuidanceRequest, step: &Step<'_>) -> v1::Step {
    let text = step.tip.text(request.locale.index);
    v1::Step {
        tip: step.tip.id.to_string(),
        phase: step_phase(step.tip.rule.phase).into(),
        title: text.title.clone(),
        body: text.body.clone(),
        why: step.why.iter().map(ToString::to_string).collect(),
        timing: step.tip.rule.timing.map(timing),
        sources: sources(catalog, &step.atoms()),
        actions: step.actions.iter().copied().map(action).collect(),
        overridden: overridden(catalog, "tip", &step.tip.id, request.locale.index),
    }
}

/// The words and rules of an item that are the tenant's own.
pub(crate) fn overridden(catalog: &Catalog, item_type: &str, id: &str, locale: LocaleIndex) -> Vec<String> {
    catalog.overridden(item_type, id, locale).iter().map(ToString::to_string).collect()
}

fn withheld(catalog: &Catalog, withheld: Withheld<'_>) -> v1::Withheld {
    v1::Withheld {
        tip: withheld.tip.id.to_string(),
        atoms: withheld.atoms.iter().map(|index| catalog.atom(*index).id.to_string()).collect(),
        because: withheld.because,
    }
}

/// Atoms with their articles.
pub(crate) fn sources(catalog: &Catalog, atoms: &[AtomIndex]) -> Vec<v1::Source> {
    let source = |index: &AtomIndex| {
        let atom = catalog.atom(*index);
        v1::Source { article: atom.article.to_string(), atom: atom.id.to_string() }
    };
    atoms.iter().map(source).collect()
}

pub(crate) const fn timing(timing: Timing) -> v1::Timing {
    v1::Timing { not_before_hours: timing.not_before_hours, within_hours: timing.within_hours }
}

pub(crate) fn action(action: &Action) -> v1::Action {
    let item_type = match action.action_type {
        ActionType::Reply => v1::ItemType::Reply,
        ActionType::Prompt => v1::ItemType::Prompt,
        ActionType::Scenario => v1::ItemType::Scenario,
        ActionType::Challenge => v1::ItemType::Challenge,
    };
    v1::Action { r#type: item_type.into(), id: action.id.to_string() }
}

pub(crate) const fn step_phase(phase: StepPhase) -> v1::StepPhase {
    match phase {
        StepPhase::Recover => v1::StepPhase::Recover,
        StepPhase::Respond => v1::StepPhase::Respond,
        StepPhase::Reflect => v1::StepPhase::Reflect,
        StepPhase::Improve => v1::StepPhase::Improve,
        StepPhase::LookAhead => v1::StepPhase::LookAhead,
        StepPhase::Practice => v1::StepPhase::Practice,
    }
}
