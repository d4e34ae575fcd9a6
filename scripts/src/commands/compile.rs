//! `stoa compile`

use anyhow::bail;
use stoa_scripts::{compile, progress::Step, toolchain};

/// Compile the contracts into contracts/artifacts, from which Rust and the web app are built.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  cargo stoa compile\n  cargo stoa compile --check")]
pub(crate) struct Args {
    /// Change nothing; fail, naming the files, when committed artifacts are not those of the sources.
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    toolchain::prepare(&["contracts"])?;
    let step = Step::start("Compiling the contracts");
    let artifacts = compile::compile()?;
    step.done();
    let folder = compile::folder();
    if args.check {
        let stale = compile::stale(&folder, &artifacts)?;
        if !stale.is_empty() {
            let names = stale.join(", ");
            bail!("contracts/artifacts is stale ({names}): run `cargo stoa compile` and commit the result");
        }
        println!("{} artifacts are current", artifacts.len());
    } else {
        let changed = compile::write(&folder, &artifacts)?;
        compile::record_current()?;
        match changed.as_slice() {
            [] => println!("{} artifacts, none changed", artifacts.len()),
            names => println!("{} artifacts, changed: {}", artifacts.len(), names.join(", ")),
        }
    }
    Ok(())
}
