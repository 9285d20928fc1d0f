//! Rows of overlays, and how they become domain values.

use rebound_domain::overlays::OverlayVersion;
use uuid::Uuid;

use crate::moment::Moment;

row! {
    /// A row of `overlay_versions`, without its content.
    VersionRow {
        version: i64,
        created_at: Moment,
        key_id: Uuid,
        note: Option<String>,
        catalog_version: String,
        restored_from: Option<i64>,
        items: i64,
    }
}

impl From<VersionRow> for OverlayVersion {
    fn from(row: VersionRow) -> Self {
        let VersionRow { version, created_at, key_id, note, catalog_version, restored_from, items } = row;
        Self { version, note, created_at: created_at.into(), key: key_id.into(), catalog_version, restored_from, items }
    }
}
