-- Histories, what tenants decide about them, and what can be checked afterwards. See ../postgres/0002_history.sql for
-- what each table, column and rule is for.

CREATE TABLE instance (
    id            INTEGER NOT NULL,
    pepper        BLOB NOT NULL,
    master_key_id BLOB NOT NULL,
    CONSTRAINT instance_pkey PRIMARY KEY (id),
    CONSTRAINT instance_id_check CHECK (id = 1),
    CONSTRAINT instance_master_key_id_check CHECK (length(master_key_id) = 8)
) STRICT;

CREATE TABLE people (
    tenant_id     BLOB NOT NULL,
    user_ref      BLOB NOT NULL,
    key_id        BLOB NOT NULL,
    record_key    BLOB NOT NULL,
    diary_key     BLOB,
    master_key_id BLOB NOT NULL,
    shown         BLOB,
    created_at    TEXT NOT NULL,
    restricted_at TEXT,
    CONSTRAINT people_pkey PRIMARY KEY (tenant_id, user_ref),
    CONSTRAINT people_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT people_user_ref_check CHECK (length(user_ref) = 32),
    CONSTRAINT people_master_key_id_check CHECK (length(master_key_id) = 8),
    CONSTRAINT people_diary_key_check CHECK (diary_key IS NOT NULL OR restricted_at IS NOT NULL),
    CONSTRAINT people_tenant_id_check CHECK (length(tenant_id) = 16),
    CONSTRAINT people_key_id_check CHECK (length(key_id) = 16),
    CONSTRAINT people_created_at_check CHECK (length(created_at) = 27),
    CONSTRAINT people_restricted_at_check CHECK (length(restricted_at) = 27)
) STRICT;

CREATE TABLE rejections (
    tenant_id        BLOB NOT NULL,
    user_ref         BLOB NOT NULL,
    id               BLOB NOT NULL,
    space            INTEGER NOT NULL,
    kind             INTEGER,
    stage            INTEGER,
    reasons          INTEGER NOT NULL,
    occurred_at      TEXT NOT NULL,
    external_digest  BLOB,
    record           BLOB NOT NULL,
    record_version   INTEGER NOT NULL,
    diary            BLOB,
    diary_version    INTEGER NOT NULL,
    diary_changed_at TEXT,
    created_at       TEXT NOT NULL,
    updated_at       TEXT NOT NULL,
    CONSTRAINT rejections_pkey PRIMARY KEY (tenant_id, user_ref, id),
    CONSTRAINT rejections_external_digest_key UNIQUE (tenant_id, external_digest),
    CONSTRAINT rejections_user_ref_check CHECK (length(user_ref) = 32),
    CONSTRAINT rejections_space_check CHECK (space IN (0, 1)),
    CONSTRAINT rejections_external_digest_check CHECK (length(external_digest) = 32),
    CONSTRAINT rejections_space_diary_check CHECK (space = 0 OR diary_changed_at IS NOT NULL),
    CONSTRAINT rejections_tenant_id_check CHECK (length(tenant_id) = 16),
    CONSTRAINT rejections_id_check CHECK (length(id) = 16),
    CONSTRAINT rejections_occurred_at_check CHECK (length(occurred_at) = 27),
    CONSTRAINT rejections_diary_changed_at_check CHECK (length(diary_changed_at) = 27),
    CONSTRAINT rejections_created_at_check CHECK (length(created_at) = 27),
    CONSTRAINT rejections_updated_at_check CHECK (length(updated_at) = 27)
) STRICT;

CREATE INDEX rejections_occurred_at_idx ON rejections (tenant_id, user_ref, occurred_at, id);
CREATE INDEX rejections_records_idx ON rejections (tenant_id, occurred_at) WHERE space = 0;
CREATE INDEX rejections_diaries_idx ON rejections (tenant_id, diary_changed_at) WHERE diary_changed_at IS NOT NULL;

CREATE TABLE entries (
    tenant_id    BLOB NOT NULL,
    user_ref     BLOB NOT NULL,
    at           TEXT NOT NULL,
    id           BLOB NOT NULL,
    rejection_id BLOB,
    body         BLOB NOT NULL,
    CONSTRAINT entries_pkey PRIMARY KEY (tenant_id, user_ref, at, id),
    CONSTRAINT entries_user_ref_check CHECK (length(user_ref) = 32),
    CONSTRAINT entries_tenant_id_check CHECK (length(tenant_id) = 16),
    CONSTRAINT entries_at_check CHECK (length(at) = 27),
    CONSTRAINT entries_id_check CHECK (length(id) = 16),
    CONSTRAINT entries_rejection_id_check CHECK (length(rejection_id) = 16)
) STRICT;

