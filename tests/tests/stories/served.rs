//! The service as a process of its own, started at a shell.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use rebound_tests::program;
use serde_json::Value;

/// A server that was started at a shell, with the lines of its log.
pub(crate) struct Served {
    child: Child,
    log: Option<BufReader<std::process::ChildStderr>>,
    /// Where REST is.
    pub(crate) http: String,
}

impl Served {
    /// Starts it in a folder of its own, and waits until it is ready.
    pub(crate) fn start(folder: &Path, environment: &[(&str, &str)]) -> Self {
        let mut command = program::command(folder);
        command.args(["--http-addr", "127.0.0.1:0", "--grpc-addr", "127.0.0.1:0"]);
        command.envs(environment.iter().copied()).stdout(Stdio::null()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        let mut served = Self { child, log: None, http: String::new() };
        let log = served.log.insert(BufReader::new(served.child.stderr.take().unwrap()));
        while served.http.is_empty() {
            let mut line = String::new();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "it ended before it was ready");
            let event: Value = serde_json::from_str(&line).unwrap();
            if event["message"] == "ready" {
                served.http = format!("http://{}", event["http_addr"].as_str().unwrap());
            }
        }
        served
    }

    /// Ends it by a signal: its exit code, and what it logged since it was ready.
    pub(crate) fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        let pid = self.child.id().to_string();
        let sent = std::process::Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(sent.success());
        let mut rest = String::new();
        std::io::Read::read_to_string(self.log.as_mut().unwrap(), &mut rest).unwrap();
        (self.child.wait().unwrap().code(), rest)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
