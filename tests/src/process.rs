//! The service as a process of its own, which a test kills, stops, or keeps short of something.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};

use serde_json::Value;

use crate::program;
use crate::service::KEY;

/// How much memory a process holds, in KiB.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// At this moment.
    pub resident: usize,
    /// At most.
    pub most: usize,
}

/// A running `rebound serve`. Dropping it kills it.
pub struct Process {
    /// Where REST is, without a slash at the end.
    pub http: String,
    /// Where gRPC is.
    pub grpc: String,
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    reader: Option<JoinHandle<()>>,
}

impl Process {
    /// The service on a database; ready when this returns.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start(folder: &Path, database_url: &str) -> Self {
        Self::start_in(folder, database_url, &[])
    }

    /// The service on a database, with these variables in its environment; ready when this returns.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn start_in(folder: &Path, database_url: &str, variables: &[(&str, &str)]) -> Self {
        Self::launch(folder, database_url, &[], variables)
            .unwrap_or_else(|lines| panic!("the service did not start:\n{lines}"))
    }

    /// The service on a database, run by a program that takes its command line as last arguments. Ready when this
    /// returns.
    ///
    /// # Errors
    /// What the service said, if it did not start.
    ///
    /// # Panics
    /// If the program cannot be run.
    pub fn start_under(folder: &Path, database_url: &str, program: &[&str]) -> Result<Self, String> {
        Self::launch(folder, database_url, program, &[])
    }

    fn launch(folder: &Path, database_url: &str, program: &[&str], variables: &[(&str, &str)]) -> Result<Self, String> {
        let mut command = match program {
            [] => Command::new(program::path()),
            [first, rest @ ..] => {
                let mut command = Command::new(first);
                command.args(rest).arg(program::path());
                command
            }
        };
        command.arg("serve").env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path))).current_dir(folder);
        for (name, value) in [
            ("REBOUND_HTTP_ADDR", "127.0.0.1:0"),
            ("REBOUND_GRPC_ADDR", "127.0.0.1:0"),
            ("REBOUND_DATABASE_URL", database_url),
            ("REBOUND_BOOTSTRAP_KEY", KEY),
            ("REBOUND_MASTER_KEY", &"5a".repeat(32)),
            // How busy the machine is that runs the tests must not decide what they see.
            ("REBOUND_MAX_WAIT_MS", "0"),
        ] {
            command.env(name, value);
        }
        command.envs(variables.iter().copied());
        Self::spawn(command)
    }

    /// A command that serves, with settings of its own. Ready when this returns.
    ///
    /// # Errors
    /// What the service said, if it did not start.
    ///
    /// # Panics
    /// If the program cannot be run.
    pub fn spawn(mut command: Command) -> Result<Self, String> {
        command.env("REBOUND_LOG_FORMAT", "json").stdin(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("a program that can be run");
        let output = child.stderr.take().expect("a pipe");
        let lines = Arc::<Mutex<Vec<String>>>::default();
        let (ready, is_ready) = mpsc::channel();
        let kept = Arc::clone(&lines);
        let reader = thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let event: Value = serde_json::from_str(&line).unwrap_or_default();
                if event["message"] == "ready" {
                    // Nobody waits for a second one.
                    let at = |name: &str| format!("http://{}", event[name].as_str().unwrap_or_default());
                    let _ = ready.send((at("http_addr"), at("grpc_addr")));
                }
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            }
        });
        if let Ok((http, grpc)) = is_ready.recv() {
            return Ok(Self { http, grpc, child, reader: Some(reader), lines });
        }
        child.wait().expect("an end");
        Err(said(&lines))
    }

    /// Kills it, as the system does when memory runs out: nothing of it runs any more when this returns.
    ///
    /// # Panics
    /// If it ended by itself before.
    pub fn kill(mut self) {
        let ended = self.child.try_wait().expect("a process");
        assert_eq!(ended, None, "the service ended by itself:\n{}", said(&self.lines));
        self.child.kill().expect("a process that runs");
        self.child.wait().expect("an end");
    }

    /// Asks it to stop, as a roll-out does, and waits for its end.
    ///
    /// # Panics
    /// If it cannot be asked.
    #[must_use]
    pub fn terminate(mut self) -> ExitStatus {
        self.ask_to_stop();
        self.child.wait().expect("an end")
    }

    /// Asks it to stop.
    ///
    /// # Panics
    /// If it cannot be asked.
    pub fn ask_to_stop(&self) {
        let id = self.id();
        let asked = Command::new("sh").args(["-c", &format!("kill -TERM {id}")]).status().expect("a shell");
        assert!(asked.success(), "a signal that arrives");
    }

    /// Asks it to stop, waits for its end, and answers how it ended and all that it has logged.
    ///
    /// # Panics
    /// If it cannot be asked.
    #[must_use]
    pub fn end(mut self) -> (ExitStatus, String) {
        let (lines, reader) = (Arc::clone(&self.lines), self.reader.take());
        let status = self.terminate();
        // It ends with the output that it reads.
        reader.map_or(Ok(()), JoinHandle::join).expect("a log that can be read");
        (status, said(&lines))
    }

    /// The id of the process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it holds, and the most that it has held since it was asked before, in KiB.
    ///
    /// # Panics
    /// Where there is no `/proc`.
    #[must_use]
    pub fn memory(&self) -> Memory {
        let folder = PathBuf::from(format!("/proc/{}", self.id()));
        let status = fs::read_to_string(folder.join("status")).expect("a process that runs on Linux");
        let kib = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a line of it");
            line.trim_matches(|it: char| !it.is_ascii_digit()).parse().expect("a number")
        };
        let memory = Memory { resident: kib("VmRSS:"), most: kib("VmHWM:") };
        fs::write(folder.join("clear_refs"), "5").expect("a process of one's own");
        memory
    }

    /// What it has logged.
    #[must_use]
    pub fn logged(&self) -> String {
        said(&self.lines)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has ended already, or ends now.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn said(lines: &Mutex<Vec<String>>) -> String {
    lines.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
}
