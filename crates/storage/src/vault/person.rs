//! The two keys of a person: one for what the employer's side recorded, one for what the person wrote.

use rebound_domain::environment::Entropy;
use rebound_domain::history::Space;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::master::MasterKey;
use super::reference::Reference;
use super::seal::{Broken, DataKey, Place};

/// The keys of a person. `key_id` names them without saying them: a person who is erased and comes back has others.
pub(crate) struct PersonKeys {
    pub(crate) owner: Reference,
    pub(crate) key_id: Uuid,
    pub(super) record: DataKey,
    pub(super) diary: DataKey,
}

/// Keys as they are kept: encrypted with the master key.
pub(crate) struct WrappedKeys {
    pub(crate) record: Vec<u8>,
    pub(crate) diary: Option<Vec<u8>>,
}

impl PersonKeys {
    pub(super) fn generate(owner: Reference, entropy: &dyn Entropy) -> Self {
        let mut key_id = [0; 16];
        entropy.fill(&mut key_id);
        let (record, diary) = (DataKey::generate(entropy), DataKey::generate(entropy));
        Self { owner, key_id: Uuid::from_bytes(key_id), record, diary }
    }

    /// The key for a rejection's record: of the employer's side, or the person's own.
    pub(crate) fn for_record(&self, space: Space) -> &DataKey {
        match space {
            Space::Employer => &self.record,
            Space::Person => &self.diary,
        }
    }

    /// The key for everything that the person wrote.
    pub(crate) fn for_diary(&self) -> &DataKey {
        &self.diary
    }

    /// A place of this person.
    pub(crate) fn place(&self, column: &'static str, row: Uuid) -> Place {
        Place { column, owner: self.owner, row }
    }
}

impl DataKey {
    /// A value as a sealed document.
    pub(crate) fn seal_document(
        &self,
        entropy: &dyn Entropy,
        place: Place,
        value: &impl Serialize,
    ) -> rebound_domain::Result<Vec<u8>> {
        let text = Zeroizing::new(serde_json::to_vec(value).map_err(rebound_domain::Error::internal)?);
        self.seal(entropy, place, &text).map_err(|broken| place.fault(broken))
    }

    /// The value of a sealed document.
    pub(crate) fn open_document<T: DeserializeOwned>(&self, place: Place, blob: Vec<u8>) -> rebound_domain::Result<T> {
        let text = self.open(place, blob).map_err(|broken| place.fault(broken))?;
        serde_json::from_slice(&text).map_err(|error| place.fault(error.classify()))
    }
}

impl Place {
    /// The error for a blob that cannot be used here. It says where and never what.
    pub(crate) fn fault(&self, cause: impl std::fmt::Debug) -> rebound_domain::Error {
        let Self { column, owner, row } = self;
        let tenant = owner.tenant;
        rebound_domain::Error::internal(format!("column `{column}`, tenant {tenant}, row {row}: {cause:?}"))
    }
}

/// Encrypts a key, or anything else of the same kind, with the master key.
pub(super) fn wrap(
    master: &MasterKey,
    entropy: &dyn Entropy,
    owner: Reference,
    column: &'static str,
    key: &DataKey,
) -> Result<Vec<u8>, Broken> {
    master.key().seal(entropy, Place { column, owner, row: Uuid::nil() }, key.bytes())
}

/// Decrypts a key that [`wrap`] encrypted.
pub(super) fn unwrap(
    master: &MasterKey,
    owner: Reference,
    column: &'static str,
    blob: &[u8],
) -> Result<DataKey, Broken> {
    let bytes = master.key().open(Place { column, owner, row: Uuid::nil() }, blob.to_vec())?;
    Ok(DataKey::from(<[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| Broken)?))
}
