//! `rebound fragments`: a file of contexts to fragments, as `POST /v1/fragments/batch` answers them.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Read, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use rebound_api_rest::FragmentFile;

use super::Failure;
use crate::catalogs;
use crate::config::Settings;

/// How much of a file is read at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// Flags of `fragments`.
#[derive(Debug, Args)]
#[command(
    after_help = "Each line of FILE is {\"ref\": ..., \"context\": {...}}, with what `POST /v1/fragments` takes beside it; the
first line may be {\"defaults\": {...}} for all. A fragment comes once, as {\"fragment\": {\"id\": ...}}, before the
first {\"ref\": ..., \"fragment_id\": ...} that names it; a line that is wrong gets {\"ref\": ..., \"error\": {...}}.
Exit code: 0 if every line was right, 1 if one was not.

Examples:
  rebound fragments rejected.ndjson > fragments.ndjson
  rebound fragments --dry-run - < rejected.ndjson"
)]
pub(super) struct Fragments {
    /// The contexts, one JSON object a line; `-` for standard input
    file: PathBuf,
    /// Count instead of writing: print what is wrong, then how many get which fragment, with samples
    #[arg(long)]
    dry_run: bool,
}

impl Fragments {
    /// Runs the command.
    pub(super) fn run(self, resolve: impl FnOnce() -> Result<Settings, Failure>) -> Result<ExitCode, Failure> {
        let catalogs = Arc::new(catalogs::load(resolve()?.catalog_archive.as_deref())?);
        let (input, size) = self.open()?;
        // A line of progress is for somebody who watches.
        let progress = if io::stderr().is_terminal() { bar(size) } else { ProgressBar::hidden() };
        let mut file = FragmentFile::new(catalogs, self.dry_run);
        let written = write(progress.wrap_read(input), &mut file);
        progress.finish_and_clear();
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(ExitCode::SUCCESS),
            other => other?,
        }
        match file.failed() {
            0 => Ok(ExitCode::SUCCESS),
            1 => Err(Failure::failed("1 line is wrong; its answer says why")),
            failed => Err(Failure::failed(format!("{failed} lines are wrong; their answers say why"))),
        }
    }

    /// The input, and how many bytes it has where that is known.
    fn open(&self) -> Result<(Box<dyn Read>, Option<u64>), Failure> {
        if self.file.as_os_str() == "-" {
            return Ok((Box::new(io::stdin().lock()), None));
        }
        let named = |error: io::Error| Failure::usage(format!("{}: {error}", self.file.display()));
        let file = File::open(&self.file).map_err(named)?;
        let size = file.metadata().map_err(named)?;
        Ok((Box::new(file), size.is_file().then_some(size.len())))
    }
}

/// Writes what the input is answered with, piece by piece.
fn write(mut input: impl Read, file: &mut FragmentFile) -> io::Result<()> {
    let mut output = BufWriter::new(io::stdout().lock());
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match input.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => output.write_all(&file.push(&chunk[..read]))?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    output.write_all(&file.finish())?;
    output.flush()
}

fn bar(size: Option<u64>) -> ProgressBar {
    let (bar, template) = match size {
        Some(size) => (ProgressBar::new(size), "{wide_bar} {bytes}/{total_bytes}, {eta} left"),
        None => (ProgressBar::no_length(), "{spinner} {bytes}"),
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.with_style(style)
}
