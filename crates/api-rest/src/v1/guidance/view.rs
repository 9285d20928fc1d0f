//! Guidance as JSON.

use std::borrow::Cow;

use rebound_domain::catalog::{AtomIndex, Catalog, ResolvedLocale, Timing};
use rebound_domain::guidance::{Guidance, GuidanceRequest, Step, Withheld, advise};
use serde::Serialize;
use utoipa::ToSchema;

use crate::components::StepPhase;

/// The answer to a request as the bytes of its JSON document; the same for the same request, always.
#[must_use]
pub fn guidance_json(catalog: &Catalog, request: &GuidanceRequest) -> Vec<u8> {
    let guidance = advise(catalog, request);
    let view = GuidanceView::new(catalog, request, &guidance);
    let mut json = Vec::with_capacity(8 * 1024);
    // Writing plain texts and numbers into memory has no way to fail.
    let _: Result<(), serde_json::Error> = serde_json::to_writer(&mut json, &view);
    json
}

/// What to do, step by step.
#[derive(Serialize, ToSchema)]
#[schema(as = Guidance)]
pub(crate) struct GuidanceView<'a> {
    /// The version of the catalog that answered.
    #[schema(example = "2026.11.1")]
    catalog_version: &'a str,
    locale: LocaleView<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    overlay: Option<OverlayView>,
    /// The steps in order; at least one.
    steps: Vec<StepView<'a>>,
    /// What was kept out and why; only when `explain` is true.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    withheld: Option<Vec<WithheldView<'a>>>,
}

/// The tenant's overlay in the answer; absent where the catalog alone answers.
#[derive(Serialize, ToSchema)]
#[schema(as = OverlayInAnswer)]
struct OverlayView {
    /// Its version, as `/v1/overlays/versions` lists it.
    #[schema(example = 3)]
    version: i64,
}

/// The language that was asked for and the one that came.
#[derive(Serialize, ToSchema)]
#[schema(as = ResolvedLocale)]
pub(crate) struct LocaleView<'a> {
    /// The BCP 47 tag that was asked for, in canonical form; absent if none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "en-GB", nullable = false)]
    requested: Option<&'a str>,
    /// The locale of the words in this answer.
    #[schema(example = "en")]
    resolved: &'a str,
}

/// One thing to do.
#[derive(Serialize, ToSchema)]
#[schema(as = Step)]
struct StepView<'a> {
    /// The id of the tip, stable for ever.
    #[schema(example = "thank-the-person")]
    tip: &'a str,
    /// The part of the way: `recover`, `respond`, `reflect`, `improve`, `look_ahead`, `practice`, in this order.
    #[schema(value_type = StepPhase)]
    phase: &'a str,
    /// At most 60 characters.
    #[schema(example = "Thank the person who spoke with you")]
    title: &'a str,
    /// The advice, in plain words.
    body: &'a str,
    /// The tests that let this step in: `field=value`, `field=a|b`, `field!=value`, `field>=n`, `field=unknown`.
    #[schema(example = json!(["conversation=held"]))]
    why: &'a [Cow<'a, str>],
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    timing: Option<TimingView>,
    /// Where the advice comes from: the atoms of the tip and of the actions shown with it.
    sources: Vec<SourceView<'a>>,
    /// What can be done next.
    actions: Vec<ActionView<'a>>,
    /// The words and rules of this step that are the tenant's own, such as `title`; all others are the catalog's. Absent
    /// if all are.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Option<Vec<String>>, nullable = false, example = json!(["title"]))]
    overridden: &'a [Box<str>],
}

/// When a step makes sense, in hours after the news.
#[derive(Serialize, ToSchema)]
#[schema(as = Timing)]
pub(crate) struct TimingView {
    /// Not earlier than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    not_before_hours: Option<u32>,
    /// Best within this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    within_hours: Option<u32>,
}

