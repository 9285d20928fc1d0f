//! Proves that one condition is at least as narrow as another, so that an item never appears where the advice it
//! carries does not apply. The proof is sound and may miss an implication, never invent one.

use super::compiled::{Clause, Condition, Thresholds};
use crate::context::{Facts, Field, Shape};

impl Condition {
    /// The tests of `other` that this condition does not imply, alternatives joined by `or`; none if it holds only
    /// where `other` does.
    #[must_use]
    pub fn unproven(&self, other: &Self, thresholds: &Thresholds) -> Vec<String> {
        let known = self.known_facts();
        let clauses = other
            .clauses
            .iter()
            .filter(|wanted| !known.iter().any(|clause| implies(*clause, wanted, thresholds)))
            .map(|wanted| wanted.literals.iter().map(|literal| &*literal.text).collect::<Vec<_>>().join(" or "));
        let forbidden = other.forbidden.iter().filter(|wanted| !wanted.facts.is_within(self.forbidden_facts));
        clauses.chain(forbidden.map(|literal| literal.text.to_string())).collect()
    }

    /// Sets of facts of each of which at least one holds: the clauses, and for every field with one value what all
    /// clauses about it leave over together.
    fn known_facts(&self) -> Vec<Facts> {
        let mut known: Vec<_> = self.clauses.iter().map(|clause| clause.facts).collect();
        for field in Field::ALL.iter().filter(|field| matches!(field.shape(), Shape::Choice(_) | Shape::Flag)) {
            let all = Facts::all_of(*field);
            let about = self.clauses.iter().filter(|clause| clause.facts.is_within(all));
            known.push(about.fold(all, |left, clause| left.and(clause.facts)));
        }
        known
    }
}

fn implies(known: Facts, wanted: &Clause, thresholds: &Thresholds) -> bool {
    known.each().all(|fact| thresholds.implied_by(fact).meets(wanted.facts))
}
