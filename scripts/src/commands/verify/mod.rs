//! `stoa verify`: every check and test of the repository.

mod count;
mod coverage;
mod failures;
mod forge;
mod hygiene;
mod lcov;
mod mutation;
mod run;
mod secrets;
mod suites;
mod targets;

use std::time::Duration;

use anyhow::bail;
use stoa_scripts::toolchain;

use mutation::Sample;
use run::{Outcome, Report};
use suites::{Lane, Suite};

/// Run every check and test of the repository, and sum up.
///
/// Output of each suite goes to .stoa/verify/<suite>.log. With CI=true a skipped suite is a failure.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  cargo verify\n  cargo verify --list\n  cargo verify --only clippy --only forge-test\n  \
                  cargo verify --long --only mutation"
)]
pub(crate) struct Args {
    /// Run only this suite; may be given several times.
    #[arg(long, value_name = "SUITE")]
    only: Vec<String>,
    /// Name the suites and end.
    #[arg(long)]
    list: bool,
    /// Also what takes two hours: mutants of the contracts, more actions on the model, 25 minutes of other seeds of the
    /// simulation, and the features that are off.
    #[arg(long)]
    long: bool,
    #[command(flatten)]
    sample: Sample,
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    let all = suites(args)?;
    if args.list {
        for suite in &all {
            println!("{:<18} {}", suite.name, suite.about);
        }
        return Ok(());
    }
    choose(all, &args.only)?;
    toolchain::prepare(&toolchain::FOLDERS)?;
    // Anew: before the first installation nobody could say where forge is.
    let chosen = choose(suites(args)?, &args.only)?;
    let (cargo, side): (Vec<Suite>, Vec<Suite>) =
        chosen.into_iter().partition(|suite| suite.lane == Lane::Cargo);
    let (last, cargo): (Vec<Suite>, Vec<Suite>) = cargo.into_iter().partition(|suite| suite.needs_web);
    // Cargo's suites wait for one another anyway; contracts and web mostly use the other core.
    let (mut reports, side) = tokio::join!(run::in_turn(cargo), run::in_turn(side));
    reports.extend(side);
    reports.extend(run::in_turn(last).await);
    summarise(&reports)
}

fn suites(args: &Args) -> anyhow::Result<Vec<Suite>> {
    let mut all = suites::all()?;
    if args.long {
        all.extend(suites::long(&args.sample));
    }
    Ok(all)
}

fn choose(all: Vec<Suite>, only: &[String]) -> anyhow::Result<Vec<Suite>> {
    if let Some(unknown) = only.iter().find(|name| all.iter().all(|suite| suite.name != **name)) {
        bail!("there is no suite {unknown}: `cargo verify --list` names them");
    }
    Ok(all.into_iter().filter(|suite| only.is_empty() || only.contains(&suite.name)).collect())
}

fn summarise(reports: &[Report]) -> anyhow::Result<()> {
    println!();
    for report in reports {
        let (result, detail) = match &report.outcome {
            Outcome::Passed(detail) => ("passed", detail.clone()),
            Outcome::Failed => ("FAILED", format!("see {}", report.log.display())),
            Outcome::Skipped(reason) => ("skipped", reason.clone()),
        };
        println!("{:<18} {result:<8} {:>8}  {detail}", report.name, seconds(report.took));
    }
    let count =
        |wanted: fn(&Outcome) -> bool| reports.iter().filter(|report| wanted(&report.outcome)).count();
    let passed = count(|outcome| matches!(outcome, Outcome::Passed(_)));
    let failed = count(|outcome| matches!(outcome, Outcome::Failed));
    let skipped = count(|outcome| matches!(outcome, Outcome::Skipped(_)));
    println!("\n{passed} passed, {failed} failed, {skipped} skipped");
    if failed > 0 {
        bail!("{failed} of {} suites failed", reports.len());
    }
    if skipped > 0 && std::env::var("CI").is_ok_and(|ci| ci == "true") {
        bail!("CI=true lets no suite be skipped, and {skipped} were");
    }
    Ok(())
}

fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}
