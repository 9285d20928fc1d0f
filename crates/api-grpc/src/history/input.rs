//! Reads what a request holds, and collects everything that is wrong with it instead of stopping at the first. Whether
//! the values make sense together is for the domain to say.

use std::fmt::Debug;
use std::str::FromStr;

use jiff::Timestamp;
use rebound_domain::context::{Field, Fields};
use rebound_domain::history::RequestKey;
use rebound_domain::id::InvalidId;
use rebound_domain::page::PageRequest;
use rebound_domain::{Error, ErrorKind, FieldError, Result};

use super::desk::Desk;
use super::numbers::Numbered;
use crate::context;
use crate::proto::v1;

/// How many wrong elements of one list are named; a message may hold thousands.
const MAX_ERRORS_OF_A_LIST: usize = 16;

/// A request while it is read.
#[derive(Default)]
pub(super) struct Input {
    errors: Vec<FieldError>,
}

impl Input {
    /// A request of which something was read already.
    pub(super) const fn with(errors: Vec<FieldError>) -> Self {
        Self { errors }
    }

    pub(super) fn refuse(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.errors.push(FieldError::new(pointer, detail));
    }

    /// The fields of a situation; none if there is no situation.
    pub(super) fn fields(&mut self, context: Option<&v1::Context>) -> Fields {
        context.map_or(Ok(Fields::default()), context::kept).unwrap_or_else(|errors| {
            self.errors.extend(errors);
            Fields::default()
        })
    }

    /// A choice; unspecified is none.
    pub(super) fn choice<T: Numbered>(&mut self, name: &str, number: i32) -> Option<T> {
        if number == 0 {
            return None;
        }
        let value = value(number);
        if value.is_none() {
            self.refuse(format!("/{name}"), refusal::<T>());
        }
        value
    }

    /// A list of choices; an empty one is none. In a list, unspecified is no choice either.
    pub(super) fn choices<T: Numbered>(&mut self, name: &str, numbers: &[i32]) -> Option<Vec<T>> {
        let read = self.list(name, numbers, |number| value(*number), refusal::<T>);
        (!numbers.is_empty()).then_some(read)
    }

    /// A list of which every element has to be readable.
    pub(super) fn list<T, V>(
        &mut self,
        name: &str,
        elements: &[T],
        read: impl Fn(&T) -> Option<V>,
        refusal: impl Fn() -> String,
    ) -> Vec<V> {
        let mut values = Vec::new();
        let mut errors = 0;
        for (place, element) in elements.iter().enumerate() {
            match read(element) {
                Some(value) => values.push(value),
                None if errors == MAX_ERRORS_OF_A_LIST => break,
                None => {
                    errors += 1;
                    self.refuse(format!("/{name}/{place}"), refusal());
                }
            }
        }
        values
    }

    /// A value of a field of the context, by its position.
    pub(super) fn value(&mut self, field: Field, number: i32) -> Option<usize> {
        if number == 0 {
            return None;
        }
        let index = usize::try_from(number - 1).ok().filter(|index| *index < field.values().len());
        if index.is_none() {
            self.refuse(format!("/{field}"), format!("not an allowed value; {}", field.allowed()));
        }
        index
    }

    /// A moment.
    pub(super) fn moment(&mut self, name: &str, at: Option<prost_types::Timestamp>) -> Option<Timestamp> {
        let at = at?;
        let nanos = Some(at.nanos).filter(|nanos| (0..1_000_000_000).contains(nanos));
        let moment = nanos.and_then(|nanos| Timestamp::new(at.seconds, nanos).ok());
        if moment.is_none() {
            let detail = "not a moment; allowed: seconds within the years 1 to 9999, nanos from 0 to 999999999";
            self.refuse(format!("/{name}"), detail);
        }
        moment
    }

    /// An id that a request refers to.
    pub(super) fn reference<I: FromStr<Err = InvalidId>>(&mut self, name: &str, text: Option<&str>) -> Option<I> {
        let id = text?.parse();
        id.map_err(|error: InvalidId| {
            let detail = error.to_string().replace("expected", "not an id; allowed:");
            self.refuse(format!("/{name}"), detail);
        })
        .ok()
    }

    /// What makes the request one that is not done twice.
    pub(super) fn request_key(&mut self, request_id: Option<&str>) -> Option<RequestKey> {
        RequestKey::new(request_id?, "/request_id").map_err(|error| self.errors.extend(error.fields)).ok()
    }

    /// The names of what is to be taken away: some of `allowed`, and none that is set too.
    pub(super) fn clear(
        &mut self,
        names: &[String],
        allowed: &[&'static str],
        is_set: impl Fn(&str) -> bool,
    ) -> Vec<&'static str> {
        let read = |name: &String| allowed.iter().copied().find(|allowed| *allowed == &**name && !is_set(allowed));
        let refusal = || format!("cannot be taken away, or is set too; allowed: {}", allowed.join(", "));
        self.list("clear", names, read, refusal)
    }

    /// # Errors
    /// `Invalid` with everything that was refused.
    pub(super) fn finish(self) -> Result<()> {
        if self.errors.is_empty() { Ok(()) } else { Err(Error::invalid(self.errors)) }
    }
}

/// The id that a request is about.
///
/// # Errors
/// `NotFound` also if it is none: no such thing can exist.
pub(super) fn id<I: FromStr>(text: &str, missing: &'static str) -> Result<I> {
    text.parse().map_err(|_| Error::new(ErrorKind::NotFound, missing))
}

/// The page that is asked for, of a list of this user; in AIP-158 a size of 0 is one that was not given.
///
/// # Errors
/// `Invalid`, pointing at `/page_token`.
pub(super) fn page(desk: &Desk, list: &str, filter: &impl Debug, size: i32, token: &str) -> Result<PageRequest> {
    // Bound as in REST, so that a list can be read on over the other API.
    let bound = format!("{list} {} {} {filter:?}", desk.caller.tenant, desk.user_id);
    PageRequest::new(bound, (size != 0).then_some(i64::from(size)), Some(token))
}

/// What is set, what is taken away, or what stays.
#[expect(clippy::option_option, reason = "the form that patches have in the domain")]
pub(super) fn changed<T>(set: Option<T>, cleared: bool) -> Option<Option<T>> {
    if cleared { Some(None) } else { set.map(Some) }
}

fn value<T: Numbered>(number: i32) -> Option<T> {
    usize::try_from(number.checked_sub(1)?).ok().and_then(|index| T::VALUES.get(index).copied())
}

fn refusal<T: Numbered>() -> String {
    let names: Vec<_> = T::VALUES.iter().map(|value| value.value_name()).collect();
    format!("not an allowed value; allowed: {}", names.join(", "))
}
