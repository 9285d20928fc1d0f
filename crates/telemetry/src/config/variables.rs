//! Reads variables and gathers every mistake, so that an operator sees all of them at once.

use std::fmt;

/// A variable that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidVariable {
    /// The variable.
    pub name: String,
    /// What it may be.
    pub allowed: String,
}

/// The variables that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidVariables(pub Vec<InvalidVariable>);

impl fmt::Display for InvalidVariables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, InvalidVariable { name, allowed }) in self.0.iter().enumerate() {
            let separator = if number == 0 { "" } else { "; " };
            write!(f, "{separator}{name} must be {allowed}")?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidVariables {}

/// The variables, and what was wrong with those that were read.
pub(super) struct Variables<'a> {
    get: &'a dyn Fn(&str) -> Option<String>,
    mistakes: Vec<InvalidVariable>,
}

impl<'a> Variables<'a> {
    pub(super) fn new(get: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { get, mistakes: Vec::new() }
    }

    /// The value of a variable as `read` understands it. One that is empty counts as absent.
    pub(super) fn parse<T>(&mut self, name: &str, allowed: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let text = (self.get)(name).filter(|text| !text.trim().is_empty())?;
        let value = read(text.trim());
        if value.is_none() {
            self.refuse(name, allowed);
        }
        value
    }

    /// The value for one signal (`OTEL_EXPORTER_OTLP_TRACES_TIMEOUT`), else the one for all.
    pub(super) fn of_signal<T>(
        &mut self,
        signal: &str,
        suffix: &str,
        allowed: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let own = self.parse(&format!("OTEL_EXPORTER_OTLP_{signal}_{suffix}"), allowed, &read);
        own.or_else(|| self.parse(&format!("OTEL_EXPORTER_OTLP_{suffix}"), allowed, &read))
    }

    /// Notes a mistake, once.
    pub(super) fn refuse(&mut self, name: &str, allowed: impl Into<String>) {
        if self.mistakes.iter().all(|mistake| mistake.name != name) {
            self.mistakes.push(InvalidVariable { name: name.to_owned(), allowed: allowed.into() });
        }
    }

    /// # Errors
    /// Every mistake.
    pub(super) fn end(self) -> Result<(), InvalidVariables> {
        if self.mistakes.is_empty() { Ok(()) } else { Err(InvalidVariables(self.mistakes)) }
    }
}
