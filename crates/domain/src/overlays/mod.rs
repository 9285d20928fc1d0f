//! What tenants change about the catalog: tips switched off, sentences of their own, items of their own. An overlay is
//! edited as a draft, checked as the catalog is, published as a version, and laid over the catalog wherever it answers.

mod assembly;
mod content;
mod patch;
mod served;
mod service;
mod store;

pub use content::{ChangeType, Content, ItemChange, Patch, PerItem};
pub use served::TenantCatalogs;
pub use service::{OverlayItem, Overlays, Preview, PublishOverlays, PublishedOverlays, RollbackOverlays};
pub use store::{Draft, DraftItem, KEPT_VERSIONS, NewOverlayVersion, OverlayStore, OverlayVersion, Published};
