//! A plan as one statement of PostgreSQL: one round trip, and no transaction to begin and end. Each step is a common
//! table expression that takes its one row from the step before, so that none happens after one that found no row.

use std::fmt::Write as _;

use sqlx::postgres::PgArguments;
use sqlx::{Arguments, AssertSqlSafe, PgConnection, Postgres, query_scalar_with};

use crate::fault::Fault;
use crate::plan::{Ended, Plan, Runs, Step, Text, add, places, renumber};

/// Whether the plan can be one statement. It cannot if a step may find no row after another one has written, for
/// a statement that has ended well cannot be undone.
pub(crate) fn is_possible(plan: &Plan) -> bool {
    let mut has_written = false;
    plan.0.iter().all(|step| {
        let may_miss_late = has_written && step.missed.is_some();
        has_written |= !matches!(step.text, Text::HoldPerson);
        let goes_on = match step.text {
            Text::Insert(..) => true,
            Text::Update(..) | Text::HoldPerson => step.missed.is_some(),
            Text::Plain(_) => false,
        };
        goes_on && !may_miss_late
    })
}

/// Runs a plan for which this [is possible](is_possible).
pub(crate) async fn run(connection: &mut PgConnection, plan: &Plan) -> Result<Ended, Fault> {
    let (sql, arguments) = statement(plan)?;
    let touched: Vec<i64> = query_scalar_with(AssertSqlSafe(sql), arguments).fetch_one(connection).await?;
    let missed = plan.0.iter().zip(touched).find_map(|(step, touched)| if touched == 0 { step.missed } else { None });
    Ok(missed.map_or(Ended::Done, Ended::Missed))
}

/// The statement. It answers how many rows each step touched.
fn statement(plan: &Plan) -> Result<(String, PgArguments), Fault> {
    let mut sql = String::with_capacity(2_048);
    let mut arguments = PgArguments::default();
    for (number, step) in plan.0.iter().enumerate() {
        sql.push_str(if number == 0 { "WITH " } else { ", " });
        // Writing to a string does not fail.
        let _ = write!(sql, "step{number} AS (");
        write_step(&mut sql, step, number, arguments.len());
        sql.push(')');
        add(&mut arguments, &step.values)?;
    }
    sql.push_str(" SELECT ARRAY[");
    for number in 0..plan.0.len() {
        let comma = if number == 0 { "" } else { ", " };
        let _ = write!(sql, "{comma}(SELECT count(*) FROM step{number})");
    }
    sql.push(']');
    Ok((sql, arguments))
}

fn write_step(sql: &mut String, step: &Step, number: usize, offset: usize) {
    let before = number.checked_sub(1).map(|before| format!(" FROM step{before}")).unwrap_or_default();
    match step.text {
        Text::Insert(into, end) => {
            sql.extend(["INSERT INTO ", into, " SELECT "]);
            places(sql, step.values.len(), offset);
            sql.extend([&before, " ", end, " RETURNING 1"]);
        }
        Text::Update(set, filter) => {
            sql.push_str("UPDATE ");
            renumber(sql, set, offset);
            sql.extend([&before, " WHERE "]);
            renumber(sql, filter, offset);
            sql.push_str(" RETURNING 1");
        }
        Text::Plain(text) => renumber(sql, text, offset),
        Text::HoldPerson => renumber(sql, Postgres::HOLD_PERSON, offset),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Missed, Value};

    const INSERT: Text = Text::Insert("a (b)", "");
    const UPDATE: Text = Text::Update("a SET b = $1", "c = $1");

    fn plan(steps: &[(Text, bool)]) -> Plan {
        let step = |&(text, must): &(Text, bool)| {
            let values = vec![Value::Integer(Some(1))];
            Step { text, values, missed: must.then_some(Missed::Version) }
        };
        Plan(steps.iter().map(step).collect())
    }

    #[test]
    fn what_would_have_to_be_undone_is_not_one_statement() {
        let hold = (Text::HoldPerson, true);
        assert!(is_possible(&plan(&[hold, (INSERT, true), (INSERT, false)])));
        assert!(is_possible(&plan(&[hold, (UPDATE, true), (INSERT, false)])));
        assert!(!is_possible(&plan(&[hold, (INSERT, true), (UPDATE, true)])));
        assert!(!is_possible(&plan(&[hold, (INSERT, false), (INSERT, true)])));
        assert!(!is_possible(&plan(&[hold, (UPDATE, false)])));
        assert!(!is_possible(&plan(&[hold, (Text::Plain("DELETE FROM a WHERE b = $1"), false)])));
    }

    #[test]
    fn each_step_takes_its_row_from_the_one_before() {
        let (sql, arguments) =
            statement(&plan(&[(INSERT, true), (UPDATE, true), (INSERT, false)])).expect("a statement");
        let expected = "WITH step0 AS (INSERT INTO a (b) SELECT $1  RETURNING 1), \
                        step1 AS (UPDATE a SET b = $2 FROM step0 WHERE c = $2 RETURNING 1), \
                        step2 AS (INSERT INTO a (b) SELECT $3 FROM step1  RETURNING 1) \
                        SELECT ARRAY[(SELECT count(*) FROM step0), (SELECT count(*) FROM step1), \
                        (SELECT count(*) FROM step2)]";
        assert_eq!((sql.as_str(), arguments.len()), (expected, 3));
    }
}
