//! A call on the history of a person: path, headers, query, and a body that is read later.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use http::HeaderMap;
use rebound_domain::access::Caller;
use rebound_domain::history::RequestKey;
use rebound_domain::id::{ActionItemId, FeedbackId, RejectionId};
use rebound_domain::{Error, ErrorKind, Result};

use super::form::Form;
use super::sent::Sent;
use crate::Api;
use crate::body::read_json_as;
use crate::problem::Refusal;
use crate::query::{Query, if_match, request_key};

/// The ids that follow the user in a path.
pub(super) trait Place: Sized {
    /// The ids, unless one of them is none: then there is nothing at this place.
    fn of(segments: &[String]) -> Result<Self>;
}

impl Place for () {
    fn of(_: &[String]) -> Result<Self> {
        Ok(())
    }
}

impl Place for RejectionId {
    fn of(segments: &[String]) -> Result<Self> {
        parsed(segments.first(), "There is no rejection with this id.")
    }
}

impl Place for ActionItemId {
    fn of(segments: &[String]) -> Result<Self> {
        parsed(segments.first(), "There is no action item with this id.")
    }
}

impl Place for (RejectionId, FeedbackId) {
    fn of(segments: &[String]) -> Result<Self> {
        let feedback = parsed(segments.get(1), "There is no feedback with this id.");
        Ok((RejectionId::of(segments)?, feedback?))
    }
}

fn parsed<I: std::str::FromStr>(segment: Option<&String>, detail: &'static str) -> Result<I> {
    segment.and_then(|id| id.parse().ok()).ok_or_else(|| Error::new(ErrorKind::NotFound, detail))
}

/// A call on the history of a person, at a place in it.
pub(super) struct Call<P> {
    /// Whose history it is, as the path says.
    pub(super) user_id: String,
    /// What it is about.
    pub(super) at: P,
    pub(super) headers: HeaderMap,
    query: Option<String>,
    body: Body,
}

impl<P: Place> FromRequest<Arc<Api>> for Call<P> {
    type Rejection = Refusal;

    async fn from_request(request: Request, api: &Arc<Api>) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let segments = Path::<Vec<String>>::from_request_parts(&mut parts, api).await;
        // What is not UTF-8 is no id of anything.
        let nothing = |_| Error::new(ErrorKind::NotFound, "There is no such user.");
        let Path(mut segments) = segments.map_err(nothing)?;
        let place = segments.split_off(1.min(segments.len()));
        let user_id = segments.pop().unwrap_or_default();
        let query = parts.uri.query().map(str::to_owned);
        Ok(Self { user_id, at: P::of(&place)?, headers: parts.headers, query, body })
    }
}

impl<P> Call<P> {
    /// The query parameters, of which only those `allowed` may be there.
    pub(super) fn query(&self, allowed: &'static [&'static str]) -> Result<Query> {
        Query::parse(self.query.as_deref(), allowed)
    }

    /// The body, read against its form. No query parameter goes with one.
    pub(super) async fn body(&mut self, form: &'static Form) -> Result<Sent> {
        self.query(&[])?;
        let patch: &[&str] = &["application/json", "application/merge-patch+json"];
        let allowed = if form.is_patch { patch } else { &patch[..1] };
        let json = read_json_as(allowed, &self.headers, std::mem::take(&mut self.body)).await?;
        Sent::read(form, &json)
    }

    /// The key under which the request is not done twice.
    pub(super) fn request_key(&self) -> Result<Option<RequestKey>> {
        request_key(&self.headers)
    }

    /// The tags of the state that the client saw.
    pub(super) fn if_match(&self) -> Option<String> {
        if_match(&self.headers)
    }

    /// What a page token of a list is bound to: the list, whose it is, and how it is filtered.
    pub(super) fn list(&self, caller: &Caller, name: &str, filter: &impl std::fmt::Debug) -> String {
        format!("{name} {} {} {filter:?}", caller.tenant, self.user_id)
    }

    /// The path of something below the person, with the person's id written so that it is one segment.
    pub(super) fn path_to(&self, rest: &str) -> String {
        let user: String = form_urlencoded::byte_serialize(self.user_id.as_bytes()).collect();
        format!("/v1/users/{user}/{rest}")
    }
}
