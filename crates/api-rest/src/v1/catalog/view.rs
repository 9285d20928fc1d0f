//! The items of the catalog as JSON.

use rebound_domain::catalog::{
    Article, AtomIndex, Catalog, Challenge, Label, LabelText, LocaleIndex, NoRule, Prompt, Scenario, ScenarioOption,
    Shelf, Tip,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::components::{Audience, StepPhase};
use crate::v1::guidance::{ActionView, SourceView, TimingView, sources};

/// A piece of advice.
#[derive(Serialize, ToSchema)]
#[schema(as = Tip)]
pub(super) struct TipView<'a> {
    /// Its id, stable for ever.
    #[schema(example = "take-time-first")]
    id: &'a str,
    /// The catalog version that brought it.
    #[schema(example = "2026.11.1")]
    since: &'a str,
    /// Retired: no longer given as advice.
    deprecated: bool,
    /// The part of the way that it belongs to.
    #[schema(value_type = StepPhase)]
    phase: &'a str,
    /// How much it matters: higher comes first.
    priority: u16,
    /// Who may see it.
    #[schema(value_type = Vec<Audience>)]
    audiences: Vec<&'a str>,
    /// At most 60 characters.
    title: &'a str,
    /// The advice, in plain words.
    body: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    timing: Option<TimingView>,
    /// Where the advice comes from.
    sources: Vec<SourceView<'a>>,
    /// What it may offer to do next.
    actions: Vec<ActionView<'a>>,
    /// `false` if the tenant has switched it off; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    enabled: Option<bool>,
    #[serde(flatten)]
    layer: LayerView<'a>,
}

/// Which layer won.
#[derive(Serialize, ToSchema)]
#[schema(as = LayerOfItem)]
struct LayerView<'a> {
    /// The words and rules that are the tenant's own, such as `title`; all others are the catalog's. Absent if all are.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Option<Vec<String>>, nullable = false)]
    overridden: &'a [Box<str>],
}

/// A question for private reflection.
#[derive(Serialize, ToSchema)]
#[schema(as = Prompt)]
pub(super) struct PromptView<'a> {
    /// Its id, stable for ever.
    #[schema(example = "what-really-happened")]
    id: &'a str,
    /// The catalog version that brought it.
    since: &'a str,
    /// Retired: no longer offered.
    deprecated: bool,
    /// The subject, such as `causes`, `strengths` or `feelings`.
    #[schema(example = "causes")]
    about: &'a str,
    /// The open question.
    question: &'a str,
    /// A help to begin.
    hint: &'a str,
    /// A prompt about causes is shown together with this one, about what went well.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "what-went-well", nullable = false)]
    paired_with: Option<&'a str>,
    /// After how many hours reading the answer again helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    revisit_after_hours: Option<u32>,
    /// Where it comes from.
    sources: Vec<SourceView<'a>>,
    #[serde(flatten)]
    layer: LayerView<'a>,
}

/// A situation with answers to choose from.
#[derive(Serialize, ToSchema)]
#[schema(as = Scenario)]
pub(super) struct ScenarioView<'a> {
    /// Its id, stable for ever.
    #[schema(example = "the-form-letter")]
    id: &'a str,
    /// The catalog version that brought it.
    since: &'a str,
    /// Retired: no longer offered.
    deprecated: bool,
    /// Its title.
    title: &'a str,
    /// What happened.
    situation: &'a str,
    /// What is asked.
    question: &'a str,
    /// The answers, each with the reason for or against it.
    options: Vec<OptionView<'a>>,
    /// Whose answer key it is; `ours` where the source gives none.
    #[schema(example = "ours")]
    answer_key: &'a str,
    /// Where it comes from.
    sources: Vec<SourceView<'a>>,
    #[serde(flatten)]
    layer: LayerView<'a>,
}

/// An answer of a scenario.
#[derive(Serialize, ToSchema)]
#[schema(as = ScenarioOption)]
pub(super) struct OptionView<'a> {
    /// Its letter.
    #[schema(example = "a")]
    id: &'a str,
    /// The answer.
    text: &'a str,
    /// Whether it is among the best ones.
    best: bool,
    /// Why, or why not yet.
    rationale: &'a str,
}

