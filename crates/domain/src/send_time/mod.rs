//! When to send a no: soon, but not at once, in working hours, not into somebody's weekend or night, and with time to call
//! it back. Rules of courtesy of our own, no advice of the articles; pure, and the same everywhere.

mod calendar;
mod request;
mod rule;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use self::calendar::{Calendar, Kept};
pub use self::request::{MAX_COUNT, SendTimeDraft, SendTimeRequest};
pub use self::rule::Rule;

/// How long a slot is in which a part of many messages goes out.
const SLOT: SignedDuration = SignedDuration::from_mins(15);

/// How many messages go out in a slot, unless they are so many that they would take more than [`SPREAD_DAYS`].
const PER_SLOT: u32 = 25;

/// On how many days messages go out: who waits should not wait for others.
const SPREAD_DAYS: usize = 2;

/// How long before the first message it is too late to call it back.
const CANCEL_MARGIN: SignedDuration = SignedDuration::from_mins(5);

/// A shorter time to call it back is none.
const SHORTEST_CANCEL: SignedDuration = SignedDuration::from_mins(10);

/// When to send, and why then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendTime {
    /// When the first message goes out.
    pub send_at: Timestamp,
    /// Until when it can still be called back.
    pub cancel_until: Timestamp,
    /// The time zone that it was reckoned in: an IANA name, or an offset such as `+02:00`.
    pub time_zone: String,
    /// How many go out when; empty for one message alone.
    pub slots: Vec<Slot>,
    /// The rules that led to it.
    pub reasons: Vec<Rule>,
    /// The rules that had to be given up so that it is not too late.
    pub given_up: Vec<Rule>,
}

/// A part of many messages, and when it goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// When the first of them goes out.
    pub from: Timestamp,
    /// Until when all of them have.
    pub to: Timestamp,
    /// How many they are.
    pub count: u32,
}

/// When to send, for a request that was made at `now`.
#[must_use]
pub fn advise(request: &SendTimeRequest, now: Timestamp) -> SendTime {
    let begun = request.decided_at.max(now);
    let floor = request.not_before.map_or(begun, |at| at.max(begun));
    let considered = request.considered_at().max(begun + SHORTEST_CANCEL + CANCEL_MARGIN).max(floor);
    let [floor, considered] = [floor, considered].map(whole_minute);
    let floor = request.latest_at.map_or(floor, |latest| floor.min(latest));
    let calendar = Calendar { zone: &request.zone, latest: request.latest_at };
    let room = if request.count > 1 { SLOT } else { SignedDuration::ZERO };
    let mut reasons = BTreeSet::from([Rule::Soon]);
    let levels = Kept::levels().flat_map(|kept| [(kept, considered), (kept, floor)]);
    let found = levels.into_iter().find_map(|(kept, from)| {
        let mut passed = BTreeSet::new();
        let at = calendar.first(from, kept, room, &mut passed)?;
        reasons.extend(passed);
        Some((at, kept))
    });
    // Nothing is given up that would not make room before the last moment; that moment itself is the last resort.
    let (send_at, kept) = found.unwrap_or((floor, Kept::NOTHING));
    let (slots, is_cut) = slots(request, &calendar, kept, send_at);

    let times = slots.iter().flat_map(|slot| [slot.from, slot.to - SignedDuration::from_nanos(1)]);
    let mut given_up: BTreeSet<_> = times.chain([send_at]).flat_map(|at| calendar.broken(at)).collect();
    let cancel_until = (send_at - CANCEL_MARGIN).max(begun);
    let mut hold = |rule: Rule, is_kept: bool| if is_kept { reasons.insert(rule) } else { given_up.insert(rule) };
    hold(Rule::ConsideredDelay, send_at >= request.considered_at());
    hold(Rule::TimeToCancel, cancel_until.duration_since(begun) >= SHORTEST_CANCEL);
    if request.count > 1 {
        hold(Rule::Spread, !is_cut);
    }
    if request.not_before.is_some_and(|at| at > request.considered_at()) {
        reasons.insert(Rule::NotBefore);
    }
    SendTime {
        send_at,
        cancel_until,
        time_zone: request.zone_name.clone(),
        slots,
        reasons: reasons.into_iter().filter(|rule| !given_up.contains(rule)).collect(),
        given_up: given_up.into_iter().collect(),
    }
}

/// The slots of many messages, in order, each with as many as any other or one more; and whether they are fewer slots than
/// there would be if nothing were the last moment.
fn slots(request: &SendTimeRequest, calendar: &Calendar<'_>, kept: Kept, first: Timestamp) -> (Vec<Slot>, bool) {
    if request.count < 2 {
        return (Vec::new(), false);
    }
    let wanted = usize::try_from(request.count.div_ceil(PER_SLOT)).unwrap_or(usize::MAX);
    let endless = Calendar { zone: calendar.zone, latest: None };
    let without_end = endless.starts(first, kept, SLOT, SPREAD_DAYS, wanted).len();
    let mut starts = calendar.starts(first, kept, SLOT, SPREAD_DAYS, wanted);
    let is_cut = starts.len() < without_end;
    if starts.is_empty() {
        starts.push(first);
    }
    let parts = starts.len() as u64;
    let upto = |part: usize| u64::from(request.count) * part as u64 / parts;
    let slot = |(part, from): (usize, Timestamp)| Slot {
        from,
        to: calendar.latest.map_or(from + SLOT, |latest| latest.min(from + SLOT)),
        count: u32::try_from(upto(part + 1) - upto(part)).unwrap_or(u32::MAX),
    };
    (starts.into_iter().enumerate().map(slot).collect(), is_cut)
}

/// The moment, or the next one that is a whole minute.
fn whole_minute(at: Timestamp) -> Timestamp {
    let seconds = at.as_second() + i64::from(at.subsec_nanosecond() > 0);
    let rest = seconds.rem_euclid(60);
    let up = if rest == 0 { 0 } else { 60 - rest };
    Timestamp::from_second(seconds + up).unwrap_or(at)
}
