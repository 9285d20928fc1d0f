//! Counts over all people of a tenant: numbers, never names.

use jiff::Timestamp;
use rebound_domain::context::Field;
use rebound_domain::history::Tally;
use rebound_domain::id::TenantId;
use rebound_domain::{Error, Result};
use sqlx::query_as;
use uuid::Uuid;

use crate::database::Database;
use crate::moment::Moment;

row! {
    /// A group: `part` 0 is of kinds, 1 of stages, 2 of reasons; no `value` means that it is unknown.
    TallyRow {
        part: i32,
        value: Option<i64>,
        rejections: i64,
        people: i64,
    }
}

const PARTS: [Field; 3] = [Field::Kind, Field::Stage, Field::Reasons];

const TALLIES: &str = "
    WITH RECURSIVE bits (bit, mask) AS (
        SELECT CAST(0 AS bigint), CAST(1 AS bigint) UNION ALL SELECT bit + 1, mask * 2 FROM bits WHERE bit + 1 < $3
    ), counted AS (
        SELECT r.user_ref, r.kind, r.stage, r.reasons FROM rejections r
        JOIN people p ON p.tenant_id = r.tenant_id AND p.user_ref = r.user_ref AND p.restricted_at IS NULL
        WHERE r.tenant_id = $1 AND r.space = 0 AND r.occurred_at >= $2
    )
    SELECT 0 AS part, CAST(kind AS bigint) AS value, COUNT(*) AS rejections, COUNT(DISTINCT user_ref) AS people
        FROM counted GROUP BY kind
    UNION ALL
    SELECT 1, CAST(stage AS bigint), COUNT(*), COUNT(DISTINCT user_ref) FROM counted GROUP BY stage
    UNION ALL
    SELECT 2, bit, COUNT(*), COUNT(DISTINCT user_ref)
        FROM counted LEFT JOIN bits ON (reasons & mask) <> 0 GROUP BY bit
    ORDER BY 1, 2";

pub(super) async fn tallies(database: &Database, tenant: TenantId, since: Timestamp) -> Result<Vec<Tally>> {
    let reasons = i64::try_from(Field::Reasons.values().len()).map_err(Error::internal)?;
    let rows: Vec<TallyRow> = on_database!(database, read, "SELECT rejections", async |connection| {
        let statement = query_as(TALLIES).bind(Uuid::from(tenant)).bind(Moment::from(since)).bind(reasons);
        Ok(statement.fetch_all(connection).await?)
    })?;
    rows.iter().map(tally).collect()
}

fn tally(row: &TallyRow) -> Result<Tally> {
    let field = usize::try_from(row.part).ok().and_then(|part| PARTS.get(part).copied());
    let value = row.value.map(usize::try_from).transpose().map_err(Error::internal)?;
    Ok(Tally {
        field: field.ok_or_else(|| Error::internal("a tally of nothing"))?,
        value,
        rejections: row.rejections.cast_unsigned(),
        people: row.people.cast_unsigned(),
    })
}
