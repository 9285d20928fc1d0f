//! How large a part of a message is: as it stands, and in the quoted-printable encoding of e-mail (RFC 2045), found by
//! encoding it. Parts that begin and end a line add up exactly, so what is measured once need not be measured again.

use std::iter::Sum;
use std::ops::Add;

use encodify::qp::BODY;

/// A size in bytes.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// In UTF-8, with line ends of one byte.
    pub raw: usize,
    /// In quoted-printable, with the line ends of e-mail, which have two.
    pub quoted_printable: usize,
}

impl Size {
    /// The size of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self { raw: text.len(), quoted_printable: BODY.encoded_len(text) }
    }

    /// The size without a line end.
    pub(super) const fn without_line_end(self) -> Self {
        Self { raw: self.raw.saturating_sub(1), quoted_printable: self.quoted_printable.saturating_sub(2) }
    }

    /// What a budget counts.
    #[must_use]
    pub fn larger(self) -> usize {
        self.raw.max(self.quoted_printable)
    }
}

impl Add for Size {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { raw: self.raw + other.raw, quoted_printable: self.quoted_printable + other.quoted_printable }
    }
}

impl Sum for Size {
    fn sum<I: Iterator<Item = Self>>(sizes: I) -> Self {
        sizes.fold(Self::default(), Add::add)
    }
}
