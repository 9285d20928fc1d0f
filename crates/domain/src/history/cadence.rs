//! How often it is wise to write to those who decided (rule C4): one thank-you, one request for feedback, one request
//! to reconsider, one recommendation, then stop; to stay in touch, once in a quarter of a year.

use jiff::{SignedDuration, Timestamp};

use super::diary::MAX_ITEMS;
use super::{Contact, Diary, FeedbackStatus, Purpose};
use crate::error::{Error, ErrorKind, Result};

/// After how many days it is fine to get in touch again.
const KEEP_IN_TOUCH_DAYS: i64 = 90;

impl Diary {
    /// Adds a message that was sent.
    ///
    /// # Errors
    /// `CadenceReached` if there was enough of its kind.
    pub fn add_contact(&mut self, contact: Contact) -> Result<()> {
        let mut same = self.contacts.iter().filter(|earlier| earlier.purpose == contact.purpose);
        let detail = match contact.purpose {
            Purpose::KeepInTouch => {
                let quarter = SignedDuration::from_hours(24 * KEEP_IN_TOUCH_DAYS);
                same.any(|earlier| contact.sent_at.duration_since(earlier.sent_at).abs() < quarter).then_some(
                    "You were in touch within the last 90 days. Wait a while; then it is fine to write again.",
                )
            }
            Purpose::FeedbackRequest => self.feedback_closed(contact.sent_at).or_else(|| {
                same.next().map(|_| "You asked for feedback already. One request is enough; then let it rest.")
            }),
            Purpose::ThankYou => same.next().map(|_| "You have said thank you already. Once is enough."),
            Purpose::Reconsideration => {
                same.next().map(|_| "You asked to reconsider already. One request is enough; then let it rest.")
            }
            Purpose::Referral => same.next().map(|_| "You have recommended somebody already. Once is enough."),
        };
        if let Some(detail) = detail {
            return Err(Error::new(ErrorKind::CadenceReached, detail));
        }
        if self.contacts.len() >= MAX_ITEMS {
            return Err(Error::new(ErrorKind::CadenceReached, "This rejection has 100 contacts. No more are kept."));
        }
        self.contacts.push(contact);
        Ok(())
    }

    /// Why feedback is not to be asked for, if it came or was refused, or if the wait for it is over.
    pub(super) fn feedback_closed(&self, now: Timestamp) -> Option<&'static str> {
        match self.feedback_state(now)? {
            FeedbackStatus::Received => Some("Feedback has come already. Thank for it instead of asking again."),
            FeedbackStatus::Refused => Some("Feedback was refused. Asking again would not help."),
            FeedbackStatus::TimedOut => Some("No answer came to the first request. Let it rest now."),
            FeedbackStatus::Requested => None,
        }
    }
}
