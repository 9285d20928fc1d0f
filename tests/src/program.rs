//! The binary `rebound`, as somebody at a shell runs it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The binary, which `cargo test --workspace` builds beside the tests.
///
/// # Panics
/// If it is not there.
#[must_use]
pub fn path() -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    let folder = test.ancestors().nth(2).expect("the folder of the build");
    let program = folder.join(format!("rebound{}", std::env::consts::EXE_SUFFIX));
    assert!(program.exists(), "{} is missing: run `cargo build -p rebound` first", program.display());
    program
}

/// A command that knows nothing of this machine's settings, in a folder of its own.
#[must_use]
pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(path());
    command.env_clear().current_dir(folder).stdin(Stdio::null());
    command
}

/// Runs it with arguments and standard input to its end.
///
/// # Panics
/// If it cannot be run.
#[must_use]
pub fn run(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = command(folder);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("a program that runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    // A program that ends without reading closes the pipe; its exit code tells more.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("an end")
}