/// A piece of advice in an article.
#[derive(Serialize, ToSchema)]
#[schema(as = Source)]
pub(crate) struct SourceView<'a> {
    /// The id of the article.
    #[schema(example = "dennis-13-tips")]
    article: &'a str,
    /// The id of the piece of advice.
    #[schema(example = "thank-the-person")]
    atom: &'a str,
}

/// Something that a step offers to do next.
#[derive(Serialize, ToSchema)]
#[schema(as = Action)]
pub(crate) struct ActionView<'a> {
    /// What it opens: `reply`, `prompt`, `scenario` or `challenge`.
    #[serde(rename = "type")]
    #[schema(example = "reply")]
    action_type: &'a str,
    /// The id of what it opens.
    #[schema(example = "thank-you")]
    id: &'a str,
}

/// A tip that was kept out.
#[derive(Serialize, ToSchema)]
#[schema(as = Withheld)]
struct WithheldView<'a> {
    /// The id of the tip.
    #[schema(example = "ask-to-reconsider")]
    tip: &'a str,
    /// The advice that it would have brought.
    #[schema(example = json!(["can-you-reverse-it"]))]
    atoms: Vec<&'a str>,
    /// What the situation says where the tip asks for something else; `limit=n` if it only came too late.
    #[schema(example = json!(["decision=final"]))]
    because: &'a [String],
}

impl<'a> GuidanceView<'a> {
    pub(crate) fn new(catalog: &'a Catalog, request: &'a GuidanceRequest, guidance: &'a Guidance<'a>) -> Self {
        let withheld = || guidance.withheld.iter().map(|withheld| WithheldView::new(catalog, withheld)).collect();
        Self {
            catalog_version: catalog.version(),
            locale: LocaleView::new(catalog, &request.locale),
            overlay: catalog.overlay_version().map(|version| OverlayView { version }),
            steps: guidance.steps.iter().map(|step| StepView::new(catalog, request, step)).collect(),
            withheld: request.explain.then(withheld),
        }
    }
}

impl<'a> LocaleView<'a> {
    pub(crate) fn new(catalog: &'a Catalog, locale: &'a ResolvedLocale) -> Self {
        Self { requested: locale.requested.as_deref(), resolved: catalog.locales().tag(locale.index) }
    }
}

impl TimingView {
    pub(crate) const fn new(timing: Timing) -> Self {
        Self { not_before_hours: timing.not_before_hours, within_hours: timing.within_hours }
    }
}

impl<'a> ActionView<'a> {
    pub(crate) fn new(action: &'a rebound_domain::catalog::Action) -> Self {
        Self { action_type: action.action_type.name(), id: &action.id }
    }
}

/// Atoms with their articles.
pub(crate) fn sources<'a>(catalog: &'a Catalog, atoms: &[AtomIndex]) -> Vec<SourceView<'a>> {
    let source = |index: &AtomIndex| {
        let atom = catalog.atom(*index);
        SourceView { article: &atom.article, atom: &atom.id }
    };
    atoms.iter().map(source).collect()
}

impl<'a> StepView<'a> {
    fn new(catalog: &'a Catalog, request: &GuidanceRequest, step: &'a Step<'a>) -> Self {
        let text = step.tip.text(request.locale.index);
        Self {
            tip: &step.tip.id,
            phase: step.tip.rule.phase.name(),
            title: &text.title,
            body: &text.body,
            why: &step.why,
            timing: step.tip.rule.timing.map(TimingView::new),
            sources: sources(catalog, &step.atoms()),
            actions: step.actions.iter().map(|action| ActionView::new(action)).collect(),
            overridden: catalog.overridden("tip", &step.tip.id, request.locale.index),
        }
    }
}

impl<'a> WithheldView<'a> {
    fn new(catalog: &'a Catalog, withheld: &'a Withheld<'a>) -> Self {
        Self {
            tip: &withheld.tip.id,
            atoms: withheld.atoms.iter().map(|index| &*catalog.atom(*index).id).collect(),
            because: &withheld.because,
        }
    }
}
