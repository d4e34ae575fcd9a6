//! Forge, for suites that read more than its exit code.

use std::{
    path::Path,
    process::ExitStatus,
    time::{Duration, Instant},
};

use stoa_scripts::{child::Spec, toolchain::Tools};

/// How often one looks whether it has ended.
const POLL: Duration = Duration::from_millis(20);

/// Runs forge in `folder` under a profile of its foundry.toml. `None` when it was stopped after `limit`.
///
/// # Errors
/// When forge is not installed or cannot be started.
pub(super) fn run(
    folder: &Path,
    profile: &str,
    args: &[&str],
    env: &[(&str, &str)],
    log: &Path,
    limit: Duration,
) -> anyhow::Result<Option<ExitStatus>> {
    let _ = std::fs::remove_file(log);
    let mut spec = Spec::new("forge", Tools::find()?.forge, log)
        .args(args)
        .current_dir(folder)
        .env("FOUNDRY_PROFILE", profile)
        .env("NO_COLOR", "1")
        .stop_with("KILL", Duration::ZERO);
    for (key, value) in env {
        spec = spec.env(key, value);
    }
    let child = spec.start()?;
    let end = Instant::now() + limit;
    while child.exited().is_none() && Instant::now() < end {
        std::thread::sleep(POLL);
    }
    Ok(child.exited())
}
