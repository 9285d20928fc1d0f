//! Time and chance while the sandbox is planted: the clock stands where a step says, and an id that the documentation
//! names is drawn like any other.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rebound_domain::environment::{Clock, Entropy};
use rebound_domain::id::{ActionItemId, ErasureReceiptId, FeedbackId, InvalidId, RejectionId};
use uuid::Uuid;

/// A clock and a source of randomness that are led.
pub(super) struct Rehearsal {
    now: Mutex<Timestamp>,
    next: Mutex<Option<[u8; 10]>>,
    entropy: Arc<dyn Entropy>,
}

impl Rehearsal {
    pub(super) const fn new(now: Timestamp, entropy: Arc<dyn Entropy>) -> Self {
        Self { now: Mutex::new(now), next: Mutex::new(None), entropy }
    }

    /// Moves the clock.
    pub(super) fn stand_at(&self, moment: Timestamp) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = moment;
    }

    /// Moves the clock to the moment in this id (`UUIDv7`, RFC 9562) and lets the next id be this one.
    pub(super) fn lead_to(&self, id: &str) -> Result<(), InvalidId> {
        let uuid: Uuid = match id.split_once('_') {
            Some(("fbk", _)) => id.parse::<FeedbackId>()?.into(),
            Some(("act", _)) => id.parse::<ActionItemId>()?.into(),
            Some(("era", _)) => id.parse::<ErasureReceiptId>()?.into(),
            _ => id.parse::<RejectionId>()?.into(),
        };
        let (millis, random) = uuid.as_bytes().split_at(6);
        let millis = millis.iter().fold(0, |number, byte| number << 8 | i64::from(*byte));
        self.stand_at(Timestamp::from_millisecond(millis).unwrap_or_default());
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = random.try_into().ok();
        Ok(())
    }
}

impl Clock for Rehearsal {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entropy for Rehearsal {
    fn fill(&self, bytes: &mut [u8]) {
        let led = self.next.lock().unwrap_or_else(PoisonError::into_inner).take();
        match led.filter(|led| led.len() == bytes.len()) {
            Some(led) => bytes.copy_from_slice(&led),
            None => self.entropy.fill(bytes),
        }
    }
}
