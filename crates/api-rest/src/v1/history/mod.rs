//! The history of a person: rejections, what the person made of them, and what can be learned. Ids of people stand in
//! paths and are never logged; every answer is private.

mod action_items;
mod aggregates;
mod call;
mod diary;
mod diary_view;
mod export;
mod form;
mod forms;
mod guidance;
mod input;
mod insights;
mod person;
mod plan;
mod query;
mod rejections;
mod sent;
mod view;

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use rebound_domain::access::{Caller, Scope};
use rebound_domain::history::Sight;
use rebound_domain::{Error, Result as DomainResult};
use serde::Serialize;

pub(crate) use self::forms::TOKEN_SCOPES;
pub(crate) use self::query::AGGREGATE_WINDOWS;
use self::view::Showing;
use crate::Api;
use crate::problem::Refusal;
use crate::routes::{Routes, routes};

/// The routes of histories.
pub(crate) fn router() -> Routes {
    Routes::new()
        .routes(routes!(rejections::create_rejection, rejections::list_rejections))
        .routes(routes!(rejections::get_rejection, rejections::update_rejection, rejections::delete_rejection))
        .routes(routes!(diary::advance_rejection))
        .routes(routes!(diary::create_contact))
        .routes(routes!(diary::create_feedback))
        .routes(routes!(diary::update_feedback))
        .routes(routes!(diary::create_reflection))
        .routes(routes!(diary::set_outcome, diary::delete_outcome))
        .routes(routes!(guidance::get_rejection_guidance))
        .routes(routes!(action_items::create_action_item, action_items::list_action_items))
        .routes(routes!(action_items::update_action_item))
        .routes(routes!(person::create_user_token))
        .routes(routes!(person::get_timeline))
        .routes(routes!(insights::get_insights))
        .routes(routes!(plan::get_development_plan))
        .routes(routes!(export::export_user))
        .routes(routes!(person::erase_user))
        .routes(routes!(person::get_erasure_receipt))
        .routes(routes!(aggregates::get_aggregates))
}

/// How many bytes a rejection or the like has as JSON, as a rule at most.
const PART_BYTES: usize = 1_024;

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
    json_of(1, status, view)
}

/// A JSON answer with so many parts, for which there is room from the beginning.
fn json_of(parts: usize, status: StatusCode, view: &impl Serialize) -> Result<Response, Refusal> {
    let mut json = Vec::with_capacity(parts * PART_BYTES);
    serde_json::to_writer(&mut json, view).map_err(Error::internal)?;
    let mut response = Response::new(Body::from(json));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}
