//! A request that may come twice: how it is known again, and how its answer is kept. The answer may hold the text of a
//! key, so it is sealed with a key that is derived from what only the client has: the text of its API key and its
//! idempotency key. Who reads the database has neither.

use std::fmt;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};

use super::KeptAnswer;
use super::authenticator::bearer;
use crate::environment::Entropy;
use crate::error::{Error, ErrorKind, Result};
use crate::history::RequestKey;

/// How many bytes of a sealed answer are its nonce.
const NONCE_BYTES: usize = 24;

/// What a client's API key and idempotency key together are known by, and seal. `Debug` hides it.
#[derive(Clone)]
pub struct RequestSeal {
    digest: [u8; 32],
    mark: [u8; 32],
    key: [u8; 32],
}

impl RequestSeal {
    /// The seal of a request with this idempotency key and this value of the `authorization` header.
    #[must_use]
    pub fn new(request_key: &RequestKey, authorization: &[u8]) -> Self {
        let text = bearer(authorization).unwrap_or_default();
        let mut hasher = blake3::Hasher::new_derive_key("rebound 2026 a request that may come twice");
        hasher.update(text.as_bytes()).update(&[0]).update(request_key.as_str().as_bytes());
        let root = hasher.finalize();
        let derive = |context| blake3::derive_key(context, root.as_bytes());
        Self {
            digest: derive("rebound 2026 the name of a request that may come twice"),
            mark: derive("rebound 2026 what a request that may come twice asks"),
            key: derive("rebound 2026 the answer to a request that may come twice"),
        }
    }

    /// What the request is found by. It tells neither of the two keys.
    pub(super) const fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// A digest of what is asked. Each part is told from the next one.
    pub(super) fn asked(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_keyed(&self.mark);
        for part in parts {
            hasher.update(&(part.len() as u64).to_be_bytes()).update(part);
        }
        *hasher.finalize().as_bytes()
    }

    /// Keeps an answer to what was asked.
    pub(super) fn keep(&self, asked: [u8; 32], answer: &[u8], entropy: &dyn Entropy) -> Result<KeptAnswer> {
        let mut nonce = [0; NONCE_BYTES];
        entropy.fill(&mut nonce);
        let payload = Payload { msg: answer, aad: &asked };
        let encrypted = self.cipher().encrypt(&XNonce::from(nonce), payload);
        let encrypted = encrypted.map_err(|_| Error::internal("an answer cannot be sealed"))?;
        Ok(KeptAnswer { asked, sealed: [&nonce[..], &encrypted].concat() })
    }

    /// The answer that was kept.
    ///
    /// # Errors
    /// `IdempotencyKeyReused` if something else was asked then.
    pub(super) fn open(&self, asked: &[u8; 32], kept: &KeptAnswer) -> Result<Vec<u8>> {
        if kept.asked != *asked {
            let detail = "This idempotency key came before with another request. Send a fresh one.";
            return Err(Error::new(ErrorKind::IdempotencyKeyReused, detail));
        }
        let broken = || Error::internal("a kept answer does not open");
        let (nonce, encrypted) = kept.sealed.split_first_chunk::<NONCE_BYTES>().ok_or_else(broken)?;
        let payload = Payload { msg: encrypted, aad: asked };
        self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| broken())
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(self.key))
    }
}

impl fmt::Debug for RequestSeal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestSeal(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(std::sync::atomic::AtomicU8);

    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst));
        }
    }

    fn seal(request_key: &str, authorization: &str) -> RequestSeal {
        let request_key = RequestKey::new(request_key, "/request_id").expect("a usable key");
        RequestSeal::new(&request_key, authorization.as_bytes())
    }

    #[test]
    fn an_answer_opens_with_both_keys_and_the_same_request_alone() {
        let entropy = Counting(0.into());
        let mine = seal("1", "Bearer rbk_a");
        let asked = mine.asked(&[b"create_tenant", b"acme"]);
        let kept = mine.keep(asked, b"the secret", &entropy).expect("an answer");
        assert!(!kept.sealed.windows(6).any(|bytes| bytes == b"secret"));
        assert_ne!(mine.keep(asked, b"the secret", &entropy).expect("an answer"), kept, "no nonce comes twice");
        assert_eq!(seal("1", "bearer  rbk_a").open(&asked, &kept).expect("the answer"), b"the secret");
        for other in [seal("2", "Bearer rbk_a"), seal("1", "Bearer rbk_b")] {
            assert_ne!(other.digest(), mine.digest());
            assert_eq!(other.open(&asked, &kept).expect_err("another key").kind, ErrorKind::Internal);
        }
        let others = mine.asked(&[b"create_tenan", b"tacme"]);
        assert_eq!(mine.open(&others, &kept).expect_err("another request").kind, ErrorKind::IdempotencyKeyReused);
        let moved = KeptAnswer { asked: others, ..kept };
        assert_eq!(mine.open(&others, &moved).expect_err("a moved answer").kind, ErrorKind::Internal);
    }
}
