//! Spans of steps in the database, for whoever follows requests. They name tables and what is done to them; no statement
//! and no value ever gets into one.

use std::fmt;

use rebound_domain::{Error, ErrorKind};
use tracing::Span;
use tracing::field::Empty;

use crate::plan::{Plan, Text};
use crate::queue::Change;

/// What a step does, in a few words that are the same each time.
#[derive(Clone, Copy)]
pub(crate) enum Summary<'a> {
    /// An operation and its table, as in `SELECT people`.
    Of(&'static str),
    /// What a plan does.
    Plan(&'a Plan),
    /// So many plans at once, the first of which is this.
    Batch(&'a Plan, usize),
}

impl Summary<'_> {
    /// The operation and the table, if there is one of both.
    fn single(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Of(text) => text.split_once(' '),
            Self::Plan(plan) | Self::Batch(plan, 1) => match plan.0.as_slice() {
                [step] => Some(operation(step.text)),
                _ => None,
            },
            Self::Batch(..) => None,
        }
    }

    fn size(&self) -> Option<i64> {
        match self {
            Self::Batch(_, size @ 2..) => i64::try_from(*size).ok(),
            _ => None,
        }
    }
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plan = match self {
            Self::Of(text) => return f.write_str(text),
            Self::Plan(plan) | Self::Batch(plan, 1) => plan,
            Self::Batch(plan, _) => {
                f.write_str("BATCH ")?;
                plan
            }
        };
        for (number, step) in plan.0.iter().enumerate() {
            let (operation, table) = operation(step.text);
            let space = if number == 0 { "" } else { " " };
            write!(f, "{space}{operation} {table}")?;
        }
        Ok(())
    }
}

/// What a statement does, and to which table.
fn operation(text: Text) -> (&'static str, &'static str) {
    let first = |text: &'static str| text.split_whitespace().next().unwrap_or_default();
    match text {
        Text::Insert(into, _) => ("INSERT", first(into)),
        Text::Update(set, _) => ("UPDATE", first(set)),
        Text::HoldPerson => ("SELECT", "people"),
        Text::Plain(text) => {
            let mut words = text.split_whitespace().filter(|word| !matches!(*word, "FROM" | "INTO"));
            (words.next().unwrap_or_default(), words.next().unwrap_or_default())
        }
    }
}

/// The span of a step, as a client of the database sees it.
pub(crate) fn client(system: &'static str, summary: Summary<'_>) -> Span {
    tracing::info_span!(
        "database",
        otel.kind = "client",
        otel.name = %summary,
        otel.status_code = Empty,
        error.type = Empty,
        db.system.name = system,
        db.query.summary = %summary,
        db.operation.name = summary.single().map(|(operation, _)| operation),
        db.collection.name = summary.single().map(|(_, table)| table),
        db.operation.batch.size = summary.size(),
        rebound.group.size = Empty,
    )
}

/// Notes how a step ended. What a client asked for in vain is no error of the database.
pub(crate) fn end<T>(span: &Span, ended: &rebound_domain::Result<T>) {
    if let Err(error) = ended
        && matches!(error.kind, ErrorKind::Unavailable | ErrorKind::Internal)
    {
        failed(span, error);
    }
}

fn failed(span: &Span, error: &Error) {
    span.record("error.type", error.kind.row().code);
    span.record("otel.status_code", "ERROR");
}

/// The span of changes that are committed together, linked with those of the changes, both ways. There is one if somebody
/// follows one of them. It begins a trace, for it belongs to no request alone.
pub(crate) fn group(changes: &[Change]) -> Span {
    if changes.iter().all(|change| change.span.is_disabled()) {
        return Span::none();
    }
    let size = i64::try_from(changes.len()).unwrap_or(i64::MAX);
    let group = tracing::info_span!(target: "rebound::entry", parent: None, "group commit", rebound.group.size = size);
    for change in changes.iter().filter(|change| !change.span.is_disabled()) {
        group.follows_from(&change.span);
        change.span.follows_from(&group);
        change.span.record("rebound.group.size", size);
    }
    group
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Missed;

    #[test]
    fn a_summary_names_operations_and_tables() {
        let mut plan = Plan::default();
        plan.must(Text::HoldPerson, Vec::new(), Missed::Person);
        plan.then(Text::Insert("rejections (tenant_id, id)", ""), Vec::new());
        plan.then(Text::Update("action_items SET body = $4", "id = $3"), Vec::new());
        plan.then(Text::Plain("\n    DELETE FROM entries WHERE id = $1"), Vec::new());
        plan.then(Text::Plain("\n    INSERT INTO tenants (id) SELECT $1"), Vec::new());
        let expected = "SELECT people INSERT rejections UPDATE action_items DELETE entries INSERT tenants";
        assert_eq!(Summary::Plan(&plan).to_string(), expected);
        assert_eq!(Summary::Batch(&plan, 2).to_string(), format!("BATCH {expected}"));
        assert_eq!(Summary::Batch(&plan, 1).to_string(), expected);
        assert_eq!(Summary::Of("SELECT people").single(), Some(("SELECT", "people")));
    }
}
