//! The numbers of enums: value `n` is the domain's value `n - 1`, and 0 is none. `tests/descriptor.rs` holds the two
//! against each other.

use rebound_domain::feedback::{PlanGroup, Theme};
use rebound_domain::history::{
    ActionStatus, Channel, ConclusionResult, DecidedBy, EntryType, FeedbackStatus, Phase, Purpose, Space, StepState,
};

/// A choice of the domain that has a number in the proto.
pub(super) trait Numbered: Copy + 'static {
    /// All of them, in the order of their numbers.
    const VALUES: &'static [Self];

    /// The name that errors call it by.
    fn value_name(self) -> &'static str;

    /// Its number.
    fn number(self) -> i32;
}

macro_rules! numbered {
    ($($choice:ident)+) => {$(
        impl Numbered for $choice {
            const VALUES: &'static [Self] = Self::ALL;

            fn value_name(self) -> &'static str {
                self.name()
            }

            fn number(self) -> i32 {
                self as i32 + 1
            }
        }
    )+};
}

numbered! {
    ActionStatus Channel ConclusionResult DecidedBy EntryType FeedbackStatus Phase PlanGroup Purpose Space StepState
    Theme
}

/// The number of what may be absent.
pub(super) fn number<T: Numbered>(value: Option<T>) -> i32 {
    value.map_or(0, T::number)
}

/// The numbers of a list.
pub(super) fn numbers<T: Numbered>(values: &[T]) -> Vec<i32> {
    values.iter().map(|value| value.number()).collect()
}
