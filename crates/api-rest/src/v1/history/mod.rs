//! The history of a person: rejections, what the person made of them, and what can be learned. Ids of people stand in
//! paths and are never logged; every answer is private.

mod call;
mod form;
mod forms;
mod input;
mod json;
mod query;
mod rejections;
mod sent;
mod view;

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use rebound_domain::access::{Caller, Scope};
use rebound_domain::history::Sight;
use rebound_domain::{Error, Result as DomainResult};
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::view::Showing;
use crate::Api;
use crate::problem::Refusal;

/// The routes of histories.
pub(crate) fn router() -> OpenApiRouter<Arc<Api>> {
    OpenApiRouter::new().routes(routes!(rejections::create_rejection, rejections::list_rejections)).routes(routes!(
        rejections::get_rejection,
        rejections::update_rejection,
        rejections::delete_rejection
    ))
}

impl Api {
    /// How something is shown to this caller, now.
    async fn showing(&self, caller: &Caller) -> DomainResult<Showing> {
        let settings = self.governance.settings(caller.tenant).await?;
        let is_of_person = caller.has_any(&[Scope::DiaryRead, Scope::DiaryWrite]);
        Ok(Showing { sight: Sight::of(caller), is_of_person, now: self.history.clock.now(), settings })
    }
}

/// A JSON answer. It is never compressed: what is private shares no stream with what others may choose, and strong
/// entity tags stand for one form.
fn json(status: StatusCode, view: &impl Serialize) -> Result<Response, Refusal> {
    let json = serde_json::to_vec(view).map_err(Error::internal)?;
    let mut response = Response::new(Body::from(json));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}
