//! The first and the last moment that both databases know, for ranges without an end.

use jiff::Timestamp;

/// The beginning of the year 0.
pub(crate) const FIRST: Timestamp = Timestamp::constant(-62_167_219_200, 0);

/// The last moment that jiff knows, in the year 9999.
pub(crate) const LAST: Timestamp = Timestamp::MAX;
