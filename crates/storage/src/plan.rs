//! A change as a list of statements, made before a connection is needed: what each writes, and what it means when one
//! finds no row. Written once, run on either database, all of it or nothing. It must not know what it is about.

use std::fmt::Write as _;
use std::future::Future;

use sqlx::{Arguments, AssertSqlSafe, Database, Encode, Postgres, Sqlite, Type, query_with};
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

impl Value {
    /// What PostgreSQL calls the type.
    pub(crate) const fn postgres_type(&self) -> &'static str {
        match self {
            Self::Uuid(_) => "uuid",
            Self::Bytes(_) => "bytea",
            Self::Text(_) => "text",
            Self::Integer(_) => "bigint",
            Self::Moment(_) => "timestamptz",
        }
    }
}

/// The text of a statement, with `$1` for its first argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Text {
    /// `INSERT INTO` a table and its columns, all of which are arguments, in this order; and how it ends.
    Insert(&'static str, &'static str),
    /// `UPDATE` a table `SET` its columns, `WHERE` something is so.
    Update(&'static str, &'static str),
    /// Anything else that both databases know.
    Plain(&'static str),
    /// Takes hold of a person's row, so that no erasure comes between, if the keys are still these.
    HoldPerson,
}

impl Text {
    /// Adds it to `sql`, with its arguments counted from `offset`. What `HoldPerson` is, depends on the database.
    pub(crate) fn write(self, sql: &mut String, hold_person: &str, arguments: usize, offset: usize) {
        match self {
            Self::Insert(into, end) => {
                sql.extend(["INSERT INTO ", into, " VALUES ("]);
                places(sql, arguments, offset);
                sql.extend([") ", end]);
            }
            Self::Update(set, filter) => {
                sql.push_str("UPDATE ");
                renumber(sql, set, offset);
                sql.push_str(" WHERE ");
                renumber(sql, filter, offset);
            }
            Self::Plain(text) => renumber(sql, text, offset),
            Self::HoldPerson => renumber(sql, hold_person, offset),
        }
    }
}

/// Adds the places of so many arguments.
pub(crate) fn places(sql: &mut String, arguments: usize, offset: usize) {
    for place in 1..=arguments {
        let comma = if place == 1 { "" } else { ", " };
        // Writing to a string does not fail.
        let _ = write!(sql, "{comma}${}", place + offset);
    }
}

/// Adds a text whose `$1` becomes `$` and the first number after `offset`.
pub(crate) fn renumber(sql: &mut String, text: &str, offset: usize) {
    let mut pieces = text.split('$');
    sql.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = piece.split_at(digits);
        // Writing to a string does not fail.
        let _ = write!(sql, "${}{rest}", number.parse().unwrap_or(0) + offset);
    }
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

impl Step {
    /// The tenant, if it begins with one.
    fn tenant(&self) -> Option<Uuid> {
        match self.values.first()? {
            Value::Uuid(tenant) => *tenant,
            _ => None,
        }
    }
}

/// The statements of a change, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan(pub(crate) Vec<Step>);

impl Plan {
    /// Adds a statement of which it does not matter how many rows it touches.
    pub(crate) fn then(&mut self, text: Text, values: Vec<Value>) {
        self.0.push(Step { text, values, missed: None });
    }

    /// Adds a statement that must touch a row.
    pub(crate) fn must(&mut self, text: Text, values: Vec<Value>, missed: Missed) {
        self.0.push(Step { text, values, missed: Some(missed) });
    }
}

impl Plan {
    /// Whether others of the same tenant and shape can be done by the same statements: it begins with the person and
    /// their keys, and then only inserts, which cannot miss; all of one tenant.
    pub(crate) fn is_mergeable(&self) -> bool {
        let [person, others @ ..] = self.0.as_slice() else { return false };
        matches!(person.text, Text::HoldPerson | Text::Insert(..))
            && person.missed == Some(Missed::Person)
            && person.tenant().is_some()
            && others.iter().all(|step| {
                matches!(step.text, Text::Insert(_, "")) && step.missed.is_none() && step.tenant() == person.tenant()
            })
    }

    /// The tenant whose rows a mergeable plan changes.
    pub(crate) fn tenant(&self) -> Option<Uuid> {
        self.0.first()?.tenant()
    }

    /// Whether it has the same statements with other values.
    pub(crate) fn has_shape_of(&self, other: &Self) -> bool {
        let is_same = |(one, other): (&Step, &Step)| one.text == other.text && one.values.len() == other.values.len();
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(is_same)
    }

    /// Whose rows a mergeable plan changes, to sort by.
    pub(crate) fn person(&self) -> Option<&[u8]> {
        match self.0.first()?.values.get(1)? {
            Value::Bytes(user) => user.as_deref(),
            _ => None,
        }
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
    fn execute(connection: &mut Self::Connection, step: &Step) -> impl Future<Output = Result<u64, Fault>> + Send;
}

macro_rules! runs {
    ($kind:ty, $hold_person:literal) => {
        impl Runs for $kind {
            const HOLD_PERSON: &'static str = $hold_person;

            async fn execute(connection: &mut Self::Connection, step: &Step) -> Result<u64, Fault> {
                let mut sql = String::new();
                step.text.write(&mut sql, Self::HOLD_PERSON, step.values.len(), 0);
                let mut arguments = <Self as Database>::Arguments::default();
                add(&mut arguments, &step.values)?;
                Ok(query_with(AssertSqlSafe(sql), arguments).execute(connection).await?.rows_affected())
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
        let touched = K::execute(connection, step).await?;
        if let (0, Some(missed)) = (touched, step.missed) {
            return Ok(Ended::Missed(missed));
        }
    }
    Ok(Ended::Done)
}

/// Adds values to the arguments of a statement.
pub(crate) fn add<A: Arguments>(arguments: &mut A, values: &[Value]) -> Result<(), Fault>
where
    Option<Uuid>: for<'q> Encode<'q, A::Database> + Type<A::Database>,
    for<'q> Option<&'q [u8]>: Encode<'q, A::Database> + Type<A::Database>,
    for<'q> Option<&'q str>: Encode<'q, A::Database> + Type<A::Database>,
    Option<i64>: for<'q> Encode<'q, A::Database> + Type<A::Database>,
    Option<Moment>: for<'q> Encode<'q, A::Database> + Type<A::Database>,
{
    for value in values {
        let added = match value {
            Value::Uuid(value) => arguments.add(*value),
            Value::Bytes(value) => arguments.add(value.as_deref()),
            Value::Text(value) => arguments.add(value.as_deref()),
            Value::Integer(value) => arguments.add(*value),
            Value::Moment(value) => arguments.add(*value),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(())
}
