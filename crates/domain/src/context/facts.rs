//! A set of facts: one bit for every value of every field, one for every field that is unknown, and the rest for
//! the thresholds that a catalog asks about. Conditions are tested against it with a few machine instructions.

use super::field::{Field, Shape};

const WORDS: usize = CAPACITY as usize / 64;

/// How many facts there can be.
pub(crate) const CAPACITY: u16 = 192;

/// A set of facts.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Facts([u64; WORDS]);

#[expect(clippy::cast_possible_truncation, reason = "a field has far fewer values than a u16 counts")]
/// The first bit of each field, and behind the last field the number of bits in use.
const OFFSETS: [u16; Field::ALL.len() + 1] = {
    let mut offsets = [0; Field::ALL.len() + 1];
    let mut index = 0;
    while index < Field::ALL.len() {
        let values = match Field::ALL[index].shape() {
            Shape::Count => 0,
            _ => Field::ALL[index].values().len(),
        };
        offsets[index + 1] = offsets[index] + values as u16 + 1;
        index += 1;
    }
    offsets
};

/// All bits of each field.
const ALL_OF: [Facts; Field::ALL.len()] = {
    let mut sets = [Facts::NONE; Field::ALL.len()];
    let mut index = 0;
    while index < sets.len() {
        let mut bit = OFFSETS[index];
        while bit < OFFSETS[index + 1] {
            sets[index] = sets[index].with(Facts::bit(bit));
            bit += 1;
        }
        index += 1;
    }
    sets
};

/// The first bit that no field uses: thresholds start here.
pub(crate) const FIRST_FREE: u16 = OFFSETS[Field::ALL.len()];

impl Facts {
    /// No fact.
    pub(crate) const NONE: Self = Self([0; WORDS]);

    /// The bit of a field's value.
    #[expect(clippy::cast_possible_truncation, reason = "a field has far fewer values than a u16 counts")]
    pub(crate) const fn value(field: Field, index: usize) -> Self {
        Self::bit(OFFSETS[field as usize] + index as u16)
    }

    /// The bit of a field's value, by the value's name; nothing if there is no such value.
    pub(crate) fn named(field: Field, value: &str) -> Self {
        field.value_index(value).map_or(Self::NONE, |index| Self::value(field, index))
    }

    /// The bit that says that a field is unknown.
    pub(crate) const fn unknown(field: Field) -> Self {
        Self::bit(OFFSETS[field as usize + 1] - 1)
    }

    /// All bits of a field: its values and `unknown`.
    pub(crate) const fn all_of(field: Field) -> Self {
        ALL_OF[field as usize]
    }

    /// The bit at a position.
    pub(crate) const fn bit(position: u16) -> Self {
        let mut words = [0; WORDS];
        words[position as usize / 64] = 1 << (position % 64);
        Self(words)
    }

    /// The bits, by the word.
    pub(crate) const fn words(self) -> [u64; WORDS] {
        self.0
    }

    /// Both sets together.
    #[must_use]
    pub(crate) const fn with(self, other: Self) -> Self {
        Self([self.0[0] | other.0[0], self.0[1] | other.0[1], self.0[2] | other.0[2]])
    }

    /// This set without the other.
    #[must_use]
    pub(crate) const fn without(self, other: Self) -> Self {
        Self([self.0[0] & !other.0[0], self.0[1] & !other.0[1], self.0[2] & !other.0[2]])
    }

    /// What both sets have.
    #[must_use]
    pub(crate) const fn and(self, other: Self) -> Self {
        Self([self.0[0] & other.0[0], self.0[1] & other.0[1], self.0[2] & other.0[2]])
    }

    /// Whether both sets have a fact in common.
    #[inline]
    pub(crate) const fn meets(self, other: Self) -> bool {
        (self.0[0] & other.0[0]) | (self.0[1] & other.0[1]) | (self.0[2] & other.0[2]) != 0
    }

    /// Whether every fact of this set is in the other.
    pub(crate) fn is_within(self, other: Self) -> bool {
        self.without(other) == Self::NONE
    }

    /// The facts of this set, one at a time.
    pub(crate) fn each(self) -> impl Iterator<Item = Self> {
        (0..CAPACITY).map(Self::bit).filter(move |bit| bit.meets(self))
    }
}
