//! Encryption: what the keys of the instance and of people can do. Everything here happens in memory; statements stand
//! in `unlock.rs` and with the ports.

mod master;
mod person;
mod reference;
mod seal;
mod unlock;

use std::sync::{Arc, OnceLock};

use quick_cache::sync::Cache;
use rebound_domain::environment::Entropy;
use rebound_domain::governance::ErasureReceipt;
use rebound_domain::history::{Owner, Space};
use rebound_domain::id::TenantId;
use rebound_domain::{Error, Result};
use uuid::Uuid;

pub use self::master::{InvalidMasterKey, MasterKey};
pub(crate) use self::person::{PersonKeys, WrappedKeys};
use self::person::{unwrap, wrap};
pub(crate) use self::reference::Reference;
pub(crate) use self::seal::{DataKey, Place};
pub(crate) use self::unlock::{rotate, unlock};

/// How many people's keys are kept open.
const CACHED_PEOPLE: usize = 10_000;

/// The open keys of an instance.
pub(crate) struct Vault {
    master: MasterKey,
    previous: Option<MasterKey>,
    entropy: Arc<dyn Entropy>,
    users: [u8; 32],
    references: [u8; 32],
    receipts: [u8; 32],
    previews: [u8; 32],
    /// Encrypts what belongs to a tenant and to no person.
    tenants: DataKey,
    people: Cache<Reference, Arc<PersonKeys>>,
}

impl Vault {
    fn new(master: MasterKey, previous: Option<MasterKey>, entropy: Arc<dyn Entropy>, pepper: &DataKey) -> Self {
        let derived = |purpose: &str| blake3::derive_key(purpose, pepper.bytes());
        Self {
            master,
            previous,
            entropy,
            users: derived("rebound 2026 digest of a user's id"),
            references: derived("rebound 2026 digest of an external reference"),
            receipts: derived("rebound 2026 seal of an erasure receipt"),
            previews: derived("rebound 2026 seal of a preview"),
            tenants: DataKey::from(derived("rebound 2026 settings of a tenant")),
            people: Cache::new(CACHED_PEOPLE),
        }
    }

    /// What stands in the database for a person.
    pub(crate) fn reference(&self, owner: &Owner) -> Reference {
        let tenant = Uuid::from(owner.tenant);
        Reference { tenant, user: digest(&self.users, tenant, owner.user.as_str()) }
    }

    /// What stands in the database for the id of another system. The same id is another one in the space of the person:
    /// whether it is taken there must not show on the employer's side.
    pub(crate) fn external_digest(&self, tenant: Uuid, space: Space, external_ref: &str) -> Vec<u8> {
        let key = match space {
            Space::Employer => self.references,
            Space::Person => *blake3::keyed_hash(&self.references, b"person").as_bytes(),
        };
        digest(&key, tenant, external_ref).to_vec()
    }

    /// The seal of a receipt, in hexadecimal.
    pub(crate) fn receipt_seal(&self, receipt: &ErasureReceipt) -> blake3::Hash {
        blake3::keyed_hash(&self.receipts, &receipt.sealed_bytes())
    }

    /// The key that previews of batches are sealed with, the same on every replica.
    pub(crate) const fn preview_key(&self) -> [u8; 32] {
        self.previews
    }

    pub(crate) fn entropy(&self) -> &dyn Entropy {
        &*self.entropy
    }

    /// The key for what belongs to a tenant, and the place in its one row.
    pub(crate) fn tenant(&self, tenant: TenantId, column: &'static str) -> (&DataKey, Place) {
        let tenant = Uuid::from(tenant);
        (&self.tenants, Place { column, owner: Reference::of_tenant(tenant), row: Uuid::nil() })
    }

    /// Fresh keys for a person.
    pub(crate) fn generate(&self, owner: Reference) -> Arc<PersonKeys> {
        Arc::new(PersonKeys::generate(owner, self.entropy()))
    }

    /// The keys of a person if they are open already. They may be those of somebody who was erased since.
    pub(crate) fn cached(&self, owner: Reference) -> Option<Arc<PersonKeys>> {
        self.people.get(&owner)
    }

    pub(crate) fn remember(&self, keys: &Arc<PersonKeys>) {
        self.people.insert(keys.owner, Arc::clone(keys));
    }

    pub(crate) fn forget(&self, owner: Reference) {
        self.people.remove(&owner);
    }

    /// The keys of a person as they are kept, and the id of the master key that they are encrypted with.
    pub(crate) fn wrap(&self, keys: &PersonKeys) -> Result<(WrappedKeys, Vec<u8>)> {
        let wrapped =
            |column, key| wrap(&self.master, self.entropy(), keys.owner, column, key).map_err(Error::internal);
        let (record, diary) = (wrapped("people.record_key", &keys.record)?, wrapped("people.diary_key", &keys.diary)?);
        Ok((WrappedKeys { record, diary: Some(diary) }, self.master.id().to_vec()))
    }

    /// Opens the keys of a person.
    pub(crate) fn unwrap(
        &self,
        owner: Reference,
        key_id: Uuid,
        wrapped: &WrappedKeys,
        master: &[u8],
    ) -> Result<Arc<PersonKeys>> {
        let master = self.master(master)?;
        let open = |column, blob: &[u8]| unwrap(master, owner, column, blob).map_err(Error::internal);
        let diary = wrapped.diary.as_deref().ok_or_else(|| Error::internal("a person without a key for the diary"))?;
        let (record, diary) = (open("people.record_key", &wrapped.record)?, open("people.diary_key", diary)?);
        let keys = Arc::new(PersonKeys { owner, key_id, record, diary });
        self.remember(&keys);
        Ok(keys)
    }

    /// Encrypts with the current master key what another one did.
    fn rewrap(&self, owner: Reference, wrapped: &WrappedKeys, master: &[u8]) -> Result<WrappedKeys> {
        let master = self.master(master)?;
        let again = |column, blob: &[u8]| {
            let key = unwrap(master, owner, column, blob)?;
            wrap(&self.master, self.entropy(), owner, column, &key)
        };
        let record = again("people.record_key", &wrapped.record).map_err(Error::internal)?;
        let diary = wrapped.diary.as_deref().map(|blob| again("people.diary_key", blob)).transpose();
        Ok(WrappedKeys { record, diary: diary.map_err(Error::internal)? })
    }

    fn master(&self, id: &[u8]) -> Result<&MasterKey> {
        known(&self.master, self.previous.as_ref(), id)
            .ok_or_else(|| Error::internal("encrypted with a master key that this process does not have"))
    }
}

/// The vault, if it was opened.
pub(crate) fn unlocked(vault: &OnceLock<Vault>) -> Result<&Vault> {
    vault.get().ok_or_else(|| Error::internal("the storage was not unlocked with its master key"))
}

/// The one of two master keys that has this id.
fn known<'a>(master: &'a MasterKey, previous: Option<&'a MasterKey>, id: &[u8]) -> Option<&'a MasterKey> {
    [Some(master), previous].into_iter().flatten().find(|key| key.id() == id)
}

/// A keyed digest of a text within a tenant.
fn digest(key: &[u8; 32], tenant: Uuid, text: &str) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(tenant.as_bytes()).update(text.as_bytes());
    *hasher.finalize().as_bytes()
}