/// A small exercise in hearing no.
#[derive(Serialize, ToSchema)]
#[schema(as = Challenge)]
pub(super) struct ChallengeView<'a> {
    /// Its id, stable for ever.
    #[schema(example = "ask-for-something-small")]
    id: &'a str,
    /// The catalog version that brought it.
    since: &'a str,
    /// Retired: no longer offered.
    deprecated: bool,
    /// Its title.
    title: &'a str,
    /// What to do.
    instructions: &'a str,
    /// What to think about afterwards.
    why_question: &'a str,
    /// When it is done.
    counts_as_done: &'a str,
    /// Over how many days it goes.
    days: u32,
    /// Where it comes from.
    sources: Vec<SourceView<'a>>,
    #[serde(flatten)]
    layer: LayerView<'a>,
}

/// The codes that a context may use, with their meaning.
#[derive(Serialize, ToSchema)]
#[schema(as = Taxonomy)]
pub(super) struct TaxonomyView<'a> {
    /// The version of the catalog.
    #[schema(example = "2026.11.1")]
    pub(super) catalog_version: &'a str,
    pub(super) locale: crate::v1::guidance::LocaleView<'a>,
    /// What can be turned down.
    pub(super) kinds: Vec<LabelView<'a>>,
    /// What a person may guess at.
    pub(super) causes: Vec<LabelView<'a>>,
    /// Reasons that the deciding side may give. A code can be retired, never removed or reused.
    pub(super) reasons: Vec<LabelView<'a>>,
}

/// A code with its meaning.
#[derive(Serialize, ToSchema)]
#[schema(as = TaxonomyEntry)]
pub(super) struct LabelView<'a> {
    /// The code, as a context has it.
    #[schema(example = "skill_gap")]
    code: &'a str,
    /// A short name.
    label: &'a str,
    /// What it means, and what it does not.
    details: &'a str,
    /// Retired: still understood, no longer to be used.
    deprecated: bool,
    #[serde(flatten)]
    layer: LayerView<'a>,
}

/// The articles that the advice comes from, and what carries each piece.
#[derive(Serialize, ToSchema)]
#[schema(as = Sources)]
pub(super) struct SourcesView<'a> {
    /// The articles.
    pub(super) articles: Vec<ArticleView<'a>>,
}

/// An article.
#[derive(Serialize, ToSchema)]
#[schema(as = Article)]
pub(super) struct ArticleView<'a> {
    /// Its id, stable for ever.
    #[schema(example = "dennis-13-tips")]
    id: &'a str,
    /// Its title.
    title: &'a str,
    /// Who wrote it; absent if nobody signed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    author: Option<&'a str>,
    /// When it appeared or was last updated, as far as it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2023-11-20", nullable = false)]
    published: Option<&'a str>,
    /// What to know about it.
    note: &'a str,
    /// Its pieces of advice, in its own order.
    atoms: Vec<AtomView<'a>>,
}

/// A piece of advice in an article.
#[derive(Serialize, ToSchema)]
#[schema(as = Atom)]
struct AtomView<'a> {
    /// Its id, stable for ever.
    #[schema(example = "thank-the-person")]
    id: &'a str,
    /// Where in the article it stands.
    #[schema(example = "L15")]
    position: &'a str,
    /// The items that carry it.
    carried_by: Vec<CarrierView<'a>>,
}

/// An item that carries a piece of advice.
#[derive(Serialize, ToSchema)]
#[schema(as = Carrier)]
struct CarrierView<'a> {
    /// `tip`, `prompt`, `scenario`, `challenge`, `reply`, `check`, `kind`, `cause` or `reason`.
    #[serde(rename = "type")]
    #[schema(example = "tip")]
    item_type: &'a str,
    /// The id of the item.
    #[schema(example = "thank-the-person")]
    id: &'a str,
}

impl<'a> TipView<'a> {
    pub(super) fn new(catalog: &'a Catalog, tip: &'a Tip, locale: LocaleIndex) -> Self {
        let text = tip.text(locale);
        Self {
            id: &tip.id,
            since: &tip.since,
            deprecated: tip.deprecated,
            phase: tip.rule.phase.name(),
            priority: tip.rule.priority,
            audiences: tip.audience_names().collect(),
            title: &text.title,
            body: &text.body,
            timing: tip.rule.timing.map(TimingView::new),
            sources: sources(catalog, &tip.atoms),
            actions: tip.rule.actions.iter().map(ActionView::new).collect(),
            enabled: (!tip.enabled).then_some(false),
            layer: LayerView::new(catalog, "tip", &tip.id, locale),
        }
    }
}

