//! The body of `POST /v1/replies` as any service would declare it.

use std::collections::HashMap;

use serde::Deserialize;

use super::context::Context;

#[derive(Deserialize)]
#[expect(dead_code, reason = "parsed, then thrown away")]
pub(super) struct ReplyRequest {
    template: String,
    context: Context,
    #[serde(default)]
    variables: HashMap<String, String>,
    channel: Option<Channel>,
    tone: Option<Tone>,
    length: Option<Length>,
    #[serde(default)]
    r#override: bool,
    locale: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Channel {
    Email,
    Phone,
    Chat,
    InPerson,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Tone {
    Warm,
    Neutral,
    Formal,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Length {
    Short,
    Standard,
}
