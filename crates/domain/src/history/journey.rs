//! The way through a rejection as a state machine. The person moves; time only suggests. Ask, analyse and react come
//! in this order (`job-rejection-into-advantage`): to react before having looked at what happened is refused, with the
//! way to unlock it. Asking may start at once, because people forget (rule C11).

use jiff::Timestamp;

use super::{FeedbackStatus, Rejection, Sight};
use crate::context::Field;
use crate::error::{Error, ErrorKind, Result};

names! {
    /// Where the person is. The values are those of the context's `phase`.
    Phase {
        /// The first pain.
        Shock "shock",
        /// Taking it in.
        Processing "processing",
        /// Looking at what happened.
        Reflecting "reflecting",
        /// Doing something.
        Acting "acting",
        /// Over it.
        Recovered "recovered",
    }
    /// How far one of the three steps is.
    StepState {
        /// It can be done now.
        Open "open",
        /// It is done.
        Done "done",
        /// Something has to come first.
        Locked "locked",
    }
}

impl Phase {
    /// Where a person may go from here. Feelings come back, so that the way back is always open.
    #[must_use]
    pub fn next(from: Option<Self>) -> &'static [Self] {
        use Phase::{Acting, Processing, Recovered, Reflecting, Shock};
        match from {
            None => &[Shock, Processing, Reflecting],
            Some(Shock) => &[Processing],
            Some(Processing) => &[Reflecting, Shock],
            Some(Reflecting) => &[Acting, Processing, Shock],
            Some(Acting) => &[Recovered, Reflecting, Processing, Shock],
            Some(Recovered) => &[Acting, Reflecting, Processing, Shock],
        }
    }

    /// Where people often are after so many days. A suggestion, nothing more.
    #[must_use]
    pub const fn suggested_after(days: i64) -> Self {
        match days {
            ..1 => Self::Shock,
            1..3 => Self::Processing,
            3..10 => Self::Reflecting,
            10..30 => Self::Acting,
            _ => Self::Recovered,
        }
    }
}

/// One of the three steps, and what unlocks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JourneyStep {
    /// How far it is.
    pub state: StepState,
    /// What to do first, if it is locked.
    pub unlock: Option<&'static str>,
}

/// Where a person stands with a rejection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Journey {
    /// Where the person says to be.
    pub phase: Option<Phase>,
    /// The next phase, if time has come for it; the person decides.
    pub suggested_phase: Option<Phase>,
    /// To ask for feedback.
    pub ask: JourneyStep,
    /// To look at what happened.
    pub analyse: JourneyStep,
    /// To act on it.
    pub react: JourneyStep,
}

const UNLOCK_ANALYSE: &str = "Give it a little time: move to `processing` when you feel ready (`advance`).";
const UNLOCK_REACT: &str =
    "Look at what happened first: write a reflection, or go through feedback that came and confirm its themes.";

impl JourneyStep {
    const fn done_or(is_done: bool, locked: Option<&'static str>) -> Self {
        match (is_done, locked) {
            (true, _) => Self { state: StepState::Done, unlock: None },
            (false, None) => Self { state: StepState::Open, unlock: None },
            (false, unlock) => Self { state: StepState::Locked, unlock },
        }
    }
}

impl Rejection {
    /// Where the person says to be.
    #[must_use]
    pub fn phase(&self) -> Option<Phase> {
        self.diary.fields.values(Field::Phase).next().and_then(Phase::from_name)
    }

    /// Where the person stands at `now`.
    #[must_use]
    pub fn journey(&self, now: Timestamp) -> Journey {
        let phase = self.phase();
        let suggested = Phase::suggested_after(now.duration_since(self.record.occurred_at).as_hours().div_euclid(24));
        let step = Phase::next(phase).iter().copied().find(|next| Some(*next) > phase && *next <= suggested);
        let locked_in_shock = (phase == Some(Phase::Shock)).then_some(UNLOCK_ANALYSE);
        let locked_before_analysis = (!self.is_analysed()).then_some(UNLOCK_REACT);
        let has_reacted = phase >= Some(Phase::Acting) || self.conclusion(Sight::Person).is_some();
        Journey {
            phase,
            suggested_phase: step.filter(|next| *next != Phase::Acting || self.is_analysed()),
            ask: JourneyStep::done_or(self.diary.feedback_state(now).is_some(), None),
            analyse: JourneyStep::done_or(self.is_analysed(), locked_in_shock),
            react: JourneyStep::done_or(has_reacted, locked_before_analysis),
        }
    }

    /// Moves the person to another phase. To stay where one is changes nothing.
    ///
    /// # Errors
    /// `TransitionNotAllowed`, with the phases that are allowed or what comes first.
    pub fn advance(&mut self, to: Phase) -> Result<()> {
        let from = self.phase();
        if from == Some(to) {
            return Ok(());
        }
        let next = Phase::next(from);
        if !next.contains(&to) {
            let names: Vec<_> = next.iter().map(|phase| phase.name()).collect();
            let from = from.map_or("an unknown phase", Phase::name);
            let detail = format!("From {from} the journey leads to: {}.", names.join(", "));
            return Err(Error::new(ErrorKind::TransitionNotAllowed, detail));
        }
        if to == Phase::Acting && from < Some(to) && !self.is_analysed() {
            return Err(Error::new(ErrorKind::TransitionNotAllowed, UNLOCK_REACT));
        }
        self.diary.fields = self.diary.fields.with(Field::Phase, to.name());
        Ok(())
    }

    /// Whether somebody looked at what happened: wrote a reflection, or confirmed the themes of feedback that came.
    fn is_analysed(&self) -> bool {
        let is_confirmed = |feedback: &super::Feedback| {
            feedback.status == FeedbackStatus::Received && !feedback.is_proposed && !feedback.themes.is_empty()
        };
        !self.diary.reflections.is_empty() || self.diary.feedback.iter().any(is_confirmed)
    }
}
