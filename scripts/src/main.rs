//! The `stoa` command-line tool.

mod commands;
mod examples;

use std::{ffi::OsString, process::ExitCode};

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use commands::{
    alert, audit, bench, buy, compile, content, credits, deploy, dev, govern, key, listing, network, order,
    passes, plan, publish, revenue, seed, shares, sqlx, stake, toolchain, vault, verify, wallet, webhook,
};
use stoa_scripts::cli::{Exit, exit_of};

/// Build, deploy, run and check Stoa, and use it: as a provider, buyer, staker or operator.
#[derive(Debug, Parser)]
#[command(name = "stoa", version, arg_required_else_help = true, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "Examples:
  stoa wallet new me
  stoa buy 31337-4 --wallet me                       # as a buyer
  stoa listing create --help                         # as a provider: each command has examples
  stoa stake lock 1000 26 --wallet me                # as a staker
  stoa deploy --network base --wallet me --dry-run   # as an operator

With --json a command answers with one JSON document on standard output; one that fails ends standard error with a line
{\"error\": \"…\", \"code\": N}.

Exit codes:
  0  done
  1  something went wrong
  2  the command line is not valid
  3  the contracts refuse it
  4  nobody agreed to it
  5  the chain does not answer, or is another one
  6  what was sent is in no block yet: it is still pending
  7  the database does not say what the contracts say (stoa audit)
  8  it could not be found out whether it does (stoa audit)";

#[derive(Debug, Subcommand)]
enum Command {
    Buy(Box<buy::Args>),
    Passes(Box<passes::Args>),
    Credits(Box<credits::Args>),
    Order(Box<order::Args>),
    Stake(Box<stake::Args>),
    Content(Box<content::Args>),
    Publish(Box<publish::Args>),
    Listing(Box<listing::Args>),
    Plan(Box<plan::Args>),
    Shares(Box<shares::Args>),
    Revenue(Box<revenue::Args>),
    Vault(Box<vault::Args>),
    Govern(Box<govern::Args>),
    Wallet(Box<wallet::Args>),
    Key(Box<key::Args>),
    Webhook(Box<webhook::Args>),
    Alert(Box<alert::Args>),
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
    let json = wants_json(std::env::args_os().skip(1));
    let cli = match parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) if json && error.use_stderr() => {
            let said = error.render().to_string();
            return failed(said.trim().trim_start_matches("error: "), Exit::Usage, true);
        }
        Err(error) => error.exit(),
    };
    let result = match cli.command {
        Command::Toolchain(args) => toolchain::run(&args),
        Command::Compile(args) => compile::run(&args),
        Command::Deploy(args) => deploy::run(&args).await,
        Command::Dev(args) => dev::run(&args).await,
        Command::Seed(args) => seed::run(&args).await,
        Command::Audit(args) => audit::run(&args).await,
        Command::Bench(args) => bench::run(&args),
        Command::Sqlx(args) => sqlx::run(&args).await,
        Command::Verify(args) => verify::run(&args).await,
        Command::Content(args) => content::run(&args).await,
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
        Command::Govern(args) => govern::run(&args).await,
        Command::Wallet(args) => wallet::run(&args),
        Command::Key(args) => key::run(&args).await,
        Command::Webhook(args) => webhook::run(&args).await,
        Command::Alert(args) => alert::run(&args).await,
        Command::Network(args) => network::run(&args).await,
        Command::Completions { shell } => {
            clap_complete::generate(
                shell,
                &mut examples::add(Cli::command()),
                "stoa",
                &mut std::io::stdout(),
            );
            Ok(())
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&format!("{error:#}"), exit_of(&error), json),
    }
}

/// Says what went wrong, to people or to programs.
fn failed(error: &str, code: Exit, json: bool) -> ExitCode {
    let code = code as u8;
    match json {
        true => eprintln!("{}", serde_json::json!({ "error": error, "code": code })),
        false => eprintln!("stoa: {error}"),
    }
    ExitCode::from(code)
}

/// Whether programs listen: known even where the rest of the command line is not valid.
fn wants_json(arguments: impl Iterator<Item = OsString>) -> bool {
    arguments.take_while(|argument| argument != "--").any(|argument| argument == "--json")
}

fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let mut command = examples::add(Cli::command());
    let mut matches = command.try_get_matches_from_mut(arguments)?;
    Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All commands that have no further ones below, with their names.
    fn leaves(command: &clap::Command, path: &str, found: &mut Vec<(String, clap::Command)>) {
        let path = format!("{path}{} ", command.get_name());
        if !command.has_subcommands() || command.get_arguments().any(|argument| argument.get_id() == "yes") {
            found.push((path.trim_end().to_owned(), command.clone()));
        }
        for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
            leaves(inner, &path, found);
        }
    }

    fn help_of(command: &clap::Command) -> String {
        command.get_after_help().map(ToString::to_string).unwrap_or_default()
    }

    /// Words as a shell takes them apart.
    fn words(line: &str) -> Vec<OsString> {
        let (mut words, mut quoted) = (vec![String::new()], false);
        for letter in line.chars() {
            match letter {
                '\'' => quoted = !quoted,
                ' ' if !quoted => words.push(String::new()),
                letter => words.last_mut().unwrap().push(letter),
            }
        }
        words.into_iter().filter(|word| !word.is_empty()).map(OsString::from).collect()
    }

    #[test]
    fn every_command_that_signs_has_examples() {
        let root = examples::add(Cli::command());
        let mut all = Vec::new();
        leaves(&root, "", &mut all);
        let signs =
            |command: &clap::Command| command.get_arguments().any(|argument| argument.get_id() == "yes");
        let signing: Vec<_> = all.iter().filter(|(_, command)| signs(command)).collect();
        assert!(signing.len() > 40, "the tree is walked");
        let without: Vec<_> = signing
            .iter()
            .filter(|(path, command)| !help_of(command).contains(&format!("\n  {path}")))
            .map(|(path, _)| path)
            .collect();
        assert!(without.is_empty(), "without an example of their own: {without:?}");
        assert!(help_of(&root).starts_with("Examples:"));
    }

    #[test]
    fn every_example_is_a_valid_command() {
        fn helps(command: &clap::Command, all: &mut Vec<String>) {
            all.push(help_of(command));
            command.get_subcommands().for_each(|inner| helps(inner, all));
        }
        let mut all = Vec::new();
        helps(&examples::add(Cli::command()), &mut all);
        let (mut tried, mut wrong) = (0, Vec::new());
        for line in all.iter().flat_map(|help| help.lines()) {
            // Without a remark, and without what the shell takes for itself.
            let line = line.split(" #").next().unwrap().split(" 3<").next().unwrap().trim();
            // Those with an ellipsis or a second line are to be filled in.
            if !line.starts_with("stoa ") || line.contains('…') || line.ends_with('\\') {
                continue;
            }
            match parse(words(line)) {
                Ok(_) => tried += 1,
                Err(error) if !error.use_stderr() => tried += 1,
                Err(error) => wrong.push(format!("{line}: {error}")),
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(tried > 80, "{tried} examples");
    }

    #[test]
    fn programs_are_known_by_their_option() {
        let of = |line: &str| wants_json(words(line).into_iter());
        assert!(of("vault show --json x"));
        assert!(!of("vault show") && !of("x -- --json"));
    }
}
