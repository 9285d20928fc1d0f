//! The language of an answer: the field `locale` before the metadata `accept-language`.

use http::{HeaderMap, header};
use rebound_domain::FieldError;
use rebound_domain::catalog::{Catalog, ResolvedLocale};

use crate::proto::v1;

/// The language that the metadata asks for.
pub(crate) fn accepted(catalog: &Catalog, metadata: &HeaderMap) -> ResolvedLocale {
    let accepted = metadata.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    catalog.locales().negotiate(accepted)
}

/// The language that a request names, else the accepted one. What is no language tag is noted among `errors`.
pub(crate) fn resolve(
    catalog: &Catalog,
    named: Option<&str>,
    accepted: impl FnOnce() -> ResolvedLocale,
    errors: &mut Vec<FieldError>,
) -> ResolvedLocale {
    let Some(tag) = named else { return accepted() };
    catalog.locales().resolve(tag).unwrap_or_else(|| {
        errors.push(FieldError::new("/locale", "not a BCP 47 language tag; allowed: a tag such as en or en-GB"));
        accepted()
    })
}

/// A locale as an answer shows it.
pub(crate) fn shown(catalog: &Catalog, locale: &ResolvedLocale) -> v1::ResolvedLocale {
    v1::ResolvedLocale { requested: locale.requested.clone(), resolved: catalog.locales().tag(locale.index).to_owned() }
}
