//! The text of a key and its digest. The text exists only while a key is made or checked; what is kept is a
//! BLAKE3 digest, which suffices because generated keys have 256 random bits.

use std::fmt;
use std::ops::RangeInclusive;

use crate::environment::Entropy;

/// How long a bootstrap key of the operator's own may be, in visible ASCII characters.
pub const BOOTSTRAP_KEY_LENGTH: RangeInclusive<usize> = 32..=128;

/// The text of a key: `rbk_` and 64 hexadecimal digits, or an operator's own bootstrap key. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A fresh key.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut random = [0; 32];
        entropy.fill(&mut random);
        Self(format!("rbk_{}", blake3::Hash::from_bytes(random).to_hex()))
    }

    /// An operator's own key, refused unless it has 32 to 128 visible ASCII characters.
    pub fn bootstrap(text: &str) -> Result<Self, WeakSecret> {
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        if visible && BOOTSTRAP_KEY_LENGTH.contains(&text.len()) { Ok(Self(text.to_owned())) } else { Err(WeakSecret) }
    }

    /// A key whose text was kept, sealed, for a repetition.
    pub(super) const fn kept(text: String) -> Self {
        Self(text)
    }

    /// The text, to be handed to its owner once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The digest under which the key is kept.
    #[must_use]
    pub fn digest(&self) -> KeyDigest {
        KeyDigest::of(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A bootstrap key that is too short, too long, or not visible ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a bootstrap key has 32 to 128 visible ASCII characters")]
pub struct WeakSecret;

/// The digest of a key's text. Equality takes the same time wherever two digests differ; `blake3` sees to it.
#[derive(Debug, Clone, Copy, Eq)]
pub struct KeyDigest([u8; 32]);

impl KeyDigest {
    /// The digest of the text that a caller presents.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(*blake3::hash(text.as_bytes()).as_bytes())
    }

    /// The bytes, to be stored.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for KeyDigest {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl PartialEq for KeyDigest {
    fn eq(&self, other: &Self) -> bool {
        blake3::Hash::from_bytes(self.0) == blake3::Hash::from_bytes(other.0)
    }
}

impl std::hash::Hash for KeyDigest {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
