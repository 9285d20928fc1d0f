//! Preview, confirm, commit: a trial of a batch is sealed as a token, and a call that brings the token is answered only
//! if it asks for exactly what was previewed. Nothing is kept between the two.

use std::fmt::Write as _;
use std::sync::Arc;

use blake3::Hasher;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::spool::{Spool, Spooled};
use crate::catalog::Catalogs;
use crate::environment::Clock;
use crate::error::{Error, ErrorKind, FieldError, Result};
use crate::id::TenantId;

/// For how long a preview can be confirmed.
pub const CONFIRMED_WITHIN: SignedDuration = SignedDuration::from_mins(30);

/// How many bytes of a token say what was previewed, before the seal: the moment until which it is good, what the call
/// depends on, and the digest of its items.
const STATED_BYTES: usize = 8 + 4 * TIE_BYTES + 32;

/// How many bytes of a digest tie a token to something.
const TIE_BYTES: usize = 16;

type Tie = [u8; TIE_BYTES];

/// Seals previews, and opens what it sealed. Replicas with the same key do so for each other.
pub struct Confirmations {
    key: [u8; 32],
    clock: Arc<dyn Clock>,
}

/// What the answer to a batch depends on besides its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Circumstances {
    tenant: Tie,
    options: Tie,
    catalog: Tie,
    overlay: Tie,
}

/// A trial whose items are read, one after the other.
pub struct Previewing {
    circumstances: Circumstances,
    /// Boxed: it is large.
    items: Box<Hasher>,
    bytes: usize,
}

/// What a preview is confirmed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// The token.
    pub token: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

impl Confirmations {
    /// Confirmations that are sealed with a key of the instance.
    pub fn new(key: [u8; 32], clock: Arc<dyn Clock>) -> Self {
        Self { key, clock }
    }

    /// Begins a trial. `options` is whatever else its answer depends on.
    #[must_use]
    pub fn preview(&self, tenant: TenantId, catalogs: &Catalogs, options: &[u8]) -> Previewing {
        Previewing { circumstances: Circumstances::new(tenant, catalogs, options), items: Box::default(), bytes: 0 }
    }

    /// The confirmation of a trial that was read to its end; `None` if its items are too many to be held back while they
    /// are compared.
    #[must_use]
    pub fn confirmation(&self, previewed: &Previewing) -> Option<Confirmation> {
        if previewed.bytes > Spool::MAX_BYTES {
            return None;
        }
        let expires_at = self.clock.now().checked_add(CONFIRMED_WITHIN).ok()?;
        let expires_at = Timestamp::from_second(expires_at.as_second()).ok()?;
        let mut stated = expires_at.as_second().to_be_bytes().to_vec();
        previewed.circumstances.ties().into_iter().for_each(|tie| stated.extend_from_slice(tie));
        stated.extend_from_slice(previewed.items.finalize().as_bytes());
        let seal = blake3::keyed_hash(&self.key, &stated);
        stated.extend_from_slice(seal.as_bytes());
        Some(Confirmation { token: hexadecimal(&stated), expires_at })
    }

    /// Takes the items of a call that brings a token, unless the token is not good for such a call.
    ///
    /// # Errors
    /// `Invalid` if it is none; else the first thing that is not as it was previewed.
    pub fn confirm(&self, token: &str, tenant: TenantId, catalogs: &Catalogs, options: &[u8]) -> Result<Spool> {
        let (expires_at, previewed, items) = self.open(token).ok_or_else(|| {
            let detail = "not a token of a preview; allowed: the `confirm_token` of a dry run";
            Error::invalid(vec![FieldError::new("/confirm_token", detail)])
        })?;
        let present = Circumstances::new(tenant, catalogs, options);
        let difference = if previewed.tenant != present.tenant {
            Some(ErrorKind::PreviewOfAnotherTenant)
        } else if self.clock.now() >= expires_at {
            Some(ErrorKind::PreviewExpired)
        } else if previewed.options != present.options {
            Some(ErrorKind::PreviewOfOtherOptions)
        } else if previewed.catalog != present.catalog {
            Some(ErrorKind::PreviewOfAnotherCatalog)
        } else if previewed.overlay != present.overlay {
            Some(ErrorKind::PreviewOfOtherOverlays)
        } else {
            None
        };
        match difference {
            Some(kind) => Err(Self::refused(kind)),
            None => Ok(Spool::new(items)),
        }
    }

