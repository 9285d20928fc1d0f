//! What concerns a person as a whole: timeline, keys for an app of theirs, erasure and its receipt.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;
use rebound_domain::access::Scope;
use rebound_domain::governance::ErasureReceipt;
use rebound_domain::history::{Entry, Erased, Token};
use rebound_domain::page::TimeKey;
use rebound_domain::{Error, ErrorKind};
use serde::Serialize;
use utoipa::ToSchema;

use super::call::Call;
use super::{forms, input, json, query};
use crate::Api;
use crate::auth::{Authorized, Erase, ReadDiary, ReadReceipts, WriteDiary};
use crate::components::TokenScope;
use crate::errors::{Common, OnOne, WithBody};
use crate::openapi::Repeatable;
use crate::problem::Refusal;
use crate::query::Query;

/// A page of the timeline.
#[derive(Serialize, ToSchema)]
#[schema(as = Timeline)]
pub(super) struct TimelineView<'a> {
    entries: Vec<EntryView<'a>>,
    /// For the next page; empty at the end.
    next_page_token: String,
}

/// A line of the timeline.
#[derive(Serialize, ToSchema)]
#[schema(as = TimelineEntry)]
pub(super) struct EntryView<'a> {
    /// Its id.
    #[schema(example = "ent_01kdxyt3yxf9rbm3ryh1wnx8sq")]
    id: String,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `rejection`, `phase`, `contact`, `feedback`, `reflection`, `outcome` or `action_item`.
    #[serde(rename = "type")]
    #[schema(example = "phase")]
    entry_type: &'static str,
    /// The rejection that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    rejection_id: Option<String>,
    /// The id of the thing itself, if it has one of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    item_id: Option<&'a str>,
    /// More in one word: a kind, a phase, a purpose, a status, a result.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "processing")]
    detail: Option<&'a str>,
}

/// A key that is bound to one user.
#[derive(Serialize, ToSchema)]
#[schema(as = UserToken)]
pub(super) struct TokenView<'a> {
    /// The id of the key.
    #[schema(example = "key_01kdxyt3yxf9rbm3ryh1wnx8sq")]
    id: String,
    /// What it may do.
    #[schema(value_type = Vec<TokenScope>)]
    scopes: Vec<&'static str>,
    /// Its text, shown this once.
    secret: &'a str,
    /// From when on it is refused.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// The receipt of an erasure. It holds no personal data.
#[derive(Serialize, ToSchema)]
#[schema(as = ErasureReceipt)]
pub(super) struct ReceiptView<'a> {
    /// Its id.
    #[schema(example = "era_01kdxyt3yxf9rbm3ryh1wnx8sq")]
    id: String,
    /// When the person was erased.
    #[schema(value_type = String, format = DateTime)]
    erased_at: Timestamp,
    erased: ErasedView,
    /// A keyed digest over all of the above, which only the instance can make.
    seal: &'a str,
    /// Whether the seal is one of this instance; only where a receipt is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    genuine: Option<bool>,
}

/// What an erasure took away.
#[derive(Serialize, ToSchema)]
#[schema(as = Erased)]
struct ErasedView {
    /// Rejections.
    rejections: u64,
    /// Action items.
    action_items: u64,
    /// Lines of the timeline.
    entries: u64,
    /// Keys of the person, and answers kept for repetitions.
    keys_and_answers: u64,
    /// Records of the employer's side that a legal hold keeps, closed to everybody.
    held: u64,
}

impl<'a> EntryView<'a> {
    pub(super) fn new(entry: &'a Entry) -> Self {
        Self {
            id: entry.id.to_string(),
            at: entry.at,
            entry_type: entry.entry_type.name(),
            rejection_id: entry.rejection.map(|id| id.to_string()),
            item_id: entry.item.as_deref(),
            detail: entry.detail.as_deref(),
        }
    }
}

impl<'a> TokenView<'a> {
    fn new(token: &'a Token) -> Self {
        Self {
            id: token.id.to_string(),
            scopes: token.scopes.iter().map(Scope::name).collect(),
            secret: token.secret.reveal(),
            expires_at: token.expires_at,
        }
    }
}

impl<'a> ReceiptView<'a> {
    fn new(receipt: &'a ErasureReceipt, genuine: Option<bool>) -> Self {
        let Erased { rejections, action_items, entries, keys_and_answers, held } = receipt.erased;
        Self {
            id: receipt.id.to_string(),
            erased_at: receipt.erased_at,
            erased: ErasedView { rejections, action_items, entries, keys_and_answers, held },
            seal: &receipt.seal,
            genuine,
        }
    }
}

