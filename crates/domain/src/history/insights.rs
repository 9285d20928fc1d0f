//! What a person can learn from counting: kinds, stages, themes, feedback. Counts of one person's own rejections, never a
//! comparison of people, and nothing at all from a handful.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;

use super::{ConclusionResult, FeedbackStatus, Purpose, Rejection, Sight};
use crate::context::Field;
use crate::error::{Error, FieldError, Result};
use crate::feedback::Theme;

/// How many rejections there have to be before counts say anything.
pub const MIN_SAMPLE: usize = 5;

/// The longest window, in days: ten years.
const MAX_DAYS: u32 = 3_660;

/// The days that counts go back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// How many.
    pub days: u32,
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}d", self.days)
    }
}

impl Window {
    /// A window as clients write it: `90d`, or `P90D` (ISO 8601). Absent: a year.
    ///
    /// # Errors
    /// `Invalid`, pointing at `/window`.
    pub fn parse(text: Option<&str>) -> Result<Self> {
        let Some(text) = text else { return Ok(Self { days: 365 }) };
        let digits = text.strip_suffix('d').or_else(|| text.strip_prefix('P').and_then(|rest| rest.strip_suffix('D')));
        let days = digits.and_then(|digits| digits.parse().ok()).filter(|days| (1..=MAX_DAYS).contains(days));
        days.map(|days| Self { days }).ok_or_else(|| {
            let detail = "not a number of days; allowed: 1d to 3660d, such as 90d";
            Error::invalid(vec![FieldError::new("/window", detail)])
        })
    }

    /// A window for counts over people: one of a few, so that nobody is found by comparing two that differ by a day.
    ///
    /// # Errors
    /// `Invalid`, pointing at `/window`.
    pub fn parse_coarse(text: Option<&str>) -> Result<Self> {
        let window = Self::parse(text);
        window
            .ok()
            .filter(|window| [30, 90, 180, 365].contains(&window.days))
            .ok_or_else(|| Error::invalid(vec![FieldError::new("/window", "allowed: 30d, 90d, 180d, 365d")]))
    }
}

/// Counts over a person's rejections.
#[derive(Debug, Clone, PartialEq)]
pub struct Insights {
    /// The window that they are from.
    pub window: Window,
    /// How many rejections there are.
    pub rejections: usize,
    /// How many more it takes before counts say anything; with any, all that follows is empty.
    pub missing: usize,
    /// By kind.
    pub kinds: BTreeMap<&'static str, u64>,
    /// By the stage at which it ended, in the order of the stages.
    pub stages: Vec<(&'static str, u64)>,
    /// How many got at least as far as each stage, of those whose stage is known.
    pub funnel: Vec<(&'static str, u64)>,
    /// At which stage most ended, if one stands out.
    pub breaks_at: Option<&'static str>,
    /// In how many rejections feedback named a theme to work on.
    pub themes: BTreeMap<Theme, u64>,
    /// In how many rejections feedback praised something.
    pub positives: BTreeMap<Theme, u64>,
    /// For how many feedback was asked.
    pub feedback_asked: u64,
    /// For how many it came.
    pub feedback_received: u64,
    /// The days between asking and receiving, half of the times shorter and half longer.
    pub median_days_to_answer: Option<f64>,
    /// How many nos became a yes.
    pub reversals: u64,
    days_to_answer: Vec<f64>,
}

impl Insights {
    /// Nothing counted yet.
    #[must_use]
    pub fn new(window: Window) -> Self {
        Self {
            window,
            rejections: 0,
            missing: 0,
            kinds: BTreeMap::new(),
            stages: Field::Stage.values().iter().map(|stage| (*stage, 0)).collect(),
            funnel: Vec::new(),
            breaks_at: None,
            themes: BTreeMap::new(),
            positives: BTreeMap::new(),
            feedback_asked: 0,
            feedback_received: 0,
            median_days_to_answer: None,
            reversals: 0,
            days_to_answer: Vec::new(),
        }
    }

    /// Counts one more.
    pub fn add(&mut self, rejection: &Rejection) {
        self.rejections += 1;
        let fields = rejection.fields(Sight::Person);
        if let Some(kind) = fields.values(Field::Kind).next() {
            *self.kinds.entry(kind).or_default() += 1;
        }
        if let Some(index) = fields.indices(Field::Stage).next() {
            self.stages[index].1 += 1;
        }
        let diary = &rejection.diary;
        let asked_by_contact = diary.contacts.iter().find(|contact| contact.purpose == Purpose::FeedbackRequest);
        let asked_at = |asked: Option<Timestamp>| asked.or(asked_by_contact.map(|contact| contact.sent_at));
        if asked_by_contact.is_some() || diary.feedback.iter().any(|item| item.asked_at.is_some()) {
            self.feedback_asked += 1;
        }
        let mut received = diary.feedback.iter().filter(|item| item.status == FeedbackStatus::Received).peekable();
        if received.peek().is_some() {
            self.feedback_received += 1;
        }
        for item in received {
            if let (Some(asked), Some(received)) = (asked_at(item.asked_at), item.received_at) {
                self.days_to_answer.push(received.duration_since(asked).as_secs_f64() / 86_400.0);
            }
        }
        count_once(&mut self.themes, diary.feedback.iter().flat_map(|item| &item.themes));
        count_once(&mut self.positives, diary.feedback.iter().flat_map(|item| &item.positives));
        let is_reversed = |result: ConclusionResult| result == ConclusionResult::Reversed;
        self.reversals += u64::from(rejection.conclusion(Sight::Person).is_some_and(|end| is_reversed(end.result)));
    }

    /// The counts, if there are enough of them.
    #[must_use]
    pub fn finish(mut self) -> Self {
        if self.rejections < MIN_SAMPLE {
            let missing = MIN_SAMPLE - self.rejections;
            let stages = Vec::new();
            return Self { rejections: self.rejections, missing, stages, ..Self::new(self.window) };
        }
        let mut reached = 0;
        let mut funnel: Vec<_> = self
            .stages
            .iter()
            .rev()
            .map(|(stage, count)| {
                reached += count;
                (*stage, reached)
            })
            .collect();
        funnel.reverse();
        self.funnel = funnel;
        let most = self.stages.iter().map(|(_, count)| *count).max().unwrap_or_default();
        let mut leading = self.stages.iter().filter(|(_, count)| *count == most);
        self.breaks_at = match (leading.next(), leading.next()) {
            (Some((stage, count)), None) if *count >= 3 => Some(stage),
            _ => None,
        };
        self.median_days_to_answer = median(&mut self.days_to_answer);
        self
    }

    /// A line that puts it into proportion, from the person's own data alone. `None` from a handful.
    #[must_use]
    pub fn in_proportion(&self) -> Option<String> {
        (self.missing == 0).then(|| {
            let turned = match self.reversals {
                0 => String::new(),
                1 => " One of them turned into a yes later.".to_owned(),
                many => format!(" {many} of them turned into a yes later."),
            };
            format!("You wrote down {} rejections in the last {} days.{turned}", self.rejections, self.window.days)
        })
    }
}

fn count_once<'a>(counts: &mut BTreeMap<Theme, u64>, themes: impl Iterator<Item = &'a Theme>) {
    let distinct: std::collections::BTreeSet<_> = themes.collect();
    for theme in distinct {
        *counts.entry(*theme).or_default() += 1;
    }
}

fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        count if count % 2 == 1 => Some(values[middle]),
        _ => Some(f64::midpoint(values[middle - 1], values[middle])),
    }
}
