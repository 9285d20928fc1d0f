-- After a restore: takes away what belongs to people who were erased since the backup. Run it when `people` has been
-- replaced by its newest copy (deploy/runbook.md, "Restore") and before the service starts. SQLite and PostgreSQL.
BEGIN;

-- Erased: neither row nor key is left.
DELETE FROM entries WHERE NOT EXISTS (
    SELECT 1 FROM people WHERE people.tenant_id = entries.tenant_id AND people.user_ref = entries.user_ref);
DELETE FROM action_items WHERE NOT EXISTS (
    SELECT 1 FROM people WHERE people.tenant_id = action_items.tenant_id AND people.user_ref = action_items.user_ref);
DELETE FROM idempotency WHERE NOT EXISTS (
    SELECT 1 FROM people WHERE people.tenant_id = idempotency.tenant_id AND people.user_ref = idempotency.user_ref);
DELETE FROM rejections WHERE NOT EXISTS (
    SELECT 1 FROM people WHERE people.tenant_id = rejections.tenant_id AND people.user_ref = rejections.user_ref);
DELETE FROM api_keys WHERE user_ref IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM people WHERE people.tenant_id = api_keys.tenant_id AND people.user_ref = api_keys.user_ref);
UPDATE audit_events SET user_ref = NULL WHERE user_ref IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM people WHERE people.tenant_id = audit_events.tenant_id AND people.user_ref = audit_events.user_ref);

-- Erased under a legal hold: what the employer's side recorded stays, closed to everybody; the person's own goes.
DELETE FROM entries WHERE EXISTS (
    SELECT 1 FROM people
    WHERE people.tenant_id = entries.tenant_id AND people.user_ref = entries.user_ref AND people.diary_key IS NULL);
DELETE FROM action_items WHERE EXISTS (
    SELECT 1 FROM people
    WHERE people.tenant_id = action_items.tenant_id AND people.user_ref = action_items.user_ref AND people.diary_key IS NULL);
DELETE FROM idempotency WHERE EXISTS (
    SELECT 1 FROM people
    WHERE people.tenant_id = idempotency.tenant_id AND people.user_ref = idempotency.user_ref AND people.diary_key IS NULL);
DELETE FROM rejections WHERE space = 1 AND EXISTS (
    SELECT 1 FROM people
    WHERE people.tenant_id = rejections.tenant_id AND people.user_ref = rejections.user_ref AND people.diary_key IS NULL);
UPDATE rejections SET diary = NULL, diary_changed_at = NULL WHERE space = 0 AND EXISTS (
    SELECT 1 FROM people
    WHERE people.tenant_id = rejections.tenant_id AND people.user_ref = rejections.user_ref AND people.diary_key IS NULL);

COMMIT;
