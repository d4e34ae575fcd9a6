//! `stoa credits`

use alloy::primitives::{Address, B256, U256};
use anyhow::Context as _;
use clap::Subcommand;
use serde::Serialize;
use stoa_contracts::Market;
use stoa_scripts::cli::{ChainArgs, Failure, Sent, Session, SignerArgs, Step, typed::word_of};

/// Credits that were bought: what is left, and spending them.
///
/// To let a provider take your credits later, sign an order: `stoa order sign PLAN --credits UNITS --spender ADDRESS`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  stoa credits show 3 --wallet demo:5
  stoa credits spend 3 25 --ref job-117 --wallet demo:5")]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// What an account has left of a plan's credits.
    Show {
        /// The plan, as 3 or 31337-3.
        plan: String,
        /// The account; the wallet's own by default.
        account: Option<Address>,
        #[command(flatten)]
        chain: ChainArgs,
        #[command(flatten)]
        signing: SignerArgs,
    },
    /// Spends the signer's credits.
    Spend {
        /// The plan, as 3 or 31337-3.
        plan: String,
        /// How many units.
        #[arg(value_parser = parse_units)]
        units: U256,
        /// What it is for, written on the chain: 0x and 64 hex digits as they are, a text of up to 32 bytes as its bytes,
        /// a longer one as its keccak256.
        #[arg(long = "ref", value_name = "TEXT", default_value = "", value_parser = parse_reference)]
        reference: B256,
        #[command(flatten)]
        chain: ChainArgs,
        #[command(flatten)]
        signing: SignerArgs,
    },
}

#[derive(Debug, Serialize)]
struct Credits {
    plan: String,
    account: Address,
    unit: String,
    units: String,
}

#[derive(Debug, Serialize)]
struct Spent {
    plan: String,
    holder: Address,
    spender: Address,
    unit: String,
    units: String,
    #[serde(rename = "ref")]
    reference: B256,
    /// Units left.
    remaining: String,
    transactions: Vec<Sent>,
}

/// Units are whole.
pub(crate) fn parse_units(text: &str) -> Result<U256, String> {
    let units = stoa_scripts::cli::parse_units(text, 0)
        .map_err(|_| format!("{text:?} is no whole number of units"))?;
    if units.is_zero() { Err("write at least 1 unit".to_owned()) } else { Ok(units) }
}

/// As `--ref` says.
pub(crate) fn parse_reference(text: &str) -> Result<B256, String> {
    match text.strip_prefix("0x") {
        Some(_) => text.parse().map_err(|_| format!("{text:?} is no word of 32 bytes: 0x and 64 hex digits")),
        None => Ok(word_of(text)),
    }
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    match &args.action {
        Action::Show { plan, account, chain, signing } => {
            let (session, account) = chain.connect_for(*account, signing).await?;
            show(&session, plan, account).await
        }
        Action::Spend { plan, units, reference, chain, signing } => {
            let session = chain.connect_to_send(signing).await?;
            spend(&session, plan, *units, *reference).await
        }
    }
}

async fn show(session: &Session, plan: &str, account: Address) -> anyhow::Result<()> {
    let id = session.number("plan", plan)?;
    let what = format!("reading the credits of plan {id}");
    let offer = session.offer(&what, id).await?;
    if !offer.is_credits() {
        let reason = format!("plan {id} sells no credits");
        return Err(Failure::Refused { what, reason }.into());
    }
    let units = session.contracts.market.balanceOf(account, id).call().await?;
    let (plan, unit) = (session.public_id(id), offer.unit().to_owned());
    let record = Credits { plan, account, unit, units: units.to_string() };
    session.output.answer(&record, || format!("{} {}", record.units, record.unit))
}

async fn spend(session: &Session, plan: &str, units: U256, reference: B256) -> anyhow::Result<()> {
    let id = session.number("plan", plan)?;
    let what = format!("spending {units} credits of plan {id}");
    let offer = session.offer(&what, id).await?;
    let left = session.contracts.market.balanceOf(session.account()?, id).call().await?;
    let call = Market::spendCall { plan: id, units, r#ref: reference };
    let step = Step::new(&what, *session.contracts.market.address(), &call)
        .with_row("listing", session.listing_words(offer.plan.listing).await?)
        .with_row("you spend", format!("{units} of {left} {}", offer.unit()))
        .with_row("for", reference);
    let sent = session.send(step).await?;
    answer(session, offer.unit(), sent)
}

/// What a transaction says was spent.
pub(crate) fn answer(session: &Session, unit: &str, sent: Sent) -> anyhow::Result<()> {
    let spent = sent.receipt.decoded_log::<Market::CreditsSpent>();
    let spent = spent.context("the transaction tells of no spending")?.data;
    let record = Spent {
        plan: session.public_id(spent.plan),
        holder: spent.holder,
        spender: spent.spender,
        unit: unit.to_owned(),
        units: spent.units.to_string(),
        reference: spent.r#ref,
        remaining: spent.remaining.to_string(),
        transactions: vec![sent],
    };
    session.output.answer(&record, || {
        format!("{} {unit} of {} spent, {} are left", record.units, record.holder, record.remaining)
    })
}
