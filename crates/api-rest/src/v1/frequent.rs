//! The operations that are asked most by far. The edge calls them itself: the way through the router costs as much as a
//! remembered answer.

use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::State;
use axum::response::Response;
use http::Method;
use http::request::Parts;

use super::{fragments, guidance, replies};
use crate::Api;
use crate::auth::Authorized;
use crate::edge::Seen;
use crate::fields::Wish;
use crate::problem::Refusal;

const GUIDANCE: &str = "/v1/guidance";
const FRAGMENTS: &str = "/v1/fragments";
const REPLIES: &str = "/v1/replies";

/// An operation that is asked often.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Frequent {
    GetGuidance,
    GetGuidanceByQuery,
    RenderFragment,
    ComposeReply,
}

impl Frequent {
    /// How many there are.
    pub(crate) const COUNT: usize = 4;

    /// The operation that a request is for, if it is one of them and wants all of the answer.
    pub(crate) fn of<B>(request: &http::Request<B>) -> Option<Self> {
        let operation = match (request.uri().path(), request.method()) {
            (GUIDANCE, &Method::POST) => Self::GetGuidance,
            (GUIDANCE, &Method::GET) => Self::GetGuidanceByQuery,
            (FRAGMENTS, &Method::POST) => Self::RenderFragment,
            (REPLIES, &Method::POST) => Self::ComposeReply,
            _ => return None,
        };
        (!Wish::may_be_in(request.uri())).then_some(operation)
    }

    /// The method that asks for it.
    pub(crate) const fn method(self) -> &'static str {
        match self {
            Self::GetGuidance | Self::RenderFragment | Self::ComposeReply => "POST",
            Self::GetGuidanceByQuery => "GET",
        }
    }

    /// Where the router has it too, for the OpenAPI document and for `HEAD`.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::GetGuidance | Self::GetGuidanceByQuery => GUIDANCE,
            Self::RenderFragment => FRAGMENTS,
            Self::ComposeReply => REPLIES,
        }
    }

    /// Answers as the router would. What reads a body is large, and put where it stays: all that is around it is moved.
    #[expect(clippy::manual_async_fn, reason = "an async fn would hold the request twice")]
    pub(crate) fn answer<B>(
        self,
        request: http::Request<B>,
        api: &Arc<Api>,
        seen: &Seen,
    ) -> impl Future<Output = Result<Response, Refusal>>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        async move {
            let caller = Authorized::check(request.headers(), api, Some(seen)).await?;
            match self {
                Self::GetGuidance => {
                    Box::pin(guidance::get_guidance(caller, State(Arc::clone(api)), request.map(Body::new))).await
                }
                Self::GetGuidanceByQuery => {
                    let (Parts { uri, headers, .. }, _) = request.into_parts();
                    guidance::by_query(caller.caller.tenant, api, &uri, headers).await
                }
                Self::RenderFragment => {
                    Box::pin(fragments::render_fragment(caller, State(Arc::clone(api)), request.map(Body::new))).await
                }
                Self::ComposeReply => {
                    Box::pin(replies::compose_reply(caller, State(Arc::clone(api)), request.map(Body::new))).await
                }
            }
        }
    }
}
