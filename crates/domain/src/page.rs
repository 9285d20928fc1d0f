//! Pages of a list after AIP-158: a clamped size, and a token that is opaque, bound to its list and filter, and
//! carries the last key that was shown.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use jiff::Timestamp;

use crate::error::{Error, FieldError, Result};

/// How many items a page has unless the client says otherwise.
pub const DEFAULT_PAGE_SIZE: usize = 50;

/// How many items a page has at most.
pub const MAX_PAGE_SIZE: usize = 200;

/// How many bytes of a token tie it to its filter.
const TIE_BYTES: usize = 8;

/// A page that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    filter: String,
    size: usize,
    after: Option<String>,
}

impl PageRequest {
    /// A page of the list that `filter` names. The size is clamped to 1 to 200; absent, it is 50. An empty token
    /// asks for the first page.
    ///
    /// # Errors
    /// `Invalid`, pointing at `/page_token`, if the token is not one of this list.
    pub fn new(filter: impl Into<String>, size: Option<i64>, token: Option<&str>) -> Result<Self> {
        let filter = filter.into();
        let size = size.map_or(DEFAULT_PAGE_SIZE, |size| {
            usize::try_from(size.max(1)).map_or(MAX_PAGE_SIZE, |size| size.min(MAX_PAGE_SIZE))
        });
        let after = match token {
            None | Some("") => None,
            Some(token) => Some(read(&filter, token).ok_or_else(not_a_token)?),
        };
        Ok(Self { filter, size, after })
    }

    /// How many items the page has at most.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.size
    }

    /// How many rows to read from a store: one more than the page has, to see whether there is a next one.
    #[must_use]
    pub fn rows(&self) -> u32 {
        u32::try_from(self.size + 1).unwrap_or(u32::MAX)
    }

    /// The key of the last item of the page before, for lists that a store reads from there on.
    ///
    /// # Errors
    /// `Invalid`, pointing at `/page_token`, if the token has no such key.
    pub fn after<K: FromStr>(&self) -> Result<Option<K>> {
        self.after.as_deref().map(|key| key.parse().map_err(|_| not_a_token())).transpose()
    }

    /// The page of [`PageRequest::rows`] that a store read, and the token for the next one; empty at the end.
    pub fn turn<T>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> String) -> (Vec<T>, String) {
        if rows.len() <= self.size {
            return (rows, String::new());
        }
        rows.truncate(self.size);
        let token = rows.last().map(|last| write(&self.filter, &key(last))).unwrap_or_default();
        (rows, token)
    }

    /// The page of a list that is in order of `key`, and the token for the next one; empty at the end.
    pub fn cut<T>(&self, items: impl IntoIterator<Item = T>, key: impl Fn(&T) -> &str) -> (Vec<T>, String) {
        let is_after = |item: &T| self.after.as_deref().is_none_or(|after| key(item) > after);
        let mut page: Vec<T> = items.into_iter().filter(is_after).take(self.size + 1).collect();
        if page.len() <= self.size {
            return (page, String::new());
        }
        page.truncate(self.size);
        let token = page.last().map(|last| write(&self.filter, key(last))).unwrap_or_default();
        (page, token)
    }
}

/// A moment and an id: the key of a list that is in order of time. Its text has a space between the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeKey<I>(pub Timestamp, pub I);

impl<I: fmt::Display> fmt::Display for TimeKey<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, self.1)
    }
}

impl<I: FromStr> FromStr for TimeKey<I> {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let (at, id) = text.split_once(' ').ok_or(NotAKey)?;
        Ok(Self(at.parse().map_err(|_| NotAKey)?, id.parse().map_err(|_| NotAKey)?))
    }
}

/// A text that is no [`TimeKey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a moment and an id")]
pub struct NotAKey;

fn not_a_token() -> Error {
    let detail = "not a page token of this list; allowed: the `next_page_token` of the page before";
    Error::invalid(vec![FieldError::new("/page_token", detail)])
}

fn tie(filter: &str, key: &[u8]) -> [u8; TIE_BYTES] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(filter.as_bytes()).update(&[0]).update(key);
    let mut tie = [0; TIE_BYTES];
    tie.copy_from_slice(&hasher.finalize().as_bytes()[..TIE_BYTES]);
    tie
}

fn write(filter: &str, key: &str) -> String {
    let bytes = tie(filter, key.as_bytes()).into_iter().chain(key.bytes());
    bytes.fold(String::new(), |mut token, byte| {
        // Writing to a string does not fail.
        let _ = write!(token, "{byte:02x}");
        token
    })
}

fn read(filter: &str, token: &str) -> Option<String> {
    let digits = token.as_bytes().chunks_exact(2);
    if !digits.remainder().is_empty() {
        return None;
    }
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Vec<u8> = digits.map(byte).collect::<Option<_>>()?;
    let (tied, key) = bytes.split_at_checked(TIE_BYTES)?;
    (tied == tie(filter, key)).then(|| String::from_utf8(key.to_vec()).ok())?
}
