//! The draft: items that are put and taken away, and what guidance would be with it.

use std::sync::Arc;

use serde_json::Value;

use super::{Overlays, content, in_overlay, no_item};
use crate::access::Caller;
use crate::catalog::Catalogs;
use crate::error::{Error, ErrorKind, FieldError, Result};
use crate::overlays::content::{ItemChange, Patch, changes, pointer};
use crate::overlays::store::{Draft, DraftItem};
use crate::precondition;

/// How many items a draft has at most.
const MAX_ITEMS: usize = 500;

/// How many bytes of JSON the patches of a draft have together, at most.
const MAX_BYTES: usize = 256 * 1024;

/// The warnings for an item, or what is wrong with it.
type Checked = std::result::Result<Vec<FieldError>, Vec<FieldError>>;

/// An item of the draft as an editor sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverlayItem {
    /// The locale.
    pub locale: String,
    /// The item, such as `tip.thank-the-person`.
    pub item: String,
    /// What is laid over the catalog.
    pub patch: Patch,
    /// When it was put.
    pub updated_at: jiff::Timestamp,
    /// Whether the version that answers has it like this.
    pub is_published: bool,
    /// What in its words could be plainer, at their places in the patch.
    pub warnings: Vec<FieldError>,
    revision: i64,
}

impl OverlayItem {
    /// The entity tag.
    #[must_use]
    pub fn tag(&self) -> String {
        tag(self.revision)
    }

    /// Its place among the others, for pages of them.
    #[must_use]
    pub fn key(&self) -> String {
        resource(&self.locale, &self.item)
    }
}

/// The draft as it would be.
#[derive(Debug)]
pub struct Preview {
    /// The catalogs with it; what has a mistake is left out.
    pub catalogs: Arc<Catalogs>,
    /// How it differs from what is published.
    pub changes: Vec<ItemChange>,
    /// What keeps it from being published, at the places in the draft.
    pub errors: Vec<FieldError>,
    /// What in its words could be plainer, at the places in the draft.
    pub warnings: Vec<FieldError>,
    revision: i64,
}

impl Preview {
    /// The entity tag of the draft.
    #[must_use]
    pub fn tag(&self) -> String {
        tag(self.revision)
    }
}

impl Overlays {
    /// The items of the draft, by locale and name.
    ///
    /// # Errors
    /// `PermissionDenied` without the scope `admin`.
    pub async fn items(&self, caller: &Caller) -> Result<Vec<OverlayItem>> {
        Self::require(caller)?;
        let draft = self.store.draft(caller.tenant).await?;
        let published = self.published(caller.tenant).await?;
        let item = |(locale, item, kept): (&str, &str, &DraftItem)| {
            let is_published = published.get(locale, item) == Some(&kept.patch);
            shown(locale, item, kept, is_published, Vec::new())
        };
        Ok(draft.items.iter().map(item).collect())
    }

    /// An item of the draft.
    ///
    /// # Errors
    /// `PermissionDenied` without the scope `admin`, `NotFound`.
    pub async fn item(&self, caller: &Caller, locale: &str, item: &str) -> Result<OverlayItem> {
        Self::require(caller)?;
        let draft = self.store.draft(caller.tenant).await?;
        let kept = draft.items.get(locale, item).ok_or_else(no_item)?;
        let published = self.published(caller.tenant).await?;
        let warnings = self.checked(&draft, locale, item).await?.unwrap_or_default();
        Ok(shown(locale, item, kept, published.get(locale, item) == Some(&kept.patch), warnings))
    }

    /// Puts an item into the draft.
    ///
    /// # Errors
    /// `PermissionDenied` without the scope `admin`; `Invalid` with what is not allowed in it; `Stale` if `if_match` has no
    /// tag of the present state; `TooLarge` if the draft grows over its limits.
    pub async fn put(
        &self,
        caller: &Caller,
        locale: &str,
        item: &str,
        patch: Patch,
        if_match: Option<&str>,
    ) -> Result<OverlayItem> {
        Self::require(caller)?;
        let Value::Object(patch) = without_null(Value::Object(patch)) else { return Err(no_item()) };
        self.catalogs.base().place(locale, item).map_err(|error| Error::invalid(vec![error]))?;
        loop {
            let mut draft = self.store.draft(caller.tenant).await?;
            let revision = draft.revision;
            require_present(draft.items.get(locale, item), if_match)?;
            draft.revision += 1;
            let kept = DraftItem { revision: draft.revision, updated_at: self.now(), patch: patch.clone() };
            draft.items.insert(locale, item, kept.clone());
            limits(&draft)?;
            let warnings = self.checked(&draft, locale, item).await?.map_err(Error::invalid)?;
            let audit = self.governance.event(caller, "putOverlay", None, Some(resource(locale, item)));
            if self.store.put_draft(caller.tenant, &draft, revision, audit).await? {
                let published = self.published(caller.tenant).await?;
                let is_published = published.get(locale, item) == Some(&kept.patch);
                return Ok(shown(locale, item, &kept, is_published, warnings));
            }
        }
    }

