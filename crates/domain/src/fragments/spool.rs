//! The items of a call that are held back until all of them are known to be those that were previewed. They are kept as
//! they came, within a limit, and given away one by one.

use std::collections::VecDeque;

use blake3::Hasher;

use super::Confirmations;
use crate::error::{Error, ErrorKind, Result};

/// About how many bytes are kept in one piece, so that memory goes back while items are given away.
const PIECE_BYTES: usize = 64 * 1024;

/// An item as it was read.
#[derive(Debug, Clone, Copy)]
pub enum Spooled<'a> {
    /// A line or a message.
    Whole(&'a [u8]),
    /// One that could not be read, and why.
    Unreadable(&'a Error),
}

/// What becomes of an item that was held back.
#[derive(Debug)]
pub enum Released<'a> {
    /// A line or a message.
    Whole(&'a [u8]),
    /// One that could not be read, and why.
    Unreadable(Error),
}

/// Items that are held back.
pub struct Spool {
    previewed: [u8; 32],
    /// Boxed: it is large.
    items: Box<Hasher>,
    bytes: usize,
    count: u32,
    pieces: VecDeque<Vec<u8>>,
}

/// Items that are those that were previewed.
#[derive(Default)]
pub struct Items {
    count: u32,
    pieces: VecDeque<Vec<u8>>,
    /// How much of the first piece was given away.
    given: usize,
}

/// What stands before each item: its length, and the kind of error if it could not be read.
struct Head {
    length: usize,
    unreadable: Option<ErrorKind>,
}

impl<'a> Spooled<'a> {
    /// How much room it takes.
    pub(super) fn size(self) -> usize {
        Head::BYTES + self.bytes().len()
    }

    /// Adds it to a digest of several, so that no two lists of items have the same one.
    pub(super) fn digest(self, items: &mut Hasher) {
        items.update(&self.head().encoded()).update(self.bytes());
    }

    fn bytes(self) -> &'a [u8] {
        match self {
            Self::Whole(bytes) => bytes,
            Self::Unreadable(error) => error.detail.as_bytes(),
        }
    }

    fn head(self) -> Head {
        let unreadable = match self {
            Self::Whole(_) => None,
            Self::Unreadable(error) => Some(error.kind),
        };
        Head { length: self.bytes().len(), unreadable }
    }
}

impl Head {
    const BYTES: usize = 5;

    fn encoded(&self) -> [u8; Self::BYTES] {
        let place = self.unreadable.and_then(|kind| ErrorKind::ALL.iter().position(|known| *known == kind));
        let [a, b, c, d] = u32::try_from(self.length).unwrap_or(u32::MAX).to_be_bytes();
        [place.and_then(|place| u8::try_from(place + 1).ok()).unwrap_or_default(), a, b, c, d]
    }

    fn decoded([place, length @ ..]: [u8; Self::BYTES]) -> Self {
        let unreadable = usize::from(place).checked_sub(1).and_then(|place| ErrorKind::ALL.get(place).copied());
        Self { length: u32::from_be_bytes(length) as usize, unreadable }
    }
}

impl Spool {
    /// How many bytes of items are held back at most, with a few for each.
    pub const MAX_BYTES: usize = 8 * 1024 * 1024;

    pub(super) fn new(previewed: [u8; 32]) -> Self {
        Self { previewed, items: Box::default(), bytes: 0, count: 0, pieces: VecDeque::new() }
    }

    /// Holds an item back.
    ///
    /// # Errors
    /// `TooLarge` if they are more than were ever previewed with a token.
    pub fn push(&mut self, item: Spooled<'_>) -> Result<()> {
        self.bytes += item.size();
        if self.bytes > Self::MAX_BYTES {
            let detail = format!("What is confirmed has at most {} bytes. Send it in several calls.", Self::MAX_BYTES);
            return Err(Error::new(ErrorKind::TooLarge, detail));
        }
        item.digest(&mut self.items);
        self.count += 1;
        if self.pieces.back().is_none_or(|piece| piece.len() + item.size() > piece.capacity()) {
            self.pieces.push_back(Vec::with_capacity(PIECE_BYTES.max(item.size())));
        }
        if let Some(piece) = self.pieces.back_mut() {
            piece.extend_from_slice(&item.head().encoded());
            piece.extend_from_slice(item.bytes());
        }
        Ok(())
    }

    /// The items, if they are those that were previewed, in the same order.
    ///
    /// # Errors
    /// `PreviewOfOtherItems`.
    pub fn release(self) -> Result<Items> {
        // The comparison of hashes takes the same time wherever they differ.
        if self.items.finalize() != self.previewed {
            return Err(Confirmations::refused(ErrorKind::PreviewOfOtherItems));
        }
        Ok(Items { count: self.count, pieces: self.pieces, given: 0 })
    }
}

impl Items {
    /// How many there are that were not given away.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.count
    }

    /// Whether all were given away.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Gives away the next item.
    pub fn give(&mut self) -> Option<Released<'_>> {
        if self.pieces.front()?.len() == self.given {
            self.pieces.pop_front();
            self.given = 0;
        }
        let rest = self.pieces.front()?.get(self.given..)?;
        let (head, rest) = rest.split_first_chunk()?;
        let Head { length, unreadable } = Head::decoded(*head);
        let bytes = rest.get(..length)?;
        self.given += Head::BYTES + length;
        self.count -= 1;
        Some(match unreadable {
            None => Released::Whole(bytes),
            Some(kind) => Released::Unreadable(Error::new(kind, String::from_utf8_lossy(bytes).into_owned())),
        })
    }
}
