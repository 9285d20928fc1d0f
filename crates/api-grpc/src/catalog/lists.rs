//! Lists of catalog items, by the page.

use http::HeaderMap;
use rebound_domain::Result;
use rebound_domain::catalog::{Catalog, Catalogs, Item, LocaleIndex, Shelf};
use rebound_domain::page::PageRequest;

use super::{language, view};
use crate::locale;
use crate::proto::v1;

macro_rules! lists {
    ($($(#[$doc:meta])+ $handler:ident $plural:ident $view:ident $request:ident $response:ident;)+) => {$(
        $(#[$doc])+
        ///
        /// # Errors
        /// `Invalid` without a usable locale or page token.
        pub(crate) fn $handler(catalog: &Catalog, metadata: &HeaderMap, asked: &v1::$request) -> Result<v1::$response> {
            let locale = language(catalog, metadata, asked.locale.as_deref())?;
            let page = page(stringify!($plural), asked.page_size, &asked.page_token)?;
            let view = |item, locale| view::$view(catalog, item, locale);
            let ($plural, next_page_token) = turn(&page, &catalog.$plural, locale.index, view);
            Ok(v1::$response {
                catalog_version: catalog.version().to_owned(),
                locale: Some(locale::shown(catalog, &locale)),
                $plural,
                next_page_token,
            })
        }
    )+};
}

lists! {
    /// `ListTips`.
    list_tips tips tip ListTipsRequest ListTipsResponse;
    /// `ListPrompts`.
    list_prompts prompts prompt ListPromptsRequest ListPromptsResponse;
    /// `ListScenarios`.
    list_scenarios scenarios scenario ListScenariosRequest ListScenariosResponse;
    /// `ListChallenges`.
    list_challenges challenges challenge ListChallengesRequest ListChallengesResponse;
}

/// `ListCatalogVersions`.
///
/// # Errors
/// `Invalid` without a usable page token.
pub(crate) fn list_catalog_versions(
    catalogs: &Catalogs,
    asked: &v1::ListCatalogVersionsRequest,
) -> Result<v1::ListCatalogVersionsResponse> {
    let page = page("catalog_versions", asked.page_size, &asked.page_token)?;
    let (versions, next_page_token) = page.cut(catalogs.versions(), |version| version.release.place());
    Ok(v1::ListCatalogVersionsResponse {
        catalog_versions: versions.into_iter().map(view::catalog_version).collect(),
        next_page_token,
    })
}

/// The page that is asked for; in AIP-158 a size of 0 is one that was not given.
pub(crate) fn page(list: &str, size: i32, token: &str) -> Result<PageRequest> {
    PageRequest::new(list, (size != 0).then_some(i64::from(size)), Some(token))
}

/// One page of a shelf, and the token for the next.
fn turn<'a, R, T, V>(
    page: &PageRequest,
    shelf: &'a Shelf<R, T>,
    locale: LocaleIndex,
    view: impl Fn(&'a Item<R, T>, LocaleIndex) -> V,
) -> (Vec<V>, String) {
    // What the tenant switched off is not to be offered; by its id it still resolves.
    let offered = shelf.iter().filter(|item| item.enabled);
    let (items, next) = page.cut(offered, |item| &*item.id);
    (items.into_iter().map(|item| view(item, locale)).collect(), next)
}
