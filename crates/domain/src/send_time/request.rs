//! What is asked: checked as a whole, so that everything that is wrong with it is told at once.

use std::sync::LazyLock;

use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};

use crate::error::{Error, FieldError, Result};

/// How many messages may be planned at once.
pub const MAX_COUNT: u32 = 1_000_000;

/// How far from now a moment may be.
const FARTHEST: SignedDuration = SignedDuration::from_hours(24 * 3_660);

/// The wait after a decision that nobody talked about with the person.
const SHORT_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// The wait where somebody talked with the person shortly before, or is likely to have.
const LONG_WAIT: SignedDuration = SignedDuration::from_hours(4);

/// Stages at which somebody has just talked with the person.
const STAGES_WITH_A_TALK: &[&str] = &["interview", "final_interview", "offer"];

/// Kinds where the person is told by somebody who knows them.
const KINDS_WITH_A_TALK: &[&str] = &["promotion", "dismissal"];

/// The longest name of a time zone that is looked for.
const ZONE_LENGTH: usize = 64;

const ZONES: &str = "not a time zone; allowed: an IANA name such as Europe/Berlin, or an offset such as +02:00";

/// The rules that are compiled in, so that every machine answers alike.
static BUNDLED: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A request as it was sent.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct SendTimeDraft {
    /// When it was decided. Absent: now.
    pub decided_at: Option<Timestamp>,
    /// The time zone of whoever reads it: an IANA name or an offset. Absent: the one that the decision came with.
    pub time_zone: Option<String>,
    /// The offset that the moment of the decision was written with. Absent: UTC.
    pub offset: Option<String>,
    /// How many messages go out. Absent: 1.
    pub count: Option<i64>,
    /// Not before this.
    pub not_before: Option<Timestamp>,
    /// Not after this, whatever rules it breaks.
    pub latest_at: Option<Timestamp>,
    /// What was turned down, by its name in a context.
    pub kind: Option<&'static str>,
    /// How far it went, by its name in a context.
    pub stage: Option<&'static str>,
}

/// A request that can be answered.
#[derive(Debug, Clone)]
pub struct SendTimeRequest {
    pub(super) decided_at: Timestamp,
    pub(super) zone: TimeZone,
    pub(super) zone_name: String,
    pub(super) count: u32,
    pub(super) not_before: Option<Timestamp>,
    pub(super) latest_at: Option<Timestamp>,
    wait: SignedDuration,
}

impl SendTimeDraft {
    /// The request, unless it or what was checked before (`errors`) is wrong.
    ///
    /// # Errors
    /// `Invalid` with everything that is.
    pub fn check(self, now: Timestamp, mut errors: Vec<FieldError>) -> Result<SendTimeRequest> {
        let mut refuse = |pointer: &str, detail: String| errors.push(FieldError::new(pointer, detail));
        let moments =
            [("/decided_at", self.decided_at), ("/not_before", self.not_before), ("/latest_at", self.latest_at)];
        for (pointer, at) in moments {
            if at.is_some_and(|at| at.duration_since(now).abs() > FARTHEST) {
                refuse(pointer, "allowed: a moment within ten years of now".to_owned());
            }
        }
        let decided_at = self.decided_at.unwrap_or(now);
        let earliest = self.not_before.map_or(decided_at, |at| at.max(decided_at)).max(now);
        if self.latest_at.is_some_and(|latest| latest < earliest) {
            let detail = "allowed: a moment that is not before now, `decided_at` or `not_before`".to_owned();
            refuse("/latest_at", detail);
        }
        let count = self.count.map_or(Some(1), |count| u32::try_from(count).ok());
        let count = count.filter(|count| (1..=MAX_COUNT).contains(count)).unwrap_or_else(|| {
            refuse("/count", format!("allowed: an integer from 1 to {MAX_COUNT}"));
            1
        });
        let name = self.time_zone.or(self.offset).unwrap_or_else(|| "UTC".to_owned());
        let (zone, zone_name) = zone(&name).unwrap_or_else(|| {
            refuse("/time_zone", ZONES.to_owned());
            (TimeZone::UTC, name)
        });
        let is_after_a_talk = self.stage.is_some_and(|stage| STAGES_WITH_A_TALK.contains(&stage))
            || self.kind.is_some_and(|kind| KINDS_WITH_A_TALK.contains(&kind));
        let wait = if is_after_a_talk { LONG_WAIT } else { SHORT_WAIT };
        if !errors.is_empty() {
            return Err(Error::invalid(errors));
        }
        let (not_before, latest_at) = (self.not_before, self.latest_at);
        Ok(SendTimeRequest { decided_at, zone, zone_name, count, not_before, latest_at, wait })
    }
}

impl SendTimeRequest {
    /// The moment from which on it reads as considered.
    pub(super) fn considered_at(&self) -> Timestamp {
        self.decided_at + self.wait
    }
}

/// A time zone with its name.
fn zone(name: &str) -> Option<(TimeZone, String)> {
    if name.len() > ZONE_LENGTH {
        return None;
    }
    if name.starts_with(['+', '-']) {
        let offset = offset(name)?;
        return Some((TimeZone::fixed(offset), name.to_owned()));
    }
    let zone = BUNDLED.get(name).ok()?;
    let name = zone.iana_name().unwrap_or("UTC").to_owned();
    Some((zone, name))
}

/// An offset as RFC 3339 writes it.
fn offset(text: &str) -> Option<Offset> {
    let [sign, h1, h2, b':', m1, m2] = *text.as_bytes() else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(10).and_then(|digit| i32::try_from(digit).ok());
    let (hours, minutes) = (digit(h1)? * 10 + digit(h2)?, digit(m1)? * 10 + digit(m2)?);
    let seconds = (hours * 60 + minutes) * 60;
    let is_one = hours < 24 && minutes < 60;
    let seconds = if sign == b'-' { -seconds } else { seconds };
    is_one.then(|| Offset::from_seconds(seconds).ok())?
}