    /// Why a call is refused that a tenant wants to be previewed first.
    #[must_use]
    pub fn required() -> Error {
        let detail = "Your tenant asks for a preview first: send the same with `dry_run`, look at it, and send it again with \
                      the `confirm_token` of the answer.";
        Error::new(ErrorKind::ConfirmationRequired, detail)
    }

    /// Why a trial is refused that brings a token.
    #[must_use]
    pub fn of_a_trial() -> FieldError {
        FieldError::new("/confirm_token", "not together with `dry_run`, which answers with a token of its own")
    }

    /// Why a call is refused that is not as it was previewed. Nothing was rendered.
    #[must_use]
    pub fn refused(kind: ErrorKind) -> Error {
        let detail = match kind {
            ErrorKind::PreviewOfAnotherTenant => "This token is of a preview of another tenant. Preview it yourself.",
            ErrorKind::PreviewExpired => "The preview was more than 30 minutes ago. Preview it again.",
            ErrorKind::PreviewOfOtherOptions => {
                "The accepted languages are others than in the preview. Send the same `Accept-Language`, or preview it again."
            }
            ErrorKind::PreviewOfAnotherCatalog => "The catalog has changed since the preview. Preview it again.",
            ErrorKind::PreviewOfOtherOverlays => "Your overlays have changed since the preview. Preview it again.",
            _ => "These are not the items that were previewed, or not in the same order. Preview them again.",
        };
        Error::new(kind, detail)
    }

    fn open(&self, token: &str) -> Option<(Timestamp, Circumstances, [u8; 32])> {
        let bytes = from_hexadecimal(token)?;
        let (stated, seal) = bytes.split_at_checked(STATED_BYTES)?;
        let seal: [u8; 32] = seal.try_into().ok()?;
        // The comparison of hashes takes the same time wherever they differ.
        if blake3::keyed_hash(&self.key, stated) != seal {
            return None;
        }
        let (expires_at, rest) = stated.split_first_chunk()?;
        let expires_at = Timestamp::from_second(i64::from_be_bytes(*expires_at)).ok()?;
        let (tenant, rest) = rest.split_first_chunk()?;
        let (options, rest) = rest.split_first_chunk()?;
        let (catalog, rest) = rest.split_first_chunk()?;
        let (overlay, items) = rest.split_first_chunk()?;
        let circumstances = Circumstances { tenant: *tenant, options: *options, catalog: *catalog, overlay: *overlay };
        Some((expires_at, circumstances, items.try_into().ok()?))
    }
}

impl Circumstances {
    fn new(tenant: TenantId, catalogs: &Catalogs, options: &[u8]) -> Self {
        let overlay = catalogs.layer().map(u128::to_be_bytes);
        Self {
            tenant: *Uuid::from(tenant).as_bytes(),
            options: crate::digest(options).to_be_bytes(),
            catalog: catalogs.carried().to_be_bytes(),
            overlay: overlay.unwrap_or_default(),
        }
    }

    const fn ties(&self) -> [&Tie; 4] {
        [&self.tenant, &self.options, &self.catalog, &self.overlay]
    }
}

impl Previewing {
    /// Notes an item as it was read.
    pub fn note(&mut self, item: Spooled<'_>) {
        self.bytes = self.bytes.saturating_add(item.size());
        item.digest(&mut self.items);
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn from_hexadecimal(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks_exact(2);
    if !pairs.remainder().is_empty() || text.len() != (STATED_BYTES + 32) * 2 {
        return None;
    }
    let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    pairs.map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}
