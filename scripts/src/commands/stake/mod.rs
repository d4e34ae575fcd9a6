//! `stoa stake`

mod consent;
mod fees;
mod lock;
mod show;
mod weeks;

use std::path::PathBuf;

use alloy::primitives::Address;
use clap::{Subcommand, ValueEnum};
use stoa_scripts::cli::{ChainArgs, SignerArgs, Source};

/// Lock STOA: it earns the protocol's fees, and gives a tier.
///
/// A term of N weeks (1 to 52) counts from the end of the current week; weeks begin on Thursday, 00:00 UTC. The score is
/// the amount times (52 + N) / 52 until the lock ends, and then 0. Fees are divided by score whenever anybody calls
/// `distribute`; what is not distributed before a lock's end goes to others. What was earned never expires.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  stoa stake lock 1000 26 --wallet demo:5
  stoa stake raise 250 --from permit --wallet demo:5
  stoa stake show --wallet demo:5
  stoa stake distribute --token dUSD --wallet demo:6
  stoa stake claim --distribute --wallet demo:5
  stoa stake sign 500 --weeks 10 --out lock.json --wallet demo:5
  stoa stake lock-for lock.json --wallet demo:6")]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Starts a lock. What was not withdrawn of an ended one joins it.
    Lock {
        /// How much, in STOA, such as 1000; at least 1.
        amount: String,
        /// Whole weeks after the current one.
        #[arg(value_parser = clap::value_parser!(u64).range(1..=52))]
        weeks: u64,
        #[command(flatten)]
        sending: Paying,
    },
    /// Adds to a running lock; the new part weighs by the weeks that remain. Not in the last week.
    Raise {
        /// How much, in STOA.
        amount: String,
        #[command(flatten)]
        sending: Paying,
    },
    /// Moves the end of a lock; all of it then weighs as if locked now. It may neither end earlier nor weigh less.
    Extend {
        /// Whole weeks after the current one.
        #[arg(value_parser = clap::value_parser!(u64).range(1..=52))]
        weeks: u64,
        #[command(flatten)]
        sending: Sending,
    },
    /// Takes all of an ended lock out, to the vault balance.
    Withdraw {
        /// To this wallet instead.
        #[arg(long, value_name = "ADDRESS")]
        to: Option<Address>,
        #[command(flatten)]
        sending: Sending,
    },
    /// Takes the fees that were earned, to the vault balance; one transaction per token.
    Claim {
        /// In this token only: its symbol, where the network names it, or its address.
        #[arg(long)]
        token: Option<String>,
        /// To this wallet instead.
        #[arg(long, value_name = "ADDRESS")]
        to: Option<Address>,
        /// First divide what has arrived.
        #[arg(long)]
        distribute: bool,
        #[command(flatten)]
        sending: Sending,
    },
    /// Adds the fees in STOA to the lock; in its last week and after its end they go to the vault balance.
    Reinvest {
        /// For this account, which must let others do so.
        #[arg(long, value_name = "ADDRESS")]
        account: Option<Address>,
        #[command(flatten)]
        sending: Sending,
    },
    /// Says whether others may reinvest the signer's fees for it.
    AutoReinvest {
        #[arg(value_enum)]
        switch: Switch,
        #[command(flatten)]
        sending: Sending,
    },
    /// Divides the fees that have arrived; anyone may.
    Distribute {
        /// In this token only: its symbol, where the network names it, or its address.
        #[arg(long)]
        token: Option<String>,
        #[command(flatten)]
        sending: Sending,
    },
    /// An account's lock: amount, score, end, tier and what the next one takes, fees by token.
    Show {
        /// The account; the wallet's own by default.
        account: Option<Address>,
        #[command(flatten)]
        sending: Sending,
    },
    /// Signs that somebody else may pay for a lock of yours. Sends nothing.
    ///
    /// The file is JSON: kind "lockFor", chainId, contract (Staking), the message's members as "lockFor" (account, amount
    /// in STOA's smallest unit, term in weeks, 0 to raise, nonce, deadline in seconds since 1970), and the signature.
    Sign {
        /// How much the other one pays, in STOA.
        amount: String,
        /// Whole weeks after the current one, for a new lock; without it, a running lock is raised.
        #[arg(long, value_parser = clap::value_parser!(u64).range(1..=52))]
        weeks: Option<u64>,
        /// How long the signature is good: a number and s, m, h, d or w.
        #[arg(long, default_value = "1d", value_parser = stoa_scripts::cli::parse_duration, value_name = "DURATION")]
        valid_for: u64,
        /// The file to write; it must not exist.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        sending: Sending,
    },
    /// Pays for the lock of somebody who signed for it.
    LockFor {
        /// The signed file.
        file: PathBuf,
        #[command(flatten)]
        sending: Paying,
    },
    /// Voids what the signer has signed with `stake sign` and nobody has used.
    Cancel {
        #[command(flatten)]
        sending: Sending,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Switch {
    On,
    Off,
}

#[derive(Debug, clap::Args)]
struct Sending {
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    signing: SignerArgs,
}

#[derive(Debug, clap::Args)]
struct Paying {
    /// Pay from this source only; else the vault balance, a standing allowance, an authorization, a permit, a new
    /// allowance: the first that serves.
    #[arg(long, value_enum)]
    from: Option<Source>,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    signing: SignerArgs,
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    match &args.action {
        Action::Lock { amount, weeks, sending } => {
            let session = sending.chain.connect_to_send(&sending.signing).await?;
            lock::pay(&session, amount, *weeks, sending.from).await
        }
        Action::Raise { amount, sending } => {
            let session = sending.chain.connect_to_send(&sending.signing).await?;
            lock::pay(&session, amount, 0, sending.from).await
        }
        Action::LockFor { file, sending } => {
            let session = sending.chain.connect_to_send(&sending.signing).await?;
            consent::lock_for(&session, file, sending.from).await
        }
        Action::Show { account, sending } => {
            let (session, account) = sending.chain.connect_for(*account, &sending.signing).await?;
            show::show(&session, account).await
        }
        Action::Extend { sending, .. }
        | Action::Withdraw { sending, .. }
        | Action::Claim { sending, .. }
        | Action::Reinvest { sending, .. }
        | Action::AutoReinvest { sending, .. }
        | Action::Distribute { sending, .. }
        | Action::Sign { sending, .. }
        | Action::Cancel { sending } => {
            let session = sending.chain.connect_to_send(&sending.signing).await?;
            send(&session, &args.action).await
        }
    }
}

async fn send(session: &stoa_scripts::cli::Session, action: &Action) -> anyhow::Result<()> {
    match action {
        Action::Extend { weeks, .. } => lock::extend(session, *weeks).await,
        Action::Withdraw { to, .. } => lock::withdraw(session, *to).await,
        Action::Claim { token, to, distribute, .. } => {
            fees::claim(session, token.as_deref(), *to, *distribute).await
        }
        Action::Reinvest { account, .. } => fees::reinvest(session, *account).await,
        Action::AutoReinvest { switch, .. } => fees::let_others(session, matches!(switch, Switch::On)).await,
        Action::Distribute { token, .. } => fees::distribute(session, token.as_deref()).await,
        Action::Sign { amount, weeks, valid_for, out, .. } => {
            consent::sign(session, amount, weeks.unwrap_or(0), *valid_for, out).await
        }
        Action::Cancel { .. } => consent::cancel(session).await,
        Action::Lock { .. } | Action::Raise { .. } | Action::LockFor { .. } | Action::Show { .. } => Ok(()),
    }
}
