//! What rows of every table share: how one is read on both databases, and the error for one that makes no sense.

use rebound_domain::Error;
use uuid::Uuid;

/// A row with these columns, read the same way on both databases.
macro_rules! row {
    ($(#[$doc:meta])* $name:ident { $($column:ident: $type:ty,)+ }) => {
        $(#[$doc])*
        pub(crate) struct $name { $(pub(crate) $column: $type,)+ }

        impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for $name
        where
            &'static str: sqlx::ColumnIndex<R>,
            $($type: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,)+
        {
            fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
                Ok(Self { $($column: row.try_get(stringify!($column))?,)+ })
            }
        }
    };
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
