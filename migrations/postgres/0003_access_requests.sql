-- Requests of administrators that may come twice, with their answers.
--
-- On Citus a reference table like `tenants` and `api_keys`, with which it is written in one commit.

CREATE TABLE access_requests (
    tenant_id  uuid NOT NULL,
    -- Of the text of the API key and of the client's idempotency key together; it tells neither.
    digest     bytea NOT NULL,
    -- A keyed digest of what was asked, so that something else under the same key is noticed.
    asked      bytea NOT NULL,
    -- The answer, encrypted with a key that is made from what `digest` is made from and that only the client can make.
    answer     bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT access_requests_pkey PRIMARY KEY (tenant_id, digest),
    CONSTRAINT access_requests_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT access_requests_digest_check CHECK (length(digest) = 32),
    CONSTRAINT access_requests_asked_check CHECK (length(asked) = 32),
    CONSTRAINT access_requests_expires_at_check CHECK (expires_at > created_at)
);

CREATE INDEX access_requests_expires_at_idx ON access_requests (expires_at);
