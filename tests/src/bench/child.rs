//! The indexer as a process of its own, timed, with its processor time and the most memory it had.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde::Serialize;
use serde_json::Value;
use stoa_scripts::child::{Child, Spec, describe};

/// How often the process's figures are looked at.
const LOOK: Duration = Duration::from_millis(10);

/// What a process took.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Took {
    pub(crate) seconds: f64,
    pub(crate) cpu_seconds: f64,
    pub(crate) peak_mib: f64,
    /// Seconds from the start until the projections were begun.
    #[serde(skip)]
    pub(crate) until_built: Option<f64>,
    /// Seconds from the start until they were read: what is left are the archive's indexes by transaction and full
    /// statistics.
    #[serde(skip)]
    pub(crate) until_live: Option<f64>,
}

/// Runs the indexer to its end.
pub(crate) async fn run(program: &Path, log: &Path, args: &[&str]) -> anyhow::Result<Took> {
    let _ = std::fs::remove_file(log);
    let started = Instant::now();
    let child = start(program, log, args)?;
    let mut took = Took::default();
    while child.exited().is_none() {
        look(&child, &mut took);
        tokio::time::sleep(LOOK).await;
    }
    let status = child.wait().await;
    took.seconds = started.elapsed().as_secs_f64();
    let text = std::fs::read_to_string(log).unwrap_or_default();
    anyhow::ensure!(status.success(), "the indexer ended with {}:\n{}", describe(status), tail(&text));
    let first = text.lines().find_map(time_of);
    let built = text.lines().find(|line| line.contains("building the projections from the archive"));
    let live = text.lines().rfind(|line| line.contains("the projections are built anew"));
    // Its first line comes a moment after its start: counted in.
    let since_first =
        |line: Option<&str>| Option::zip(first, line.and_then(time_of)).map(|(first, at)| at - first);
    took.until_built = since_first(built);
    took.until_live = since_first(live);
    Ok(took)
}

/// Starts the indexer with JSON log lines.
pub(crate) fn start(program: &Path, log: &Path, args: &[&str]) -> anyhow::Result<Child> {
    let child = Spec::new("stoa-indexer", program, log).args(["--log-format", "json"]).args(args).start();
    child.context("the indexer does not start")
}

/// Looks at the process's figures, as long as there are any.
pub(crate) fn look(child: &Child, took: &mut Took) {
    let of = |file: &str| std::fs::read_to_string(format!("/proc/{}/{file}", child.pid()));
    if let Ok(status) = of("status") {
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|text| text.trim().trim_end_matches(" kB").parse::<f64>().ok());
        took.peak_mib = took.peak_mib.max(kib.unwrap_or_default() / 1_024.0);
    }
    if let Ok(stat) = of("stat") {
        // Behind the name: fields 14 and 15 are user and system time in hundredths of a second.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks =
            |place: usize| fields.get(place).and_then(|text| text.parse::<f64>().ok()).unwrap_or_default();
        took.cpu_seconds = took.cpu_seconds.max((ticks(11) + ticks(12)) / 100.0);
    }
}

/// A log line's time, in seconds of its day.
fn time_of(line: &str) -> Option<f64> {
    let value: Value = serde_json::from_str(line).ok()?;
    let stamp = value["timestamp"].as_str()?;
    let clock = stamp.split('T').nth(1)?.trim_end_matches('Z');
    let mut parts = clock.split(':').map(|part| part.parse::<f64>().ok());
    Some(parts.next()?? * 3_600.0 + parts.next()?? * 60.0 + parts.next()??)
}

fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().rev().take(10).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}
