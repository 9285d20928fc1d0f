//! Seals bytes so that they open only with their key and only where they were put: XChaCha20-Poly1305 with a random
//! nonce, the place as associated data. It must not know what the bytes mean.

use chacha20::{R20, hchacha};
use rebound_domain::environment::Entropy;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::reference::Reference;

/// The first byte of every blob, so that another way of sealing can come later.
const FORM: u8 = 1;

const NONCE_LENGTH: usize = 24;
const TAG_LENGTH: usize = 16;

/// Where the encrypted bytes begin.
const START: usize = 1 + NONCE_LENGTH;

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

    /// The cipher for one blob, and its nonce: `XChaCha` is `ChaCha20` with a key of the first 16 bytes of the nonce. So
    /// ring, which is many times as fast on short texts and clears nothing, has no key for more than one blob.
    fn cipher(&self, nonce: &[u8; NONCE_LENGTH]) -> Result<(LessSafeKey, Nonce), Broken> {
        let (start, rest) = nonce.split_first_chunk::<16>().ok_or(Broken)?;
        let key = Zeroizing::new(<[u8; 32]>::from(hchacha::<R20>(&(*self.0).into(), &(*start).into())));
        let key = UnboundKey::new(&CHACHA20_POLY1305, &*key).map_err(|_| Broken)?;
        let mut nonce = [0; 12];
        nonce[4..].copy_from_slice(rest);
        Ok((LessSafeKey::new(key), Nonce::assume_unique_for_key(nonce)))
    }

    /// The form, the nonce, the encrypted bytes and the tag.
    pub(crate) fn seal(&self, entropy: &dyn Entropy, place: Place, bytes: &[u8]) -> Result<Vec<u8>, Broken> {
        let mut nonce = [0; NONCE_LENGTH];
        entropy.fill(&mut nonce);
        let mut blob = Vec::with_capacity(START + bytes.len() + TAG_LENGTH);
        blob.push(FORM);
        blob.extend_from_slice(&nonce);
        blob.extend_from_slice(bytes);
        let (cipher, nonce) = self.cipher(&nonce)?;
        let tag = cipher.seal_in_place_separate_tag(nonce, Aad::from(place.bytes()), &mut blob[START..]);
        blob.extend_from_slice(tag.map_err(|_| Broken)?.as_ref());
        Ok(blob)
    }

    pub(crate) fn open(&self, place: Place, blob: Vec<u8>) -> Result<Zeroizing<Vec<u8>>, Broken> {
        let mut bytes = Zeroizing::new(blob);
        let (&[form], rest) = bytes.split_first_chunk::<1>().ok_or(Broken)?;
        let nonce = rest.first_chunk::<NONCE_LENGTH>().ok_or(Broken)?;
        if form != FORM {
            return Err(Broken);
        }
        let (cipher, nonce) = self.cipher(nonce)?;
        // What is inside moves to the front.
        let opened = cipher.open_within(nonce, Aad::from(place.bytes()), &mut bytes, START..);
        let length = opened.map_err(|_| Broken)?.len();
        bytes.truncate(length);
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
        assert_eq!(&**key.open(place(), blob.clone()).expect("bytes"), b"how I felt");
        assert_eq!(blob.len(), 1 + 24 + 10 + 16);
        let moved = [
            Place { column: "rejections.record", ..place() },
            Place { row: Uuid::from_u128(2), ..place() },
            Place { owner: Reference { user: [8; 32], ..place().owner }, ..place() },
            Place { owner: Reference { tenant: Uuid::nil(), ..place().owner }, ..place() },
        ];
        for place in moved {
            assert_eq!(key.open(place, blob.clone()).err(), Some(Broken), "{place:?}");
        }
        assert_eq!(DataKey::generate(&entropy).open(place(), blob.clone()).err(), Some(Broken));
    }

    #[test]
    fn every_changed_bit_is_noticed() {
        let entropy = Counter(AtomicU8::new(0));
        let key = DataKey::generate(&entropy);
        let blob = key.seal(&entropy, place(), b"text").expect("a blob");
        for bit in 0..blob.len() * 8 {
            let mut changed = blob.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(key.open(place(), changed).err(), Some(Broken), "bit {bit}");
        }
        for length in 0..blob.len() {
            assert_eq!(key.open(place(), blob[..length].to_vec()).err(), Some(Broken), "length {length}");
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
        let (cipher, nonce) = key.cipher(&nonce).expect("a cipher");
        let tag = cipher.seal_in_place_separate_tag(nonce, Aad::from(associated), &mut text).expect("a tag");
        assert_eq!(text[..8], [0xbd, 0x6d, 0x17, 0x9d, 0x3e, 0x83, 0xd4, 0x3b]);
        assert_eq!(tag.as_ref()[..8], [0xc0, 0x87, 0x59, 0x24, 0xc1, 0xc7, 0x98, 0x79]);
    }
}
