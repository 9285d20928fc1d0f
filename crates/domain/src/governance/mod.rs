//! What a tenant decides about its data and can check afterwards: settings, retention, legal hold, the audit log and
//! receipts of erasures.

mod audit;
mod receipt;
mod service;
mod settings;
mod store;

pub use audit::{AuditEvent, AuditFilter};
pub use receipt::ErasureReceipt;
pub use service::{Governance, RECEIPT_SCOPES};
pub use settings::{BulkConfirmation, DEFAULT_SUPPORT_LINK, LegalHold, Retention, TenantSettings};
pub use store::{Expired, GovernanceStore};
