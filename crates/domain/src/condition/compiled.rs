//! A condition as tests of bits: every clause must meet the facts, and no forbidden fact may be among them.

use super::test::Test;
use super::{NamedConditions, Source};
use crate::context::{CAPACITY, Context, FIRST_FREE, Facts, Field, Shape};

/// A condition, compiled.
#[derive(Debug, Default, Clone)]
pub struct Condition {
    pub(super) clauses: Vec<Clause>,
    pub(super) forbidden: Vec<Literal>,
    pub(super) forbidden_facts: Facts,
}

/// Literals of which at least one must hold.
#[derive(Debug, Clone)]
pub(super) struct Clause {
    pub(super) facts: Facts,
    pub(super) literals: Vec<Literal>,
}

/// A test with the facts that it looks for, and its text.
#[derive(Debug, Clone)]
pub(super) struct Literal {
    pub(super) facts: Facts,
    pub(super) test: Test,
    pub(super) text: Box<str>,
}

impl Condition {
    /// Whether the condition holds.
    #[inline]
    #[must_use]
    pub fn holds(&self, facts: Facts) -> bool {
        !self.forbidden_facts.meets(facts) && self.clauses.iter().all(|clause| clause.facts.meets(facts))
    }

    /// Whether an audience condition lets an audience in.
    pub(crate) fn is_open_to(&self, audience: &str) -> bool {
        self.holds(Facts::named(Field::Audience, audience))
    }

    /// Both conditions as one.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.clauses.extend_from_slice(&other.clauses);
        self.forbidden.extend_from_slice(&other.forbidden);
        self.forbidden_facts = self.forbidden_facts.with(other.forbidden_facts);
        self
    }
}

/// The numbers that a catalog compares counts with. Each has a bit among the facts.
#[derive(Debug, Default, Clone)]
pub struct Thresholds(Vec<(Field, u32)>);

impl Thresholds {
    /// The facts of a context, with the thresholds that its counts reach.
    #[must_use]
    pub fn facts(&self, context: &Context) -> Facts {
        let mut facts = context.facts();
        for (position, (field, minimum)) in (FIRST_FREE..).zip(&self.0) {
            if context.count(*field).is_some_and(|number| number >= *minimum) {
                facts = facts.with(Facts::bit(position));
            }
        }
        facts
    }

    fn bit(&mut self, field: Field, minimum: u32) -> Option<Facts> {
        let index = self.0.iter().position(|known| *known == (field, minimum)).unwrap_or_else(|| {
            self.0.push((field, minimum));
            self.0.len() - 1
        });
        let position = FIRST_FREE + u16::try_from(index).ok()?;
        (position < CAPACITY).then(|| Facts::bit(position))
    }

    /// Facts that hold whenever `fact` does, itself included.
    pub(super) fn implied_by(&self, fact: Facts) -> Facts {
        let mut implied = fact;
        if fact.meets(Facts::all_of(Field::ConversationWith).without(Facts::unknown(Field::ConversationWith))) {
            implied = implied.with(Facts::named(Field::Conversation, "held"));
        }
        let bits = || (FIRST_FREE..).map(Facts::bit).zip(&self.0);
        if let Some((_, (field, minimum))) = bits().find(|(bit, _)| *bit == fact) {
            for (bit, (other, lower)) in bits() {
                if other == field && lower <= minimum {
                    implied = implied.with(bit);
                }
            }
        }
        implied
    }
}

/// What is wrong with a condition: the text that is meant, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ConditionError {
    /// The part of the condition that is wrong, as it stands in the file.
    pub text: String,
    /// What is wrong with it.
    pub message: String,
}

/// Compiles the conditions of one catalog.
pub(crate) struct Compiler<'a> {
    pub(crate) named: &'a NamedConditions,
    pub(crate) thresholds: &'a mut Thresholds,
}

/// How deeply named conditions may use each other.
const MAX_DEPTH: u8 = 8;

