//! Several changes of one tenant and the same shape as one statement of PostgreSQL: one round trip, one commit, and each
//! table and index gone through once. A change whose person is not free at once, or others' rows in its way, goes alone.

use std::error::Error as _;
use std::fmt::Write as _;
use std::sync::Arc;

use sqlx::postgres::PgArguments;
use sqlx::{Arguments, AssertSqlSafe, PgConnection, Postgres, query_scalar_with};
use tokio::task::JoinSet;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::engine::Engine;
use crate::fault::{self, Fault};
use crate::moment::Moment;
use crate::one_statement;
use crate::plan::{Ended, Plan, Step, Text, Value};
use crate::queue::{Change, Queue};
use crate::span::Summary;

/// How many tasks take what has queued.
const LANES: usize = 2;

/// How many groups each of them commits at a time, of several tenants or shapes. It leaves connections for reading.
const GROUPS: usize = 4;

/// The tasks that write.
pub(crate) fn start(engine: &Arc<Engine<Postgres>>) -> Queue {
    let engine = Arc::clone(engine);
    Queue::start(LANES, move |changes| commit(Arc::clone(&engine), changes))
}

async fn commit(engine: Arc<Engine<Postgres>>, mut changes: Vec<Change>) {
    let mut groups = JoinSet::new();
    while let Some(first) = changes.pop() {
        // A statement about one tenant is what a database distributed by tenant can run in one place.
        let (mut group, rest): (Vec<_>, Vec<_>) = changes
            .into_iter()
            .partition(|Change { plan, .. }| plan.tenant() == first.plan.tenant() && plan.has_shape_of(&first.plan));
        changes = rest;
        group.push(first);
        // Groups that make the same people wait for each other in the same order.
        group.sort_unstable_by(|one, other| one.plan.person().cmp(&other.plan.person()));
        if groups.len() == GROUPS {
            groups.join_next().await;
        }
        groups.spawn(commit_group(Arc::clone(&engine), group).in_current_span());
    }
    while groups.join_next().await.is_some() {}
}

/// Commits changes of one tenant and shape, and answers them.
async fn commit_group(engine: Arc<Engine<Postgres>>, group: Vec<Change>) {
    let plans: Vec<&Plan> = group.iter().map(|change| &change.plan).collect();
    let Some(first) = plans.first() else { return };
    let done = match engine.write(Summary::Batch(first, plans.len()), async |c| run(c, &plans).await).await {
        Ok(done) => done,
        Err(error) => {
            let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
            for change in group {
                change.answer(Err(Fault::away(cause.clone()).into_inner()));
            }
            return;
        }
    };
    let mut is_done = vec![false; group.len()];
    for number in done {
        if let Some(is_done) = usize::try_from(number - 1).ok().and_then(|place| is_done.get_mut(place)) {
            *is_done = true;
        }
    }
    for (change, is_done) in group.into_iter().zip(is_done) {
        if is_done {
            change.answer(Ok(Ended::Done));
        } else {
            // Its own task, for it may have to wait.
            let span = change.span.clone();
            tokio::spawn(alone(Arc::clone(&engine), change).instrument(span));
        }
    }
}

async fn alone(engine: Arc<Engine<Postgres>>, change: Change) {
    if change.is_awaited() {
        let plan = &change.plan;
        let ended =
            engine.write(Summary::Plan(plan), async |connection| one_statement::run(connection, plan).await).await;
        change.answer(ended);
    }
}

/// Which changes were done, counted from 1. None, if one of them cannot be: then nothing was.
async fn run(connection: &mut PgConnection, plans: &[&Plan]) -> Result<Vec<i64>, Fault> {
    let Some(&first) = plans.first() else { return Ok(Vec::new()) };
    let done = query_scalar_with(AssertSqlSafe(statement(first)), arguments(plans)?).fetch_all(connection).await;
    match done {
        Err(error) if fault::is_undone(&error) => Ok(Vec::new()),
        done => Ok(done?),
    }
}

/// The statement for changes of the shape of this one. It answers the numbers of those that were done: of those whose
/// person is the one of the plan, and is not being erased at this moment. The tenant, with which every step begins, is
/// its first argument; the others are arrays.
fn statement(plan: &Plan) -> String {
    let mut sql = "WITH change AS (SELECT * FROM UNNEST(".to_owned();
    let (mut places, mut names) = (Vec::new(), Vec::new());
    for (place, value) in plan.0.iter().flat_map(others).enumerate() {
        let number = place + 2;
        places.push(format!("${number}::{}[]", value.postgres_type()));
        names.push(format!("v{number}"));
    }
    // Writing to a string does not fail.
    let _ = write!(sql, "{}) WITH ORDINALITY AS change ({}, number))", places.join(", "), names.join(", "));
    let mut offset = 0;
    for (number, step) in plan.0.iter().enumerate() {
        let width = step.values.len().saturating_sub(1);
        let names = names.get(offset..offset + width).unwrap_or_default().join(", ");
        offset += width;
        let _ = match (step.text, number) {
            (Text::Insert(into, end), 0) => write!(
                sql,
                ", made AS (INSERT INTO {into} SELECT $1::uuid, {names} FROM change ORDER BY number {end} \
                 RETURNING key_id), held AS (SELECT number FROM change JOIN made ON made.key_id = v3)"
            ),
            (Text::Insert(into, end), _) => write!(
                sql,
                ", step{number} AS (INSERT INTO {into} SELECT $1::uuid, {names} FROM change JOIN held USING (number) {end})"
            ),
            _ => sql.write_str(HOLD_PEOPLE),
        };
    }
    sql.push_str(" SELECT number FROM held");
    sql
}