impl<'a> LayerView<'a> {
    fn new(catalog: &'a Catalog, item_type: &str, id: &str, locale: LocaleIndex) -> Self {
        Self { overridden: catalog.overridden(item_type, id, locale) }
    }
}

impl<'a> PromptView<'a> {
    pub(super) fn new(catalog: &'a Catalog, prompt: &'a Prompt, locale: LocaleIndex) -> Self {
        let text = prompt.text(locale);
        Self {
            id: &prompt.id,
            since: &prompt.since,
            deprecated: prompt.deprecated,
            about: &prompt.rule.about,
            question: &text.question,
            hint: &text.hint,
            paired_with: prompt.rule.paired_with.as_deref(),
            revisit_after_hours: prompt.rule.revisit_after_hours,
            sources: sources(catalog, &prompt.atoms),
            layer: LayerView::new(catalog, "prompt", &prompt.id, locale),
        }
    }
}

impl<'a> ScenarioView<'a> {
    pub(super) fn new(catalog: &'a Catalog, scenario: &'a Scenario, locale: LocaleIndex) -> Self {
        let text = scenario.text(locale);
        Self {
            id: &scenario.id,
            since: &scenario.since,
            deprecated: scenario.deprecated,
            title: &text.title,
            situation: &text.situation,
            question: &text.question,
            options: text.options.iter().map(OptionView::new).collect(),
            answer_key: &scenario.rule.answer_key,
            sources: sources(catalog, &scenario.atoms),
            layer: LayerView::new(catalog, "scenario", &scenario.id, locale),
        }
    }
}

impl<'a> OptionView<'a> {
    fn new(option: &'a ScenarioOption) -> Self {
        Self { id: &option.id, text: &option.text, best: option.best, rationale: &option.rationale }
    }
}

impl<'a> ChallengeView<'a> {
    pub(super) fn new(catalog: &'a Catalog, challenge: &'a Challenge, locale: LocaleIndex) -> Self {
        let text = challenge.text(locale);
        Self {
            id: &challenge.id,
            since: &challenge.since,
            deprecated: challenge.deprecated,
            title: &text.title,
            instructions: &text.instructions,
            why_question: &text.why_question,
            counts_as_done: &text.counts_as_done,
            days: challenge.rule.days,
            sources: sources(catalog, &challenge.atoms),
            layer: LayerView::new(catalog, "challenge", &challenge.id, locale),
        }
    }
}

/// The codes of one list of the taxonomy.
pub(super) fn labels<'a>(
    catalog: &'a Catalog,
    item_type: &str,
    shelf: &'a Shelf<NoRule, LabelText>,
    locale: LocaleIndex,
) -> Vec<LabelView<'a>> {
    let view = |label: &'a Label| {
        let text = label.text(locale);
        let layer = LayerView::new(catalog, item_type, &label.id, locale);
        LabelView { code: &label.id, label: &text.label, details: &text.details, deprecated: label.deprecated, layer }
    };
    shelf.iter().map(view).collect()
}

impl<'a> ArticleView<'a> {
    pub(super) fn new(catalog: &'a Catalog, article: &'a Article, locale: LocaleIndex) -> Self {
        let text = article.text(locale);
        let atoms = (0..).zip(catalog.atoms()).filter(|(_, atom)| atom.article == article.id);
        Self {
            id: &article.id,
            title: &text.title,
            author: article.rule.author.as_deref(),
            published: article.rule.published.as_deref(),
            note: &text.note,
            atoms: atoms.map(|(index, _)| AtomView::new(catalog, index)).collect(),
        }
    }
}

impl<'a> AtomView<'a> {
    fn new(catalog: &'a Catalog, index: AtomIndex) -> Self {
        let atom = catalog.atom(index);
        let carriers = catalog.carriers(index).into_iter();
        Self {
            id: &atom.id,
            position: &atom.position,
            carried_by: carriers.map(|(item_type, id)| CarrierView { item_type: item_type.name(), id }).collect(),
        }
    }
}
