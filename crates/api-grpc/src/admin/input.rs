//! Reads what a request holds, and collects everything that is wrong with it instead of stopping at the first.

use jiff::Timestamp;
use rebound_domain::access::RequestSeal;
use rebound_domain::context::Field;
use rebound_domain::history::RequestKey;
use rebound_domain::{Error, FieldError, Result};

use super::Desk;

/// A request while it is read.
#[derive(Default)]
pub(crate) struct Input {
    errors: Vec<FieldError>,
}

impl Input {
    pub(super) fn refuse(&mut self, pointer: &str, detail: impl Into<String>) {
        self.errors.push(FieldError::new(pointer, detail));
    }

    /// A moment.
    pub(crate) fn moment(&mut self, pointer: &str, at: Option<prost_types::Timestamp>) -> Option<Timestamp> {
        let at = at?;
        let nanos = Some(at.nanos).filter(|nanos| (0..1_000_000_000).contains(nanos));
        let moment = nanos.and_then(|nanos| Timestamp::new(at.seconds, nanos).ok());
        if moment.is_none() {
            self.refuse(
                pointer,
                "not a moment; allowed: seconds within the years 1 to 9999, nanos from 0 to 999999999",
            );
        }
        moment
    }

    /// A value of a field of the context by its number; unspecified is none.
    pub(crate) fn value(&mut self, field: Field, number: i32) -> Option<&'static str> {
        if number == 0 {
            return None;
        }
        let value = number.checked_sub(1).and_then(|index| field.values().get(usize::try_from(index).ok()?).copied());
        if value.is_none() {
            self.refuse(&format!("/{field}"), format!("not an allowed value; {}", field.allowed()));
        }
        value
    }

    /// One of some names by its number; unspecified is none.
    pub(super) fn name(&mut self, pointer: &str, names: &[&str], number: i32) -> Option<String> {
        let place = usize::try_from(number).unwrap_or(usize::MAX).checked_sub(1)?;
        let name = names.get(place);
        if name.is_none() {
            self.refuse(pointer, format!("not an allowed value; allowed: {}", names.join(", ")));
        }
        name.map(ToString::to_string)
    }

    /// Takes over what another part refused.
    pub(super) fn checked<T>(&mut self, read: Result<T>) -> Option<T> {
        read.map_err(|error| self.errors.extend(error.fields)).ok()
    }

    /// Everything that was refused.
    pub(crate) fn into_errors(self) -> Vec<FieldError> {
        self.errors
    }

    /// # Errors
    /// `Invalid` with everything that was refused.
    pub(super) fn finish(self) -> Result<()> {
        if self.errors.is_empty() { Ok(()) } else { Err(Error::invalid(self.errors)) }
    }
}

/// The seal under which a request is done once, if it came with an id.
///
/// # Errors
/// `Invalid` if the id cannot be used.
pub(super) fn seal(desk: &Desk<'_>, request_id: Option<&str>) -> Result<Option<RequestSeal>> {
    let Some(request_id) = request_id else { return Ok(None) };
    let key = RequestKey::new(request_id, "/request_id")?;
    Ok(Some(RequestSeal::new(&key, desk.authorization())))
}
