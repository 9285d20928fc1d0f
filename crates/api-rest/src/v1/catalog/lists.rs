//! Lists of catalog items, by the page.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::HeaderMap;
use rebound_domain::catalog::{Item, LocaleIndex, Shelf};
use rebound_domain::page::PageRequest;
use serde::Serialize;
use utoipa::ToSchema;

use super::query::{ListQuery, Query};
use super::{document, view};
use crate::Api;
use crate::auth::{Authorized, Guidance};
use crate::errors::{Common, NotModified};
use crate::openapi::{Conditional, Negotiated};
use crate::problem::Refusal;
use crate::v1::guidance::LocaleView;

macro_rules! lists {
    ($($(#[$doc:meta])+ $handler:ident $operation:literal $path:literal $plural:ident $view:ident $list:ident $name:ident;)+) => {$(
        #[doc = concat!("A page of ", stringify!($plural), ".")]
        #[derive(Serialize, ToSchema)]
        #[schema(as = $name)]
        pub(super) struct $list<'a> {
            /// The version of the catalog.
            #[schema(example = "2026.11.1")]
            catalog_version: &'a str,
            locale: LocaleView<'a>,
            $plural: Vec<view::$view<'a>>,
            /// For the next page; empty at the end.
            next_page_token: String,
        }

        $(#[$doc])+
        #[utoipa::path(
            get,
            path = $path,
            operation_id = $operation,
            tag = "catalog",
            security(("api_key" = ["guidance"])),
            params(ListQuery, Negotiated, Conditional),
            responses(
                (
                    status = 200,
                    description = "A page",
                    body = $list,
                    headers(("ETag" = String, description = "Changes when the page does")),
                ),
                NotModified,
                Common,
            )
        )]
        pub(super) async fn $handler(
            Authorized { caller, .. }: Authorized<Guidance>,
            State(api): State<Arc<Api>>,
            RawQuery(query): RawQuery,
            headers: HeaderMap,
        ) -> Result<Response, Refusal> {
            let catalogs = api.catalogs.of(caller.tenant).await?;
    let catalog = catalogs.current();
            let query = Query::parse(catalog, &headers, query.as_deref(), &["locale", "page_size", "page_token"])?;
            let page = query.page($path)?;
            let view = |item, locale| view::$view::new(catalog, item, locale);
            let ($plural, next_page_token) = turn(&page, &catalog.$plural, query.locale.index, view);
            let list = $list {
                catalog_version: catalog.version(),
                locale: LocaleView::new(catalog, &query.locale),
                $plural,
                next_page_token,
            };
            Ok(document(&headers, &list))
        }
    )+};
}

lists! {
    /// List tips
    ///
    /// Every piece of advice in order of id, retired ones included.
    list_tips "listTips" "/v1/tips" tips TipView TipList TipList;
    /// List prompts
    ///
    /// Every question for private reflection, in order of id.
    list_prompts "listPrompts" "/v1/prompts" prompts PromptView PromptList PromptList;
    /// List scenarios
    ///
    /// Every quiz scenario with a reason for each answer, in order of id.
    list_scenarios "listScenarios" "/v1/scenarios" scenarios ScenarioView ScenarioList ScenarioList;
    /// List challenges
    ///
    /// Every practice challenge, in order of id.
    list_challenges "listChallenges" "/v1/challenges" challenges ChallengeView ChallengeList ChallengeList;
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
