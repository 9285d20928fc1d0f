//! Where log lines go: gathered in memory and written many at once by a thread of its own, so that no request waits for
//! a disk, and a busy service does not change threads for every line.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// How long a line waits for others to be written with it.
const GATHER_FOR: Duration = Duration::from_millis(5);

/// So many bytes are written at once without waiting for more.
const ENOUGH_BYTES: usize = 64 * 1024;

/// So many bytes wait at most while nothing can be written; lines beyond are lost.
const MAX_WAITING_BYTES: usize = 32 * 1024 * 1024;

/// So much memory is kept for the lines that come next.
const KEPT_BYTES: usize = 1024 * 1024;

/// How long the end waits for a log that nobody reads.
const CLOSE_LIMIT: Duration = Duration::from_secs(1);

/// Takes lines. Cheap to clone.
#[derive(Clone)]
pub(super) struct Sink(Arc<Shared>);

#[derive(Default)]
struct Shared {
    gathered: Mutex<Gathered>,
    changed: Condvar,
    closed: Condvar,
}

#[derive(Default)]
struct Gathered {
    lines: Vec<u8>,
    stage: Stage,
}

/// Where the life of the sink is.
#[derive(Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Open,
    Closing,
    Closed,
}

/// Writes what is left when it is dropped.
#[must_use]
pub(crate) struct LogGuard(Arc<Shared>);

impl Sink {
    /// A sink that writes to `output`, and its guard.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub(super) fn to(output: impl Write + Send + 'static) -> io::Result<(Self, LogGuard)> {
        let shared = Arc::new(Shared::default());
        let of_thread = Arc::clone(&shared);
        thread::Builder::new().name("log".to_owned()).spawn(move || of_thread.run(output))?;
        Ok((Self(Arc::clone(&shared)), LogGuard(shared)))
    }

    /// Takes a line, with its end.
    pub(super) fn push(&self, line: &[u8]) {
        let mut gathered = self.0.gathered();
        let before = gathered.lines.len();
        let after = before + line.len();
        if after > MAX_WAITING_BYTES || gathered.stage == Stage::Closed {
            return;
        }
        gathered.lines.extend_from_slice(line);
        drop(gathered);
        // Each wakes the thread, so only the lines do that it waits for.
        if before == 0 || (before < ENOUGH_BYTES && after >= ENOUGH_BYTES) {
            self.0.changed.notify_one();
        }
    }
}

impl Shared {
    fn gathered(&self) -> MutexGuard<'_, Gathered> {
        // Nothing under the lock can leave half a line behind.
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes until the sink is closed.
    fn run(&self, mut output: impl Write) {
        let mut lines = Vec::new();
        let mut is_open = true;
        while is_open {
            let mut gathered = self.gathered();
            while gathered.lines.is_empty() && gathered.stage == Stage::Open {
                gathered = self.changed.wait(gathered).unwrap_or_else(PoisonError::into_inner);
            }
            let is_too_few =
                |gathered: &mut Gathered| gathered.lines.len() < ENOUGH_BYTES && gathered.stage == Stage::Open;
            let waited = self.changed.wait_timeout_while(gathered, GATHER_FOR, is_too_few);
            let (mut gathered, _) = waited.unwrap_or_else(PoisonError::into_inner);
            std::mem::swap(&mut lines, &mut gathered.lines);
            is_open = gathered.stage == Stage::Open;
            drop(gathered);
            // A log that cannot be written cannot say so either.
            let _: io::Result<()> = output.write_all(&lines).and_then(|()| output.flush());
            lines.clear();
            lines.shrink_to(KEPT_BYTES);
        }
        self.gathered().stage = Stage::Closed;
        self.closed.notify_all();
    }
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        let mut gathered = self.0.gathered();
        gathered.stage = Stage::Closing;
        self.0.changed.notify_one();
        let is_writing = |gathered: &mut Gathered| gathered.stage != Stage::Closed;
        drop(self.0.closed.wait_timeout_while(gathered, CLOSE_LIMIT, is_writing));
    }
}

impl<'a> MakeWriter<'a> for Sink {
    type Writer = &'a Sink;

    fn make_writer(&'a self) -> &'a Sink {
        self
    }
}

impl Write for &Sink {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Hands over what is written.
    struct Handed(mpsc::Sender<Vec<u8>>);

    impl Write for Handed {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.send(bytes.to_vec()).map_err(io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_is_written_while_the_sink_is_open() {
        let (sender, written) = mpsc::channel();
        let (sink, _guard) = Sink::to(Handed(sender)).expect("a thread");
        for line in ["first\n", "second\n"] {
            sink.push(line.as_bytes());
            assert_eq!(written.recv().expect("a line"), line.as_bytes());
        }
    }

    #[test]
    fn every_line_is_written_once_and_in_order() {
        let (sender, written) = mpsc::channel();
        let (sink, guard) = Sink::to(Handed(sender)).expect("a thread");
        let lines: Vec<String> = (0..50_000).map(|number| format!("line {number}\n")).collect();
        for line in &lines {
            sink.push(line.as_bytes());
        }
        drop(guard);
        sink.push(b"too late\n");
        assert_eq!(written.into_iter().flatten().collect::<Vec<u8>>(), lines.concat().into_bytes());
    }
}
