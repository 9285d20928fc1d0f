//! One test of one field, and its text: `field=value`, `field=a|b`, `field!=value`, `field>=n`, `field=unknown`.

use std::fmt;
use std::str::FromStr;

use crate::context::{Field, Shape};

/// The word by which a test asks for a field that is unknown.
const UNKNOWN: &str = "unknown";

/// A test of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// The field has one of the values, or is unknown where that is asked for.
    Is {
        /// The field.
        field: Field,
        /// Positions of the values among [`Field::values`].
        values: Vec<usize>,
        /// Whether unknown will do.
        unknown: bool,
    },
    /// The field has none of the values; unknown will do.
    IsNot {
        /// The field.
        field: Field,
        /// Positions of the values among [`Field::values`].
        values: Vec<usize>,
    },
    /// The number is known and at least `minimum`.
    AtLeast {
        /// The field.
        field: Field,
        /// The least number that passes.
        minimum: u32,
    },
    /// The number is unknown or less than `limit`.
    Below {
        /// The field.
        field: Field,
        /// The least number that does not pass.
        limit: u32,
    },
}

impl Test {
    /// The field that is tested.
    #[must_use]
    pub const fn field(&self) -> Field {
        match self {
            Self::Is { field, .. }
            | Self::IsNot { field, .. }
            | Self::AtLeast { field, .. }
            | Self::Below { field, .. } => *field,
        }
    }

    /// The test that holds exactly when this one does not, if the language has it.
    #[must_use]
    pub fn negated(self) -> Option<Self> {
        Some(match self {
            Self::Is { field, values, unknown: false } => Self::IsNot { field, values },
            Self::Is { unknown: true, .. } => return None,
            Self::IsNot { field, values } => Self::Is { field, values, unknown: false },
            Self::AtLeast { field, minimum } => Self::Below { field, limit: minimum },
            Self::Below { field, limit } => Self::AtLeast { field, minimum: limit },
        })
    }
}

/// Why a text is not a test.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TestError {
    /// No operator in it.
    #[error("`{0}` is not a test; write field=value, field=a|b, field!=value, field>=n or field=unknown")]
    Syntax(String),
    /// No such field.
    #[error("there is no field `{0}`")]
    Field(String),
    /// The field does not have the value.
    #[error("`{field}` has no value `{value}`; {}", field.allowed())]
    Value {
        /// The field.
        field: Field,
        /// The value that it does not have.
        value: String,
    },
}

impl FromStr for Test {
    type Err = TestError;

    fn from_str(text: &str) -> Result<Self, TestError> {
        let (name, operator, operand) = [">=", "!=", "="]
            .into_iter()
            .filter_map(|operator| text.split_once(operator).map(|(name, operand)| (name, operator, operand)))
            .min_by_key(|(name, ..)| name.len())
            .ok_or_else(|| TestError::Syntax(text.to_owned()))?;
        let field = Field::from_name(name).ok_or_else(|| TestError::Field(name.to_owned()))?;
        let wrong = |value: &str| TestError::Value { field, value: value.to_owned() };
        if operator == ">=" {
            let minimum = operand.parse().map_err(|_| wrong(operand))?;
            return match field.shape() {
                Shape::Count => Ok(Self::AtLeast { field, minimum }),
                _ => Err(TestError::Syntax(text.to_owned())),
            };
        }
        let mut values = Vec::new();
        let mut unknown = false;
        for value in operand.split('|') {
            if value == UNKNOWN && operator == "=" {
                unknown = true;
            } else {
                values.push(field.value_index(value).ok_or_else(|| wrong(value))?);
            }
        }
        Ok(if operator == "=" { Self::Is { field, values, unknown } } else { Self::IsNot { field, values } })
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is { field, values, unknown } => {
                let mut names: Vec<_> = values.iter().map(|index| field.values()[*index]).collect();
                if *unknown {
                    names.push(UNKNOWN);
                }
                names.sort_unstable();
                write!(f, "{field}={}", names.join("|"))
            }
            Self::IsNot { field, values } => {
                let mut names: Vec<_> = values.iter().map(|index| field.values()[*index]).collect();
                names.sort_unstable();
                write!(f, "{field}!={}", names.join("|"))
            }
            Self::AtLeast { field, minimum } => write!(f, "{field}>={minimum}"),
            Self::Below { field, limit } => write!(f, "{field}<{limit}"),
        }
    }
}
