//! `stoa dev`: the whole suite on this machine, with live demo activity.

mod activity;
mod behind;
mod build;
mod ports;
mod stack;
mod state;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use stoa_scripts::{
    anvil, checkout,
    demo::{self, Scenario},
    deploy::Deployment,
};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use ports::Ports;
use stack::{Ended, Stack};
use state::State;

/// Run everything on this machine: a chain, a database, indexer, API, web app, and wallets that trade all the time.
///
/// Chain and data are kept in .stoa/dev until --fresh. Ctrl-C stops everything.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  cargo dev\n  cargo dev --fresh --port 9090")]
pub(crate) struct Args {
    /// Forget the kept chain and data, and start over.
    #[arg(long)]
    fresh: bool,
    #[command(flatten)]
    ports: Ports,
    /// Use the binaries, artifacts and web app as they are, without looking whether they are current.
    #[arg(long)]
    no_build: bool,
    /// Keep chain and data in this folder instead of .stoa/dev.
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// No demo activity once the market is there.
    #[arg(long)]
    quiet: bool,
    /// How the market begins, and what happens in it: a file, or a name in scripts/scenarios.
    #[arg(long, value_name = "SCENARIO", default_value = "dev")]
    scenario: String,
}

impl Args {
    fn state_folder(&self) -> PathBuf {
        self.state.clone().unwrap_or_else(|| checkout::state_dir().join("dev"))
    }
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let stopped = async {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    };
    // Whatever is under way is dropped where it stands; dropping a child stops it.
    tokio::select! {
        result = serve(args) => result,
        () = stopped => {
            let folder = args.state_folder();
            eprintln!("\nStopped. Chain and data are kept in {}; `cargo dev --fresh` starts over.", folder.display());
            Ok(())
        }
    }
}

async fn serve(args: &Args) -> anyhow::Result<()> {
    let scenario = Scenario::read(&args.scenario)?;
    let state = State::lock(&args.state_folder())?;
    state.wait_for_leftovers().await;
    args.ports.check()?;
    if !args.no_build {
        // Building blocks for minutes at the first start; signals are still heard meanwhile.
        let built = tokio::task::spawn_blocking(build::everything);
        built.await.context("the build was aborted")??;
    }
    if args.fresh {
        state.forget()?;
    }
    let mut fresh = false;
    loop {
        match start_and_run(args, &scenario, &state).await? {
            Ended::ChainBehind(reason) if !fresh => {
                eprintln!("{reason} Both start over.");
                state.forget()?;
                fresh = true;
            }
            Ended::ChainBehind(reason) => bail!("{reason} Starting over did not help."),
        }
    }
}

async fn start_and_run(args: &Args, scenario: &Scenario, state: &State) -> anyhow::Result<Ended> {
    let stack = match Stack::start(&args.ports, scenario, state).await? {
        Ok(stack) => stack,
        Err(ended) => return Ok(ended),
    };
    print_table(&stack, &args.ports, &args.state_folder());
    let stop = CancellationToken::new();
    let _stop_with_us = stop.clone().drop_guard();
    if !args.quiet {
        tokio::spawn(activity::run(stack.demo.clone(), stop));
    }
    stack.watch().await
}

fn print_table(stack: &Stack, ports: &Ports, folder: &Path) {
    let rows = [
        ("Web", format!("http://127.0.0.1:{}/", ports.port)),
        ("REST", format!("http://127.0.0.1:{}/v1/listings", ports.port)),
        ("Chain RPC", format!("{}  (chain id {})", stack.anvil.rpc_url(), anvil::CHAIN_ID)),
        ("Database", stack.shown_database_url()),
        ("Contracts", deployment_line(&stack.deployment, folder)),
    ];
    println!();
    for (name, value) in rows {
        println!("  {name:<10} {value}");
    }
    println!("  Demo keys  known to everybody: for local chains only");
    for (n, (role, key)) in demo::ROLES.iter().zip(anvil::KEYS).enumerate() {
        println!("    {role:<8} {}  {key}", anvil::signer(n).address());
    }
    println!(
        "\n  Logs are in {}/logs. Ctrl-C stops everything; chain and data are kept.\n",
        folder.display()
    );
}

fn deployment_line(deployment: &Deployment, folder: &Path) -> String {
    let address = |name: &str| deployment.address(name).unwrap_or_default();
    format!(
        "Vault {}  Market {}  (all: {}/deployment.json)",
        address("Vault"),
        address("Market"),
        folder.display()
    )
}
