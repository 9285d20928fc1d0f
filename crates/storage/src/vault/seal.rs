//! Seals bytes so that they open only with their key and only where they were put: XChaCha20-Poly1305 with a random
//! nonce, the place as associated data. It must not know what the bytes mean.

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{Key, Tag, XChaCha20Poly1305, XNonce};
use rebound_domain::environment::Entropy;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::reference::Reference;

/// The first byte of every blob, so that another way of sealing can come later.
const FORM: u8 = 1;

const NONCE_LENGTH: usize = 24;
const TAG_LENGTH: usize = 16;

/// Where a blob belongs. One that was moved does not open.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// Table and column, as in `rejections.diary`.
    pub(crate) column: &'static str,
    /// Whose it is.
    pub(crate) owner: Reference,
    /// Which row of the owner.
    pub(crate) row: Uuid,
}

/// A blob that does not open: another key, another place, or changed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sealed data does not open")]
pub(crate) struct Broken;

/// A key of 32 bytes, cleared when dropped.
#[derive(Clone)]
pub(crate) struct DataKey(Zeroizing<[u8; 32]>);

impl From<[u8; 32]> for DataKey {
    fn from(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl DataKey {
    pub(crate) fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        entropy.fill(&mut *bytes);
        Self(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(*self.0))
    }

    /// The form, the nonce, the encrypted bytes and the tag.
    pub(crate) fn seal(&self, entropy: &dyn Entropy, place: Place, bytes: &[u8]) -> Result<Vec<u8>, Broken> {
        let mut nonce = [0; NONCE_LENGTH];
        entropy.fill(&mut nonce);
        let start = 1 + NONCE_LENGTH;
        let mut blob = Vec::with_capacity(start + bytes.len() + TAG_LENGTH);
        blob.push(FORM);
        blob.extend_from_slice(&nonce);
        blob.extend_from_slice(bytes);
        let inside = (&mut blob[start..]).into();
        let tag = self.cipher().encrypt_inout_detached(&XNonce::from(nonce), &place.bytes(), inside);
        blob.extend_from_slice(&tag.map_err(|_| Broken)?);
        Ok(blob)
    }

    pub(crate) fn open(&self, place: Place, blob: &[u8]) -> Result<Zeroizing<Vec<u8>>, Broken> {
        let (&[form], rest) = blob.split_first_chunk::<1>().ok_or(Broken)?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE_LENGTH>().ok_or(Broken)?;
        let (inside, tag) = rest.split_last_chunk::<TAG_LENGTH>().ok_or(Broken)?;
        if form != FORM {
            return Err(Broken);
        }
        let mut bytes = Zeroizing::new(inside.to_vec());
        let opened = self.cipher().decrypt_inout_detached(
            &XNonce::from(*nonce),
            &place.bytes(),
            bytes.as_mut_slice().into(),
            &Tag::from(*tag),
        );
        opened.map_err(|_| Broken)?;
        Ok(bytes)
    }
}

impl Place {
    /// Associated data: the column, ended by a byte that no name has, then what has a constant length.
    fn bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.column.len() + 65);
        bytes.extend_from_slice(self.column.as_bytes());
        bytes.push(0);
        bytes.extend_from_slice(self.owner.tenant.as_bytes());
        bytes.extend_from_slice(&self.owner.user);
        bytes.extend_from_slice(self.row.as_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::*;

    struct Counter(AtomicU8);

    impl Entropy for Counter {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill_with(|| self.0.fetch_add(1, Ordering::Relaxed));
        }
    }

    fn place() -> Place {
        let owner = Reference { tenant: Uuid::max(), user: [7; 32] };
        Place { column: "rejections.diary", owner, row: Uuid::from_u128(1) }
    }

    #[test]
    fn what_was_sealed_opens_in_its_place_alone() {
        let entropy = Counter(AtomicU8::new(0));
        let key = DataKey::generate(&entropy);
        let blob = key.seal(&entropy, place(), b"how I felt").expect("a blob");
        assert_eq!(&**key.open(place(), &blob).expect("bytes"), b"how I felt");
        assert_eq!(blob.len(), 1 + 24 + 10 + 16);
        let moved = [
            Place { column: "rejections.record", ..place() },
            Place { row: Uuid::from_u128(2), ..place() },
            Place { owner: Reference { user: [8; 32], ..place().owner }, ..place() },
            Place { owner: Reference { tenant: Uuid::nil(), ..place().owner }, ..place() },
        ];
        for place in moved {
            assert_eq!(key.open(place, &blob).err(), Some(Broken), "{place:?}");
        }
        assert_eq!(DataKey::generate(&entropy).open(place(), &blob).err(), Some(Broken));
    }

    #[test]
    fn every_changed_bit_is_noticed() {
        let entropy = Counter(AtomicU8::new(0));
        let key = DataKey::generate(&entropy);
        let blob = key.seal(&entropy, place(), b"text").expect("a blob");
        for bit in 0..blob.len() * 8 {
            let mut changed = blob.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(key.open(place(), &changed).err(), Some(Broken), "bit {bit}");
        }
        for length in 0..blob.len() {
            assert_eq!(key.open(place(), &blob[..length]).err(), Some(Broken), "length {length}");
        }
    }

    #[test]
    fn the_same_bytes_never_look_the_same() {
        let entropy = Counter(AtomicU8::new(0));
        let key = DataKey::generate(&entropy);
        let [one, other] = [(), ()].map(|()| key.seal(&entropy, place(), b"text").expect("a blob"));
        assert_ne!(one, other);
        assert!(!one.windows(4).any(|window| window == b"text"));
    }

    /// The vector of draft-irtf-cfrg-xchacha-03, A.3.1, so that the cipher is the one that this file says.
    #[test]
    fn the_cipher_is_xchacha20_poly1305() {
        let key = DataKey::from(std::array::from_fn(|index| 0x80 + u8::try_from(index).expect("a byte")));
        let nonce: [u8; 24] = std::array::from_fn(|index| 0x40 + u8::try_from(index).expect("a byte"));
        let mut text = *b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, \
                          sunscreen would be it.";
        let associated = [0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7];
        let tag = key.cipher().encrypt_inout_detached(&XNonce::from(nonce), &associated, text.as_mut_slice().into());
        let tag: [u8; 16] = tag.expect("a tag").into();
        assert_eq!(text[..8], [0xbd, 0x6d, 0x17, 0x9d, 0x3e, 0x83, 0xd4, 0x3b]);
        assert_eq!(tag[..8], [0xc0, 0x87, 0x59, 0x24, 0xc1, 0xc7, 0x98, 0x79]);
    }
}
