//! Rejections on SQLite beside a bare writer that commits what has queued.

use super::people::PEOPLE;
use super::{Floor, Meter, People, Store};
use crate::Result;
use crate::bare::group_commit::{GroupCommit, Rows, open};
use crate::client::{CALLS_UNDER_WAY, round};
use crate::report::{Budget, line};

/// Measures writes of 64 callers.
pub(super) async fn measure(floor: &Floor<'_>) -> Result<()> {
    let (service, store) = floor.on_sqlite("writes").await?;
    let Store::Sqlite(file) = store else { return Err("not on SQLite".into()) };
    let people = People(&service);
    people.record(0..PEOPLE, 1).await?;
    // The bare writer has a file of its own with the same schema: two writers of one file would wait for each other.
    let (other, store) = floor.on_sqlite("bare").await?;
    other.process.stop()?;
    let Store::Sqlite(bare) = store else { return Err("not on SQLite".into()) };
    let row = "SELECT r.tenant_id, r.record, e.body FROM rejections r, entries e LIMIT 1";
    let rows = open(&file)?
        .query_row(row, [], |row| Ok(Rows { tenant: row.get(0)?, record: row.get(1)?, body: row.get(2)? }))?;
    let bare = GroupCommit::start(&bare, rows)?;
    let tour = people.writes(PEOPLE, CALLS_UNDER_WAY);
    let (mut reference, mut own) = (Vec::new(), Vec::new());
    for _ in 0..floor.bench.options.rounds {
        let meter = Meter::begin(&service, None)?;
        reference.push(meter.end(round(&bare, &service.process, floor.bench.options.seconds, true).await?)?);
        own.push(floor.round(&service, None, &tour).await?);
    }
    line("write-sqlite, 64", Some(&Budget(0.60, 0.85)), &reference, &own);
    Ok(())
}
