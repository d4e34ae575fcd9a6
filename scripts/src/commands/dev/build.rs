//! Brings everything that is built up to date, doing nothing for what is.

use anyhow::{Context as _, bail};
use stoa_scripts::{cargo, compile, progress::Step, toolchain, web};

pub(super) fn everything() -> anyhow::Result<()> {
    toolchain::prepare(&toolchain::FOLDERS)?;
    contracts()?;
    web::build_if_changed()?;
    binaries()
}

fn contracts() -> anyhow::Result<()> {
    if compile::is_current()? {
        return Ok(());
    }
    let step = Step::start("Compiling the contracts");
    let artifacts = compile::compile()?;
    let changed = compile::write(&compile::folder(), &artifacts)?;
    compile::record_current()?;
    step.done();
    if !changed.is_empty() {
        eprintln!("  contracts/artifacts has changed: {}", changed.join(", "));
    }
    Ok(())
}

/// Cargo shows its own progress. Naming the binaries instead of their packages keeps the workspace's one set of
/// features, so that nothing is built twice.
fn binaries() -> anyhow::Result<()> {
    let status = cargo::command()
        .args(["build", "--bin", "stoa-indexer", "--bin", "stoa-api"])
        .status()
        .context("cannot start cargo")?;
    if !status.success() {
        bail!("indexer and API do not build: see cargo's messages above");
    }
    Ok(())
}
