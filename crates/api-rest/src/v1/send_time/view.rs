//! A time to send as JSON.

use jiff::Timestamp;
use rebound_domain::send_time::{Rule, SendTime, Slot};
use serde::Serialize;
use utoipa::ToSchema;

use crate::components::SendRuleCode;

/// When to send, and why then.
#[derive(Serialize, ToSchema)]
#[schema(as = SendTime)]
pub(super) struct SendTimeView<'a> {
    /// When the first message goes out. Never in the past.
    #[schema(value_type = String, format = DateTime)]
    send_at: Timestamp,
    /// Until when it can still be called back.
    #[schema(value_type = String, format = DateTime)]
    cancel_until: Timestamp,
    /// The time zone that it was reckoned in: an IANA name or an offset.
    #[schema(example = "Europe/Berlin")]
    time_zone: &'a str,
    /// How many go out when; empty for one message alone.
    slots: Vec<SlotView>,
    /// The rules that led to it.
    reasons: Vec<RuleView>,
    /// The rules that had to be given up so that it is not after `latest_at`.
    given_up: Vec<RuleView>,
}

/// A part of many messages, and when it goes out.
#[derive(Serialize, ToSchema)]
#[schema(as = SendSlot)]
struct SlotView {
    /// When the first of them goes out.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// Until when all of them have.
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// How many they are.
    #[schema(example = 25)]
    count: u32,
}

/// A rule about when to send.
#[derive(Serialize, ToSchema)]
#[schema(as = SendRule)]
struct RuleView {
    /// What it is called.
    #[schema(value_type = SendRuleCode)]
    code: Rule,
    /// What it asks for, and why, in English.
    text: &'static str,
}

impl<'a> SendTimeView<'a> {
    pub(super) fn new(advice: &'a SendTime) -> Self {
        let SendTime { send_at, cancel_until, time_zone, slots, reasons, given_up } = advice;
        let rules = |rules: &[Rule]| rules.iter().map(|rule| RuleView { code: *rule, text: rule.text() }).collect();
        Self {
            send_at: *send_at,
            cancel_until: *cancel_until,
            time_zone,
            slots: slots
                .iter()
                .map(|Slot { from, to, count }| SlotView { from: *from, to: *to, count: *count })
                .collect(),
            reasons: rules(reasons),
            given_up: rules(given_up),
        }
    }
}