/// Takes hold of the people of all changes, as far as they are free. The locks have a query of their own, for Citus
/// cannot read what a query with locks answers that also reads from an array.
const HOLD_PEOPLE: &str = ", held AS (SELECT number FROM change JOIN (SELECT user_ref, key_id FROM people \
     WHERE tenant_id = $1::uuid AND user_ref = ANY($2) AND restricted_at IS NULL FOR SHARE SKIP LOCKED) AS people \
     ON user_ref = v2 AND key_id = v3)";

/// What a step has besides the tenant.
fn others(step: &Step) -> impl Iterator<Item = &Value> {
    step.values.iter().skip(1)
}

/// The tenant of the plans, and an array for each other value.
fn arguments(plans: &[&Plan]) -> Result<PgArguments, Fault> {
    let mut arguments = PgArguments::default();
    arguments.add(plans.first().and_then(|plan| plan.tenant())).map_err(sqlx::Error::Encode)?;
    let values: Vec<Vec<&Value>> = plans.iter().map(|plan| plan.0.iter().flat_map(others).collect()).collect();
    let width = values.first().map_or(0, Vec::len);
    for place in 0..width {
        let column = || values.iter().filter_map(|values| values.get(place).copied());
        macro_rules! add {
            ($kind:ident, $convert:expr) => {
                arguments.add(
                    column()
                        .map(|value| if let Value::$kind(value) = value { $convert(value) } else { None })
                        .collect::<Vec<_>>(),
                )
            };
        }
        let added = match column().next() {
            Some(Value::Uuid(_)) => add!(Uuid, |value: &Option<Uuid>| *value),
            Some(Value::Bytes(_)) => add!(Bytes, Option::as_deref),
            Some(Value::Text(_)) => add!(Text, Option::as_deref),
            Some(Value::Integer(_)) => add!(Integer, |value: &Option<i64>| *value),
            Some(Value::Moment(_)) => add!(Moment, |value: &Option<Moment>| *value),
            None => Ok(()),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Missed;

    #[test]
    fn each_table_is_written_once() {
        let mut plan = Plan::default();
        let tenant = || Value::Uuid(Some(Uuid::max()));
        let person = || vec![tenant(), Value::Bytes(None), Value::Uuid(None)];
        plan.must(Text::HoldPerson, person(), Missed::Person);
        plan.then(Text::Insert("a (tenant_id, b)", ""), vec![tenant(), Value::Integer(Some(1))]);
        assert!(plan.is_mergeable());
        let expected = "WITH change AS (SELECT * FROM UNNEST($2::bytea[], $3::uuid[], $4::bigint[]) \
                        WITH ORDINALITY AS change (v2, v3, v4, number)), \
                        held AS (SELECT number FROM change JOIN (SELECT user_ref, key_id FROM people \
                        WHERE tenant_id = $1::uuid AND user_ref = ANY($2) AND restricted_at IS NULL \
                        FOR SHARE SKIP LOCKED) AS people ON user_ref = v2 AND key_id = v3), \
                        step1 AS (INSERT INTO a (tenant_id, b) SELECT $1::uuid, v4 FROM change \
                        JOIN held USING (number) ) SELECT number FROM held";
        assert_eq!(statement(&plan), expected);
        assert_eq!(arguments(&[&plan, &plan]).expect("arguments").len(), 4);
        plan.then(Text::Plain("DELETE FROM a"), Vec::new());
        assert!(!plan.is_mergeable());
    }

    #[test]
    fn what_is_of_another_tenant_is_not_merged() {
        let mut plan = Plan::default();
        let person = vec![Value::Uuid(Some(Uuid::max())), Value::Bytes(None), Value::Uuid(None)];
        plan.must(Text::HoldPerson, person, Missed::Person);
        assert!(plan.is_mergeable());
        plan.then(Text::Insert("a (tenant_id)", ""), vec![Value::Uuid(Some(Uuid::nil()))]);
        assert!(!plan.is_mergeable());
    }
}
