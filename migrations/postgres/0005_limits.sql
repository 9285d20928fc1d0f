-- What tenants may ask, and what they used. Numbers alone: nothing of a person, nothing of what was asked.

-- What the operator allows a tenant. A tenant without a row has what the instance allows.
CREATE TABLE tenant_limits (
    tenant_id               uuid NOT NULL,
    -- NULL: what the instance allows. 0: no limit.
    key_requests_per_minute bigint,
    requests_per_minute     bigint,
    daily_quota             bigint,
    CONSTRAINT tenant_limits_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT tenant_limits_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT tenant_limits_key_requests_per_minute_check CHECK (key_requests_per_minute >= 0),
    CONSTRAINT tenant_limits_requests_per_minute_check CHECK (requests_per_minute >= 0),
    CONSTRAINT tenant_limits_daily_quota_check CHECK (daily_quota >= 0)
);

-- How many requests each process answered for a tenant on a day. Only that process writes the row, each time all that it
-- counted, so that a write which is done twice counts once.
CREATE TABLE tenant_usage (
    tenant_id uuid NOT NULL,
    -- Counted from 1970-01-01, UTC.
    day       bigint NOT NULL,
    -- A random name of the process.
    replica   uuid NOT NULL,
    used      bigint NOT NULL,
    -- When it wrote last: who did so lately shares the rates of the tenant.
    seen_at   timestamptz NOT NULL,
    CONSTRAINT tenant_usage_pkey PRIMARY KEY (tenant_id, day, replica),
    CONSTRAINT tenant_usage_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT tenant_usage_used_check CHECK (used >= 0)
);

CREATE INDEX tenant_usage_day_idx ON tenant_usage (day);
