//! `stoa govern`

mod change;
mod operation;
mod show;

use alloy::primitives::{B256, U256};
use clap::Subcommand;
use serde::Serialize;
use stoa_contracts::{Revenue, Timelock};
use stoa_scripts::cli::{
    ChainArgs, Failure, Session, SignerArgs, Step, parse_duration, show_duration, show_time,
};

use change::ChangeArgs;
use operation::{Operation, State};

/// Governing a deployment: the owner's calls through the Timelock, and the guardian's pause.
///
/// Everything belongs to the Timelock. A proposer schedules a call there, everybody can see it wait out the delay, and
/// an executor, on most deployments anybody, has it made. `stoa deploy verify` tells who holds which power.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  stoa govern show --network base
  stoa govern propose --fee 2 --wallet governor
  stoa govern execute 0x5b1c… --wallet anybody
  stoa govern pause 2d --wallet guardian")]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Fee, tiers, fee tokens, guardian, owners, and what was proposed.
    Show(ChainArgs),
    /// Schedules one of the owner's calls in the Timelock. By a proposer.
    Propose(Box<ProposeArgs>),
    /// Has a call made that has waited long enough. By an executor.
    Execute(One),
    /// Takes a call back that was not made yet. By a canceller; proposers are.
    Cancel(One),
    /// Stops new sales for a while, at most 7 days. By the guardian, once until the owner names it again; only the owner
    /// ends it sooner (`stoa govern propose --resume-sales`).
    Pause {
        /// How long, such as 12h or 2d.
        #[arg(value_name = "TIME", value_parser = parse_duration)]
        duration: u64,
        #[command(flatten)]
        chain: ChainArgs,
        #[command(flatten)]
        signing: SignerArgs,
    },
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  stoa govern propose --fee 2 --wallet governor
  stoa govern propose --list-token USDC --wallet governor
  stoa govern propose --tiers 1000,10000,100000,1000000 --delay 3d --wallet governor
  stoa govern propose --guardian 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --wallet governor
  stoa govern propose --hand-over staking=0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --wallet governor")]
struct ProposeArgs {
    #[command(flatten)]
    change: ChangeArgs,
    /// How long it waits, such as 3d; the Timelock's least by default.
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    delay: Option<u64>,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    signing: SignerArgs,
}

/// A call that was proposed.
#[derive(Debug, clap::Args)]
struct One {
    /// The operation's id, as `stoa govern show` has it.
    #[arg(value_name = "ID")]
    id: B256,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    signing: SignerArgs,
}

#[derive(Debug, Serialize)]
struct Told {
    operation: B256,
    what: String,
    /// When it may be executed, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    ready_at: Option<u64>,
    transaction: B256,
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    match &args.action {
        Action::Show(chain) => show::run(&chain.connect().await?).await,
        Action::Propose(args) => propose(args).await,
        Action::Execute(one) => execute(one).await,
        Action::Cancel(one) => cancel(one).await,
        Action::Pause { duration, chain, signing } => {
            let session = chain.connect_to_send(signing).await?;
            pause(&session, *duration).await
        }
    }
}

async fn propose(args: &ProposeArgs) -> anyhow::Result<()> {
    let session = args.chain.connect_to_send(&args.signing).await?;
    let timelock = &session.contracts.timelock;
    let (target, data) = args.change.call(&session).await?;
    let words = change::words(&session, target, &data);
    let delay = match args.delay {
        Some(delay) => U256::from(delay),
        None => timelock.getMinDelay().call().await?,
    };
    // The same call may be proposed again later.
    let salt: B256 = rand::random::<[u8; 32]>().into();
    let (value, predecessor) = (U256::ZERO, B256::ZERO);
    let id = timelock.hashOperation(target, value, data.clone(), predecessor, salt).call().await?;
    let call = Timelock::scheduleCall { target, value, data: data.clone(), predecessor, salt, delay };
    let step = Step::new(format!("proposing to {words}"), *timelock.address(), &call)
        .with_row("contract", target)
        .with_row("call", &data)
        .with_row("waits", show_duration(delay.saturating_to()))
        .with_row("operation", id);
    let sent = session.send(step).await?;
    let ready = timelock.getTimestamp(id).call().await?.saturating_to();
    let record =
        Told { operation: id, what: words.clone(), ready_at: Some(ready), transaction: sent.transaction };
    session.output.answer(&record, || {
        format!("operation {id}: to {words}; `stoa govern execute {id}` from {} on", show_time(ready))
    })
}

async fn execute(one: &One) -> anyhow::Result<()> {
    let session = one.chain.connect_to_send(&one.signing).await?;
    let operation = Operation::find(&session, one.id).await?;
    let words = change::words(&session, operation.target, &operation.data);
    let what = format!("executing operation {}", one.id);
    if let State::Waiting(ready) = operation.state {
        let reason = format!("it waits until {}", show_time(ready));
        return Err(Failure::Refused { what, reason }.into());
    }
    let call = Timelock::executeCall {
        target: operation.target,
        value: operation.value,
        payload: operation.data.clone(),
        predecessor: operation.predecessor,
        salt: operation.salt,
    };
    let step = Step::new(what, *session.contracts.timelock.address(), &call)
        .with_value(operation.value)
        .with_row("to", &words)
        .with_row("contract", operation.target);
    done(&session, one.id, words, step, "is executed").await
}

async fn cancel(one: &One) -> anyhow::Result<()> {
    let session = one.chain.connect_to_send(&one.signing).await?;
    let operation = Operation::find(&session, one.id).await?;
    let words = change::words(&session, operation.target, &operation.data);
    let call = Timelock::cancelCall { id: one.id };
    let step =
        Step::new(format!("cancelling operation {}", one.id), *session.contracts.timelock.address(), &call);
    done(&session, one.id, words.clone(), step.with_row("which would", words), "is cancelled").await
}

async fn done(session: &Session, id: B256, what: String, step: Step, done: &str) -> anyhow::Result<()> {
    let sent = session.send(step).await?;
    let record = Told { operation: id, what, ready_at: None, transaction: sent.transaction };
    session.output.answer(&record, || format!("operation {id} {done}: to {}", record.what))
}

async fn pause(session: &Session, duration: u64) -> anyhow::Result<()> {
    let duration = u32::try_from(duration).unwrap_or(u32::MAX);
    let call = Revenue::pauseSalesCall { duration };
    let what = format!("pausing all sales for {}", show_duration(u64::from(duration)));
    let step = Step::new(what, *session.contracts.revenue.address(), &call)
        .with_row("afterwards", "the guardian cannot pause again before the owner names it anew");
    let sent = session.send(step).await?;
    let until = session.contracts.revenue.salesPausedUntil().call().await?;
    session.output.answer(&[sent], || format!("nothing is sold until {}", show_time(until)))
}
