//! A change as a list of statements, made before a connection is needed: what each writes, and what it means when one
//! finds no row. Written once, run on either database, all of it or nothing. It must not know what it is about.

use std::future::Future;

use sqlx::{Postgres, Sqlite, query};
use uuid::Uuid;

use crate::engine::Kind;
use crate::fault::Fault;
use crate::moment::Moment;

/// An argument of a statement.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Uuid(Option<Uuid>),
    Bytes(Option<Vec<u8>>),
    Text(Option<String>),
    Integer(Option<i64>),
    Moment(Option<Moment>),
}

/// The text of a statement.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Text {
    /// The same on both databases.
    Same(&'static str),
    /// Takes hold of a person's row, so that no erasure comes between, if the keys are still these.
    HoldPerson,
}

/// What it means that a statement touched no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missed {
    /// The keys that the plan was made with are not those of the person, or no longer.
    Person,
    /// The idempotency key is in use.
    Idempotency,
    /// Somebody else changed it.
    Version,
}

/// A statement with its arguments, and what it means if it touches no row; `None`: nothing.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) text: Text,
    pub(crate) values: Vec<Value>,
    pub(crate) missed: Option<Missed>,
}

/// The statements of a change, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan(pub(crate) Vec<Step>);

impl Plan {
    /// Adds a statement that may touch any number of rows.
    pub(crate) fn then(&mut self, sql: &'static str, values: Vec<Value>) {
        self.0.push(Step { text: Text::Same(sql), values, missed: None });
    }

    /// Adds a statement that must touch a row.
    pub(crate) fn must(&mut self, text: Text, values: Vec<Value>, missed: Missed) {
        self.0.push(Step { text, values, missed: Some(missed) });
    }
}

/// How a plan ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// All of it is done.
    Done,
    /// A statement found no row, and what was done before it must be undone.
    Missed(Missed),
}

/// A database that plans run on.
pub(crate) trait Runs: Kind {
    /// See [`Text::HoldPerson`]: tenant, person, id of the keys.
    const HOLD_PERSON: &'static str;

    /// Runs one statement; answers how many rows it touched.
    fn execute(
        connection: &mut Self::Connection,
        sql: &'static str,
        values: &[Value],
    ) -> impl Future<Output = Result<u64, Fault>> + Send;
}

macro_rules! runs {
    ($kind:ty, $hold_person:literal) => {
        impl Runs for $kind {
            const HOLD_PERSON: &'static str = $hold_person;

            async fn execute(
                connection: &mut Self::Connection,
                sql: &'static str,
                values: &[Value],
            ) -> Result<u64, Fault> {
                let statement = values.iter().fold(query::<Self>(sql), |statement, value| match value {
                    Value::Uuid(value) => statement.bind(*value),
                    Value::Bytes(value) => statement.bind(value.as_deref()),
                    Value::Text(value) => statement.bind(value.as_deref()),
                    Value::Integer(value) => statement.bind(*value),
                    Value::Moment(value) => statement.bind(*value),
                });
                Ok(statement.execute(connection).await?.rows_affected())
            }
        }
    };
}

// An update that changes nothing: SQLite compares, and writes no page.
runs!(
    Sqlite,
    "UPDATE people SET restricted_at = NULL
     WHERE tenant_id = $1 AND user_ref = $2 AND key_id = $3 AND restricted_at IS NULL"
);
// Shared, so that changes of one person do not wait for each other; an erasure waits for all of them.
runs!(
    Postgres,
    "SELECT 1 FROM people
     WHERE tenant_id = $1 AND user_ref = $2 AND key_id = $3 AND restricted_at IS NULL FOR SHARE"
);

/// Runs the statements one after the other, within a transaction of the caller. Unless they end well, the caller must
/// undo them.
pub(crate) async fn run<K: Runs>(connection: &mut K::Connection, plan: &Plan) -> Result<Ended, Fault> {
    for step in &plan.0 {
        let sql = match step.text {
            Text::Same(sql) => sql,
            Text::HoldPerson => K::HOLD_PERSON,
        };
        let touched = K::execute(connection, sql, &step.values).await?;
        if let (0, Some(missed)) = (touched, step.missed) {
            return Ok(Ended::Missed(missed));
        }
    }
    Ok(Ended::Done)
}
