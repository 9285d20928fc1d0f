-- Tenants and their API keys. See ../postgres/0001_access.sql for what each rule is for.

CREATE TABLE tenants (
    id         BLOB NOT NULL,
    name       TEXT NOT NULL,
    created_at TEXT NOT NULL,
    founding   INTEGER,
    CONSTRAINT tenants_pkey PRIMARY KEY (id),
    CONSTRAINT tenants_name_key UNIQUE (name),
    CONSTRAINT tenants_founding_key UNIQUE (founding),
    CONSTRAINT tenants_id_check CHECK (length(id) = 16),
    CONSTRAINT tenants_name_check CHECK (length(name) BETWEEN 1 AND 100),
    CONSTRAINT tenants_created_at_check CHECK (length(created_at) = 27),
    CONSTRAINT tenants_founding_check CHECK (founding = TRUE)
) STRICT;

CREATE TABLE api_keys (
    tenant_id  BLOB NOT NULL,
    id         BLOB NOT NULL,
    name       TEXT NOT NULL,
    scopes     TEXT NOT NULL,
    digest     BLOB NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    revoked_at TEXT,
    CONSTRAINT api_keys_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT api_keys_digest_key UNIQUE (digest),
    CONSTRAINT api_keys_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT api_keys_id_check CHECK (length(id) = 16),
    CONSTRAINT api_keys_name_check CHECK (length(name) BETWEEN 1 AND 100),
    CONSTRAINT api_keys_scopes_check CHECK (length(scopes) <= 400),
    CONSTRAINT api_keys_digest_check CHECK (length(digest) = 32),
    CONSTRAINT api_keys_created_at_check CHECK (length(created_at) = 27),
    CONSTRAINT api_keys_expires_at_check CHECK (length(expires_at) = 27),
    CONSTRAINT api_keys_revoked_at_check CHECK (length(revoked_at) = 27)
) STRICT;
