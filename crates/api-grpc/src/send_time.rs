//! When to send a no. Enum numbers that do not exist are refused; 0 is absent.

use bytes::Bytes;
use http::Request;
use jiff::Timestamp;
use rebound_domain::Result;
use rebound_domain::context::Field;
use rebound_domain::environment::Clock;
use rebound_domain::send_time::{Rule, SendTime, SendTimeDraft, Slot, advise};

use crate::admin::{Input, at};
use crate::proto::v1;
use crate::wire::{Answer, read_one};

/// `AdviseSendTime`.
///
/// # Errors
/// `Invalid` with every field that is wrong.
pub(crate) async fn answer<B>(clock: &dyn Clock, request: Request<B>) -> Result<Answer>
where
    B: http_body::Body<Data = Bytes> + Unpin,
{
    let (head, body) = request.into_parts();
    let asked = read_one(&head.headers, body).await?;
    Ok(Answer::new(&advise_send_time(asked, clock.now())?))
}

fn advise_send_time(asked: v1::AdviseSendTimeRequest, now: Timestamp) -> Result<v1::AdviseSendTimeResponse> {
    let v1::AdviseSendTimeRequest { decided_at, time_zone, count, not_before, latest_at, kind, stage } = asked;
    let mut input = Input::default();
    let draft = SendTimeDraft {
        decided_at: input.moment("/decided_at", decided_at),
        time_zone,
        offset: None,
        count,
        not_before: input.moment("/not_before", not_before),
        latest_at: input.moment("/latest_at", latest_at),
        kind: input.value(Field::Kind, kind),
        stage: input.value(Field::Stage, stage),
    };
    let request = draft.check(now, input.into_errors())?;
    Ok(shown(advise(&request, now)))
}

fn shown(advice: SendTime) -> v1::AdviseSendTimeResponse {
    let SendTime { send_at, cancel_until, time_zone, slots, reasons, given_up } = advice;
    let rule = |rule: Rule| v1::SendRule { code: rule as i32 + 1, text: rule.text().to_owned() };
    let slot = |Slot { from, to, count }: Slot| v1::SendSlot { from: Some(at(from)), to: Some(at(to)), count };
    v1::AdviseSendTimeResponse {
        send_at: Some(at(send_at)),
        cancel_until: Some(at(cancel_until)),
        time_zone,
        slots: slots.into_iter().map(slot).collect(),
        reasons: reasons.into_iter().map(rule).collect(),
        given_up: given_up.into_iter().map(rule).collect(),
    }
}
