//! The items of the catalog as their proto messages.

use rebound_domain::catalog::{
    Article, AtomIndex, Catalog, CatalogVersion, Challenge, ItemType, Label, LocaleIndex, Prompt, Scenario,
    ScenarioOption, Tip,
};
use rebound_domain::context::Field;

use crate::guidance::{action, overridden, sources, step_phase, timing};
use crate::proto::v1;

pub(super) fn tip(catalog: &Catalog, tip: &Tip, locale: LocaleIndex) -> v1::Tip {
    let text = tip.text(locale);
    v1::Tip {
        id: tip.id.to_string(),
        since: tip.since.to_string(),
        deprecated: tip.deprecated,
        phase: step_phase(tip.rule.phase).into(),
        priority: tip.rule.priority.into(),
        title: text.title.clone(),
        body: text.body.clone(),
        timing: tip.rule.timing.map(timing),
        audiences: tip.audience_names().map(audience).collect(),
        sources: sources(catalog, &tip.atoms),
        actions: tip.rule.actions.iter().map(action).collect(),
        overridden: overridden(catalog, "tip", &tip.id, locale),
        enabled: (!tip.enabled).then_some(false),
    }
}

/// The number of an audience: one more than its position in the domain's table.
pub(crate) fn audience(name: &str) -> i32 {
    let index = Field::Audience.value_index(name).and_then(|index| i32::try_from(index).ok());
    index.map_or(0, |index| index + 1)
}

pub(super) fn prompt(catalog: &Catalog, prompt: &Prompt, locale: LocaleIndex) -> v1::Prompt {
    let text = prompt.text(locale);
    v1::Prompt {
        id: prompt.id.to_string(),
        since: prompt.since.to_string(),
        deprecated: prompt.deprecated,
        about: prompt.rule.about.clone(),
        question: text.question.clone(),
        hint: text.hint.clone(),
        paired_with: prompt.rule.paired_with.clone(),
        revisit_after_hours: prompt.rule.revisit_after_hours,
        sources: sources(catalog, &prompt.atoms),
        overridden: overridden(catalog, "prompt", &prompt.id, locale),
    }
}

pub(super) fn scenario(catalog: &Catalog, scenario: &Scenario, locale: LocaleIndex) -> v1::Scenario {
    let text = scenario.text(locale);
    v1::Scenario {
        id: scenario.id.to_string(),
        since: scenario.since.to_string(),
        deprecated: scenario.deprecated,
        title: text.title.clone(),
        situation: text.situation.clone(),
        question: text.question.clone(),
        options: text.options.iter().map(option).collect(),
        answer_key: scenario.rule.answer_key.clone(),
        sources: sources(catalog, &scenario.atoms),
        overridden: overridden(catalog, "scenario", &scenario.id, locale),
    }
}

fn option(option: &ScenarioOption) -> v1::ScenarioOption {
    v1::ScenarioOption {
        id: option.id.clone(),
        text: option.text.clone(),
        best: option.best,
        rationale: option.rationale.clone(),
    }
}

pub(super) fn challenge(catalog: &Catalog, challenge: &Challenge, locale: LocaleIndex) -> v1::Challenge {
    let text = challenge.text(locale);
    v1::Challenge {
        id: challenge.id.to_string(),
        since: challenge.since.to_string(),
        deprecated: challenge.deprecated,
        title: text.title.clone(),
        instructions: text.instructions.clone(),
        why_question: text.why_question.clone(),
        counts_as_done: text.counts_as_done.clone(),
        days: challenge.rule.days,
        sources: sources(catalog, &challenge.atoms),
        overridden: overridden(catalog, "challenge", &challenge.id, locale),
    }
}

pub(super) fn entry(catalog: &Catalog, item_type: &str, label: &Label, locale: LocaleIndex) -> v1::TaxonomyEntry {
    let text = label.text(locale);
    v1::TaxonomyEntry {
        code: label.id.to_string(),
        label: text.label.clone(),
        details: text.details.clone(),
        deprecated: label.deprecated,
        overridden: overridden(catalog, item_type, &label.id, locale),
    }
}

pub(super) fn catalog_version(version: CatalogVersion<'_>) -> v1::CatalogVersion {
    let CatalogVersion { release, is_current, is_carried } = version;
    v1::CatalogVersion {
        version: release.version.to_string(),
        current: is_current,
        carried: is_carried,
        released: release.released.to_string(),
        changes: release.changes.iter().map(ToString::to_string).collect(),
    }
}

pub(super) fn article(catalog: &Catalog, article: &Article, locale: LocaleIndex) -> v1::Article {
    let text = article.text(locale);
    let atoms = (0..).zip(catalog.atoms()).filter(|(_, atom)| atom.article == article.id);
    v1::Article {
        id: article.id.to_string(),
        title: text.title.clone(),
        author: article.rule.author.clone(),
        published: article.rule.published.clone(),
        note: text.note.clone(),
        atoms: atoms.map(|(index, _)| atom(catalog, index)).collect(),
    }
}

fn atom(catalog: &Catalog, index: AtomIndex) -> v1::Atom {
    let carrier =
        |(carrier, id): (ItemType, &str)| v1::Carrier { r#type: item_type(carrier).into(), id: id.to_owned() };
    let atom = catalog.atom(index);
    v1::Atom {
        id: atom.id.to_string(),
        position: atom.position.to_string(),
        carried_by: catalog.carriers(index).into_iter().map(carrier).collect(),
    }
}

const fn item_type(item_type: ItemType) -> v1::ItemType {
    match item_type {
        ItemType::Tip => v1::ItemType::Tip,
        ItemType::Prompt => v1::ItemType::Prompt,
        ItemType::Scenario => v1::ItemType::Scenario,
        ItemType::Challenge => v1::ItemType::Challenge,
        ItemType::Reply => v1::ItemType::Reply,
        ItemType::Check => v1::ItemType::Check,
        ItemType::Kind => v1::ItemType::Kind,
        ItemType::Cause => v1::ItemType::Cause,
        ItemType::Reason => v1::ItemType::Reason,
    }
}
