//! The `stoa` command-line tool.

mod commands;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};
use commands::{
    audit, bench, buy, compile, credits, deploy, dev, listing, network, order, passes, plan, publish,
    revenue, seed, shares, sqlx, stake, toolchain, vault, verify, wallet,
};
use stoa_scripts::cli::exit_of;

/// Build, deploy, run and check Stoa, and use it: as a provider, buyer, staker or operator.
#[derive(Debug, Parser)]
#[command(name = "stoa", version, arg_required_else_help = true, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes:
  0  done
  1  something went wrong
  2  the command line is not valid
  3  the contracts refuse it
  4  nobody agreed to it
  5  the chain does not answer, or is another one
  6  the database does not say what the contracts say (stoa audit)
  7  it could not be found out whether it does (stoa audit)";

#[derive(Debug, Subcommand)]
enum Command {
    Buy(Box<buy::Args>),
    Passes(Box<passes::Args>),
    Credits(Box<credits::Args>),
    Order(Box<order::Args>),
    Stake(Box<stake::Args>),
    Publish(Box<publish::Args>),
    Listing(Box<listing::Args>),
    Plan(Box<plan::Args>),
    Shares(Box<shares::Args>),
    Revenue(Box<revenue::Args>),
    Vault(Box<vault::Args>),
    Wallet(Box<wallet::Args>),
    Network(Box<network::Args>),
    Toolchain(toolchain::Args),
    Compile(compile::Args),
    Deploy(Box<deploy::Args>),
    Dev(dev::Args),
    Seed(Box<seed::Args>),
    Audit(Box<audit::Args>),
    Bench(bench::Args),
    Sqlx(sqlx::Args),
    Verify(verify::Args),
    /// Write shell completions to standard output: `stoa completions bash > /etc/bash_completion.d/stoa`.
    Completions {
        shell: clap_complete::Shell,
    },
}

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("stoa: no threads to run on: {error}");
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(run());
    // A build that was interrupted is not waited for: its process ends with this one.
    runtime.shutdown_background();
    code
}

async fn run() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let result = match Cli::parse().command {
        Command::Toolchain(args) => toolchain::run(&args),
        Command::Compile(args) => compile::run(&args),
        Command::Deploy(args) => deploy::run(&args).await,
        Command::Dev(args) => dev::run(&args).await,
        Command::Seed(args) => seed::run(&args).await,
        Command::Audit(args) => audit::run(&args).await,
        Command::Bench(args) => bench::run(&args),
        Command::Sqlx(args) => sqlx::run(&args).await,
        Command::Verify(args) => verify::run(&args).await,
        Command::Publish(args) => publish::run(&args).await,
        Command::Listing(args) => listing::run(&args).await,
        Command::Plan(args) => plan::run(&args).await,
        Command::Shares(args) => shares::run(&args).await,
        Command::Revenue(args) => revenue::run(&args).await,
        Command::Vault(args) => vault::run(&args).await,
        Command::Buy(args) => buy::run(&args).await,
        Command::Passes(args) => passes::run(&args).await,
        Command::Credits(args) => credits::run(&args).await,
        Command::Order(args) => order::run(&args).await,
        Command::Stake(args) => stake::run(&args).await,
        Command::Wallet(args) => wallet::run(&args),
        Command::Network(args) => network::run(&args).await,
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "stoa", &mut std::io::stdout());
            Ok(())
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stoa: {error:#}");
            ExitCode::from(exit_of(&error) as u8)
        }
    }
}
