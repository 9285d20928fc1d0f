//! What rows of every table share: how one is read on both databases, and the error for one that makes no sense.

use rebound_domain::Error;
use sqlx::{Column as _, ColumnIndex, Decode, Row, Type};
use uuid::Uuid;

/// A row with these columns, read the same way on both databases.
macro_rules! row {
    ($(#[$doc:meta])* $name:ident { $($column:ident: $type:ty,)+ }) => {
        $(#[$doc])*
        pub(crate) struct $name { $(pub(crate) $column: $type,)+ }

        impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for $name
        where
            usize: sqlx::ColumnIndex<R>,
            &'static str: sqlx::ColumnIndex<R>,
            $($type: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,)+
        {
            fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
                let mut place = 0;
                Ok(Self { $($column: $crate::row::next(row, &mut place, stringify!($column))?,)+ })
            }
        }
    };
}

/// The value of a column, and then the next place. Statements have columns in the order of the row, as a rule; looking for
/// one by its name costs more than the comparison with the one that is there.
pub(crate) fn next<'r, R, T>(row: &'r R, place: &mut usize, name: &'static str) -> Result<T, sqlx::Error>
where
    R: Row,
    T: Decode<'r, R::Database> + Type<R::Database>,
    usize: ColumnIndex<R>,
    &'static str: ColumnIndex<R>,
{
    let here = *place;
    *place += 1;
    let is_here = row.columns().get(here).is_some_and(|column| column.name() == name);
    if is_here { row.try_get(here) } else { row.try_get(name) }
}

/// A stored value that the domain does not accept: somebody else wrote it, or a newer version did.
#[derive(Debug, thiserror::Error)]
#[error("inconsistent data: column `{column}` of table `{table}`, row {id}")]
pub(crate) struct Inconsistency {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) id: Uuid,
    pub(crate) source: Box<dyn std::error::Error + Send + Sync>,
}

impl From<Inconsistency> for Error {
    fn from(inconsistency: Inconsistency) -> Self {
        Self::internal(inconsistency)
    }
}
