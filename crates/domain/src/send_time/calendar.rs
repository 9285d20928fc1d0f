//! Days and hours in a time zone: when a message may go out while some of the rules are kept. Monday to Friday are working
//! days; public holidays are not known.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};

use super::rule::Rule;

/// Between which hours it is day.
const DAY: [i8; 2] = [8, 20];

/// Between which hours it is working time.
const OFFICE: [i8; 2] = [9, 17];

/// The hour at which the last working day ends for this.
const FRIDAY_END: i8 = 15;

/// How many days are looked at: after them everything comes again.
const HORIZON_DAYS: usize = 15;

/// Which rules about days and hours are kept. The first ones are given up first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kept(usize);

/// The rules about days and hours, from the one that is given up first to the one that is given up last.
const RULES: [Rule; 4] = [Rule::OfficeHours, Rule::FridayAfternoon, Rule::Weekend, Rule::Night];

impl Kept {
    /// All are given up.
    pub(super) const NOTHING: Self = Self(RULES.len());

    /// From all of them to none.
    pub(super) fn levels() -> impl Iterator<Item = Self> {
        (0..=RULES.len()).map(Self)
    }

    fn has(self, rule: Rule) -> bool {
        RULES.iter().skip(self.0).any(|kept| *kept == rule)
    }
}

/// The calendar of a place.
#[derive(Clone, Copy)]
pub(super) struct Calendar<'a> {
    pub(super) zone: &'a TimeZone,
    /// The last moment, if there is one.
    pub(super) latest: Option<Timestamp>,
}

impl Calendar<'_> {
    /// The rules that a message at this moment breaks.
    pub(super) fn broken(&self, at: Timestamp) -> Vec<Rule> {
        let local = at.to_zoned(self.zone.clone());
        let is_within = |[open, close]: [i8; 2]| (open..close).contains(&local.hour());
        let breaks = |rule: &Rule| match rule {
            Rule::OfficeHours => !is_within(OFFICE),
            Rule::FridayAfternoon => local.weekday() == Weekday::Friday && local.hour() >= FRIDAY_END,
            Rule::Weekend => is_weekend(local.date()),
            _ => !is_within(DAY),
        };
        RULES.into_iter().filter(|rule| breaks(rule)).collect()
    }

    /// The first moment from `from` on at which a message may go out, with `room` before it may not any more; and the rules
    /// that kept it from going out before. None if there is none before the last moment.
    pub(super) fn first(
        &self,
        from: Timestamp,
        kept: Kept,
        room: SignedDuration,
        passed: &mut BTreeSet<Rule>,
    ) -> Option<Timestamp> {
        passed.extend(self.broken(from).into_iter().filter(|rule| kept.has(*rule)));
        let mut date = from.to_zoned(self.zone.clone()).date();
        for _ in 0..HORIZON_DAYS {
            if let Some((open, close)) = self.hours(date, kept) {
                let at = open.max(from);
                if at < close && close.duration_since(at) >= room {
                    return self.latest.is_none_or(|latest| at <= latest).then_some(at);
                }
            } else {
                passed.insert(Rule::Weekend);
            }
            date = date.tomorrow().ok()?;
        }
        None
    }

    /// The starts of slots of this length from `first` on, on so many days, and at most so many.
    pub(super) fn starts(
        &self,
        first: Timestamp,
        kept: Kept,
        slot: SignedDuration,
        days: usize,
        most: usize,
    ) -> Vec<Timestamp> {
        let mut starts = Vec::new();
        let (mut from, mut seen) = (first, Vec::<Date>::new());
        while starts.len() < most {
            let Some(at) = self.first(from, kept, slot, &mut BTreeSet::new()) else { break };
            let date = at.to_zoned(self.zone.clone()).date();
            if seen.last() != Some(&date) {
                seen.push(date);
            }
            if seen.len() > days || self.latest.is_some_and(|latest| latest.duration_since(at) < slot) {
                break;
            }
            starts.push(at);
            from = at + slot;
        }
        starts
    }

    /// From when to when messages may go out on a day.
    fn hours(&self, date: Date, kept: Kept) -> Option<(Timestamp, Timestamp)> {
        if kept.has(Rule::Weekend) && is_weekend(date) {
            return None;
        }
        let mut hours = [0, 24];
        for (rule, [open, close]) in [(Rule::Night, DAY), (Rule::OfficeHours, OFFICE)] {
            if kept.has(rule) {
                hours = [hours[0].max(open), hours[1].min(close)];
            }
        }
        if kept.has(Rule::FridayAfternoon) && date.weekday() == Weekday::Friday {
            hours[1] = hours[1].min(FRIDAY_END);
        }
        let [open, close] = hours.map(|hour| self.at(date, hour));
        let (open, close) = (open?, close?);
        // A day that a place has skipped has no hours.
        (open.date() == date).then(|| (open.timestamp(), close.timestamp()))
    }

    /// An hour of a day; one that clocks skip is the next one that they show.
    fn at(&self, date: Date, hour: i8) -> Option<Zoned> {
        let (date, hour) = if hour == 24 { (date.checked_add(1.day()).ok()?, 0) } else { (date, hour) };
        date.at(hour, 0, 0, 0).to_zoned(self.zone.clone()).ok()
    }
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}
