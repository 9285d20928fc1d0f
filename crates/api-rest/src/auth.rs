//! Who is calling, as an extractor that a handler cannot forget: without the scope it does not run.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use rebound_domain::access::{Admitted, Caller, Scope};
use rebound_domain::{governance, history};

use crate::Api;
use crate::edge::Seen;
use crate::fields::Wish;
use crate::problem::Refusal;

/// Scopes as a type: a key needs one of them.
pub(crate) trait RequiredScope: Send + Sync {
    /// The scopes.
    const SCOPES: &'static [Scope];
}

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident $scopes:expr;)+) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl RequiredScope for $name {
            const SCOPES: &'static [Scope] = $scopes;
        }
    )+};
}

scopes! {
    /// The scope `guidance`.
    Guidance &[Scope::Guidance];
    /// A scope that reads a history.
    ReadHistory history::READ_SCOPES;
    /// A scope that writes a record.
    WriteHistory history::WRITE_SCOPES;
    /// The scope that reads what a person wrote.
    ReadDiary history::DIARY_READ_SCOPES;
    /// The scope that writes on behalf of a person.
    WriteDiary history::DIARY_WRITE_SCOPES;
    /// A scope that erases a person.
    Erase history::ERASE_SCOPES;
    /// A scope that reads counts over all people of a tenant.
    ReadAggregates history::AGGREGATE_SCOPES;
    /// A scope that reads receipts of erasures.
    ReadReceipts governance::RECEIPT_SCOPES;
    /// The scope that administers a tenant.
    Admin &[Scope::Admin];
    /// The scope that administers the instance.
    Operator &[Scope::Operator];
    /// A scope that administers keys: of the own tenant, or of any.
    AdminOrOperator &[Scope::Admin, Scope::Operator];
}

/// A caller whose key has one of the scopes `S`.
pub(crate) struct Authorized<S> {
    /// Who calls.
    pub(crate) caller: Caller,
    /// What pays for further items.
    pub(crate) admitted: Admitted,
    scopes: PhantomData<S>,
}

impl<S: RequiredScope> Authorized<S> {
    /// Checks the key in the headers of a request, and notes whose it is and what is left of its limits.
    pub(crate) async fn check(headers: &HeaderMap, api: &Api, seen: Option<&Seen>) -> Result<Self, Refusal> {
        let authorization = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
        let admitted = api.authenticator.authenticate(authorization).await?;
        let caller = admitted.caller;
        if let Some(seen) = seen {
            seen.caller.get_or_init(|| (caller.key, admitted.charge.standing));
        }
        admitted.charge.accept()?;
        caller.require_any(S::SCOPES)?;
        Ok(Self { caller, admitted, scopes: PhantomData })
    }
}

impl<S: RequiredScope> FromRequestParts<Arc<Api>> for Authorized<S> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, api: &Arc<Api>) -> Result<Self, Refusal> {
        let authorized = Self::check(&parts.headers, api, Seen::of(parts)).await?;
        // Only now: who may not call learns nothing of what could be asked for.
        if let Some(wish) = Wish::take(&api.answers, parts)?
            && let Some(seen) = Seen::of(parts)
        {
            seen.wish.get_or_init(|| Box::new(wish));
        }
        Ok(authorized)
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
