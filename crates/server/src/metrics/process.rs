//! What Linux says of this process, under the names that Prometheus has for it. The `process` feature of `prometheus` would
//! bring an older `rustix` beside the one that is there. Where there is no `/proc`, there is only the start.

use std::fs;

use jiff::Timestamp;
use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{Counter, Gauge};

/// Linux tells programs processor time in hundredths of a second (`USER_HZ`), on every architecture that we build for.
const TICKS_PER_SECOND: f64 = 100.0;

/// Name, help, and how to find it out.
type Measure = (&'static str, &'static str, fn() -> Option<f64>);

const CPU: Measure = ("process_cpu_seconds_total", "Processor time, of user and system, in seconds.", cpu_seconds);

const GAUGES: [Measure; 3] = [
    ("process_resident_memory_bytes", "Memory that is in use, in bytes.", resident_bytes),
    ("process_open_fds", "File descriptors that are open.", open_files),
    ("process_max_fds", "File descriptors that may be open.", max_files),
];

/// What is known of the process.
pub(super) struct ProcessMetrics {
    started: Gauge,
    descriptions: Vec<Desc>,
}

impl ProcessMetrics {
    /// Those of a process that started at `now`.
    ///
    /// # Errors
    /// If a name is none, which a test excludes.
    pub(super) fn new(now: Timestamp) -> Result<Self, prometheus::Error> {
        let started = Gauge::new("process_start_time_seconds", "When it started, in seconds since 1970.")?;
        started.set(now.as_duration().as_secs_f64());
        let mut descriptions: Vec<Desc> = started.desc().into_iter().cloned().collect();
        descriptions.extend(Counter::new(CPU.0, CPU.1)?.desc().into_iter().cloned());
        for (name, help, _) in GAUGES {
            descriptions.extend(Gauge::new(name, help)?.desc().into_iter().cloned());
        }
        Ok(Self { started, descriptions })
    }

    fn read(&self) -> Result<Vec<MetricFamily>, prometheus::Error> {
        let mut families = self.started.collect();
        let (name, help, measure) = CPU;
        if let Some(value) = measure() {
            let counter = Counter::new(name, help)?;
            counter.inc_by(value);
            families.extend(counter.collect());
        }
        for (name, help, measure) in GAUGES {
            if let Some(value) = measure() {
                let gauge = Gauge::new(name, help)?;
                gauge.set(value);
                families.extend(gauge.collect());
            }
        }
        Ok(families)
    }
}

impl Collector for ProcessMetrics {
    fn desc(&self) -> Vec<&Desc> {
        self.descriptions.iter().collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        // The names were found right when they were described.
        self.read().unwrap_or_default()
    }
}

/// proc(5): in `stat`, what follows the name of the program, in brackets, begins with the third field; `utime` is the 14th.
fn cpu_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_ascii_whitespace().skip(11).map(str::parse::<f64>);
    let (user, system) = (times.next()?.ok()?, times.next()?.ok()?);
    Some((user + system) / TICKS_PER_SECOND)
}

fn resident_bytes() -> Option<f64> {
    Some(number("/proc/self/status", "VmRSS:")? * 1024.0)
}

fn max_files() -> Option<f64> {
    number("/proc/self/limits", "Max open files")
}

/// Without the one that this is read through.
fn open_files() -> Option<f64> {
    let files = fs::read_dir("/proc/self/fd").ok()?.count().checked_sub(1)?;
    u32::try_from(files).ok().map(f64::from)
}

/// The number that follows a name at the beginning of a line.
fn number(path: &str, name: &str) -> Option<f64> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}
