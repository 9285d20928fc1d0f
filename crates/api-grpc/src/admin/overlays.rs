//! Overlays: the draft of the caller's tenant, what guidance would be with it, and its versions.

use std::collections::BTreeMap;

use rebound_domain::catalog::Catalog;
use rebound_domain::overlays::{ItemChange, OverlayItem, OverlayVersion, Preview, PublishOverlays};
use rebound_domain::overlays::{PublishedOverlays, RollbackOverlays};
use rebound_domain::{FieldError, Result};

use super::input::{Input, seal};
use super::{Desk, object, page, view};
use crate::guidance::{guidance, request};
use crate::locale;
use crate::proto::v1;

/// `ListOverlays`.
pub(super) async fn list_overlays(desk: &Desk<'_>, asked: v1::ListOverlaysRequest) -> Result<v1::ListOverlaysResponse> {
    let page = page(format!("overlays {}", desk.caller.tenant), asked.page_size, &asked.page_token)?;
    let items = desk.overlays.items(&desk.caller).await?;
    let keyed: BTreeMap<String, OverlayItem> = items.into_iter().map(|item| (item.key(), item)).collect();
    let (shown, next_page_token) = page.cut(&keyed, |(key, _)| key);
    Ok(v1::ListOverlaysResponse {
        overlays: shown.into_iter().map(|(_, item)| overlay(item)).collect(),
        next_page_token,
    })
}

/// `GetOverlay`.
pub(super) async fn get_overlay(desk: &Desk<'_>, asked: v1::GetOverlayRequest) -> Result<v1::GetOverlayResponse> {
    let item = desk.overlays.item(&desk.caller, &asked.locale, &asked.item).await?;
    Ok(v1::GetOverlayResponse { overlay: Some(overlay(&item)) })
}

/// `PutOverlay`.
pub(super) async fn put_overlay(desk: &Desk<'_>, asked: v1::PutOverlayRequest) -> Result<v1::PutOverlayResponse> {
    let v1::PutOverlayRequest { locale, item, overlay: patch, if_match } = asked;
    let mut input = Input::default();
    let patch = object::read(patch.unwrap_or_default(), &mut input);
    input.finish()?;
    let item = desk.overlays.put(&desk.caller, &locale, &item, patch, if_match.as_deref()).await?;
    Ok(v1::PutOverlayResponse { overlay: Some(overlay(&item)) })
}

/// `DeleteOverlay`.
pub(super) async fn delete_overlay(
    desk: &Desk<'_>,
    asked: v1::DeleteOverlayRequest,
) -> Result<v1::DeleteOverlayResponse> {
    desk.overlays.delete(&desk.caller, &asked.locale, &asked.item, asked.if_match.as_deref()).await?;
    Ok(v1::DeleteOverlayResponse {})
}

/// `PreviewOverlays`.
pub(super) async fn preview_overlays(
    desk: &Desk<'_>,
    asked: v1::PreviewOverlaysRequest,
) -> Result<v1::PreviewOverlaysResponse> {
    let v1::PreviewOverlaysRequest { context, locale, limit, explain, catalog_version } = asked;
    let asked = v1::GetGuidanceRequest { context, locale, limit, explain, catalog_version };
    let preview = desk.overlays.preview(&desk.caller).await?;
    let accepted = |catalog: &Catalog| locale::accepted(catalog, desk.metadata);
    let request = request(&preview.catalogs, asked, accepted, Vec::new())?;
    let guidance = guidance(preview.catalogs.get(request.catalog), &request);
    let Preview { changes, errors, warnings, .. } = preview;
    Ok(v1::PreviewOverlaysResponse {
        guidance: Some(guidance),
        changes: changes.into_iter().map(change).collect(),
        errors: errors.into_iter().map(place).collect(),
        warnings: warnings.into_iter().map(place).collect(),
    })
}

/// `PublishOverlays`.
pub(super) async fn publish_overlays(
    desk: &Desk<'_>,
    asked: v1::PublishOverlaysRequest,
) -> Result<v1::PublishOverlaysResponse> {
    let seal = seal(desk, asked.request_id.as_deref())?;
    let command = PublishOverlays { note: asked.note };
    let published = desk.overlays.publish(&desk.caller, &command, seal.as_ref()).await?;
    Ok(v1::PublishOverlaysResponse { overlay_version: Some(version(published)) })
}

/// `RollbackOverlays`.
pub(super) async fn rollback_overlays(
    desk: &Desk<'_>,
    asked: v1::RollbackOverlaysRequest,
) -> Result<v1::RollbackOverlaysResponse> {
    let seal = seal(desk, asked.request_id.as_deref())?;
    let command = RollbackOverlays { version: asked.version, note: asked.note };
    let published = desk.overlays.rollback(&desk.caller, &command, seal.as_ref()).await?;
    Ok(v1::RollbackOverlaysResponse { overlay_version: Some(version(published)) })
}

/// `ListOverlayVersions`.
pub(super) async fn list_overlay_versions(
    desk: &Desk<'_>,
    asked: v1::ListOverlayVersionsRequest,
) -> Result<v1::ListOverlayVersionsResponse> {
    let page = page(format!("overlay_versions {}", desk.caller.tenant), asked.page_size, &asked.page_token)?;
    let rows = desk.overlays.versions(&desk.caller, page.after()?, page.rows()).await?;
    let (rows, next_page_token) = page.turn(rows, |row| row.version.version.to_string());
    Ok(v1::ListOverlayVersionsResponse { versions: rows.into_iter().map(version).collect(), next_page_token })
}

fn overlay(item: &OverlayItem) -> v1::Overlay {
    v1::Overlay {
        locale: item.locale.clone(),
        item: item.item.clone(),
        overlay: Some(object::shown(&item.patch)),
        published: item.is_published,
        updated_at: Some(view::at(item.updated_at)),
        warnings: item.warnings.iter().cloned().map(place).collect(),
        etag: item.tag(),
    }
}

fn change(change: ItemChange) -> v1::OverlayChange {
    let ItemChange { locale, item, change } = change;
    v1::OverlayChange { locale, item, change: change.name().to_owned() }
}

fn version(published: PublishedOverlays) -> v1::OverlayVersion {
    let PublishedOverlays { version, is_current, left_out, warnings } = published;
    let OverlayVersion { version, note, created_at, key, catalog_version, restored_from, items } = version;
    let pair = |(pointer, detail)| v1::FieldViolation { pointer, detail };
    v1::OverlayVersion {
        version,
        current: is_current,
        note,
        created_at: Some(view::at(created_at)),
        key_id: key.to_string(),
        catalog_version,
        restored_from,
        items,
        left_out: left_out.into_iter().map(pair).collect(),
        warnings: warnings.into_iter().map(pair).collect(),
    }
}

fn place(FieldError { pointer, detail }: FieldError) -> v1::FieldViolation {
    v1::FieldViolation { pointer, detail }
}
