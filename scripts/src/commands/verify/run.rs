//! Running suites.

use std::{
    path::{Path, PathBuf},
    process::ExitStatus,
    time::{Duration, Instant},
};

use stoa_scripts::{
    cargo, checkout,
    child::{self, Spec, describe},
};

use super::{
    count, failures, mutation,
    suites::{CANNOT_RUN, Command, Measured, Story, Suite, Work},
    targets,
};

/// A suite that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(40 * 60);
/// How much of a failed suite's log is shown.
const TAIL: usize = 60;

/// How a suite ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// With what the summary says of it.
    Passed(String),
    Failed,
    Skipped(String),
}

#[derive(Debug)]
pub(super) struct Report {
    pub(super) name: String,
    pub(super) outcome: Outcome,
    pub(super) took: Duration,
    pub(super) log: PathBuf,
}

pub(super) async fn in_turn(suites: Vec<Suite>) -> Vec<Report> {
    let mut reports = Vec::new();
    for suite in suites {
        reports.push(run(suite).await);
    }
    reports
}

async fn run(suite: Suite) -> Report {
    let started = Instant::now();
    let log = checkout::state_dir().join("verify").join(format!("{}.log", suite.name));
    let _ = std::fs::remove_file(&log);
    eprintln!("  {:<18} …", suite.name);
    let outcome = match suite.work {
        Work::Nothing(reason) => Outcome::Skipped(reason),
        Work::Check(check) => {
            let measure = move || check().map(|wrong| Measured { wrong, ..Measured::default() });
            run_measure(measure, &log).await
        }
        Work::Measure(measure) => run_measure(measure, &log).await,
        Work::Mutation(sample) => run_measure(move || mutation::measure(&sample), &log).await,
        Work::Command(command) => run_command(&suite.name, command, &log, None).await,
        Work::Optional(command, reason) => run_command(&suite.name, command, &log, Some(reason)).await,
        Work::Tests(story) => run_tests(&suite.name, story, &log).await,
    };
    let took = started.elapsed();
    let word = match &outcome {
        Outcome::Passed(_) => "passed",
        Outcome::Failed => "FAILED",
        Outcome::Skipped(_) => "skipped",
    };
    eprintln!("  {:<18} {word} ({:.1} s)", suite.name, took.as_secs_f64());
    if outcome == Outcome::Failed {
        let failures = std::fs::read_to_string(&log).map_or_else(|_| Vec::new(), |text| failures::of(&text));
        if !failures.is_empty() {
            eprintln!("  ---- what failed, from {}", log.display());
            failures.iter().for_each(|line| eprintln!("  | {line}"));
        }
        eprintln!("  ---- the end of {}", log.display());
        child::tail(&log, TAIL).iter().for_each(|line| eprintln!("  | {line}"));
        eprintln!("  ----");
    }
    Report { name: suite.name, outcome, took, log }
}

async fn run_measure(
    measure: impl FnOnce() -> anyhow::Result<Measured> + Send + 'static,
    log: &Path,
) -> Outcome {
    let fault = |said: String| Measured { wrong: vec![said], ..Measured::default() };
    let Measured { detail, text, wrong } = match tokio::task::spawn_blocking(measure).await {
        Ok(Ok(measured)) => measured,
        Ok(Err(error)) => fault(format!("{error:#}")),
        Err(error) => fault(error.to_string()),
    };
    let text = text + &wrong.join("\n") + "\n";
    let written =
        log.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(log, &text));
    if let Err(error) = written {
        eprintln!("  cannot write {}: {error}\n{text}", log.display());
    }
    if wrong.is_empty() { Outcome::Passed(detail) } else { Outcome::Failed }
}

/// `excuse` is why the command may say that it cannot run.
async fn run_command(name: &str, command: Command, log: &Path, excuse: Option<&'static str>) -> Outcome {
    let mut spec = Spec::new(name, &command.program, log)
        .args(&command.args)
        .current_dir(checkout::root().join(command.folder));
    for variable in cargo::inherited() {
        spec = spec.env_remove(&variable);
    }
    for (key, value) in command.env {
        spec = spec.env(key, value);
    }
    match (ended(name, spec).await, excuse) {
        (Some(status), _) if status.success() => {
            Outcome::Passed(counted(log).map_or_else(String::new, tests))
        }
        (Some(status), Some(reason)) if status.code() == Some(CANNOT_RUN) => {
            Outcome::Skipped(reason.to_owned())
        }
        (Some(status), _) => {
            eprintln!("  {name}: {}", describe(status));
            Outcome::Failed
        }
        (None, _) => Outcome::Failed,
    }
}

/// The crate whose tests are the stories.
const STORIES: &str = "tests";

async fn run_tests(name: &str, story: Option<Story>, log: &Path) -> Outcome {
    let programs = match tokio::task::spawn_blocking(targets::build).await {
        Ok(Ok(programs)) => programs,
        Ok(Err(error)) => {
            eprintln!("  {name}: {error:#}");
            return Outcome::Failed;
        }
        Err(error) => {
            eprintln!("  {name}: {error}");
            return Outcome::Failed;
        }
    };
    let stories = checkout::root().join(STORIES);
    let mut passed = true;
    for program in programs.iter().filter(|program| (program.folder == stories) == story.is_some()) {
        let mut spec = Spec::new(name, &program.executable, log)
            .current_dir(&program.folder)
            .env("CARGO_MANIFEST_DIR", &program.folder);
        if let Some(Story { name, env }) = &story {
            spec = spec.args([&format!("{name}::"), "--nocapture"]);
            spec = env.iter().fold(spec, |spec, (key, value)| spec.env(key, value));
        }
        // Like `--no-fail-fast`: one run shows everything that is broken.
        passed &= succeeds(name, spec).await;
    }
    match counted(log) {
        _ if !passed => Outcome::Failed,
        None | Some(0) => {
            eprintln!("  {name}: no test has run");
            Outcome::Failed
        }
        Some(count) => Outcome::Passed(tests(count)),
    }
}

fn tests(count: u64) -> String {
    format!("{count} tests")
}

fn counted(log: &Path) -> Option<u64> {
    count::tests(&std::fs::read_to_string(log).ok()?)
}

async fn succeeds(name: &str, spec: Spec) -> bool {
    let Some(status) = ended(name, spec).await else { return false };
    if !status.success() {
        eprintln!("  {name}: {}", describe(status));
    }
    status.success()
}

/// How a program ended, or `None` when it did not start or was given up, which is said here.
async fn ended(name: &str, spec: Spec) -> Option<ExitStatus> {
    let child = match spec.env("CARGO_TERM_COLOR", "never").env("NO_COLOR", "1").start() {
        Ok(child) => child,
        Err(error) => {
            eprintln!("  {name}: {error}");
            return None;
        }
    };
    let status = tokio::time::timeout(LIMIT, child.wait()).await;
    if status.is_err() {
        eprintln!("  {name}: it did not end within {} minutes", LIMIT.as_secs() / 60);
    }
    status.ok()
}
