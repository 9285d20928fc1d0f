//! A target under libFuzzer, which looks for inputs that reach code that no input has reached. `tests/fuzz/run` builds
//! and runs it; the target is the one that `REBOUND_TEST_FUZZ_TARGET` names.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;
use std::{env, fs, process};

use libfuzzer_sys::fuzz_target;
use rebound_fuzz::{Doors, TARGETS, Target, dictionary};

static SESSION: LazyLock<(Doors, &'static Target)> = LazyLock::new(|| {
    let name = env::var("REBOUND_TEST_FUZZ_TARGET").unwrap_or_default();
    let Some(target) = Target::named(&name) else {
        for target in TARGETS {
            println!("{}", target.name);
        }
        process::exit(2);
    };
    (Doors::open(), target)
});

/// Writes inputs to begin with, and the words of the contract, into the folder that `REBOUND_TEST_FUZZ_SEEDS` names.
fn prepare() {
    let (doors, target) = &*SESSION;
    let Ok(folder) = env::var("REBOUND_TEST_FUZZ_SEEDS") else { return };
    for (number, seed) in target.seeds(doors).iter().enumerate() {
        fs::write(Path::new(&folder).join(format!("{number:03}")), seed).expect("a folder that can be written");
    }
    fs::write(Path::new(&folder).with_extension("dict"), dictionary()).expect("a folder that can be written");
}

fuzz_target!(
    init: prepare(),
    |input: &[u8]| {
        let (doors, target) = &*SESSION;
        target.check(doors, input);
    }
);
