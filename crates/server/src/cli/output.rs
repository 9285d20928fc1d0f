//! Writing for people and for programs.

use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::Failure;

/// Headings.
pub(crate) const HEADING: Style = AnsiColor::Cyan.on_default().bold();
/// What matters in a line.
pub(crate) const STRONG: Style = Style::new().bold();
/// What is good to know.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// What is wrong.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// Back to plain.
pub(crate) const PLAIN: anstyle::Reset = anstyle::Reset;

/// Whether a program reads the output: asked for, or because it is no terminal.
pub(crate) fn is_for_programs(json: bool) -> bool {
    json || !io::stdout().is_terminal()
}

/// Writes a line. A reader that has gone away is not an error.
pub(crate) fn line(text: &str) -> Result<ExitCode, Failure> {
    match writeln!(anstream::stdout(), "{text}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// Writes a value as JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<ExitCode, Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::failed(error.to_string()))?;
    line(&text)
}
