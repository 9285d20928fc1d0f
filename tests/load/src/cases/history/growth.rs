//! Whether a long history, or many histories, make a call slower.

use super::{Floor, People, Store};
use crate::Result;
use crate::client::http1::Tour;
use crate::postgres::Postgres;
use crate::report::{Budget, slower};
use crate::service::Service;

/// Callers at a time: some, so that neither machine nor database sleeps.
const CALLERS: usize = 16;

/// People of the service in a table that others fill.
const PEOPLE: usize = 400;

/// The newest page of ten, of somebody who has ten rejections and of somebody who has 100,000.
pub(super) async fn newest_page(floor: &Floor<'_>, postgres: &Postgres) -> Result<()> {
    let both = [floor.on_sqlite("newest").await?, floor.on_postgres(postgres, "newest").await?];
    for (service, store) in both {
        let people = People(&service);
        people.record(0..1, 10).await?;
        people.record(1..2, 20).await?;
        store.plant_older(100_000)?;
        let name = format!("newest-page-{}, {CALLERS}", store.name());
        let (few, many) = (people.pages(0..1, 10, CALLERS), people.pages(1..2, 10, CALLERS));
        contest(floor, &name, &Budget(1.2, 1.1), (&service, few), (&service, many)).await?;
    }
    Ok(())
}

/// Writes and pages of some people, in tables with 10,000 rows and in tables with two million.
pub(super) async fn growth(floor: &Floor<'_>, postgres: &Postgres) -> Result<()> {
    let pairs = [
        (floor.on_sqlite("small").await?, floor.on_sqlite("large").await?),
        (floor.on_postgres(postgres, "small").await?, floor.on_postgres(postgres, "large").await?),
    ];
    for (small, large) in pairs {
        for ((service, store), rows) in [(&small, 10_000), (&large, 2_000_000)] {
            People(service).record(0..PEOPLE, 20).await?;
            store.plant_others(rows)?;
        }
        let backend = small.1.name();
        let budget = Budget(1.5, 1.3);
        let pages = |service| People(service).pages(0..PEOPLE, 20, CALLERS);
        let rivals = ((&small.0, pages(&small.0)), (&large.0, pages(&large.0)));
        contest(floor, &format!("growth-{backend}, page, {CALLERS}"), &budget, rivals.0, rivals.1).await?;
        let writes = |service| People(service).writes(PEOPLE, CALLERS);
        let rivals = ((&small.0, writes(&small.0)), (&large.0, writes(&large.0)));
        contest(floor, &format!("growth-{backend}, write, {CALLERS}"), &budget, rivals.0, rivals.1).await?;
    }
    Ok(())
}

async fn contest(
    floor: &Floor<'_>,
    name: &str,
    budget: &Budget,
    one: (&Service, Tour),
    other: (&Service, Tour),
) -> Result<()> {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for _ in 0..floor.bench.options.rounds {
        before.push(floor.round(one.0, None, &one.1).await?);
        after.push(floor.round(other.0, None, &other.1).await?);
    }
    slower(name, budget, &before, &after);
    Ok(())
}

impl Store {
    const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }
}
