//! The body of `POST /v1/fragments` as any service would declare it.

use serde::Deserialize;

use super::context::Context;

#[derive(Deserialize)]
#[expect(dead_code, reason = "parsed, then thrown away")]
pub(super) struct FragmentRequest {
    context: Context,
    locale: Option<String>,
    max_tips: Option<i64>,
    #[serde(default)]
    formats: Vec<Format>,
    budget_bytes: Option<i64>,
    heading_level: Option<i64>,
    brand: Option<Brand>,
    merge_tags: Option<MergeTags>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Format {
    Html,
    Text,
    Markdown,
    Blocks,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "parsed, then thrown away")]
struct Brand {
    name: Option<String>,
    voice: Option<String>,
    signoff: Option<String>,
    link: Option<Link>,
    link_color: Option<String>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "parsed, then thrown away")]
struct Link {
    text: String,
    url: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "parsed, then thrown away")]
struct MergeTags {
    dialect: Option<String>,
    #[serde(default)]
    keep: Vec<String>,
}
