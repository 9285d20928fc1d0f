//! Overlays as JSON, and what may be sent of them.

use jiff::Timestamp;
use rebound_domain::FieldError;
use rebound_domain::overlays::{ItemChange, OverlayItem, OverlayVersion, Patch, Preview, PublishedOverlays};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::problem::ProblemField;
use crate::v1::guidance::GuidanceView;

/// What is laid over an item: the keys of its file in the catalog, those alone that differ. At the base locale the rules
/// and the words (`text`), elsewhere the words. `enabled: false` switches the item off.
#[derive(ToSchema)]
#[schema(
    as = OverlayPatch,
    example = json!({ "text": { "title": "Say thank you to the team" } })
)]
#[expect(dead_code, reason = "describes the body; it is read by hand, to name every error")]
pub(super) struct PatchBody {
    /// Whether the item is offered.
    #[schema(nullable = true)]
    enabled: Option<bool>,
    /// The words, key by key, such as `title` and `body` of a tip.
    text: Option<OverlayText>,
}

/// The words of an item.
struct OverlayText;

/// All that is laid over an item.
struct OverlayContent;

impl PartialSchema for OverlayText {
    fn schema() -> RefOr<Schema> {
        let doc = "The words of an item, key by key, as its file in the catalog has them: texts, lists, tables.";
        table(doc, json!({ "title": "Say thank you to the team" }))
    }
}

impl PartialSchema for OverlayContent {
    fn schema() -> RefOr<Schema> {
        let doc = "What is laid over an item: keys of its file in the catalog, with the words in `text`.";
        table(doc, json!({ "text": { "title": "Say thank you to the team" } }))
    }
}

impl ToSchema for OverlayText {}
impl ToSchema for OverlayContent {}

/// An object whose members the catalog knows.
fn table(doc: &str, example: Value) -> RefOr<Schema> {
    let members = AdditionalProperties::FreeForm(true);
    let table = ObjectBuilder::new().schema_type(Type::Object).description(Some(doc));
    table.additional_properties(Some(members)).examples([example]).into()
}

/// The draft is to be published.
#[derive(ToSchema)]
#[schema(as = OverlayPublication, example = json!({ "note": "Names our own helpline" }))]
#[expect(dead_code, reason = "describes the body; it is read by hand, to name every error")]
pub(super) struct PublishBody {
    /// What you say of it.
    #[schema(max_length = 500, pattern = r"^[^\x00]*$")]
    note: Option<String>,
}

/// A version is to be published again.
#[derive(ToSchema)]
#[schema(as = OverlayRollback, example = json!({ "version": 0, "note": "Back to the catalog" }))]
#[expect(dead_code, reason = "describes the body; it is read by hand, to name every error")]
pub(super) struct RollbackBody {
    /// The version whose content answers again; 0 is the catalog alone.
    #[schema(minimum = 0)]
    version: i64,
    /// What you say of it.
    #[schema(max_length = 500, pattern = r"^[^\x00]*$")]
    note: Option<String>,
}

/// An item of the draft.
#[derive(Serialize, ToSchema)]
#[schema(as = OverlayEntry)]
pub(super) struct OverlayItemView<'a> {
    #[schema(example = "en")]
    locale: &'a str,
    /// Type and id of the item; ids that begin with `own-` are the tenant's own items.
    #[schema(example = "tip.thank-the-person")]
    item: &'a str,
    /// What is laid over the catalog.
    #[schema(value_type = OverlayContent)]
    overlay: &'a Patch,
    /// Whether the version that answers has it like this.
    published: bool,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// What in its words could be plainer; it may be published all the same.
    warnings: Vec<ProblemField<'a>>,
}

/// A page of the draft.
#[derive(Serialize, ToSchema)]
#[schema(as = OverlayList)]
pub(super) struct OverlayList<'a> {
    pub(super) overlays: Vec<OverlayItemView<'a>>,
    /// For the next page; empty at the end.
    pub(super) next_page_token: String,
}

