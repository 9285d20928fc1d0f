//! Steps that may be asked for twice: done once, answered alike. The answers that are kept have a form of their own, so
//! that a change of the API does not change them.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Administration;
use crate::access::{AccessRequest, AccessStep, AccessStore, ApiKey, Caller, IssuedKey, KeptAnswer};
use crate::access::{RequestSeal, Secret, Tenant};
use crate::environment::Entropy;
use crate::error::{Error, Result};
use crate::history::Done;
use crate::id::{ApiKeyId, TenantId};

/// For how long an answer is kept.
const KEEP_ANSWERS: SignedDuration = SignedDuration::from_hours(24);

/// A request that came with an idempotency key.
#[derive(Clone, Copy)]
pub(crate) struct Repeatable<'a> {
    tenant: TenantId,
    seal: &'a RequestSeal,
    asked: [u8; 32],
}

impl<'a> Repeatable<'a> {
    /// A request for `operation` on `subject`, if it came with an idempotency key.
    pub(crate) fn new<C: Serialize>(
        caller: &Caller,
        operation: &str,
        subject: &str,
        command: &C,
        seal: Option<&'a RequestSeal>,
    ) -> Result<Option<Self>> {
        let Some(seal) = seal else { return Ok(None) };
        let command = serde_json::to_vec(command).map_err(Error::internal)?;
        let asked = seal.asked(&[operation.as_bytes(), subject.as_bytes(), &command]);
        Ok(Some(Self { tenant: caller.tenant, seal, asked }))
    }

    /// The answer that was given when this request came before.
    pub(crate) async fn replayed<A: Answer>(&self, store: &dyn AccessStore, now: Timestamp) -> Result<Option<A>> {
        let kept = store.kept_answer(self.tenant, self.seal.digest(), now).await?;
        kept.map(|kept| self.restored(&kept)).transpose()
    }

    /// What is kept of the request when it is answered like this.
    pub(crate) fn kept(&self, answer: &impl Answer, now: Timestamp, entropy: &dyn Entropy) -> Result<AccessRequest> {
        Ok(AccessRequest {
            tenant: self.tenant,
            digest: *self.seal.digest(),
            kept: self.seal.keep(self.asked, &answer.keep()?, entropy)?,
            created_at: now,
            expires_at: now + KEEP_ANSWERS,
        })
    }

    /// The answer that was kept.
    ///
    /// # Errors
    /// `IdempotencyKeyReused` if it was one to something else.
    pub(crate) fn restored<A: Answer>(&self, kept: &KeptAnswer) -> Result<A> {
        A::restore(&self.seal.open(&self.asked, kept)?)
    }
}

/// An answer that can be kept.
pub(crate) trait Answer: Sized {
    /// As bytes.
    fn keep(&self) -> Result<Vec<u8>>;

    /// From bytes.
    fn restore(bytes: &[u8]) -> Result<Self>;
}

impl Administration {
    /// The answer that was given when this request came before.
    pub(super) async fn replayed<A: Answer>(&self, request: Option<Repeatable<'_>>) -> Result<Option<A>> {
        match request {
            Some(request) => request.replayed(&*self.store, self.clock.now()).await,
            None => Ok(None),
        }
    }

    /// Takes a step that leads to `answer`, or answers what was answered when the request came before.
    pub(super) async fn once<A: Answer>(
        &self,
        request: Option<Repeatable<'_>>,
        step: AccessStep<'_>,
        answer: A,
    ) -> Result<Done<A>> {
        let Some(request) = request else {
            self.store.apply(step, None).await?;
            return Ok(Done { value: answer, is_new: true });
        };
        let kept = request.kept(&answer, self.clock.now(), &*self.entropy)?;
        match self.store.apply(step, Some(&kept)).await? {
            None => Ok(Done { value: answer, is_new: true }),
            Some(kept) => Ok(Done { value: request.restored(&kept)?, is_new: false }),
        }
    }
}

impl Answer for Tenant {
    fn keep(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self).map_err(Error::internal)
    }

    fn restore(bytes: &[u8]) -> Result<Self> {
        serde_json::from_slice(bytes).map_err(Error::internal)
    }
}

/// A key with its text, in the form in which it is sealed.
#[derive(Serialize, Deserialize)]
struct KeptKey {
    tenant: TenantId,
    id: ApiKeyId,
    name: String,
    scopes: String,
    secret: String,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
}

impl Answer for IssuedKey {
    fn keep(&self) -> Result<Vec<u8>> {
        let ApiKey { tenant, id, name, scopes, created_at, expires_at, .. } = self.key.clone();
        let (scopes, secret) = (scopes.to_string(), self.secret.reveal().to_owned());
        serde_json::to_vec(&KeptKey { tenant, id, name, scopes, secret, created_at, expires_at })
            .map_err(Error::internal)
    }

    fn restore(bytes: &[u8]) -> Result<Self> {
        let KeptKey { tenant, id, name, scopes, secret, created_at, expires_at } =
            serde_json::from_slice(bytes).map_err(Error::internal)?;
        let scopes = scopes.parse().map_err(|error: crate::access::UnknownScope| Error::internal(error))?;
        let secret = Secret::kept(secret);
        let digest = secret.digest();
        let key = ApiKey { tenant, id, name, scopes, digest, created_at, expires_at, revoked_at: None, bound_to: None };
        Ok(Self { key, secret })
    }
}
