//! Remembers ready answers within a bounded memory, so that a situation that was seen before costs a look-up.

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use tracing::field::Empty;

use super::GuidanceRequest;

/// How many bytes an answer takes.
pub trait Weigh: Clone {
    /// Its size in bytes.
    fn weigh(&self) -> usize;
}

/// Ready answers, by what was asked.
pub struct Memo<V: Weigh> {
    answers: Cache<GuidanceRequest, V, ByBytes>,
}

impl<V: Weigh> Memo<V> {
    /// A memo that holds about `capacity_bytes` of answers.
    #[must_use]
    pub fn new(capacity_bytes: u64) -> Self {
        // An answer has about 4 KiB; a wrong guess costs a little memory, not correctness.
        let expected_answers = usize::try_from(capacity_bytes / 4096).unwrap_or(usize::MAX).max(16);
        Self { answers: Cache::with_weighter(expected_answers, capacity_bytes, ByBytes) }
    }

    /// The answer to `request`, made by `make` if it is not remembered.
    pub fn answer(&self, request: &GuidanceRequest, make: impl FnOnce() -> V) -> V {
        let span = tracing::info_span!("choose guidance", rebound.memo.hit = Empty).entered();
        if let Some(answer) = self.answers.get(request) {
            span.record("rebound.memo.hit", true);
            return answer;
        }
        span.record("rebound.memo.hit", false);
        let answer = make();
        self.answers.insert(request.clone(), answer.clone());
        answer
    }

    /// What was counted until now.
    #[must_use]
    pub fn counts(&self) -> MemoCounts {
        MemoCounts { hits: self.answers.hits(), misses: self.answers.misses(), bytes: self.answers.weight() }
    }
}

/// What a memory has counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoCounts {
    /// How many look-ups found an answer.
    pub hits: u64,
    /// How many did not.
    pub misses: u64,
    /// How many bytes the answers take.
    pub bytes: u64,
}

/// An entry weighs its answer, its key and what the table itself needs.
#[derive(Clone)]
struct ByBytes;

const ENTRY_OVERHEAD_BYTES: usize = 160;

impl<V: Weigh> Weighter<GuidanceRequest, V> for ByBytes {
    fn weight(&self, _: &GuidanceRequest, answer: &V) -> u64 {
        (answer.weigh() + ENTRY_OVERHEAD_BYTES) as u64
    }
}
