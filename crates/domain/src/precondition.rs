//! Preconditions (RFC 9110, 13.1.1): a change is made only if the caller saw the present state.

/// Whether `if_match`, a list of entity tags or `*`, names the state with this tag. Absent: it does not matter.
#[must_use]
pub fn holds(if_match: Option<&str>, tag: &str) -> bool {
    if_match.is_none_or(|tags| tags.split(',').map(str::trim).any(|named| named == "*" || named == tag))
}
