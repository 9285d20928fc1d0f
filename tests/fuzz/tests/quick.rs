//! A short run of every target that is the same each time: what was found before, inputs that make sense, and such
//! inputs bent in a few places. `tests/fuzz/run` looks further.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestCaseError, TestRng, TestRunner};
use rebound_fuzz::{Doors, TARGETS, Target, dictionary};

/// How many bent inputs a target gets; fewer where one takes long, because a whole catalog is read for it.
const CASES: u32 = 150;
const CASES_OF_SLOW: u32 = 20;
const SLOW: [&str; 3] = ["lines", "overlays", "catalog"];

/// A change to an input at a place, as far along as an index says.
#[derive(Debug, Clone)]
enum Bend {
    Cut(Index),
    Remove(Index, usize),
    Repeat(Index, usize, usize),
    Insert(Index, Vec<u8>),
    Replace(Index, u8),
}

impl Bend {
    fn apply(&self, input: &mut Vec<u8>) {
        let length = input.len();
        let at = |index: &Index| index.index(length + 1);
        match self {
            Self::Cut(index) => input.truncate(at(index)),
            Self::Remove(index, count) => drop(input.drain(at(index)..length.min(at(index) + count))),
            Self::Repeat(index, count, times) => {
                let range = at(index)..length.min(at(index) + count);
                let repeated = input[range.clone()].repeat(*times);
                input.splice(range, repeated);
            }
            Self::Insert(index, bytes) => drop(input.splice(at(index)..at(index), bytes.iter().copied())),
            Self::Replace(index, byte) => {
                if let Some(place) = input.get_mut(at(index)) {
                    *place = *byte;
                }
            }
        }
    }
}

/// Inputs of a target, each bent in up to four places.
fn bent(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let words: Vec<_> =
        dictionary().lines().map(|line| line.trim_matches('"').replace("\\\"", "\"").into_bytes()).collect();
    let index = || any::<Index>();
    let bend = prop_oneof![
        index().prop_map(Bend::Cut),
        (index(), 1..12_usize).prop_map(|(at, count)| Bend::Remove(at, count)),
        (index(), 1..40_usize, select(vec![2_usize, 9, 900]))
            .prop_map(|(at, count, times)| Bend::Repeat(at, count, times)),
        (index(), select(words)).prop_map(|(at, word)| Bend::Insert(at, word)),
        (index(), prop::collection::vec(any::<u8>(), 1..6)).prop_map(|(at, bytes)| Bend::Insert(at, bytes)),
        (index(), any::<u8>()).prop_map(|(at, byte)| Bend::Replace(at, byte)),
    ];
    (select(seeds), prop::collection::vec(bend, 1..5)).prop_map(|(mut input, bends)| {
        for bend in &bends {
            bend.apply(&mut input);
        }
        input
    })
}

/// What `tests/fuzz/run` found once, kept so that it stays mended.
fn found(target: &Target) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("found").join(target.name);
    let mut found: Vec<_> =
        fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("a file").path()).collect();
    found.sort();
    found
}

fn run(name: &str) {
    let target = Target::named(name).expect("a target");
    let doors = Doors::open();
    let seeds = target.seeds(&doors);
    assert!(!seeds.is_empty(), "{name} begins with nothing");
    for path in found(target) {
        target.check(&doors, &fs::read(path).expect("a file"));
    }
    for seed in &seeds {
        target.check(&doors, seed);
    }
    let cases = if SLOW.contains(&name) { CASES_OF_SLOW } else { CASES };
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let rng = TestRng::deterministic_rng(config.rng_algorithm);
    let outcome = TestRunner::new_with_rng(config, rng).run(&bent(seeds), |input| {
        target.check(&doors, &input);
        Ok::<_, TestCaseError>(())
    });
    if let Err(error) = outcome {
        panic!("{name}: {error}");
    }
}

macro_rules! quickly {
    ($($name:ident)+) => {
        $(#[test]
        fn $name() {
            run(stringify!($name));
        })+

        #[test]
        fn every_target_is_run() {
            let run: &[&str] = &[$(stringify!($name)),+];
            assert_eq!(run, TARGETS.iter().map(|target| target.name).collect::<Vec<_>>());
        }
    };
}

quickly! {
    guidance fragments replies drafts draft_texts forms lines queries paths headers page_tokens messages frames overlays
    catalog settings keys tls
}
