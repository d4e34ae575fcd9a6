//! `stoa toolchain`

use stoa_scripts::toolchain::{FOLDERS, Tools, prepare};

/// Install what comes from npm, by lock file, and say where it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  cargo stoa toolchain")]
pub(crate) struct Args {}

pub(crate) fn run(_: &Args) -> anyhow::Result<()> {
    prepare(&FOLDERS)?;
    let tools = Tools::find()?;
    for (name, path) in
        [("forge", &tools.forge), ("anvil", &tools.anvil), ("cast", &tools.cast), ("solc", &tools.solc)]
    {
        println!("{name:<6} {}", path.display());
    }
    Ok(())
}
