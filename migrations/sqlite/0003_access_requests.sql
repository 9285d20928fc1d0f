-- Requests of administrators that may come twice. See ../postgres/0003_access_requests.sql for what each column is for.

CREATE TABLE access_requests (
    tenant_id  BLOB NOT NULL,
    digest     BLOB NOT NULL,
    asked      BLOB NOT NULL,
    answer     BLOB NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    CONSTRAINT access_requests_pkey PRIMARY KEY (tenant_id, digest),
    CONSTRAINT access_requests_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT access_requests_digest_check CHECK (length(digest) = 32),
    CONSTRAINT access_requests_asked_check CHECK (length(asked) = 32),
    CONSTRAINT access_requests_created_at_check CHECK (length(created_at) = 27),
    CONSTRAINT access_requests_expires_at_check CHECK (length(expires_at) = 27 AND expires_at > created_at)
) STRICT;

CREATE INDEX access_requests_expires_at_idx ON access_requests (expires_at);
