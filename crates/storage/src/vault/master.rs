//! The master key: it encrypts the keys of people and nothing else, and it is never kept in the database.

use std::fmt;

use zeroize::Zeroizing;

use super::seal::DataKey;

/// The bytes that tell one master key from another.
pub(super) type MasterKeyId = [u8; 8];

/// The 32 bytes that open everything. `Debug` hides them, and memory is cleared when it is dropped.
#[derive(Clone)]
pub struct MasterKey(DataKey);

/// A text that is not a master key. It does not repeat the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a master key has 64 hexadecimal digits")]
pub struct InvalidMasterKey;

impl MasterKey {
    /// The key with these bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(DataKey::from(bytes))
    }

    /// The key that 64 hexadecimal digits state.
    ///
    /// # Errors
    /// If it is anything else.
    pub fn parse(digits: &str) -> Result<Self, InvalidMasterKey> {
        let mut bytes = Zeroizing::new([0; 32]);
        if digits.len() != 64 {
            return Err(InvalidMasterKey);
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
            let digit = |digit: u8| char::from(digit).to_digit(16).ok_or(InvalidMasterKey);
            *byte = u8::try_from(digit(pair[0])? << 4 | digit(pair[1])?).map_err(|_| InvalidMasterKey)?;
        }
        Ok(Self::from_bytes(*bytes))
    }

    /// What stands beside everything that it encrypted.
    pub(super) fn id(&self) -> MasterKeyId {
        let digest = blake3::derive_key("rebound 2026 id of a master key", self.0.bytes());
        let mut id = MasterKeyId::default();
        let length = id.len();
        id.copy_from_slice(&digest[..length]);
        id
    }

    /// The key as one that seals.
    pub(super) fn key(&self) -> &DataKey {
        &self.0
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_master_key_is_64_digits() {
        let digits = "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F";
        let key = MasterKey::parse(digits).expect("a key");
        let mut bytes = [0; 32];
        for (index, byte) in (0..).zip(&mut bytes) {
            *byte = index;
        }
        assert_eq!(key.id(), MasterKey::from_bytes(bytes).id());
        assert_ne!(key.id(), MasterKey::from_bytes([0; 32]).id());
        assert_eq!(format!("{key:?}"), "MasterKey(…)");
        let signed = format!("+{}", &digits[1..]);
        for refused in ["", "00", &digits[1..], &signed, &format!("{digits}00"), &"é".repeat(32)] {
            assert!(MasterKey::parse(refused).is_err(), "{refused}");
        }
    }
}
