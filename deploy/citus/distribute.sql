-- Spreads the tables over the nodes of a Citus cluster, by tenant. Run it on the coordinator after `rebound migrate` and
-- before the first start, and again when a later version brings tables: what is spread already stays as it is.
--
--     psql --set=ON_ERROR_STOP=1 --single-transaction --dbname="$DATABASE_URL" --file=distribute.sql

\set QUIET
SET client_min_messages = warning;

-- Few rows, read by nearly every request, with keys that are unique across tenants: whole on every node.
SELECT name AS reference, create_reference_table(name::regclass) AS made
FROM unnest(ARRAY['tenants', 'api_keys', 'access_requests', 'instance']) WITH ORDINALITY AS names (name, place)
WHERE NOT EXISTS (SELECT FROM citus_tables WHERE table_name = name::regclass AND citus_table_type = 'reference')
ORDER BY place;

-- What one tenant has is on one node, the rows of all these tables together.
SELECT name AS distributed,
    create_distributed_table(name::regclass, 'tenant_id', colocate_with => CASE place WHEN 1 THEN 'default' ELSE 'people' END) AS made
FROM unnest(ARRAY['people', 'rejections', 'entries', 'action_items', 'idempotency', 'audit_events', 'erasure_receipts',
    'tenant_settings', 'overlay_drafts', 'overlay_versions', 'tenant_limits', 'tenant_usage'])
    WITH ORDINALITY AS names (name, place)
WHERE NOT EXISTS (SELECT FROM citus_tables WHERE table_name = name::regclass AND citus_table_type = 'distributed')
ORDER BY place;
