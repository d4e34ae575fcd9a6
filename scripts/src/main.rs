//! The `stoa` command-line tool.

mod commands;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use commands::{compile, deploy, dev, sqlx, toolchain, verify};

/// Build, deploy, run and check Stoa.
#[derive(Debug, Parser)]
#[command(name = "stoa", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Toolchain(toolchain::Args),
    Compile(compile::Args),
    Deploy(Box<deploy::Args>),
    Dev(dev::Args),
    Sqlx(sqlx::Args),
    Verify(verify::Args),
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
        Command::Sqlx(args) => sqlx::run(&args).await,
        Command::Verify(args) => verify::run(&args).await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stoa: {error:#}");
            ExitCode::FAILURE
        }
    }
}
