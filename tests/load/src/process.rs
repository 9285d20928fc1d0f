//! A server as a process on cores of its own, and what the kernel knows about it.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::Result;

/// In what unit `/proc` counts processor time, on every Linux that has a 64-bit processor.
const TICKS_PER_SECOND: f64 = 100.0;

/// A running server. Dropping it kills it; so does the kernel, should this process die first.
pub(crate) struct Process(Child);

impl Process {
    /// Starts `program` on `cores`, as `taskset` lists them. Settings of Rebound in the environment are those in `environment` only.
    pub(crate) fn start<'a>(
        cores: &str,
        program: &Path,
        arguments: &[&OsStr],
        environment: impl IntoIterator<Item = (&'a str, String)>,
        stderr: Stdio,
    ) -> Result<Self> {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "taskset", "--cpu-list", cores]).arg(program).args(arguments);
        for (name, _) in std::env::vars_os() {
            if name.as_encoded_bytes().starts_with(b"REBOUND_") {
                command.env_remove(name);
            }
        }
        Ok(Self(command.envs(environment).stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr).spawn()?))
    }

    /// Fails if the process has ended.
    pub(crate) fn check(&mut self) -> Result<()> {
        match self.0.try_wait()? {
            Some(status) => Err(format!("the server ended: {status}").into()),
            None => Ok(()),
        }
    }

    /// Asks the process to stop, and waits until it has.
    pub(crate) fn stop(mut self) -> Result<()> {
        Command::new("kill").args(["-s", "TERM", &self.0.id().to_string()]).status()?;
        let status = self.0.wait()?;
        if status.success() { Ok(()) } else { Err(format!("the server stopped badly: {status}").into()) }
    }

    /// The processor time that it used so far, in seconds.
    pub(crate) fn cpu_seconds(&self) -> Result<f64> {
        cpu_seconds(&self.0.id().to_string())
    }

    /// Its resident memory in MiB: now, and at most since the last [`Process::forget_peak`].
    pub(crate) fn memory_mib(&self) -> Result<(f64, f64)> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let mib = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line in /proc")?;
            let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
            Result::Ok(kib / 1024.0)
        };
        Ok((mib("VmRSS:")?, mib("VmHWM:")?))
    }

    /// Lets the peak of its memory begin anew.
    pub(crate) fn forget_peak(&self) -> Result<()> {
        Ok(fs::write(format!("/proc/{}/clear_refs", self.0.id()), "5")?)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to be done.
        let _: std::io::Result<()> = self.0.kill();
        let _: std::io::Result<std::process::ExitStatus> = self.0.wait();
    }
}

/// The cores that this process may use, as `taskset` lists them.
pub(crate) fn own_cores() -> Result<String> {
    let status = fs::read_to_string("/proc/self/status")?;
    let cores = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    Ok(cores.ok_or("no such line in /proc")?.trim().to_owned())
}

/// Lets this process use other cores.
pub(crate) fn use_cores(cores: &str) -> Result<()> {
    let own = std::process::id().to_string();
    let mut taskset = Command::new("taskset");
    taskset.args(["--all-tasks", "--cpu-list", "--pid", cores, &own]).stdout(Stdio::null());
    if taskset.status()?.success() { Ok(()) } else { Err("`taskset` failed".into()) }
}

/// The processor time that this process used so far, in seconds.
pub(crate) fn own_cpu_seconds() -> Result<f64> {
    cpu_seconds("self")
}

/// The same of any process, with those that it started and that have ended.
pub(crate) fn cpu_seconds_with_children(process: &str) -> Result<f64> {
    ticks(process, 11, 4)
}

fn cpu_seconds(process: &str) -> Result<f64> {
    ticks(process, 11, 2)
}

/// The process that started another one.
pub(crate) fn parent(process: &str) -> Result<String> {
    Ok(fields(process, 1, 1)?.remove(0))
}

/// Processor time, in seconds: `proc_pid_stat(5)` has utime and stime behind 11 other fields, then those of children.
fn ticks(process: &str, skip: usize, take: usize) -> Result<f64> {
    let ticks = fields(process, skip, take)?;
    let ticks = ticks.iter().map(|ticks| ticks.parse::<f64>()).sum::<std::result::Result<f64, _>>()?;
    Ok(ticks / TICKS_PER_SECOND)
}

/// Fields are counted behind the name, which may hold anything.
fn fields(process: &str, skip: usize, take: usize) -> Result<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let (_, fields) = stat.rsplit_once(')').ok_or("no name in /proc")?;
    Ok(fields.split_whitespace().skip(skip).take(take).map(str::to_owned).collect())
}
