//! What happened: the situation that advice is chosen for. Holds no personal data. A field that is absent is
//! unknown, which is a fact of its own.

mod draft;
mod facts;
mod field;
mod fields;
mod input;

pub use draft::Draft;
pub use facts::Facts;
pub(crate) use facts::{CAPACITY, FIRST_FREE};
pub use field::{Field, MAX_COUNT, Shape};
pub use fields::{Fields, serialize_field};
pub use input::{ContextSeed, FieldSeed, whole};

/// A situation. Made by a [`Draft`], which refuses what does not exist; cheap to copy and to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Context {
    facts: Facts,
    counts: [u32; COUNTS],
}

const COUNTS: usize = 3;

const fn count_slot(field: Field) -> usize {
    match field {
        Field::RoundsCompleted => 0,
        Field::RoundsTotal => 1,
        _ => 2,
    }
}

impl Context {
    /// A context of which little is known: positions of the kind, the audience and perhaps the phase.
    pub(crate) fn minimal(kind: usize, audience: usize, phase: Option<usize>) -> Self {
        let named = [(Field::Kind, Some(kind)), (Field::Audience, Some(audience)), (Field::Phase, phase)];
        let known = named.into_iter().filter_map(|(field, index)| Some((field, index?)));
        let known: Vec<_> = known.chain([(Field::Outcome, 0)]).collect();
        let facts = Field::ALL.iter().fold(Facts::NONE, |facts, field| {
            let known = known.iter().find(|(known, _)| known == field);
            facts.with(known.map_or(Facts::unknown(*field), |(field, index)| Facts::value(*field, *index)))
        });
        Self { facts, counts: [0; COUNTS] }
    }

    /// The facts of somebody of whose situation nothing is known but who reads.
    pub(crate) fn nothing_known(audience: &str) -> Facts {
        Field::ALL.iter().fold(Facts::NONE, |facts, field| {
            let fact = match field {
                Field::Audience => Facts::named(Field::Audience, audience),
                _ => Facts::unknown(*field),
            };
            facts.with(fact)
        })
    }

    /// The facts of this context. Thresholds are not among them: they belong to a catalog.
    #[must_use]
    pub const fn facts(&self) -> Facts {
        self.facts
    }

    /// The fields that are known, as a layer to build on.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let unknown = Field::ALL.iter().fold(Facts::NONE, |facts, field| facts.with(Facts::unknown(*field)));
        let mut fields = Fields { facts: self.facts.without(unknown), counts: [None; COUNTS] };
        for field in Field::ALL.iter().filter(|field| field.shape() == Shape::Count) {
            fields.counts[count_slot(*field)] = self.count(*field);
        }
        fields
    }

    /// Bytes that are equal exactly for equal contexts, on every machine.
    pub(crate) fn to_bytes(self) -> impl Iterator<Item = [u8; 8]> {
        let counts = self.counts.map(u64::from);
        self.facts.words().into_iter().chain(counts).map(u64::to_be_bytes)
    }

    /// Whether nothing is known of `field`.
    #[must_use]
    pub const fn is_unknown(&self, field: Field) -> bool {
        self.facts.meets(Facts::unknown(field))
    }

    /// The number in a [`Shape::Count`] field.
    #[must_use]
    pub const fn count(&self, field: Field) -> Option<u32> {
        if self.is_unknown(field) { None } else { Some(self.counts[count_slot(field)]) }
    }

    /// The values that a field has, in the order of [`Field::values`]; none for a count.
    pub fn values(&self, field: Field) -> impl Iterator<Item = &'static str> + use<> {
        let facts = self.facts;
        field
            .values()
            .iter()
            .enumerate()
            .filter(move |(index, _)| facts.meets(Facts::value(field, *index)))
            .map(|(_, value)| *value)
    }
}
