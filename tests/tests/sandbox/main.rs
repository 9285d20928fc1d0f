//! The sandbox, and the documentation replayed against it: its examples are tests.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

mod examples;
mod grpc;
mod openapi;
mod readme;
mod shown;
mod start;

use std::path::Path;
use std::process::{Command, Stdio};

use rebound_tests::process::Process;
use rebound_tests::program;

/// The key of all scopes.
const ADMIN: &str = "rbk_sandbox_admin_that_everybody_knows";

/// The command `rebound serve --sandbox` on free ports, with further arguments.
fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = program::command(folder);
    command.args(["serve", "--sandbox", "--http-addr", "127.0.0.1:0", "--grpc-addr", "127.0.0.1:0"]).args(arguments);
    command.stdout(Stdio::null());
    command
}

/// A fresh sandbox, in memory.
fn sandbox(folder: &Path) -> Process {
    Process::spawn(command(folder, &[])).unwrap()
}