CREATE INDEX entries_at_idx ON entries (tenant_id, at);

CREATE TABLE action_items (
    tenant_id  BLOB NOT NULL,
    user_ref   BLOB NOT NULL,
    id         BLOB NOT NULL,
    body       BLOB NOT NULL,
    version    INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT action_items_pkey PRIMARY KEY (tenant_id, user_ref, id),
    CONSTRAINT action_items_user_ref_check CHECK (length(user_ref) = 32),
    CONSTRAINT action_items_tenant_id_check CHECK (length(tenant_id) = 16),
    CONSTRAINT action_items_id_check CHECK (length(id) = 16),
    CONSTRAINT action_items_created_at_check CHECK (length(created_at) = 27),
    CONSTRAINT action_items_updated_at_check CHECK (length(updated_at) = 27)
) STRICT;

CREATE INDEX action_items_updated_at_idx ON action_items (tenant_id, updated_at);

CREATE TABLE idempotency (
    tenant_id      BLOB NOT NULL,
    key_digest     BLOB NOT NULL,
    user_ref       BLOB NOT NULL,
    request_digest BLOB NOT NULL,
    answer         BLOB NOT NULL,
    created_at     TEXT NOT NULL,
    expires_at     TEXT NOT NULL,
    CONSTRAINT idempotency_pkey PRIMARY KEY (tenant_id, key_digest),
    CONSTRAINT idempotency_user_ref_check CHECK (length(user_ref) = 32),
    CONSTRAINT idempotency_tenant_id_check CHECK (length(tenant_id) = 16),
    CONSTRAINT idempotency_key_digest_check CHECK (length(key_digest) = 16),
    CONSTRAINT idempotency_request_digest_check CHECK (length(request_digest) = 16),
    CONSTRAINT idempotency_created_at_check CHECK (length(created_at) = 27),
    CONSTRAINT idempotency_expires_at_check CHECK (length(expires_at) = 27)
) STRICT;

CREATE INDEX idempotency_user_ref_idx ON idempotency (tenant_id, user_ref);
CREATE INDEX idempotency_expires_at_idx ON idempotency (expires_at);

CREATE TABLE audit_events (
    tenant_id BLOB NOT NULL,
    id        BLOB NOT NULL,
    at        TEXT NOT NULL,
    key_id    BLOB NOT NULL,
    operation TEXT NOT NULL,
    user_ref  BLOB,
    resource  TEXT,
    CONSTRAINT audit_events_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT audit_events_user_ref_check CHECK (length(user_ref) = 32),
    CONSTRAINT audit_events_tenant_id_check CHECK (length(tenant_id) = 16),
    CONSTRAINT audit_events_id_check CHECK (length(id) = 16),
    CONSTRAINT audit_events_at_check CHECK (length(at) = 27),
    CONSTRAINT audit_events_key_id_check CHECK (length(key_id) = 16)
) STRICT;

CREATE INDEX audit_events_user_ref_idx ON audit_events (tenant_id, user_ref, id) WHERE user_ref IS NOT NULL;
CREATE INDEX audit_events_at_idx ON audit_events (tenant_id, at);

CREATE TABLE erasure_receipts (
    tenant_id BLOB NOT NULL,
    id        BLOB NOT NULL,
    body      TEXT NOT NULL,
    CONSTRAINT erasure_receipts_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT erasure_receipts_tenant_id_check CHECK (length(tenant_id) = 16),
    CONSTRAINT erasure_receipts_id_check CHECK (length(id) = 16)
) STRICT;

CREATE TABLE tenant_settings (
    tenant_id BLOB NOT NULL,
    version   INTEGER NOT NULL,
    body      BLOB NOT NULL,
    CONSTRAINT tenant_settings_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT tenant_settings_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT tenant_settings_tenant_id_check CHECK (length(tenant_id) = 16)
) STRICT;

ALTER TABLE api_keys ADD COLUMN user_ref BLOB CONSTRAINT api_keys_user_ref_check CHECK (length(user_ref) = 32);
ALTER TABLE api_keys ADD COLUMN bound_to BLOB CONSTRAINT api_keys_bound_to_check CHECK (length(bound_to) = 32);

CREATE INDEX api_keys_user_ref_idx ON api_keys (tenant_id, user_ref) WHERE user_ref IS NOT NULL;
CREATE INDEX api_keys_bound_idx ON api_keys (expires_at) WHERE bound_to IS NOT NULL;
