//! Replies: the templates, and one composed from what happened and what the person fills in.

mod examples;
mod input;
mod schema;
mod templates;
mod view;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use http::HeaderMap;
use rebound_domain::Result;
use rebound_domain::catalog::Catalogs;
use rebound_domain::replies::{ReplyRequest, compose};

use self::input::Input;
use crate::Api;
use crate::auth::{Authorized, Guidance};
use crate::body::read_json;
use crate::errors::{Common, OnUnwise, WithBody};
use crate::openapi::Negotiated;
use crate::problem::Refusal;
use crate::representation::Representation;
use crate::routes::{Routes, routes};

/// The routes of replies.
pub(crate) fn router() -> Routes {
    Routes::new()
        .routes(routes!(templates::list_reply_templates))
        .routes(routes!(templates::get_reply_template))
        .routes(routes!(compose_reply))
}

/// Compose a reply
///
/// Words that the person can send or say, as text and HTML, for e-mail also as a link and as a draft, for a talk also as
/// talking points. What is filled in is text, whatever it holds; it is neither kept nor logged. While something that is
/// required is not filled in, `missing` names it and there are no words. A reply that the situation makes unwise is
/// refused with the rule, the advice and a better step, unless `override` is true.
#[utoipa::path(
    post,
    path = "/v1/replies",
    operation_id = "composeReply",
    tag = "replies",
    security(("api_key" = ["guidance"])),
    params(Negotiated),
    request_body(content = schema::ReplyRequest, examples(
        ("thanks-after-three-rounds" = (summary = "Thanks to the hiring manager", value = json!(examples::THANKS.clone()))),
        ("another-look-at-an-idea" = (summary = "One request to look again, by phone", value = json!(examples::ANOTHER_LOOK.clone()))),
    )),
    responses(
        (status = 200, description = "The reply, or what is missing", body = view::ReplyView, example = json!(examples::REPLY.clone())),
        WithBody,
        OnUnwise,
        Common,
    )
)]
pub(crate) async fn compose_reply(
    Authorized { caller, .. }: Authorized<Guidance>,
    State(api): State<Arc<Api>>,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let json = read_json(&parts.headers, body).await?;
    let catalogs = api.catalogs.of(caller.tenant).await?;
    let mut response = Representation::new(composed(&catalogs, &parts.headers, &json)?).respond(&parts.headers);
    // What was filled in is the person's.
    response.headers_mut().insert(http::header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The answer to a body.
pub(crate) fn composed(catalogs: &Catalogs, headers: &HeaderMap, json: &[u8]) -> Result<Vec<u8>> {
    let (sent, errors) = Input::from_json(json)?.into_sent(catalogs, headers);
    let request = ReplyRequest::new(catalogs.get(sent.catalog), sent, errors)?;
    let composed = compose(&request)?;
    let mut json = Vec::with_capacity(8 * 1024);
    // Writing plain texts into memory has no way to fail.
    let _: Result<(), serde_json::Error> = serde_json::to_writer(&mut json, &view::ReplyView::new(&request, &composed));
    Ok(json)
}
