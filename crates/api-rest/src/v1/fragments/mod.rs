//! Fragments: advice for somebody else's e-mail, one at a time or many in a stream.

mod batch;
mod examples;
mod input;
mod line_schema;
mod lines;
mod members;
mod schema;
mod view;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use http::HeaderMap;
use http::request::Parts;
use rebound_domain::catalog::{Catalog, Catalogs};
use rebound_domain::fragments::{Choice, Defaults, FragmentRequest};

use self::input::Input;
pub use self::lines::FragmentFile;
use crate::Api;
use crate::auth::{Authorized, Guidance};
use crate::body::read_json;
use crate::errors::{Common, WithBody};
use crate::known::{Answered, InputKey};
use crate::openapi::Negotiated;
use crate::problem::Refusal;
use crate::representation::{EntityTag, Representation};
use crate::routes::{Routes, routes};

/// The routes of fragments.
pub(crate) fn router() -> Routes {
    Routes::new().routes(routes!(render_fragment)).routes(routes!(batch::batch_render_fragments))
}

/// The answer to a request as the bytes of its JSON document, and its content as a number.
fn fragment_json(catalog: &Catalog, request: &FragmentRequest) -> rebound_domain::Result<(Vec<u8>, u128)> {
    let frame = request.frame(catalog);
    let choice = Choice::new(catalog, request, &frame)?;
    let fragment = choice.render(request, &frame);
    let mut json = Vec::with_capacity(8 * 1024);
    // Writing plain texts and numbers into memory has no way to fail.
    let _: Result<(), serde_json::Error> =
        serde_json::to_writer(&mut json, &view::FragmentView::new(catalog, request, &fragment));
    Ok((json, choice.tag))
}

impl Api {
    /// The answer to a body; it is parsed only if the same bytes did not come before.
    fn fragment(&self, catalogs: &Catalogs, json: &[u8], headers: &HeaderMap) -> Result<Answered, Refusal> {
        self.known.answer(InputKey::new(b'F', json, headers, catalogs.layer()), || {
            let input = Input::from_json(json)?;
            let request = input.into_request(catalogs, headers, &Defaults::default(), false)?;
            let (json, tag) = fragment_json(catalogs.get(request.catalog), &request)?;
            Ok(Answered { ready: Representation::new(json), tag: EntityTag::new(tag) })
        })
    }
}

/// Render a fragment
///
/// Advice to put into an e-mail that somebody else sends: HTML that no host can break, its plain-text twin, Markdown and
/// blocks. Needs no personal data, has no tracking, and keeps to a budget of bytes by leaving out whole tips. It is for an
/// employer's own e-mail unless the context names another audience.
#[utoipa::path(
    post,
    path = "/v1/fragments",
    operation_id = "renderFragment",
    tag = "fragments",
    security(("api_key" = ["guidance"])),
    params(Negotiated),
    request_body(content = schema::FragmentRequest, examples(
        ("branded" = (summary = "After an interview, in an employer's voice", value = json!(examples::BRANDED.clone()))),
    )),
    responses(
        (
            status = 200,
            description = "The fragment",
            body = view::FragmentView,
            headers(("ETag" = String, description = "The same for the same content")),
            example = json!(examples::FRAGMENT.clone()),
        ),
        WithBody,
        Common,
    )
)]
pub(crate) async fn render_fragment(
    Authorized { caller, .. }: Authorized<Guidance>,
    State(api): State<Arc<Api>>,
    request: Request,
) -> Result<Response, Refusal> {
    let (Parts { headers, .. }, body) = request.into_parts();
    let json = read_json(&headers, body).await?;
    let catalogs = api.catalogs.of(caller.tenant).await?;
    let answered = api.fragment(&catalogs, &json, &headers)?;
    Ok(answered.tag.mark(answered.ready.respond(&headers)))
}
