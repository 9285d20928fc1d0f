//! Who is calling, as an extractor that a handler cannot forget: without the scope it does not run.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::header::AUTHORIZATION;
use http::request::Parts;
use rebound_domain::access::Scope;

use crate::Api;
use crate::edge::Seen;
use crate::problem::Refusal;

/// A scope as a type.
pub(crate) trait RequiredScope: Send + Sync {
    /// The scope.
    const SCOPE: Scope;
}

/// The scope `guidance`.
pub(crate) struct Guidance;

impl RequiredScope for Guidance {
    const SCOPE: Scope = Scope::Guidance;
}

/// A caller whose key has the scope `S`.
pub(crate) struct Authorized<S> {
    scope: PhantomData<S>,
}

impl<S: RequiredScope> FromRequestParts<Arc<Api>> for Authorized<S> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, Refusal> {
        let seen = Seen::of(parts);
        let authorization = parts.headers.get(AUTHORIZATION).map(http::HeaderValue::as_bytes);
        let caller = api.authenticator.authorize(authorization, S::SCOPE).await?;
        if let Some(seen) = seen {
            seen.caller.get_or_init(|| caller);
        }
        Ok(Self { scope: PhantomData })
    }
}

/// Anybody, with or without a key.
pub(crate) struct Anybody;

impl FromRequestParts<Arc<Api>> for Anybody {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<Api>) -> Result<Self, Infallible> {
        Seen::of(parts);
        Ok(Self)
    }
}
