//! Reads one file of the catalog: a TOML table from which known keys are taken one by one, so that what is left over
//! is a mistake, and every mistake names file, field and line.

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::files::{Problem, line_at, line_of};

/// A file being read.
pub(super) struct Reader<'a> {
    file: &'a str,
    source: &'a str,
    table: Table,
}

impl<'a> Reader<'a> {
    /// Parses the file.
    pub(super) fn open(file: &'a str, source: &'a str) -> Result<Self, Problem> {
        let table = source.parse().map_err(|error: toml::de::Error| Problem {
            file: file.to_owned(),
            line: error.span().map_or(1, |span| line_at(source, span.start)),
            field: String::new(),
            message: error.message().to_owned(),
        })?;
        let mut table = Value::Table(table);
        join_lines(&mut table);
        let Value::Table(table) = table else { return Err(problem(file, source, "", "", "not a table")) };
        Ok(Self { file, source, table })
    }

    /// Takes a key that may be absent.
    pub(super) fn optional<T: DeserializeOwned>(&mut self, key: &str) -> Result<Option<T>, Problem> {
        let Some(value) = self.table.remove(key) else { return Ok(None) };
        match value.try_into() {
            Ok(value) => Ok(Some(value)),
            Err(error) => Err(self.explain(key, &error)),
        }
    }

    /// Takes a key that must be there.
    pub(super) fn required<T: DeserializeOwned>(&mut self, key: &str) -> Result<T, Problem> {
        self.optional(key)?.ok_or_else(|| self.problem(key, "", "required"))
    }

    /// Takes everything that is left, as one value.
    pub(super) fn rest<T: DeserializeOwned>(&mut self) -> Result<T, Problem> {
        let rest = std::mem::take(&mut self.table);
        rest.try_into().map_err(|error| self.explain("", &error))
    }

    /// A problem with a field; `needle` is the text in the file that is wrong, if there is one.
    pub(super) fn problem(&self, field: &str, needle: &str, message: &str) -> Problem {
        problem(self.file, self.source, field, needle, message)
    }

    fn explain(&self, key: &str, error: &toml::de::Error) -> Problem {
        let message = error.message();
        let path = path_of(error);
        let field = [key, &path].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".");
        self.problem(&field, "", message)
    }
}

/// The keys that lead to the value that is wrong. The error itself has them only in its text.
pub(super) fn path_of(error: &toml::de::Error) -> String {
    let shown = error.to_string();
    let place = shown.lines().rev().find_map(|line| line.strip_prefix("in `")?.strip_suffix('`'));
    let message = error.message();
    let named = message.split('`').nth(1).unwrap_or_default();
    let is_key = message.starts_with("unknown field") || message.starts_with("missing field");
    match (place, is_key && place.is_none_or(|place| !place.ends_with(named))) {
        (Some(place), true) => format!("{place}.{named}"),
        (Some(place), false) => place.to_owned(),
        (None, true) => named.to_owned(),
        (None, false) => String::new(),
    }
}

fn problem(file: &str, source: &str, field: &str, needle: &str, message: &str) -> Problem {
    Problem {
        file: file.to_owned(),
        line: line_of(source, field, needle),
        field: field.to_owned(),
        message: message.to_owned(),
    }
}

/// Makes every paragraph one line: in a file, lines are broken for the eye alone. An empty line parts paragraphs.
fn join_lines(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('\n') => {
            let joined = |paragraph: &str| paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
            *text = text.trim().split("\n\n").map(joined).collect::<Vec<_>>().join("\n\n");
        }
        Value::Array(values) => values.iter_mut().for_each(join_lines),
        Value::Table(table) => table.iter_mut().for_each(|(_, value)| join_lines(value)),
        _ => {}
    }
}

/// Lays the words of `over` over those of `under`, key by key.
pub(super) fn merge(under: &mut Table, over: &Table) {
    for (key, value) in over {
        match (under.get_mut(key), value) {
            (Some(Value::Table(under)), Value::Table(over)) => merge(under, over),
            _ => {
                under.insert(key.clone(), value.clone());
            }
        }
    }
}
