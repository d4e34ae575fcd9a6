//! `stoa bench`

use anyhow::{Context as _, bail};
use stoa_scripts::{cargo, checkout, toolchain};

/// Measure the indexer and the API on this machine, in a release build.
///
/// `--help` behind each of `stoa bench index`, `live`, `live-api`, `api`, `export` and `abuse` says what is measured and how.
#[derive(Debug, clap::Args)]
#[command(
    disable_help_flag = true,
    after_help = "Examples:\n  cargo stoa bench index\n  cargo stoa bench index --logs 50000 --runs 1 --json\n  \
                  cargo stoa bench index --sizes 50000,500000,5000000 --near-only --runs 1\n  \
                  cargo stoa bench live --rate 100 --seconds 60\n  cargo stoa bench live-api --subscribers 1000\n  \
                  cargo stoa bench api --kept\n  cargo stoa bench export\n  cargo stoa bench abuse --logs 500000"
)]
pub(crate) struct Args {
    /// `index`, `live`, `live-api`, `api`, `export` or `abuse`, and their options.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "BENCHMARK")]
    rest: Vec<String>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    toolchain::prepare(&["contracts"])?;
    let mut build = cargo::command();
    build.args(["build", "--release", "--quiet"]);
    build.args(["--bin", "stoa-indexer", "--bin", "stoa-api", "--bin", "stoa-bench"]);
    if !build.status().context("cannot start cargo")?.success() {
        bail!("the release build failed");
    }
    let program = checkout::root().join("target/release/stoa-bench");
    let status = std::process::Command::new(&program)
        .args(&args.rest)
        .status()
        .with_context(|| format!("cannot start {}", program.display()))?;
    if !status.success() {
        bail!("the benchmark did not end well");
    }
    Ok(())
}
