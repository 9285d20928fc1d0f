//! The statements of changes, with the same text on both databases. What each argument is, says where it is used.

use crate::plan::Text;

pub(super) const INSERT_PERSON: Text = Text::Insert(
    "people (tenant_id, user_ref, key_id, record_key, diary_key, master_key_id, shown, created_at)",
    "ON CONFLICT DO NOTHING",
);

pub(super) const UPDATE_SHOWN: Text =
    Text::Update("people SET shown = $4", "tenant_id = $1 AND user_ref = $2 AND key_id = $3 AND restricted_at IS NULL");

pub(super) const UPDATE_SHOWN_FOR: Text = Text::Update(
    "people SET shown = $4",
    "tenant_id = $1 AND user_ref = $2 AND key_id = $3 AND restricted_at IS NULL
        AND EXISTS (SELECT 1 FROM rejections WHERE tenant_id = $1 AND user_ref = $2 AND id = $5)",
);

pub(super) const INSERT_IDEMPOTENCY: Text = Text::Insert(
    "idempotency (tenant_id, user_ref, key_digest, request_digest, answer, created_at, expires_at)",
    "ON CONFLICT (tenant_id, key_digest) DO UPDATE SET user_ref = excluded.user_ref,
        request_digest = excluded.request_digest, answer = excluded.answer, created_at = excluded.created_at,
        expires_at = excluded.expires_at
     WHERE idempotency.expires_at <= excluded.created_at",
);

pub(super) const INSERT_REJECTION: Text = Text::Insert(
    "rejections (tenant_id, user_ref, id, kind, stage, reasons, occurred_at, external_digest, record, record_version,
        diary, diary_version, updated_at, diary_changed_at, space, created_at)",
    "",
);

pub(super) const UPDATE_REJECTION: Text = Text::Update(
    "rejections SET kind = $4, stage = $5, reasons = $6, occurred_at = $7, external_digest = $8, record = $9,
        record_version = $10, diary = $11, diary_version = $12, updated_at = $13,
        diary_changed_at = COALESCE($14, diary_changed_at), space = $17",
    "tenant_id = $1 AND user_ref = $2 AND id = $3 AND record_version = $15 AND diary_version = $16",
);

pub(super) const INSERT_ACTION_ITEM: Text =
    Text::Insert("action_items (tenant_id, user_ref, id, body, version, updated_at, created_at)", "");

pub(super) const UPDATE_ACTION_ITEM: Text = Text::Update(
    "action_items SET body = $4, version = $5, updated_at = $6",
    "tenant_id = $1 AND user_ref = $2 AND id = $3 AND version = $7",
);

pub(super) const INSERT_TOKEN: Text = Text::Insert(
    "api_keys (tenant_id, user_ref, id, name, scopes, digest, created_at, expires_at, revoked_at, bound_to)",
    "",
);

pub(super) const INSERT_ENTRY: Text = Text::Insert("entries (tenant_id, user_ref, at, id, rejection_id, body)", "");

pub(super) const INSERT_AUDIT: Text =
    Text::Insert("audit_events (tenant_id, id, at, key_id, operation, user_ref, resource)", "");
