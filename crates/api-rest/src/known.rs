//! Remembers inputs byte by byte with their answers, so that an input that came before is not even parsed. Clients that
//! ask the same send the same bytes; what is refused is not remembered.

use http::{HeaderMap, header};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use rebound_domain::guidance::Weigh as _;

use crate::problem::Refusal;
use crate::representation::{EntityTag, Representation};

/// Longer inputs are not remembered: they are rare, and would push out many others.
const MAX_INPUT_BYTES: usize = 4096;

/// What an entry takes besides its bytes.
const ENTRY_OVERHEAD_BYTES: usize = 160;

/// Inputs with their answers, within a bounded memory.
pub(crate) struct KnownInputs(Cache<Box<[u8]>, Answered, ByBytes>);

/// An answer that was given before.
#[derive(Clone)]
pub(crate) struct Answered {
    pub(crate) ready: Representation,
    pub(crate) tag: EntityTag,
}

/// All that an answer depends on, as it came.
pub(crate) struct InputKey(Option<Box<[u8]>>);

impl InputKey {
    /// The key of an input in one of the forms that it can have, to catalogs with this layer.
    pub(crate) fn new(form: u8, input: &[u8], headers: &HeaderMap, layer: Option<u128>) -> Self {
        if input.len() > MAX_INPUT_BYTES {
            return Self(None);
        }
        let language = headers.get(header::ACCEPT_LANGUAGE).map(http::HeaderValue::as_bytes).unwrap_or_default();
        let mut key = Vec::with_capacity(input.len() + language.len() + 2);
        key.extend_from_slice(language);
        // A zero cannot be in a header, and both marks have a length of their own, so no two inputs have the same key.
        match layer {
            None => key.extend_from_slice(&[0, form]),
            Some(layer) => {
                key.extend_from_slice(&[0, !form]);
                key.extend_from_slice(&layer.to_be_bytes());
            }
        }
        key.extend_from_slice(input);
        Self(Some(key.into_boxed_slice()))
    }
}

impl KnownInputs {
    /// Remembers within about `capacity_bytes`.
    pub(crate) fn new(capacity_bytes: u64) -> Self {
        let expected = usize::try_from(capacity_bytes / 4096).unwrap_or(usize::MAX).max(16);
        Self(Cache::with_weighter(expected, capacity_bytes, ByBytes))
    }

    /// The answer to an input, made by `make` if the same bytes did not come before.
    pub(crate) fn answer(
        &self,
        key: InputKey,
        make: impl FnOnce() -> Result<Answered, Refusal>,
    ) -> Result<Answered, Refusal> {
        let InputKey(Some(key)) = key else { return make() };
        if let Some(answered) = self.0.get(&*key) {
            // The domain's own span of this name stands for what has to be looked up or chosen.
            tracing::info_span!("choose guidance", rebound.memo.hit = true).in_scope(|| ());
            return Ok(answered);
        }
        let answered = make()?;
        self.0.insert(key, answered.clone());
        Ok(answered)
    }

    /// How many inputs were known.
    pub(crate) fn hits(&self) -> u64 {
        self.0.hits()
    }

    /// How many bytes the entries take, answers that the memo holds as well included.
    pub(crate) fn bytes(&self) -> u64 {
        self.0.weight()
    }
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<Box<[u8]>, Answered> for ByBytes {
    fn weight(&self, key: &Box<[u8]>, answered: &Answered) -> u64 {
        (key.len() + answered.ready.weigh() + ENTRY_OVERHEAD_BYTES) as u64
    }
}
