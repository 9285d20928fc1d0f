//! The keys of a tenant, for its administrators and for operators.

use rebound_domain::Result;
use rebound_domain::access::{IssuedKey, NewApiKey, Rotation};

use super::input::Input;
use super::{Desk, input, page, view};
use crate::proto::v1;

/// `ListApiKeys`.
pub(super) async fn list_api_keys(desk: &Desk<'_>, asked: v1::ListApiKeysRequest) -> Result<v1::ListApiKeysResponse> {
    let page = page(format!("api_keys {}", asked.tenant_id), asked.page_size, &asked.page_token)?;
    let rows = desk.administration.api_keys(&desk.caller, &asked.tenant_id, page.after()?, page.rows()).await?;
    let (keys, next_page_token) = page.turn(rows, |key| key.id.to_string());
    Ok(v1::ListApiKeysResponse { api_keys: keys.into_iter().map(view::api_key).collect(), next_page_token })
}

/// `CreateApiKey`.
pub(super) async fn create_api_key(
    desk: &Desk<'_>,
    asked: v1::CreateApiKeyRequest,
) -> Result<v1::CreateApiKeyResponse> {
    let v1::CreateApiKeyRequest { tenant_id, name, scopes, expires_at, request_id } = asked;
    let mut input = Input::default();
    let seal = input.checked(input::seal(desk, request_id.as_deref())).flatten();
    let command = NewApiKey { name, scopes, expires_at: input.moment("/expires_at", expires_at) };
    input.finish()?;
    let issued = desk.administration.create_api_key(&desk.caller, &tenant_id, &command, seal.as_ref()).await?;
    let IssuedKey { key, secret } = issued;
    Ok(v1::CreateApiKeyResponse {
        id: key.id.to_string(),
        name: key.name,
        scopes: view::scopes(key.scopes),
        secret: secret.reveal().to_owned(),
        created_at: Some(view::at(key.created_at)),
        expires_at: key.expires_at.map(view::at),
    })
}

/// `RotateApiKey`.
pub(super) async fn rotate_api_key(
    desk: &Desk<'_>,
    asked: v1::RotateApiKeyRequest,
) -> Result<v1::RotateApiKeyResponse> {
    let v1::RotateApiKeyRequest { tenant_id, key_id, overlap_seconds, request_id } = asked;
    let seal = input::seal(desk, request_id.as_deref())?;
    let command = Rotation { overlap_seconds };
    let issued = desk.administration.rotate_api_key(&desk.caller, &tenant_id, &key_id, command, seal.as_ref()).await?;
    let IssuedKey { key, secret } = issued;
    Ok(v1::RotateApiKeyResponse {
        id: key.id.to_string(),
        name: key.name,
        scopes: view::scopes(key.scopes),
        secret: secret.reveal().to_owned(),
        created_at: Some(view::at(key.created_at)),
        expires_at: key.expires_at.map(view::at),
    })
}

/// `RevokeApiKey`.
pub(super) async fn revoke_api_key(
    desk: &Desk<'_>,
    asked: v1::RevokeApiKeyRequest,
) -> Result<v1::RevokeApiKeyResponse> {
    let key = desk.administration.revoke_api_key(&desk.caller, &asked.tenant_id, &asked.key_id).await?;
    Ok(v1::RevokeApiKeyResponse { api_key: Some(view::api_key(key)) })
}
