//! `stoa sqlx`

use anyhow::bail;
use stoa_scripts::{
    progress::Step,
    queries::{describe, differences, folder, read, write},
    toolchain,
};

/// Describe all checked queries in .sqlx, so that the workspace builds without a database.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  cargo stoa sqlx\n  cargo stoa sqlx --check")]
pub(crate) struct Args {
    /// Change nothing; fail, naming them, when committed descriptions are not those of the queries.
    #[arg(long)]
    check: bool,
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    toolchain::prepare(&["contracts"])?;
    let step = Step::start("Checking queries against a fresh database");
    let described = describe().await?;
    step.done();
    let differences = differences(&read(&folder())?, &described);
    if !args.check {
        write(&folder(), &described)?;
        println!("{} queries, {} changes", described.len(), differences.len());
    } else if differences.is_empty() {
        println!("{} queries are current", described.len());
    } else {
        bail!(".sqlx is stale; run `cargo stoa sqlx` and commit the result:\n  {}", differences.join("\n  "));
    }
    Ok(())
}