impl Compiler<'_> {
    /// Compiles one condition.
    pub(crate) fn compile(&mut self, source: &Source) -> Result<Condition, ConditionError> {
        self.compile_at(source, 0)
    }

    fn compile_at(&mut self, source: &Source, depth: u8) -> Result<Condition, ConditionError> {
        let mut condition = Condition::default();
        for text in &source.all {
            let part = match text.strip_prefix('@') {
                Some(name) => self.named(name, text, depth)?,
                None => self.single(parse(text)?, text)?,
            };
            condition = condition.and(&part);
        }
        for text in &source.none {
            let negated = parse(text)?.negated().ok_or_else(|| error(text, "`unknown` cannot stand in none-of"))?;
            condition = condition.and(&self.single(negated, text)?);
        }
        if !source.any.is_empty() {
            let mut literals = Vec::new();
            for text in &source.any {
                let literal = self.literal(parse(text)?, text)?;
                if is_forbidding(&literal.test) {
                    return Err(error(text, "a negative test of a list or an upper bound cannot stand in any-of"));
                }
                literals.push(literal);
            }
            condition.clauses.push(clause(literals));
        }
        Ok(condition)
    }

    fn named(&mut self, name: &str, text: &str, depth: u8) -> Result<Condition, ConditionError> {
        let source = self.named.get(name).ok_or_else(|| error(text, "there is no named condition like this"))?;
        if depth == MAX_DEPTH {
            return Err(error(text, "named conditions use each other in a circle"));
        }
        self.compile_at(source, depth + 1)
    }

    fn single(&mut self, test: Test, text: &str) -> Result<Condition, ConditionError> {
        let literal = self.literal(test, text)?;
        Ok(if is_forbidding(&literal.test) {
            Condition { forbidden_facts: literal.facts, forbidden: vec![literal], ..Condition::default() }
        } else {
            Condition { clauses: vec![clause(vec![literal])], ..Condition::default() }
        })
    }

    /// The facts that satisfy the test, or those that break it if the test is a forbidding one.
    fn literal(&mut self, test: Test, text: &str) -> Result<Literal, ConditionError> {
        let of = |field: Field, values: &[usize]| {
            values.iter().fold(Facts::NONE, |facts, index| facts.with(Facts::value(field, *index)))
        };
        let mut threshold = |field, minimum| {
            self.thresholds.bit(field, minimum).ok_or_else(|| error(text, "too many different numbers in this catalog"))
        };
        let facts = match &test {
            Test::Is { field, values, unknown: false } => of(*field, values),
            Test::Is { field, values, unknown: true } => of(*field, values).with(Facts::unknown(*field)),
            Test::IsNot { field, values } if is_list(*field) => of(*field, values),
            Test::IsNot { field, values } => Facts::all_of(*field).without(of(*field, values)),
            Test::AtLeast { field, minimum } => threshold(*field, *minimum)?,
            Test::Below { field, limit } => threshold(*field, *limit)?,
        };
        let text = test.to_string().into_boxed_str();
        Ok(Literal { facts, test, text })
    }
}

fn clause(literals: Vec<Literal>) -> Clause {
    Clause { facts: literals.iter().fold(Facts::NONE, |facts, literal| facts.with(literal.facts)), literals }
}

fn is_list(field: Field) -> bool {
    matches!(field.shape(), Shape::List(_))
}

/// Whether a test holds unless certain facts are there, rather than because they are.
fn is_forbidding(test: &Test) -> bool {
    match test {
        Test::Below { .. } => true,
        Test::IsNot { field, .. } => is_list(*field),
        Test::Is { .. } | Test::AtLeast { .. } => false,
    }
}

fn parse(text: &str) -> Result<Test, ConditionError> {
    text.parse().map_err(|problem: super::test::TestError| error(text, &problem.to_string()))
}

fn error(text: &str, message: &str) -> ConditionError {
    ConditionError { text: text.to_owned(), message: format!("`{text}`: {message}") }
}
