//! Which traces are kept (`OTEL_TRACES_SAMPLER`). Decided once, where a request comes in, and before anything is made for
//! it: what is not kept costs a comparison.

use opentelemetry::trace::{SpanContext, TraceId};

use super::values::one_of;
use super::variables::Variables;

const SAMPLER: &str = "OTEL_TRACES_SAMPLER";
const ARGUMENT: &str = "OTEL_TRACES_SAMPLER_ARG";

/// The rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sampling {
    /// Whether the decision of a client that has made one holds.
    follows_parent: bool,
    /// A trace is kept if the low 63 bits of its id are below this.
    below: u64,
}

/// One more than the largest number of 63 bits.
const ALL: u64 = 1 << 63;

#[derive(Clone, Copy)]
enum Root {
    Always,
    Never,
    Ratio,
}

impl Sampling {
    pub(super) fn read(variables: &mut Variables<'_>) -> Self {
        let samplers = [
            ("always_on", (false, Root::Always)),
            ("always_off", (false, Root::Never)),
            ("traceidratio", (false, Root::Ratio)),
            ("parentbased_always_on", (true, Root::Always)),
            ("parentbased_always_off", (true, Root::Never)),
            ("parentbased_traceidratio", (true, Root::Ratio)),
        ];
        let allowed = samplers.map(|(name, _)| name).join(", ");
        let chosen = variables.parse(SAMPLER, &format!("one of {allowed}"), |text| one_of(text, &samplers));
        let (follows_parent, root) = chosen.unwrap_or((true, Root::Always));
        let below = match root {
            Root::Always => ALL,
            Root::Never => 0,
            Root::Ratio => variables.parse(ARGUMENT, "a number from 0 to 1", threshold).unwrap_or(ALL),
        };
        Self { follows_parent, below }
    }

    /// Whether the trace is kept.
    pub(crate) fn keeps(self, parent: Option<&SpanContext>, trace: TraceId) -> bool {
        match parent {
            Some(parent) if self.follows_parent => parent.is_sampled(),
            _ => {
                let low = u128::from_be_bytes(trace.to_bytes()) & u128::from(u64::MAX);
                low >> 1 < u128::from(self.below)
            }
        }
    }
}

/// The part of all 63-bit numbers that a ratio is.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a ratio from 0 to 1 of a number that a float has exactly"
)]
fn threshold(text: &str) -> Option<u64> {
    let ratio: f64 = text.parse().ok()?;
    (0.0..=1.0).contains(&ratio).then_some((ratio * ALL as f64) as u64)
}
