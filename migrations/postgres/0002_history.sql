-- Histories, what tenants decide about them, and what can be checked afterwards.
--
-- On Citus every table here but `instance` is distributed by tenant_id and co-located; `instance` is a reference table.
-- What people and employers wrote, and who they are, stands here encrypted or as keyed digests only: `user_ref` is the
-- digest of a user's id. What is plain is what is counted, sorted or filtered.

-- The keys of the instance: one row.
CREATE TABLE instance (
    id            smallint NOT NULL,
    -- Keys the digests of users and external references; encrypted with the master key.
    pepper        bytea NOT NULL,
    master_key_id bytea NOT NULL,
    CONSTRAINT instance_pkey PRIMARY KEY (id),
    CONSTRAINT instance_id_check CHECK (id = 1),
    CONSTRAINT instance_master_key_id_check CHECK (length(master_key_id) = 8)
);

CREATE TABLE people (
    tenant_id     uuid NOT NULL,
    user_ref      bytea NOT NULL,
    -- Says which keys these are, without saying them. A write states it, so that none lands after an erasure.
    key_id        uuid NOT NULL,
    -- Encrypts what the employer's side recorded; itself encrypted with the master key.
    record_key    bytea NOT NULL,
    -- Encrypts what the person wrote. Absent after an erasure under a legal hold.
    diary_key     bytea,
    master_key_id bytea NOT NULL,
    -- Which tips were shown.
    shown         bytea,
    created_at    timestamptz NOT NULL,
    -- Set by an erasure under a legal hold: from then on nobody reads or writes.
    restricted_at timestamptz,
    CONSTRAINT people_pkey PRIMARY KEY (tenant_id, user_ref),
    CONSTRAINT people_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT people_user_ref_check CHECK (length(user_ref) = 32),
    CONSTRAINT people_master_key_id_check CHECK (length(master_key_id) = 8),
    CONSTRAINT people_diary_key_check CHECK (diary_key IS NOT NULL OR restricted_at IS NOT NULL)
);

-- Rows of a person have no foreign key to `people`: each write locks that row and compares its keys anyway, and a
-- second look at it would cost every write a tenth.
CREATE TABLE rejections (
    tenant_id        uuid NOT NULL,
    user_ref         bytea NOT NULL,
    id               uuid NOT NULL,
    -- 0: the employer's side recorded it; 1: the person did.
    space            smallint NOT NULL,
    -- Positions among the values of the fields, which are never reordered; NULL: unknown.
    kind             smallint,
    stage            smallint,
    -- A bit for each reason, by its position.
    reasons          bigint NOT NULL,
    occurred_at      timestamptz NOT NULL,
    -- Keyed digest of the external reference.
    external_digest  bytea,
    record           bytea NOT NULL,
    record_version   bigint NOT NULL,
    diary            bytea,
    diary_version    bigint NOT NULL,
    -- When the person last wrote; for a row in the person's space always set.
    diary_changed_at timestamptz,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    CONSTRAINT rejections_pkey PRIMARY KEY (tenant_id, user_ref, id),
    CONSTRAINT rejections_external_digest_key UNIQUE (tenant_id, external_digest),
    CONSTRAINT rejections_user_ref_check CHECK (length(user_ref) = 32),
    CONSTRAINT rejections_space_check CHECK (space IN (0, 1)),
    CONSTRAINT rejections_external_digest_check CHECK (length(external_digest) = 32),
    CONSTRAINT rejections_space_diary_check CHECK (space = 0 OR diary_changed_at IS NOT NULL)
);

-- Newest first.
CREATE INDEX rejections_occurred_at_idx ON rejections (tenant_id, user_ref, occurred_at, id);
-- Aggregates and the end of records.
CREATE INDEX rejections_records_idx ON rejections (tenant_id, occurred_at) WHERE space = 0;
-- The end of diaries.
CREATE INDEX rejections_diaries_idx ON rejections (tenant_id, diary_changed_at) WHERE diary_changed_at IS NOT NULL;

-- The timeline.
CREATE TABLE entries (
    tenant_id    uuid NOT NULL,
    user_ref     bytea NOT NULL,
    at           timestamptz NOT NULL,
    id           uuid NOT NULL,
    rejection_id uuid,
    body         bytea NOT NULL,
    -- In the order in which they are read.
    CONSTRAINT entries_pkey PRIMARY KEY (tenant_id, user_ref, at, id),
    CONSTRAINT entries_user_ref_check CHECK (length(user_ref) = 32)
);

CREATE INDEX entries_at_idx ON entries (tenant_id, at);

CREATE TABLE action_items (
    tenant_id  uuid NOT NULL,
    user_ref   bytea NOT NULL,
    id         uuid NOT NULL,
    body       bytea NOT NULL,
    version    bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT action_items_pkey PRIMARY KEY (tenant_id, user_ref, id),
    CONSTRAINT action_items_user_ref_check CHECK (length(user_ref) = 32)
);

CREATE INDEX action_items_updated_at_idx ON action_items (tenant_id, updated_at);

-- Answers kept for repetitions.
CREATE TABLE idempotency (
    tenant_id      uuid NOT NULL,
    key_digest     uuid NOT NULL,
    user_ref       bytea NOT NULL,
    request_digest uuid NOT NULL,
    answer         bytea NOT NULL,
    created_at     timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL,
    CONSTRAINT idempotency_pkey PRIMARY KEY (tenant_id, key_digest),
    CONSTRAINT idempotency_user_ref_check CHECK (length(user_ref) = 32)
);

CREATE INDEX idempotency_user_ref_idx ON idempotency (tenant_id, user_ref);
CREATE INDEX idempotency_expires_at_idx ON idempotency (expires_at);

-- The audit log. It names no content; an erasure takes the link to the person away.
CREATE TABLE audit_events (
    tenant_id uuid NOT NULL,
    id        uuid NOT NULL,
    at        timestamptz NOT NULL,
    key_id    uuid NOT NULL,
    operation text NOT NULL,
    user_ref  bytea,
    resource  text,
    CONSTRAINT audit_events_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT audit_events_user_ref_check CHECK (length(user_ref) = 32)
);

CREATE INDEX audit_events_user_ref_idx ON audit_events (tenant_id, user_ref, id) WHERE user_ref IS NOT NULL;
CREATE INDEX audit_events_at_idx ON audit_events (tenant_id, at);

CREATE TABLE erasure_receipts (
    tenant_id uuid NOT NULL,
    id        uuid NOT NULL,
    body      text NOT NULL,
    CONSTRAINT erasure_receipts_pkey PRIMARY KEY (tenant_id, id)
);

CREATE TABLE tenant_settings (
    tenant_id uuid NOT NULL,
    version   bigint NOT NULL,
    -- Encrypted, for the reason of a legal hold is free text.
    body      bytea NOT NULL,
    CONSTRAINT tenant_settings_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT tenant_settings_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);

-- Tokens: keys that act for one user.
ALTER TABLE api_keys ADD COLUMN user_ref bytea CONSTRAINT api_keys_user_ref_check CHECK (length(user_ref) = 32);
ALTER TABLE api_keys ADD COLUMN bound_to bytea CONSTRAINT api_keys_bound_to_check CHECK (length(bound_to) = 32);

CREATE INDEX api_keys_user_ref_idx ON api_keys (tenant_id, user_ref) WHERE user_ref IS NOT NULL;
CREATE INDEX api_keys_bound_idx ON api_keys (expires_at) WHERE bound_to IS NOT NULL;