/// Read the timeline
///
/// One line for each thing that happened, newest first.
#[utoipa::path(
    get,
    path = "/v1/users/{user_id}/timeline",
    operation_id = "getTimeline",
    tag = "history",
    security(("api_key" = ["diary:read"])),
    params(query::UserPath, query::PageQuery),
    responses((status = 200, description = "A page", body = TimelineView), Common, OnOne)
)]
pub(super) async fn get_timeline(
    Authorized { caller, .. }: Authorized<ReadDiary>,
    State(api): State<Arc<Api>>,
    call: Call<()>,
) -> Result<Response, Refusal> {
    let page = call.query(&["page_size", "page_token"])?.page(&call.list(&caller, "timeline", &()))?;
    let after = page.after()?.map(|TimeKey(at, id)| (at, id));
    let found = api.history.timeline(caller, &call.user_id, after, page.rows()).await?;
    let (found, next_page_token) = page.turn(found, |last| TimeKey(last.at, last.id).to_string());
    json(StatusCode::OK, &TimelineView { entries: found.iter().map(EntryView::new).collect(), next_page_token })
}

/// Make a key for one user
///
/// It is bound to this user and lives for an hour at most, so that an app may call directly.
#[utoipa::path(
    post,
    path = "/v1/users/{user_id}/tokens",
    operation_id = "createUserToken",
    tag = "history",
    security(("api_key" = ["diary:write"])),
    params(query::UserPath, Repeatable),
    request_body = forms::NewUserToken,
    responses((status = 201, description = "Made", body = TokenView), Common, OnOne, WithBody)
)]
pub(super) async fn create_user_token(
    Authorized { caller, .. }: Authorized<WriteDiary>,
    State(api): State<Arc<Api>>,
    mut call: Call<()>,
) -> Result<Response, Refusal> {
    let key = call.request_key()?;
    let command = input::new_token(call.body(forms::NewUserToken::FORM).await?)?;
    let token = api.history.create_token(caller, &call.user_id, &command, key.as_ref()).await?;
    json(StatusCode::CREATED, &TokenView::new(&token))
}

/// Erase a person
///
/// Everything that is kept of the person, keys and the link from the audit log included. Under a legal hold the
/// records of the employer's side stay, closed to everybody. Answers a receipt without personal data.
#[utoipa::path(
    delete,
    path = "/v1/users/{user_id}",
    operation_id = "eraseUser",
    tag = "history",
    security(("api_key" = ["diary:write"]), ("api_key" = ["admin"])),
    params(query::UserPath),
    responses(
        (
            status = 200,
            description = "Erased",
            body = ReceiptView,
            links(("check" = (operation_id = "getErasureReceipt", parameters(("id" = "$response.body#/id"))))),
        ),
        Common,
        OnOne,
    )
)]
pub(super) async fn erase_user(
    Authorized { caller, .. }: Authorized<Erase>,
    State(api): State<Arc<Api>>,
    call: Call<()>,
) -> Result<Response, Refusal> {
    call.query(&[])?;
    let receipt = api.history.erase(caller, &call.user_id).await?;
    json(StatusCode::OK, &ReceiptView::new(&receipt, None))
}

/// Get the receipt of an erasure
///
/// With whether its seal is genuine.
#[utoipa::path(
    get,
    path = "/v1/erasure-receipts/{id}",
    operation_id = "getErasureReceipt",
    tag = "history",
    security(("api_key" = ["diary:read"]), ("api_key" = ["diary:write"]), ("api_key" = ["admin"])),
    params(("id" = String, Path, description = "The id of the receipt", example = "era_01kdxyt3yxf9rbm3ryh1wnx8sq")),
    responses((status = 200, description = "The receipt", body = ReceiptView), Common, OnOne)
)]
pub(super) async fn get_erasure_receipt(
    Authorized { caller, .. }: Authorized<ReadReceipts>,
    State(api): State<Arc<Api>>,
    id: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    Query::parse(query.as_deref(), &[])?;
    let id = id.ok().and_then(|Path(id)| id.parse().ok());
    let id = id.ok_or_else(|| Error::new(ErrorKind::NotFound, "There is no erasure receipt with this id."))?;
    let (receipt, genuine) = api.governance.receipt(&caller, id).await?;
    json(StatusCode::OK, &ReceiptView::new(&receipt, Some(genuine)))
}
