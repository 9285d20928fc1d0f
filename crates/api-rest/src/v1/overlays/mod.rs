//! Overlays: what the caller's tenant changes about the catalog.

mod draft;
mod input;
mod versions;
mod view;

use crate::routes::{Routes, routes};

/// The routes of overlays.
pub(crate) fn router() -> Routes {
    Routes::new()
        .routes(routes!(draft::list_overlays))
        .routes(routes!(draft::get_overlay, draft::put_overlay, draft::delete_overlay))
        .routes(routes!(draft::preview_overlays))
        .routes(routes!(versions::publish_overlays))
        .routes(routes!(versions::rollback_overlays))
        .routes(routes!(versions::list_overlay_versions))
}
