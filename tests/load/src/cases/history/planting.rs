//! Fills tables with many rows, fast: copies of one that the service wrote, for other people or other times. Copies do
//! not open, as a sealed text opens in its place alone; nobody reads them.

use super::Store;
use crate::Result;
use crate::bare::group_commit::open;
use crate::postgres::sql;

/// How many rejections each planted person has.
const EACH: usize = 20;

impl Store {
    /// Gives the person with the most rejections this many more, all older than those that there are.
    pub(super) fn plant_older(&self, rows: usize) -> Result<()> {
        const COLUMNS: &str =
            "space, kind, stage, reasons, record, record_version, diary_version, created_at, updated_at";
        const RICHEST: &str = "(SELECT * FROM rejections WHERE user_ref =
            (SELECT user_ref FROM rejections GROUP BY user_ref ORDER BY count(*) DESC LIMIT 1) LIMIT 1) AS one";
        const INTO: &str = "INSERT INTO rejections (tenant_id, user_ref, id, occurred_at";
        match self {
            Self::Postgres(url) => sql(
                url,
                &format!(
                    "{INTO}, {COLUMNS}) SELECT tenant_id, user_ref, gen_random_uuid(),
                        occurred_at - number * interval '1 minute', {COLUMNS}
                     FROM {RICHEST}, generate_series(1, {rows}) AS number"
                ),
            )
            .map(drop)?,
            Self::Sqlite(file) => open(file)?.execute_batch(&format!(
                "WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers LIMIT {rows})
                 {INTO}, {COLUMNS}) SELECT tenant_id, user_ref, randomblob(16),
                    strftime('%Y-%m-%dT%H:%M:%S.000000Z', occurred_at, '-' || number || ' minutes'), {COLUMNS}
                 FROM {RICHEST}, numbers"
            ))?,
        }
        self.settle()
    }

    /// Adds people with rejections, lines of the timeline and of the audit log: this many rows in each table.
    pub(super) fn plant_others(&self, rows: usize) -> Result<()> {
        match self {
            Self::Postgres(url) => {
                let user = format!("decode(lpad(to_hex(number / {EACH}), 8, '0') || repeat('5a', 28), 'hex')");
                for statement in statements(
                    &user,
                    "gen_random_uuid()",
                    "lpad(to_hex(number), 32, '0')::uuid",
                    "{at} - number * interval '1 second'",
                ) {
                    sql(url, &format!("{statement} generate_series(1, {rows}) AS number"))?;
                }
            }
            Self::Sqlite(file) => {
                let user = format!("unhex(printf('%08x', number / {EACH}) || printf('%.*c', 28, '5a'))");
                let user = user.replace("printf('%.*c', 28, '5a')", "replace(printf('%.28c', '-'), '-', '5a')");
                let numbers = format!(
                    "(WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers
                        LIMIT {rows}) SELECT number FROM numbers)"
                );
                let at = "strftime('%Y-%m-%dT%H:%M:%S.000000Z', {at}, '-' || number || ' seconds')";
                for statement in statements(&user, "randomblob(16)", "unhex(printf('%032x', number))", at) {
                    open(file)?.execute_batch(&format!("{statement} {numbers}"))?;
                }
            }
        }
        self.settle()
    }

    /// What the database does by itself in time: statistics, and pages written where they belong.
    fn settle(&self) -> Result<()> {
        match self {
            Self::Postgres(url) => sql(url, "VACUUM ANALYZE").and_then(|_| sql(url, "CHECKPOINT")).map(drop),
            Self::Sqlite(file) => {
                let emptied =
                    open(file)?.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))?;
                if emptied == 0 { Ok(()) } else { Err("the log of SQLite is in use".into()) }
            }
        }
    }
}

/// Copies of the first row of each table, up to the source of numbers. People come in order, so that it is done soon;
/// the ids of people who are measured fall between them all the same.
fn statements(user: &str, random_id: &str, id_in_order: &str, at: &str) -> [String; 3] {
    let at = |column: &str| at.replace("{at}", column);
    [
        format!(
            "INSERT INTO rejections (tenant_id, user_ref, id, occurred_at, space, kind, stage, reasons, record,
                record_version, diary_version, created_at, updated_at)
             SELECT tenant_id, {user}, {random_id}, {}, space, kind, stage, reasons, record, record_version,
                diary_version, created_at, updated_at
             FROM (SELECT * FROM rejections LIMIT 1) AS one,",
            at("occurred_at")
        ),
        format!(
            "INSERT INTO entries (tenant_id, user_ref, at, id, rejection_id, body)
             SELECT tenant_id, {user}, {}, {random_id}, rejection_id, body
             FROM (SELECT * FROM entries LIMIT 1) AS one,",
            at("at")
        ),
        format!(
            "INSERT INTO audit_events (tenant_id, id, at, key_id, operation, user_ref, resource)
             SELECT tenant_id, {id_in_order}, {}, key_id, operation, {user}, resource
             FROM (SELECT * FROM audit_events WHERE user_ref IS NOT NULL LIMIT 1) AS one,",
            at("at")
        ),
    ]
}
