//! What people fill in: one line of a known type and a limited length. Whatever it holds is text, never a template.

use jiff::civil::Date;

use crate::catalog::{Catalog, LocaleIndex, Variable, VariableType};

/// How many characters the part of an address before the `@` has at most (RFC 5321, section 4.5.3.1.1).
const MAX_LOCAL_PART: usize = 64;

/// Whether a variable can hold a value.
///
/// # Errors
/// What is wrong with it and what is allowed, without the value itself.
pub fn accepts(variable: &Variable, value: &str) -> Result<(), String> {
    let length = variable.max_length;
    if value.trim().is_empty() || value.chars().count() > length {
        return Err(format!("must be a text; allowed: 1 to {length} characters"));
    }
    if value.chars().any(breaks_a_line) {
        return Err("must be one line; allowed: no line breaks and no other control characters".to_owned());
    }
    match variable.variable_type {
        VariableType::Text | VariableType::Name => Ok(()),
        VariableType::Email if is_address(value) => Ok(()),
        VariableType::Email => Err("not an e-mail address; allowed: an address such as kim@example.org".to_owned()),
        VariableType::Date if day(value).is_some() => Ok(()),
        VariableType::Date => Err("not a day; allowed: a date as RFC 3339 writes it, such as 2026-11-02".to_owned()),
    }
}

/// Control characters, and the two that Unicode breaks lines with besides.
fn breaks_a_line(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

/// A day, and nothing else that a date parser may take.
fn day(value: &str) -> Option<Date> {
    let is_plain = value.len() == 10 && value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if is_plain { value.parse().ok() } else { None }
}

/// An address with a dot-atom on the left and a host name on the right (RFC 5321, section 4.1.2), in ASCII.
fn is_address(value: &str) -> bool {
    let Some((local, host)) = value.split_once('@') else { return false };
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
    };
    let is_label = |label: &str| {
        let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(is_inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    local.len() <= MAX_LOCAL_PART && local.split('.').all(is_atom) && host.split('.').all(is_label)
}

impl Catalog {
    /// A value as it stands in a text, without spaces around it and two in a row: headers of a message cannot keep them.
    pub(crate) fn spelled(&self, variable: &Variable, value: &str, locale: LocaleIndex) -> String {
        match variable.variable_type {
            VariableType::Date => day(value).map_or_else(|| value.to_owned(), |day| self.day(day, locale)),
            _ => one_spaced(value.trim()),
        }
    }
}

fn one_spaced(value: &str) -> String {
    let mut line = String::with_capacity(value.len());
    for part in value.split(' ').filter(|part| !part.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(part);
    }
    line
}
