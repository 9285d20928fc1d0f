-- What tenants may ask, and what they used. See ../postgres/0005_limits.sql for what each column is for.

CREATE TABLE tenant_limits (
    tenant_id               BLOB NOT NULL,
    key_requests_per_minute INTEGER,
    requests_per_minute     INTEGER,
    daily_quota             INTEGER,
    CONSTRAINT tenant_limits_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT tenant_limits_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT tenant_limits_key_requests_per_minute_check CHECK (key_requests_per_minute >= 0),
    CONSTRAINT tenant_limits_requests_per_minute_check CHECK (requests_per_minute >= 0),
    CONSTRAINT tenant_limits_daily_quota_check CHECK (daily_quota >= 0)
) STRICT;

CREATE TABLE tenant_usage (
    tenant_id BLOB NOT NULL,
    day       INTEGER NOT NULL,
    replica   BLOB NOT NULL,
    used      INTEGER NOT NULL,
    seen_at   TEXT NOT NULL,
    CONSTRAINT tenant_usage_pkey PRIMARY KEY (tenant_id, day, replica),
    CONSTRAINT tenant_usage_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT tenant_usage_replica_check CHECK (length(replica) = 16),
    CONSTRAINT tenant_usage_seen_at_check CHECK (length(seen_at) = 27),
    CONSTRAINT tenant_usage_used_check CHECK (used >= 0)
) STRICT;

CREATE INDEX tenant_usage_day_idx ON tenant_usage (day);
