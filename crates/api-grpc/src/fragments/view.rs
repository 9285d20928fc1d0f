//! Fragments as their proto messages.

use rebound_domain::catalog::Catalog;
use rebound_domain::fragments::{
    self, Block, BlockType, Confirmation, Direction, FragmentRequest, LeftOut, Summary, Variant,
};

use crate::locale;
use crate::proto::v1;

/// A fragment that was asked for alone.
pub(super) fn single(
    catalog: &Catalog,
    request: &FragmentRequest,
    fragment: fragments::Fragment<'_>,
) -> v1::RenderFragmentResponse {
    let v1::Fragment { html, text, markdown, blocks, bytes, steps, left_out, catalog_version, locale, etag, .. } =
        named(catalog, request, fragment);
    v1::RenderFragmentResponse { html, text, markdown, blocks, bytes, steps, left_out, catalog_version, locale, etag }
}

/// A fragment with its id.
pub(super) fn named(catalog: &Catalog, request: &FragmentRequest, fragment: fragments::Fragment<'_>) -> v1::Fragment {
    let fragments::Fragment { html, text, markdown, blocks, html_size, text_size, steps, left_out, tag } = fragment;
    let bytes = |size: usize| u32::try_from(size).unwrap_or(u32::MAX);
    v1::Fragment {
        id: fragments::Fragment::id(tag).to_string(),
        bytes: Some(v1::FragmentBytes {
            html: html.as_ref().map(|_| bytes(html_size.raw)),
            html_quoted_printable: html.as_ref().map(|_| bytes(html_size.quoted_printable)),
            text: text.as_ref().map(|_| bytes(text_size.raw)),
        }),
        html,
        text,
        markdown,
        blocks: blocks.unwrap_or_default().iter().map(block).collect(),
        steps: steps.into_iter().map(str::to_owned).collect(),
        left_out: left_out.into_iter().map(left).collect(),
        catalog_version: catalog.version().to_owned(),
        locale: Some(locale::shown(catalog, &request.locale)),
        etag: fragments::Fragment::etag(tag),
    }
}

/// What a trial found.
pub(super) fn summary(
    summary: Summary,
    samples: Vec<v1::Fragment>,
    confirmation: Option<Confirmation>,
) -> v1::FragmentSummary {
    let Summary { items, errors, variants, others } = summary;
    let variant = |Variant { fragment_id, count, steps }: Variant| v1::FragmentVariant {
        fragment_id: fragment_id.to_string(),
        count,
        steps,
    };
    let (confirm_token, expires_at) =
        confirmation.map_or_else(Default::default, |Confirmation { token, expires_at }| {
            (token, Some(prost_types::Timestamp { seconds: expires_at.as_second(), nanos: 0 }))
        });
    v1::FragmentSummary {
        items,
        errors,
        variants: variants.into_iter().map(variant).collect(),
        others,
        samples,
        confirm_token,
        expires_at,
    }
}

fn block(block: &Block<'_>) -> v1::FragmentBlock {
    let block_type = match block.block_type {
        BlockType::Heading => v1::BlockType::Heading,
        BlockType::Paragraph => v1::BlockType::Paragraph,
        BlockType::Link => v1::BlockType::Link,
        BlockType::Signoff => v1::BlockType::Signoff,
    };
    let dir = match block.dir {
        Direction::LeftToRight => v1::Direction::Ltr,
        Direction::RightToLeft => v1::Direction::Rtl,
    };
    v1::FragmentBlock {
        r#type: block_type.into(),
        role: block.block_type.role().to_owned(),
        level: block.level.map(u32::from),
        text: block.text.to_owned(),
        url: block.url.map(str::to_owned),
        tip: block.tip.map(str::to_owned),
        lang: block.lang.to_owned(),
        dir: dir.into(),
    }
}

fn left(left_out: LeftOut<'_>) -> v1::LeftOut {
    v1::LeftOut { tip: left_out.tip.to_owned(), because: vec![left_out.because] }
}
