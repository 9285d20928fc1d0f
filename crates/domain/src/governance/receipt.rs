//! The receipt of an erasure. It holds no personal data, and a seal that only the instance can make, so that a receipt
//! that somebody shows can be told from one that was made up.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::history::Erased;
use crate::id::{ErasureReceiptId, TenantId};

/// The receipt of an erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureReceipt {
    /// Its id.
    pub id: ErasureReceiptId,
    /// The tenant.
    pub tenant: TenantId,
    /// When the person was erased.
    pub erased_at: Timestamp,
    /// What was taken away.
    pub erased: Erased,
    /// A keyed digest over all of the above, in hexadecimal; filled in by the store.
    pub seal: String,
}

impl ErasureReceipt {
    /// The bytes that the seal is made over.
    #[must_use]
    pub fn sealed_bytes(&self) -> Vec<u8> {
        let Erased { rejections, action_items, entries, keys_and_answers, held } = self.erased;
        format!(
            "{} {} {} {rejections} {action_items} {entries} {keys_and_answers} {held}",
            self.id, self.tenant, self.erased_at
        )
        .into_bytes()
    }
}
