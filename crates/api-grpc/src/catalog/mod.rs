//! The catalog to be read: tips, prompts, scenarios, challenges, taxonomy, sources and versions.

mod lists;
mod view;

use http::HeaderMap;
use rebound_domain::catalog::{Catalog, LocaleIndex, NoRule, ResolvedLocale, Shelf};
use rebound_domain::catalog::{Label, LabelText};
use rebound_domain::{Error, ErrorKind, Result};

pub(crate) use self::lists::{list_catalog_versions, list_challenges, list_prompts, list_scenarios, list_tips, page};
pub(crate) use self::view::audience;
use crate::locale;
use crate::proto::v1;

/// `GetTip`.
///
/// # Errors
/// `Invalid` without a usable locale, `NotFound` if there is no such tip.
pub(crate) fn get_tip(
    catalog: &Catalog,
    metadata: &HeaderMap,
    asked: &v1::GetTipRequest,
) -> Result<v1::GetTipResponse> {
    let locale = language(catalog, metadata, asked.locale.as_deref())?;
    let not_found = || Error::new(ErrorKind::NotFound, "There is no tip with this id.");
    let tip = catalog.tips.get(&asked.id).ok_or_else(not_found)?;
    Ok(v1::GetTipResponse {
        catalog_version: catalog.version().to_owned(),
        locale: Some(locale::shown(catalog, &locale)),
        tip: Some(view::tip(catalog, tip, locale.index)),
    })
}

/// `GetTaxonomy`.
///
/// # Errors
/// `Invalid` without a usable locale.
pub(crate) fn get_taxonomy(
    catalog: &Catalog,
    metadata: &HeaderMap,
    asked: &v1::GetTaxonomyRequest,
) -> Result<v1::GetTaxonomyResponse> {
    let locale = language(catalog, metadata, asked.locale.as_deref())?;
    Ok(v1::GetTaxonomyResponse {
        catalog_version: catalog.version().to_owned(),
        locale: Some(locale::shown(catalog, &locale)),
        kinds: entries(catalog, "kind", &catalog.kinds, locale.index),
        causes: entries(catalog, "cause", &catalog.causes, locale.index),
        reasons: entries(catalog, "reason", &catalog.reasons, locale.index),
    })
}

/// `ListSources`.
///
/// # Errors
/// `Invalid` without a usable locale.
pub(crate) fn list_sources(
    catalog: &Catalog,
    metadata: &HeaderMap,
    asked: &v1::ListSourcesRequest,
) -> Result<v1::ListSourcesResponse> {
    let locale = language(catalog, metadata, asked.locale.as_deref())?;
    Ok(v1::ListSourcesResponse {
        catalog_version: catalog.version().to_owned(),
        locale: Some(locale::shown(catalog, &locale)),
        articles: catalog.articles.iter().map(|article| view::article(catalog, article, locale.index)).collect(),
    })
}

fn entries(
    catalog: &Catalog,
    item_type: &str,
    labels: &Shelf<NoRule, LabelText>,
    locale: LocaleIndex,
) -> Vec<v1::TaxonomyEntry> {
    labels.iter().map(|label: &Label| view::entry(catalog, item_type, label, locale)).collect()
}

/// The language of an answer.
pub(crate) fn language(catalog: &Catalog, metadata: &HeaderMap, named: Option<&str>) -> Result<ResolvedLocale> {
    let mut errors = Vec::new();
    let locale = locale::resolve(catalog, named, || locale::accepted(catalog, metadata), &mut errors);
    if errors.is_empty() { Ok(locale) } else { Err(Error::invalid(errors)) }
}
