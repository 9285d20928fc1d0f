//! The proto messages of fragments in the form of REST, so that the two can be compared whole.

use rebound_domain::fragments::{Dialect, Format, Voice};
use rebound_tests::proto::{
    BatchRenderFragmentsRequest, BlockType, Brand, BrandLink, Direction, Fragment, FragmentBlock, FragmentBytes,
    FragmentDefaults, FragmentSummary, LeftOut, MergeTags, RenderFragmentRequest, RenderFragmentResponse,
};
use serde_json::{Value, json};

use crate::grpc_as_json::context;

fn text(value: &Value) -> Option<String> {
    value.as_str().map(ToOwned::to_owned)
}

fn integer(value: &Value) -> Option<i32> {
    value.as_i64().and_then(|number| i32::try_from(number).ok())
}

fn number(names: &[&str], value: &Value) -> i32 {
    let place = value.as_str().map_or(0, |name| names.iter().position(|known| *known == name).unwrap() + 1);
    i32::try_from(place).unwrap()
}

fn brand(body: &Value) -> Option<Brand> {
    let link = body["link"]
        .is_object()
        .then(|| BrandLink { text: text(&body["link"]["text"]), url: text(&body["link"]["url"]) });
    body.is_object().then(|| Brand {
        name: text(&body["name"]),
        voice: number(Voice::NAMES, &body["voice"]),
        signoff: text(&body["signoff"]),
        link,
        link_color: text(&body["link_color"]),
    })
}

fn merge_tags(body: &Value) -> Option<MergeTags> {
    body.is_object().then(|| MergeTags {
        dialect: number(Dialect::NAMES, &body["dialect"]),
        keep: body["keep"].as_array().into_iter().flatten().filter_map(text).collect(),
    })
}

fn formats(body: &Value) -> Vec<i32> {
    body.as_array().into_iter().flatten().map(|name| number(Format::NAMES, name)).collect()
}

/// A request body of REST as a message.
pub(crate) fn request(body: &Value) -> RenderFragmentRequest {
    RenderFragmentRequest {
        context: body.get("context").map(context),
        locale: text(&body["locale"]),
        max_tips: integer(&body["max_tips"]),
        formats: formats(&body["formats"]),
        budget_bytes: integer(&body["budget_bytes"]),
        heading_level: integer(&body["heading_level"]),
        brand: brand(&body["brand"]),
        merge_tags: merge_tags(&body["merge_tags"]),
        catalog_version: text(&body["catalog_version"]),
    }
}

/// A line of a batch as a message.
pub(crate) fn item(line: &Value) -> BatchRenderFragmentsRequest {
    let RenderFragmentRequest {
        context,
        locale,
        max_tips,
        formats,
        budget_bytes,
        heading_level,
        brand,
        merge_tags,
        catalog_version,
    } = request(line);
    BatchRenderFragmentsRequest {
        r#ref: text(&line["ref"]).unwrap_or_default(),
        context,
        locale,
        max_tips,
        formats,
        budget_bytes,
        heading_level,
        brand,
        merge_tags,
        catalog_version,
        defaults: None,
        dry_run: false,
        confirm_token: None,
    }
}

/// The defaults of a batch as a message.
pub(crate) fn defaults(body: &Value) -> FragmentDefaults {
    let RenderFragmentRequest {
        locale,
        max_tips,
        formats,
        budget_bytes,
        heading_level,
        brand,
        merge_tags,
        catalog_version,
        ..
    } = request(body);
    FragmentDefaults { locale, max_tips, formats, budget_bytes, heading_level, brand, merge_tags, catalog_version }
}

/// An answer as the JSON that REST sends.
pub(crate) fn response(answer: &RenderFragmentResponse) -> Value {
    let RenderFragmentResponse { html, text, markdown, blocks, bytes, steps, left_out, catalog_version, locale, etag } =
        answer.clone();
    let id = String::new();
    let mut view =
        fragment(&Fragment { id, html, text, markdown, blocks, bytes, steps, left_out, catalog_version, locale, etag });
    view.as_object_mut().unwrap().remove("id");
    view
}

/// A fragment of a batch as the JSON that REST sends.
pub(crate) fn fragment(fragment: &Fragment) -> Value {
    let locale = fragment.locale.as_ref().unwrap();
    let left_out = |LeftOut { tip, because }: &LeftOut| json!({ "tip": tip, "because": because });
    let mut view = json!({
        "id": fragment.id, "steps": fragment.steps, "catalog_version": fragment.catalog_version, "etag": fragment.etag,
        "left_out": fragment.left_out.iter().map(left_out).collect::<Value>(),
        "locale": { "resolved": locale.resolved },
    });
    let FragmentBytes { html, html_quoted_printable, text } = fragment.bytes.unwrap();
    let bytes = [("html", html), ("html_quoted_printable", html_quoted_printable), ("text", text)];
    view["bytes"] = bytes.into_iter().filter_map(|(name, size)| Some((name.to_owned(), json!(size?)))).collect();
    if let Some(requested) = &locale.requested {
        view["locale"]["requested"] = json!(requested);
    }
    for (name, form) in [("html", &fragment.html), ("text", &fragment.text), ("markdown", &fragment.markdown)] {
        if let Some(form) = form {
            view[name] = json!(form);
        }
    }
    if !fragment.blocks.is_empty() {
        view["blocks"] = fragment.blocks.iter().map(block).collect();
    }
    view
}

fn block(block: &FragmentBlock) -> Value {
    let block_type = BlockType::try_from(block.r#type).unwrap().as_str_name().trim_start_matches("BLOCK_TYPE_");
    let dir = Direction::try_from(block.dir).unwrap().as_str_name().trim_start_matches("DIRECTION_");
    let mut view = json!({
        "type": block_type.to_lowercase(), "role": block.role, "text": block.text, "lang": block.lang, "dir": dir.to_lowercase(),
    });
    let optional = [("level", json!(block.level)), ("url", json!(block.url)), ("tip", json!(block.tip))];
    for (name, value) in optional.into_iter().filter(|(_, value)| !value.is_null()) {
        view[name] = value;
    }
    view
}

/// The end of a trial as the JSON that REST sends.
pub(crate) fn summary(found: &FragmentSummary) -> Value {
    let variant = |it: &rebound_tests::proto::FragmentVariant| json!({ "fragment_id": it.fragment_id, "count": it.count, "steps": it.steps });
    json!({
        "items": found.items, "errors": found.errors,
        "variants": found.variants.iter().map(variant).collect::<Value>(),
        "samples": found.samples.iter().map(fragment).collect::<Value>(),
    })
}
