//! What a key may do, as a set of named scopes.

use std::fmt;
use std::str::FromStr;

/// One permission of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Read guidance and the catalog.
    Guidance,
    /// Read the rejections that the employer's side recorded.
    RejectionsRead,
    /// Record rejections.
    RejectionsWrite,
    /// Read what a person wrote.
    DiaryRead,
    /// Write on behalf of a person.
    DiaryWrite,
    /// Administer the own tenant.
    Admin,
    /// Administer the instance.
    Operator,
}

impl Scope {
    /// All scopes, in the order of the documentation.
    pub const ALL: [Self; 7] = [
        Self::Guidance,
        Self::RejectionsRead,
        Self::RejectionsWrite,
        Self::DiaryRead,
        Self::DiaryWrite,
        Self::Admin,
        Self::Operator,
    ];

    /// The name that clients use, such as `rejections:read`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Guidance => "guidance",
            Self::RejectionsRead => "rejections:read",
            Self::RejectionsWrite => "rejections:write",
            Self::DiaryRead => "diary:read",
            Self::DiaryWrite => "diary:write",
            Self::Admin => "admin",
            Self::Operator => "operator",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        Self::ALL.into_iter().find(|scope| scope.name() == text).ok_or_else(|| UnknownScope(text.to_owned()))
    }
}

/// A scope name that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown scope `{0}`; allowed: guidance, rejections:read, rejections:write, diary:read, diary:write, admin, operator"
)]
pub struct UnknownScope(String);

/// A set of scopes. Its text form is the names in order, with a space between: `guidance admin`.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scopes(u8);

impl Scopes {
    /// Every scope.
    #[must_use]
    pub fn all() -> Self {
        Scope::ALL.into_iter().collect()
    }

    /// Whether `scope` is in the set.
    #[must_use]
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u8) != 0
    }

    /// Whether there is no scope at all.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The scopes of the set, in the order of the documentation.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.contains(*scope))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | 1 << scope as u8))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.name())?;
        }
        Ok(())
    }
}

impl FromStr for Scopes {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        text.split_ascii_whitespace().map(str::parse).collect()
    }
}
