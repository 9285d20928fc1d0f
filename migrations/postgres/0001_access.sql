-- Tenants and their API keys.
--
-- On Citus both are reference tables, whole on every node: few rows, read by every request, and with keys that are
-- unique across tenants (a name, a digest), which a table distributed by tenant cannot have. Tables of what tenants
-- record will be distributed by tenant_id, with tenant_id first in every primary and unique key.

CREATE TABLE tenants (
    id         uuid NOT NULL,
    name       text NOT NULL,
    created_at timestamptz NOT NULL,
    -- Set for the tenant made at the very first start, so that of several replicas only one can make it.
    founding   boolean,
    CONSTRAINT tenants_pkey PRIMARY KEY (id),
    CONSTRAINT tenants_name_key UNIQUE (name),
    CONSTRAINT tenants_founding_key UNIQUE (founding),
    CONSTRAINT tenants_name_check CHECK (length(name) BETWEEN 1 AND 100),
    CONSTRAINT tenants_founding_check CHECK (founding = TRUE)
);

CREATE TABLE api_keys (
    tenant_id  uuid NOT NULL,
    id         uuid NOT NULL,
    name       text NOT NULL,
    -- Names of scopes with a space between, as in `guidance admin`.
    scopes     text NOT NULL,
    -- BLAKE3 of the key's text, which is kept nowhere. A call has nothing else, so it is unique across tenants.
    digest     bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT api_keys_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT api_keys_digest_key UNIQUE (digest),
    CONSTRAINT api_keys_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT api_keys_name_check CHECK (length(name) BETWEEN 1 AND 100),
    CONSTRAINT api_keys_scopes_check CHECK (length(scopes) <= 400),
    CONSTRAINT api_keys_digest_check CHECK (length(digest) = 32)
);
