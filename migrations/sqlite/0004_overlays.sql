-- Overlays: what tenants change about the catalog. See ../postgres/0004_overlays.sql for what each column is for.

CREATE TABLE overlay_drafts (
    tenant_id BLOB NOT NULL,
    revision  INTEGER NOT NULL,
    items     TEXT NOT NULL,
    CONSTRAINT overlay_drafts_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT overlay_drafts_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;

CREATE TABLE overlay_versions (
    tenant_id       BLOB NOT NULL,
    version         INTEGER NOT NULL,
    created_at      TEXT NOT NULL,
    key_id          BLOB NOT NULL,
    note            TEXT,
    catalog_version TEXT NOT NULL,
    restored_from   INTEGER,
    items           INTEGER NOT NULL,
    content         TEXT NOT NULL,
    CONSTRAINT overlay_versions_pkey PRIMARY KEY (tenant_id, version),
    CONSTRAINT overlay_versions_tenant_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT overlay_versions_created_at_check CHECK (length(created_at) = 27),
    CONSTRAINT overlay_versions_key_id_check CHECK (length(key_id) = 16),
    CONSTRAINT overlay_versions_version_check CHECK (version > 0),
    CONSTRAINT overlay_versions_note_check CHECK (length(note) <= 500),
    CONSTRAINT overlay_versions_restored_from_check CHECK (restored_from >= 0 AND restored_from < version),
    CONSTRAINT overlay_versions_items_check CHECK (items >= 0)
) STRICT;
