//! Says in words of the language why a condition holds, or which facts keep it from holding.

use std::borrow::Cow;

use super::compiled::{Condition, Literal};
use super::test::Test;
use crate::context::{Context, Facts, Field, Shape};

impl Condition {
    /// The tests that all have to hold, alternatives joined by `or`.
    #[must_use]
    pub fn tests(&self) -> Vec<String> {
        let alternatives = |literals: &[Literal]| literals.iter().map(|it| &*it.text).collect::<Vec<_>>().join(" or ");
        let clauses = self.clauses.iter().map(|clause| alternatives(&clause.literals));
        clauses.chain(self.forbidden.iter().map(|literal| literal.text.to_string())).collect()
    }

    /// The tests that hold, once each, in the order of the condition. Meant for a condition that holds.
    #[must_use]
    pub fn why<'c>(&'c self, context: &Context, facts: Facts) -> Vec<Cow<'c, str>> {
        let mut why = Vec::with_capacity(self.clauses.len() + self.forbidden.len());
        let satisfied = self.clauses.iter().flat_map(|clause| &clause.literals).filter(|it| it.facts.meets(facts));
        for literal in satisfied {
            push(&mut why, Cow::Borrowed(&*literal.text));
        }
        for literal in &self.forbidden {
            match &literal.test {
                Test::Below { field, .. } => push(&mut why, Cow::Owned(actual(*field, context, Facts::all_of(*field)))),
                _ => push(&mut why, Cow::Borrowed(&*literal.text)),
            }
        }
        why
    }

    /// What the context says of the fields whose tests fail, such as `decision=final` or `decision=unknown`.
    #[must_use]
    pub fn because(&self, context: &Context, facts: Facts) -> Vec<String> {
        let mut because = Vec::new();
        for clause in self.clauses.iter().filter(|clause| !clause.facts.meets(facts)) {
            for Literal { test, .. } in &clause.literals {
                push(&mut because, actual(test.field(), context, Facts::all_of(test.field())));
            }
        }
        for literal in self.forbidden.iter().filter(|literal| literal.facts.meets(facts)) {
            push(
                &mut because,
                match &literal.test {
                    Test::Below { field, limit } => format!("{field}>={limit}"),
                    test => actual(test.field(), context, literal.facts),
                },
            );
        }
        because
    }
}

fn push<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

/// What the context says of a field, as far as it is among `relevant`.
fn actual(field: Field, context: &Context, relevant: Facts) -> String {
    if context.is_unknown(field) {
        return format!("{field}=unknown");
    }
    if field.shape() == Shape::Count {
        return format!("{field}={}", context.count(field).unwrap_or_default());
    }
    let mut values: Vec<_> = context.values(field).filter(|value| Facts::named(field, value).meets(relevant)).collect();
    values.sort_unstable();
    format!("{field}={}", values.join("|"))
}
