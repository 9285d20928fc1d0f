//! Identifiers in `TypeID` style: a prefix that names the noun, and a `UUIDv7` in base 32, such as
//! `tnt_01h455vb4pex5vsknk084sn02q`.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use type_safe_id::{StaticType, TypeSafeId};
use uuid::Uuid;

use crate::environment::Entropy;

/// How many digits of base 32 an id has.
const DIGITS: usize = 26;

/// The digits of an id in Crockford's base 32. The library for ids would do; every line of the access log has one.
fn base32(id: Uuid) -> [u8; DIGITS] {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut rest = id.as_u128();
    let mut digits = [0; DIGITS];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(rest & 31) as usize];
        rest >>= 5;
    }
    digits
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $tag:ident $prefix:literal)+) => {$(
        #[doc(hidden)]
        #[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $tag;

        impl StaticType for $tag {
            const TYPE: &'static str = $prefix;
        }

        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// A fresh id that sorts by `now`.
            pub fn generate(now: Timestamp, entropy: &dyn Entropy) -> Self {
                let mut random = [0; 10];
                entropy.fill(&mut random);
                let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                const PREFIX: &[u8] = concat!($prefix, "_").as_bytes();
                let mut text = [0; PREFIX.len() + DIGITS];
                text[..PREFIX.len()].copy_from_slice(PREFIX);
                text[PREFIX.len()..].copy_from_slice(&base32(self.0));
                f.write_str(std::str::from_utf8(&text).unwrap_or_default())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                TypeSafeId::<$tag>::from_str(text)
                    .map(|id| Self(id.uuid()))
                    .map_err(|_| InvalidId { prefix: $prefix })
            }
        }
    )+};
}

ids! {
    /// A tenant: one customer of the instance, whose data no other tenant sees.
    TenantId TenantTag "tnt"
    /// An API key of a tenant.
    ApiKeyId ApiKeyTag "key"
    /// A rejection in a person's history.
    RejectionId RejectionTag "rej"
    /// A message that a person sent to those who decided.
    ContactId ContactTag "con"
    /// Feedback that a person asked for or received.
    FeedbackId FeedbackTag "fbk"
    /// A private reflection.
    ReflectionId ReflectionTag "ref"
    /// Something that a person set out to do.
    ActionItemId ActionItemTag "act"
    /// A line of a person's timeline.
    EntryId EntryTag "ent"
    /// A line of the audit log.
    AuditEventId AuditEventTag "aud"
    /// A fragment for e-mails. What it holds is in it, instead of a moment and chance.
    FragmentId FragmentTag "frg"
    /// The receipt of an erasure.
    ErasureReceiptId ErasureReceiptTag "era"
}

/// A text that is not an id of the kind asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an id like {prefix}_01h455vb4pex5vsknk084sn02q")]
pub struct InvalidId {
    prefix: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_as_the_library_reads_it() {
        for number in
            [0, 1, 31, 32, u128::from(u64::MAX), 1 << 127, u128::MAX, 0x0189_6d8f_23a4_7bcd_8123_4567_89ab_cdef]
        {
            let id = RejectionId::from(Uuid::from_u128(number));
            assert_eq!(id.to_string(), TypeSafeId::<RejectionTag>::from_uuid(id.0).to_string());
            assert_eq!(id.to_string().parse::<RejectionId>().expect("an id"), id);
        }
    }
}
