//! The `stoa` command-line tool.

mod commands;

use clap::{Parser, Subcommand};
use commands::{compile, deploy, sqlx, toolchain};

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
    Deploy(deploy::Args),
    Sqlx(sqlx::Args),
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let result = match Cli::parse().command {
        Command::Toolchain(args) => toolchain::run(&args),
        Command::Compile(args) => compile::run(&args),
        Command::Deploy(args) => deploy::run(&args).await,
        Command::Sqlx(args) => sqlx::run(&args).await,
    };
    match result {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stoa: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
