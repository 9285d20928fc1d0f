//! Fragments as JSON.

use jiff::Timestamp;
use rebound_domain::catalog::Catalog;
use rebound_domain::fragments::{Block, Confirmation, Fragment, FragmentRequest, LeftOut, Summary, Variant};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::v1::guidance::LocaleView;

/// Advice for somebody else's e-mail. Of the forms only those are there that were asked for.
#[derive(Serialize, ToSchema)]
#[schema(as = Fragment)]
pub(super) struct FragmentView<'a> {
    /// For the HTML part: no head, no style element, no class, no image, no script; it takes the colours of the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    html: Option<&'a str>,
    /// For the plain-text part, with the address of the link at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    text: Option<&'a str>,
    /// As `CommonMark`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    markdown: Option<&'a str>,
    /// For a host that renders by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    blocks: Option<Vec<BlockView<'a>>>,
    bytes: BytesView,
    /// The ids of the tips in it, in order; at least one.
    #[schema(example = json!(["take-time-first"]))]
    steps: &'a [&'a str],
    /// What the budget kept out, the most important first.
    left_out: Vec<LeftOutView<'a>>,
    /// The version of the catalog that answered.
    #[schema(example = "2026.11.1")]
    catalog_version: &'a str,
    locale: LocaleView<'a>,
    /// The same for the same content, and also the header `ETag` of a single answer.
    etag: String,
}

/// How large the forms are, in bytes.
#[derive(Serialize, ToSchema)]
#[schema(as = FragmentBytes)]
struct BytesView {
    /// Of the HTML as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    html: Option<usize>,
    /// Of the HTML in quoted-printable, with the line ends of e-mail. The budget counts the larger of the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    html_quoted_printable: Option<usize>,
    /// Of the text as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    text: Option<usize>,
}

/// A piece of a fragment.
#[derive(Serialize, ToSchema)]
#[schema(as = FragmentBlock)]
struct BlockView<'a> {
    /// What it is: `heading`, `paragraph`, `link` or `signoff`.
    #[serde(rename = "type")]
    #[schema(example = "heading")]
    block_type: &'a str,
    /// Its role for assistive technology (WAI-ARIA).
    #[schema(example = "heading")]
    role: &'a str,
    /// The level of a heading, as `aria-level`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    level: Option<u8>,
    /// Its words, to be escaped; the lines of a sign-off are apart.
    text: &'a str,
    /// Where a link leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    url: Option<&'a str>,
    /// The tip that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    tip: Option<&'a str>,
    /// The language of its words.
    #[schema(example = "en")]
    lang: &'a str,
    /// Their direction: `ltr` or `rtl`.
    #[schema(example = "ltr")]
    dir: &'a str,
}

/// A tip that the budget kept out.
#[derive(Serialize, ToSchema)]
#[schema(as = LeftOut)]
struct LeftOutView<'a> {
    /// The id of the tip.
    #[schema(example = "keep-your-worth-in-view")]
    tip: &'a str,
    /// Why.
    #[schema(example = json!(["budget_bytes=2048"]))]
    because: [&'a str; 1],
}

impl<'a> FragmentView<'a> {
    pub(super) fn new(catalog: &'a Catalog, request: &'a FragmentRequest, fragment: &'a Fragment<'a>) -> Self {
        let Fragment { html, text, html_size, text_size, .. } = fragment;
        Self {
            html: html.as_deref(),
            text: text.as_deref(),
            markdown: fragment.markdown.as_deref(),
            blocks: fragment.blocks.as_ref().map(|blocks| blocks.iter().map(BlockView::new).collect()),
            bytes: BytesView {
                html: html.as_ref().map(|_| html_size.raw),
                html_quoted_printable: html.as_ref().map(|_| html_size.quoted_printable),
                text: text.as_ref().map(|_| text_size.raw),
            },
            steps: &fragment.steps,
            left_out: fragment.left_out.iter().map(LeftOutView::new).collect(),
            catalog_version: catalog.version(),
            locale: LocaleView::new(catalog, &request.locale),
            etag: Fragment::etag(fragment.tag),
        }
    }
}

impl<'a> BlockView<'a> {
    const fn new(block: &Block<'a>) -> Self {
        Self {
            block_type: block.block_type.name(),
            role: block.block_type.role(),
            level: block.level,
            text: block.text,
            url: block.url,
            tip: block.tip,
            lang: block.lang,
            dir: block.dir.name(),
        }
    }
}

impl<'a> LeftOutView<'a> {
    fn new(left_out: &'a LeftOut<'a>) -> Self {
        Self { tip: left_out.tip, because: [&left_out.because] }
    }
}

/// A fragment with its id, as a batch sends it.
#[derive(Serialize, ToSchema)]
#[schema(as = NamedFragment)]
pub(super) struct NamedView<'a> {
    /// The id of its content.
    #[schema(example = "frg_01h455vb4pex5vsknk084sn02q")]
    pub(super) id: String,
    #[serde(flatten)]
    pub(super) fragment: FragmentView<'a>,
}

/// What a trial found.
#[derive(Serialize, ToSchema)]
#[schema(as = FragmentSummary)]
pub(super) struct SummaryView<'a> {
    /// How many items there were.
    items: u64,
    /// How many of them were wrong.
    errors: u64,
    /// The fragments that would come, in the order in which they were first needed; at most 1,000.
    variants: Vec<VariantView<'a>>,
    /// How many items get a fragment that is not among them; absent: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    others: Option<u64>,
    /// The first few fragments.
    #[schema(value_type = Vec<NamedView>)]
    samples: &'a [Box<RawValue>],
    /// What the same lines are sent with for good; absent if they have more than 8 MiB together.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    confirm_token: Option<&'a str>,
    /// Until when the token is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

/// A fragment that would come.
#[derive(Serialize, ToSchema)]
#[schema(as = FragmentVariant)]
struct VariantView<'a> {
    /// Its id.
    #[schema(example = "frg_01h455vb4pex5vsknk084sn02q")]
    fragment_id: String,
    /// How many items get it.
    count: u64,
    /// The ids of its tips.
    steps: &'a [String],
}

impl<'a> SummaryView<'a> {
    pub(super) fn new(
        summary: &'a Summary,
        samples: &'a [Box<RawValue>],
        confirmation: Option<&'a Confirmation>,
    ) -> Self {
        let Summary { items, errors, variants, others } = summary;
        let variant = |Variant { fragment_id, count, steps }: &'a Variant| VariantView {
            fragment_id: fragment_id.to_string(),
            count: *count,
            steps,
        };
        Self {
            items: *items,
            errors: *errors,
            variants: variants.iter().map(variant).collect(),
            others: (*others > 0).then_some(*others),
            samples,
            confirm_token: confirmation.map(|it| &*it.token),
            expires_at: confirmation.map(|it| it.expires_at),
        }
    }
}