/// The draft as it would answer.
#[derive(Serialize, ToSchema)]
#[schema(as = OverlayPreview)]
pub(super) struct PreviewView<'a> {
    /// The advice with the draft; what has an error is left out of it.
    pub(super) guidance: GuidanceView<'a>,
    /// How the draft differs from what is published.
    pub(super) changes: Vec<ChangeView<'a>>,
    /// What keeps the draft from being published. A pointer is one into the draft: `/en/tip.thank-the-person/text/body`.
    pub(super) errors: Vec<ProblemField<'a>>,
    /// What in its words could be plainer; it may be published all the same.
    pub(super) warnings: Vec<ProblemField<'a>>,
}

/// How an item of the draft differs from what is published.
#[derive(Serialize, ToSchema)]
#[schema(as = OverlayChange)]
pub(super) struct ChangeView<'a> {
    #[schema(example = "en")]
    locale: &'a str,
    #[schema(example = "tip.thank-the-person")]
    item: &'a str,
    /// `added`, `changed` or `removed`.
    #[schema(example = "changed")]
    change: &'a str,
}

/// A version that was published.
#[derive(Serialize, ToSchema)]
#[schema(as = OverlayVersion)]
pub(super) struct VersionView<'a> {
    #[schema(example = 3)]
    version: i64,
    /// Whether it is the one that answers.
    current: bool,
    /// What its author says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    note: Option<&'a str>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// The key that it was published with.
    #[schema(example = "key_01kdyasxa8fmws4wtwf4v2bvqr")]
    key_id: String,
    /// The version of the catalog that it was checked with.
    #[schema(example = "2026.11.1")]
    catalog_version: &'a str,
    /// The version whose content it has again; 0 is the catalog alone. Absent if it was made from the draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    restored_from: Option<i64>,
    /// How many items it has.
    items: i64,
    /// What of it does not fit the present catalog and is therefore not served; the catalog answers there.
    left_out: Vec<ProblemField<'a>>,
    /// What in its words could be plainer; told when it is made.
    warnings: Vec<ProblemField<'a>>,
}

/// A page of versions.
#[derive(Serialize, ToSchema)]
#[schema(as = OverlayVersionList)]
pub(super) struct VersionList<'a> {
    pub(super) versions: Vec<VersionView<'a>>,
    /// For the next page; empty at the end.
    pub(super) next_page_token: String,
}

/// Places with what there is to say about each.
fn places(fields: &[FieldError]) -> Vec<ProblemField<'_>> {
    fields.iter().map(|FieldError { pointer, detail }| ProblemField { pointer, detail }).collect()
}

fn pairs(places: &[(String, String)]) -> Vec<ProblemField<'_>> {
    places.iter().map(|(pointer, detail)| ProblemField { pointer, detail }).collect()
}

impl<'a> OverlayItemView<'a> {
    pub(super) fn new(item: &'a OverlayItem) -> Self {
        Self {
            locale: &item.locale,
            item: &item.item,
            overlay: &item.patch,
            published: item.is_published,
            updated_at: item.updated_at,
            warnings: places(&item.warnings),
        }
    }
}

impl<'a> PreviewView<'a> {
    pub(super) fn new(preview: &'a Preview, guidance: GuidanceView<'a>) -> Self {
        Self {
            guidance,
            changes: preview.changes.iter().map(ChangeView::new).collect(),
            errors: places(&preview.errors),
            warnings: places(&preview.warnings),
        }
    }
}

impl<'a> ChangeView<'a> {
    fn new(change: &'a ItemChange) -> Self {
        Self { locale: &change.locale, item: &change.item, change: change.change.name() }
    }
}

impl<'a> VersionView<'a> {
    pub(super) fn new(published: &'a PublishedOverlays) -> Self {
        let PublishedOverlays { version, is_current, left_out, warnings } = published;
        let OverlayVersion { version, note, created_at, key, catalog_version, restored_from, items } = version;
        Self {
            version: *version,
            current: *is_current,
            note: note.as_deref(),
            created_at: *created_at,
            key_id: key.to_string(),
            catalog_version,
            restored_from: *restored_from,
            items: *items,
            left_out: pairs(left_out),
            warnings: pairs(warnings),
        }
    }
}