    /// Takes an item out of the draft.
    ///
    /// # Errors
    /// `PermissionDenied` without the scope `admin`, `NotFound`, `Stale` if `if_match` has no tag of the present state.
    pub async fn delete(&self, caller: &Caller, locale: &str, item: &str, if_match: Option<&str>) -> Result<()> {
        Self::require(caller)?;
        loop {
            let mut draft = self.store.draft(caller.tenant).await?;
            let revision = draft.revision;
            let kept = draft.items.remove(locale, item).ok_or_else(no_item)?;
            require_present(Some(&kept), if_match)?;
            draft.revision += 1;
            let audit = self.governance.event(caller, "deleteOverlay", None, Some(resource(locale, item)));
            if self.store.put_draft(caller.tenant, &draft, revision, audit).await? {
                return Ok(());
            }
        }
    }

    /// What would be if the draft were published now.
    ///
    /// # Errors
    /// `PermissionDenied` without the scope `admin`.
    pub async fn preview(&self, caller: &Caller) -> Result<Preview> {
        Self::require(caller)?;
        let draft = self.store.draft(caller.tenant).await?;
        let newest = self.store.newest(caller.tenant).await?.map_or(0, |(version, _)| version);
        let published = self.published(caller.tenant).await?;
        let drafted = content(&draft);
        let assembled = self.assembled(&drafted, newest + 1).await?;
        let plain = self.catalogs.plain();
        let catalogs =
            assembled.catalog.map_or_else(|| Arc::clone(plain), |catalog| Arc::new(plain.with_current(catalog)));
        Ok(Preview {
            catalogs,
            changes: changes(&published, &drafted),
            errors: in_overlay(&assembled.left_out),
            warnings: in_overlay(&assembled.warnings),
            revision: draft.revision,
        })
    }

    /// The warnings for an item of a draft, or what is wrong with it. What is wrong with others is not told here.
    async fn checked(&self, draft: &Draft, locale: &str, item: &str) -> Result<Checked> {
        let assembled = self.assembled(&content(draft), 0).await?;
        let of_item = |remarks: &[super::Remark]| {
            let is_meant = |remark: &&super::Remark| {
                remark.of.as_ref().is_some_and(|(known, name)| known == locale && name == item)
            };
            remarks.iter().filter(is_meant).map(super::Remark::in_item).collect::<Vec<_>>()
        };
        let errors = of_item(&assembled.left_out);
        Ok(if errors.is_empty() { Ok(of_item(&assembled.warnings)) } else { Err(errors) })
    }
}

fn shown(locale: &str, item: &str, kept: &DraftItem, is_published: bool, warnings: Vec<FieldError>) -> OverlayItem {
    OverlayItem {
        locale: locale.to_owned(),
        item: item.to_owned(),
        patch: kept.patch.clone(),
        updated_at: kept.updated_at,
        is_published,
        warnings,
        revision: kept.revision,
    }
}

/// How the audit log names an item.
fn resource(locale: &str, item: &str) -> String {
    pointer(locale, item).trim_start_matches('/').to_owned()
}

fn tag(revision: i64) -> String {
    format!("\"{revision}\"")
}

fn require_present(kept: Option<&DraftItem>, if_match: Option<&str>) -> Result<()> {
    let is_met = match kept {
        Some(kept) => precondition::holds(if_match, &tag(kept.revision)),
        None => if_match.is_none(),
    };
    let detail = "The item has changed since you read it. Read it again.";
    if is_met { Ok(()) } else { Err(Error::new(ErrorKind::Stale, detail)) }
}

fn limits(draft: &Draft) -> Result<()> {
    let bytes: usize = draft.items.iter().map(|(.., kept)| Value::Object(kept.patch.clone()).to_string().len()).sum();
    if draft.items.len() <= MAX_ITEMS && bytes <= MAX_BYTES {
        return Ok(());
    }
    let detail = format!("The overlays of a tenant have at most {MAX_ITEMS} items and {MAX_BYTES} bytes together.");
    Err(Error::new(ErrorKind::TooLarge, detail))
}

/// `null` counts as absent.
fn without_null(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let present = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(present.map(|(name, value)| (name, without_null(value))).collect())
        }
        Value::Array(values) => {
            Value::Array(values.into_iter().filter(|value| !value.is_null()).map(without_null).collect())
        }
        other => other,
    }
}
