//! `stoa plan create`

use alloy::primitives::{Address, B256, U256};
use anyhow::Context as _;
use clap::ValueEnum;
use serde::Serialize;
use stoa_contracts::Market;
use stoa_scripts::cli::{
    ChainArgs, Session, SignerArgs, Step, Token, WindowArgs, parse_duration, refused, show_duration,
    show_time,
};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The listing that it sells.
    listing: String,
    /// What it sells: a right for good, a right for a time, or units to be spent.
    #[arg(long, value_enum)]
    sells: Sells,
    /// The price of one licence, period or pack, in the token's own unit, such as 12.5; 0 is free.
    #[arg(long, value_name = "AMOUNT")]
    price: String,
    /// The token it is paid in: its symbol, where the network names it, or its address.
    #[arg(long, value_name = "TOKEN")]
    token: String,
    /// How long a period is, such as 30d.
    #[arg(long, value_name = "TIME", value_parser = parse_duration, required_if_eq("sells", "subscription"))]
    period: Option<u64>,
    /// Units in a pack.
    #[arg(long, value_name = "N", required_if_eq("sells", "credits"))]
    units: Option<u32>,
    /// What a unit is called, such as call, 1k-input-tokens or gpu-second.
    #[arg(long, value_name = "LABEL", required_if_eq("sells", "credits"))]
    unit: Option<String>,
    /// How many may be sold in all; no cap by default.
    #[arg(long, value_name = "N", default_value_t = 0)]
    cap: u64,
    /// Lets buyers pass on what they bought; not for subscriptions.
    #[arg(long)]
    transferable: bool,
    /// The contract that says who may buy; everybody by default.
    #[arg(long, value_name = "ADDRESS", default_value_t = Address::ZERO, hide_default_value = true)]
    gate: Address,
    /// Has the protocol fee lowered by your staking tier; each sale then costs a little more gas.
    #[arg(long)]
    tier_discount: bool,
    #[command(flatten)]
    window: WindowArgs,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    signing: SignerArgs,
}

/// As the contract counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Sells {
    Licence,
    Subscription,
    Credits,
}

#[derive(Debug, Serialize)]
struct Created {
    plan: String,
    listing: String,
    transaction: B256,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<()> {
    let session = args.chain.connect_to_send(&args.signing).await?;
    let listing = session.number("listing", &args.listing)?;
    let token = session.token(&args.token).await?;
    let price = token.parse(&args.price).map_err(anyhow::Error::msg)?;
    let period =
        u32::try_from(args.period.unwrap_or_default()).context("--period is longer than 136 years")?;
    let plan = Market::NewPlan {
        listing,
        kind: args.sells as u8,
        token: token.address,
        price: super::fits(price)?,
        cap: args.cap,
        transferable: args.transferable,
        period,
        units: args.units.unwrap_or_default(),
        unit: args.unit.clone().unwrap_or_default(),
        from: args.window.from.unwrap_or_default(),
        until: args.window.until.unwrap_or_default(),
        gate: args.gate,
        tierDiscount: args.tier_discount,
    };
    let step = step(&session, args.sells, &token, &plan).await?;
    let sent = session.send(step).await?;
    let created = sent.receipt.decoded_log::<Market::PlanCreated>();
    let created = created.context("the transaction created no plan")?;
    let record = Created {
        plan: session.public_id(created.plan),
        listing: session.public_id(listing),
        transaction: sent.transaction,
    };
    session.output.answer(&record, || {
        format!("plan {} of listing {} sells for {}", record.plan, record.listing, token.show(price))
    })
}

/// What a provider agrees to: what it sells, and what of the price reaches the listing.
async fn step(
    session: &Session,
    sells: Sells,
    token: &Token,
    plan: &Market::NewPlan,
) -> anyhow::Result<Step> {
    let what = format!("creating a plan of listing {}", session.public_id(plan.listing));
    let one = match sells {
        Sells::Licence => "a licence, for good".to_owned(),
        Sells::Subscription => format!("a subscription for {}", show_duration(u64::from(plan.period))),
        Sells::Credits => format!("{} credits of \"{}\"", plan.units, plan.unit),
    };
    let price = U256::from(plan.price);
    let fee = price * U256::from(session.contracts.revenue.feeBps().call().await?) / U256::from(10_000);
    let parents = session.contracts.listings.parentsOf(plan.listing).call().await;
    let parents = parents.map_err(|error| refused(&what, &error))?;
    let given: u64 = parents.bps.iter().map(|bps| u64::from(*bps)).sum();
    let call = Market::createPlanCall { plan: plan.clone() };
    let mut step = Step::new(what, *session.contracts.market.address(), &call)
        .with_row("sells", one)
        .with_row("price", token.show(price))
        .with_row("protocol fee", token.show(fee))
        .with_row("listing gets", token.show(price - fee));
    if given > 0 {
        let part = format!("{}.{:02} % of that", given / 100, given % 100);
        step = step.with_row("its parents get", part);
    }
    if plan.cap > 0 {
        step = step.with_row("at most", plan.cap);
    }
    for (name, moment) in [("from", plan.from), ("until", plan.until)] {
        if moment != 0 {
            step = step.with_row(name, show_time(moment));
        }
    }
    if plan.gate != Address::ZERO {
        step = step.with_row("to whom lets", plan.gate);
    }
    let transfer = if plan.transferable { "yes" } else { "no" };
    Ok(step.with_row("may be passed on", transfer))
}
