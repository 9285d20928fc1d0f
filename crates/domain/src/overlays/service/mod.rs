//! What an editor does with an overlay: change the draft, look at it, publish it, go back. Each step checks who asks.

mod draft;
mod versions;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use self::draft::{OverlayItem, Preview};
use super::assembly::{Assembled, Depth, Remark};
use super::content::Content;
use super::served::TenantCatalogs;
use super::store::{Draft, OverlayStore, OverlayVersion};
use crate::access::{AccessStore, require_administrator};
use crate::access::{Caller, Scope};
use crate::environment::{Clock, Entropy};
use crate::error::{Error, ErrorKind, FieldError, Result};
use crate::governance::Governance;

/// Administers the overlays of tenants.
pub struct Overlays {
    /// Where they are kept.
    pub store: Arc<dyn OverlayStore>,
    /// Where they are served from.
    pub catalogs: Arc<TenantCatalogs>,
    /// Where answers to requests are kept.
    pub access: Arc<dyn AccessStore>,
    /// The audit log.
    pub governance: Arc<Governance>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness for answers that are kept.
    pub entropy: Arc<dyn Entropy>,
}

/// The draft is to be published.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct PublishOverlays {
    /// What the author says of it, in at most 500 characters.
    pub note: Option<String>,
}

/// A version is to be published again.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct RollbackOverlays {
    /// The version; 0 is the catalog alone. Required.
    pub version: Option<i64>,
    /// What the author says of it, in at most 500 characters.
    pub note: Option<String>,
}

/// A version that was published, with what there is to say about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedOverlays {
    /// The version.
    pub version: OverlayVersion,
    /// Whether it is the one that answers.
    pub is_current: bool,
    /// What of it does not fit the present catalog and is therefore not served, by place and reason.
    pub left_out: Vec<(String, String)>,
    /// What in its words could be plainer, by place and reason.
    pub warnings: Vec<(String, String)>,
}

impl Overlays {
    /// Lets administrators through.
    fn require(caller: &Caller) -> Result<()> {
        require_administrator(caller, &[Scope::Admin])
    }

    /// The content with everything that is found in it.
    async fn assembled(&self, content: &Content, version: i64) -> Result<Assembled> {
        self.catalogs.assembled(content.clone(), version, Depth::Words).await
    }
}

/// What an overlay of this draft holds.
fn content(draft: &Draft) -> Content {
    draft.items.map(|item| item.patch.clone())
}

fn in_overlay(remarks: &[Remark]) -> Vec<FieldError> {
    remarks.iter().map(Remark::in_overlay).collect()
}

fn pairs(remarks: &[Remark]) -> Vec<(String, String)> {
    in_overlay(remarks).into_iter().map(|FieldError { pointer, detail }| (pointer, detail)).collect()
}

fn no_item() -> Error {
    Error::new(ErrorKind::NotFound, "The draft has no such item in this locale.")
}
