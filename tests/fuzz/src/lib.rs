#![doc = include_str!("../README.md")]
#![expect(clippy::missing_panics_doc, reason = "a finding is a panic")]

mod answer;
mod doors;
mod seeds;
mod targets;

use std::sync::{Mutex, PoisonError};

use peak_alloc::PeakAlloc;

pub use doors::Doors;
pub use seeds::dictionary;
pub use targets::TARGETS;

/// Counts what is held, so that an input that makes the service hold much is a finding.
#[global_allocator]
static HELD: PeakAlloc = PeakAlloc;

/// Held while an input is looked at, so that what two of them hold is not counted together.
static ALONE: Mutex<()> = Mutex::new(());

/// What an input may make the service hold at once, in bytes: so much, and so much for each byte of it. The first is room
/// for an answer with a few hundred tips and for what is remembered of it; the second for JSON that is kept as it came.
const ALLOWANCE: usize = 12 * 1024 * 1024;
const ALLOWANCE_PER_BYTE: usize = 512;

/// Something that reads what strangers send.
pub struct Target {
    /// What it is called on the command line.
    pub name: &'static str,
    check: fn(&Doors, &[u8]),
    seeds: fn(&Doors) -> Vec<Vec<u8>>,
}

impl Target {
    /// The target of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        TARGETS.iter().find(|target| target.name == name)
    }

    /// Inputs that make sense, to begin with.
    #[must_use]
    pub fn seeds(&self, doors: &Doors) -> Vec<Vec<u8>> {
        (self.seeds)(doors)
    }

    /// Sends an input. What breaks a promise is a panic.
    pub fn check(&self, doors: &Doors, input: &[u8]) {
        let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        HELD.reset_peak_usage();
        let before = HELD.current_usage();
        (self.check)(doors, input);
        let held = HELD.peak_usage().saturating_sub(before);
        let allowed = ALLOWANCE + ALLOWANCE_PER_BYTE * input.len();
        assert!(
            held <= allowed,
            "{} bytes in made the service hold {held}, of {allowed} that are allowed",
            input.len()
        );
    }
}
