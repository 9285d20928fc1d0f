//! A timestamp as both databases keep it, equal and in the same order: microseconds in UTC, `TIMESTAMPTZ` on
//! PostgreSQL and text of constant width on SQLite (jiff-sqlx writes text of varying width, which sorts wrongly).

use jiff::fmt::temporal::DateTimePrinter;
use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use jiff_sqlx::ToSqlx;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgHasArrayType, PgTypeInfo};
use sqlx::{Database, Decode, Encode, Postgres, Sqlite, Type};

/// `2026-01-02T03:04:05.000006Z`
static SQLITE_FORM: DateTimePrinter = DateTimePrinter::new().precision(Some(6));

/// An instant with a precision of one microsecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(Timestamp);

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        let microsecond = TimestampRound::new().smallest(Unit::Microsecond).mode(RoundMode::Floor);
        Self(at.round(microsecond).unwrap_or(at))
    }
}

impl From<Moment> for Timestamp {
    fn from(moment: Moment) -> Self {
        moment.0
    }
}

impl Type<Sqlite> for Moment {
    fn type_info() -> <Sqlite as Database>::TypeInfo {
        <str as Type<Sqlite>>::type_info()
    }
}

impl Encode<'_, Sqlite> for Moment {
    fn encode_by_ref(&self, buffer: &mut <Sqlite as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Sqlite>::encode(SQLITE_FORM.timestamp_to_string(&self.0), buffer)
    }
}

impl<'r> Decode<'r, Sqlite> for Moment {
    fn decode(value: <Sqlite as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(<&str as Decode<Sqlite>>::decode(value)?.parse()?))
    }
}

impl Type<Postgres> for Moment {
    fn type_info() -> <Postgres as Database>::TypeInfo {
        <jiff_sqlx::Timestamp as Type<Postgres>>::type_info()
    }
}

impl PgHasArrayType for Moment {
    fn array_type_info() -> PgTypeInfo {
        <jiff_sqlx::Timestamp as PgHasArrayType>::array_type_info()
    }
}

impl Encode<'_, Postgres> for Moment {
    fn encode_by_ref(&self, buffer: &mut <Postgres as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Postgres>::encode(self.0.to_sqlx(), buffer)
    }
}

impl<'r> Decode<'r, Postgres> for Moment {
    fn decode(value: <Postgres as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(<jiff_sqlx::Timestamp as Decode<Postgres>>::decode(value)?.to_jiff()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_sorts_like_time() {
        let start = Timestamp::constant(1_767_225_600, 0);
        let texts = [0, 1, 999, 1_000, 500_000_000, 500_001_000, 1_000_000_000].map(|nanos| {
            let at = start + jiff::SignedDuration::from_nanos(nanos);
            SQLITE_FORM.timestamp_to_string(&Moment::from(at).0)
        });
        assert!(texts.is_sorted());
        assert_eq!(texts[2], "2026-01-01T00:00:00.000000Z");
        assert_eq!(texts[3], "2026-01-01T00:00:00.000001Z");
    }
}
