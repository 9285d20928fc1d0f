-- Overlays: what tenants change about the catalog. Their texts are read by everybody whom the tenant advises, so they are
-- plain, as the catalog is.

-- What a tenant is working on: one document, so that its limits hold whoever writes at the same time.
CREATE TABLE overlay_drafts (
    tenant_id uuid NOT NULL,
    -- Counts the changes.
    revision  bigint NOT NULL,
    -- JSON: for each locale and item what is laid over the catalog, and since which revision.
    items     text NOT NULL,
    CONSTRAINT overlay_drafts_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT overlay_drafts_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);

-- What a tenant published. A row never changes; the newest version is the one that answers.
CREATE TABLE overlay_versions (
    tenant_id       uuid NOT NULL,
    version         bigint NOT NULL,
    created_at      timestamptz NOT NULL,
    key_id          uuid NOT NULL,
    note            text,
    -- The version of the catalog that it was checked with.
    catalog_version text NOT NULL,
    -- The version whose content it has again; 0: nothing.
    restored_from   bigint,
    -- How many items it has, so that who has none costs no look at the content.
    items           bigint NOT NULL,
    -- JSON: for each locale and item what is laid over the catalog.
    content         text NOT NULL,
    CONSTRAINT overlay_versions_pkey PRIMARY KEY (tenant_id, version),
    CONSTRAINT overlay_versions_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT overlay_versions_version_check CHECK (version > 0),
    CONSTRAINT overlay_versions_note_check CHECK (length(note) <= 500),
    CONSTRAINT overlay_versions_restored_from_check CHECK (restored_from >= 0 AND restored_from < version),
    CONSTRAINT overlay_versions_items_check CHECK (items >= 0)
);
