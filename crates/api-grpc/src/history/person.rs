//! What concerns a person as a whole: tokens, the timeline, erasure and its receipt.

use rebound_domain::Result;
use rebound_domain::access::{Caller, Scope};
use rebound_domain::governance::ErasureReceipt;
use rebound_domain::history::{Erased, NewToken};
use rebound_domain::id::EntryId;
use rebound_domain::page::TimeKey;

use super::desk::Desk;
use super::input::{Input, id, page};
use super::view;
use crate::proto::v1;
use crate::service::Core;

/// `CreateUserToken`.
///
/// # Errors
/// Those of the domain.
pub(super) async fn create_user_token(
    desk: &Desk,
    asked: v1::CreateUserTokenRequest,
) -> Result<v1::CreateUserTokenResponse> {
    let mut input = Input::default();
    let refusal = || "not an allowed value; allowed: guidance, diary:read, diary:write".to_owned();
    let scopes: Vec<Scope> = input.list("scopes", &asked.scopes, |name| name.parse().ok(), refusal);
    let key = input.request_key(asked.request_id.as_deref());
    input.finish()?;
    let command = NewToken { scopes: scopes.into_iter().collect(), ttl_seconds: asked.ttl_seconds };
    let token = desk.history().create_token(desk.caller, &desk.user_id, &command, key.as_ref()).await?;
    Ok(v1::CreateUserTokenResponse {
        id: token.id.to_string(),
        scopes: token.scopes.iter().map(|scope| scope.name().to_owned()).collect(),
        secret: token.secret.reveal().to_owned(),
        expires_at: Some(view::at(token.expires_at)),
    })
}

/// `GetTimeline`.
///
/// # Errors
/// Those of the domain.
pub(super) async fn get_timeline(desk: &Desk, asked: v1::GetTimelineRequest) -> Result<v1::GetTimelineResponse> {
    let page = page(desk, "timeline", &(), asked.page_size, &asked.page_token)?;
    let after = page.after::<TimeKey<EntryId>>()?.map(|TimeKey(at, id)| (at, id));
    let rows = desk.history().timeline(desk.caller, &desk.user_id, after, page.rows()).await?;
    let (rows, next_page_token) = page.turn(rows, |last| TimeKey(last.at, last.id).to_string());
    Ok(v1::GetTimelineResponse { entries: rows.into_iter().map(view::entry).collect(), next_page_token })
}

/// `EraseUser`.
///
/// # Errors
/// Those of the domain.
pub(super) async fn erase_user(desk: &Desk, _: v1::EraseUserRequest) -> Result<v1::EraseUserResponse> {
    let receipt = desk.history().erase(desk.caller, &desk.user_id).await?;
    Ok(v1::EraseUserResponse { receipt: Some(shown(receipt)) })
}

/// `GetErasureReceipt`.
///
/// # Errors
/// Those of the domain.
pub(super) async fn get_erasure_receipt(
    core: &Core,
    caller: Caller,
    asked: v1::GetErasureReceiptRequest,
) -> Result<v1::GetErasureReceiptResponse> {
    let id = id(&asked.id, "There is no erasure receipt with this id.")?;
    let (receipt, genuine) = core.governance.receipt(&caller, id).await?;
    Ok(v1::GetErasureReceiptResponse { receipt: Some(shown(receipt)), genuine })
}

fn shown(receipt: ErasureReceipt) -> v1::ErasureReceipt {
    let Erased { rejections, action_items, entries, keys_and_answers, held } = receipt.erased;
    v1::ErasureReceipt {
        id: receipt.id.to_string(),
        erased_at: Some(view::at(receipt.erased_at)),
        erased: Some(v1::Erased { rejections, action_items, entries, keys_and_answers, held }),
        seal: receipt.seal,
    }
}
