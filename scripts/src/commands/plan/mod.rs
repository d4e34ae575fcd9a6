//! `stoa plan`

mod create;
mod gate;

use alloy::primitives::{Address, B256, U256};
use clap::Subcommand;
use serde::Serialize;
use stoa_contracts::Market;
use stoa_scripts::cli::{
    ChainArgs, Offer, Session, SignerArgs, Step, Table, WindowArgs, show_duration, show_time,
};

/// Plans: what a listing sells, for how much, to whom and when.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  stoa plan create 31337-4 --sells licence --price 49 --token dUSD --wallet me
  stoa plan create 31337-4 --sells subscription --period 30d --price 12 --token dUSD --wallet me
  stoa plan create 31337-4 --sells credits --units 1000 --unit call --price 2 --token dUSD --wallet me
  stoa plan price 31337-7 --price 39 --wallet me
  stoa plan gate 31337-7 --tier 2 --wallet me
  stoa plan show 31337-7
  stoa plan list 31337-4

Each change gives a plan a new version, and orders for the old one fail: a buyer never pays what he did not see.")]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Creates a plan of a listing.
    Create(Box<create::Args>),
    /// Changes price or cap.
    Price {
        /// The plan.
        id: String,
        /// The new price of one, in the token's own unit; as it is by default.
        #[arg(long, value_name = "AMOUNT", required_unless_present = "cap")]
        price: Option<String>,
        /// How many may be sold in all, or 0 for no cap; as it is by default.
        #[arg(long, value_name = "N")]
        cap: Option<u64>,
        #[command(flatten)]
        chain: ChainArgs,
        #[command(flatten)]
        signing: SignerArgs,
    },
    /// Sells only to a list of accounts, to stakers of a tier, or to holders of a token.
    Gate(Box<gate::Args>),
    /// Changes who may buy, and when.
    Bound(Box<BoundArgs>),
    /// Stops sales of the plan for now.
    Pause(One),
    /// Sells again.
    Resume(One),
    /// What the chain says of a plan.
    Show {
        /// The plan.
        id: String,
        #[command(flatten)]
        chain: ChainArgs,
    },
    /// All plans of a listing.
    List {
        /// The listing.
        listing: String,
        #[command(flatten)]
        chain: ChainArgs,
    },
}

#[derive(Debug, clap::Args)]
struct BoundArgs {
    /// The plan.
    id: String,
    /// The contract that says who may buy, or `none`; as it is by default.
    #[arg(long, value_name = "ADDRESS", value_parser = gate_address)]
    gate: Option<Address>,
    #[command(flatten)]
    window: WindowArgs,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    signing: SignerArgs,
}

/// A plan that is changed.
#[derive(Debug, clap::Args)]
struct One {
    /// The plan.
    id: String,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    signing: SignerArgs,
}

fn gate_address(text: &str) -> Result<Address, String> {
    match text {
        "none" => Ok(Address::ZERO),
        _ => text.parse().map_err(|_| "write an address, or none".to_owned()),
    }
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    match &args.action {
        Action::Create(args) => create::run(args).await,
        Action::Price { id, price, cap, chain, signing } => {
            let session = chain.connect_to_send(signing).await?;
            self::price(&session, id, price.as_deref(), *cap).await
        }
        Action::Gate(args) => gate::run(args).await,
        Action::Bound(args) => bound(args).await,
        Action::Pause(one) => pause(one, true).await,
        Action::Resume(one) => pause(one, false).await,
        Action::Show { id, chain } => {
            let session = chain.connect().await?;
            let plan = read(&session, session.number("plan", id)?).await?;
            session.output.answer(&plan, || plan.table())
        }
        Action::List { listing, chain } => list(&chain.connect().await?, listing).await,
    }
}

/// A plan as it is shown.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Plan {
    id: String,
    listing: String,
    sells: &'static str,
    /// In base units.
    price: String,
    token: Address,
    symbol: String,
    decimals: u8,
    cap: u64,
    sold: u64,
    version: u32,
    paused: bool,
    transferable: bool,
    tier_discount: bool,
    period: u32,
    units: u32,
    unit: String,
    from: u64,
    until: u64,
    gate: Option<Address>,
    #[serde(skip)]
    shown_price: String,
    #[serde(skip)]
    gives: String,
}

async fn read(session: &Session, id: U256) -> anyhow::Result<Plan> {
    let offer = session.offer(&format!("showing plan {}", session.public_id(id)), id).await?;
    let (shown_price, gives, sells) = (offer.token.show(offer.cost(1)), offer.gives(1), offer.kind());
    let Offer { plan, token, .. } = offer;
    Ok(Plan {
        id: session.public_id(id),
        listing: session.public_id(plan.listing),
        sells,
        price: plan.price.to_string(),
        token: token.address,
        symbol: token.symbol,
        decimals: token.decimals,
        cap: plan.cap,
        sold: plan.sold,
        version: plan.version,
        paused: plan.paused,
        transferable: plan.transferable,
        tier_discount: plan.tierDiscount,
        period: plan.period,
        units: plan.units,
        unit: plan.unit,
        from: plan.from,
        until: plan.until,
        gate: (plan.gate != Address::ZERO).then_some(plan.gate),
        shown_price,
        gives,
    })
}

impl Plan {
    fn sold_of(&self) -> String {
        if self.cap == 0 { self.sold.to_string() } else { format!("{} of {}", self.sold, self.cap) }
    }

    fn state(&self) -> &'static str {
        if self.paused { "paused" } else { "sells" }
    }

    fn table(&self) -> String {
        let mut table = Table::of_pairs([
            ("plan", self.id.clone()),
            ("listing", self.listing.clone()),
            ("gives", self.gives.clone()),
            ("price", self.shown_price.clone()),
            ("sold", self.sold_of()),
            ("version", self.version.to_string()),
            ("state", self.state().to_owned()),
        ]);
        if self.sells == "subscription" {
            table.row(["period".to_owned(), show_duration(u64::from(self.period))]);
        }
        for (name, moment) in [("from", self.from), ("until", self.until)] {
            if moment != 0 {
                table.row([name.to_owned(), show_time(moment)]);
            }
        }
        if let Some(gate) = self.gate {
            table.row(["gate".to_owned(), gate.to_string()]);
        }
        if self.tier_discount {
            table.row(["fee".to_owned(), "lowered by the tier of the listing's owner".to_owned()]);
        }
        table.to_string()
    }
}

async fn list(session: &Session, listing: &str) -> anyhow::Result<()> {
    let listing = session.number("listing", listing)?;
    let market = *session.contracts.market.address();
    let created = session.events::<Market::PlanCreated>(market, &[None, Some(B256::from(listing))]).await?;
    let mut plans = Vec::new();
    for event in created {
        plans.push(read(session, event.plan).await?);
    }
    session.output.answer(&plans, || {
        if plans.is_empty() {
            return format!("listing {} has no plans", session.public_id(listing));
        }
        let mut table = Table::new(&["plan", "gives", "price", "sold", "state"]);
        for plan in &plans {
            let cells = [&plan.id, &plan.gives, &plan.shown_price, &plan.sold_of()];
            table.row(cells.map(String::clone).into_iter().chain([plan.state().to_owned()]));
        }
        table.right(2).right(3).to_string()
    })
}

async fn price(session: &Session, id: &str, price: Option<&str>, cap: Option<u64>) -> anyhow::Result<()> {
    let plan = session.number("plan", id)?;
    let what = format!("changing plan {}", session.public_id(plan));
    let offer = session.offer(&what, plan).await?;
    let price = match price {
        Some(text) => offer.token.parse(text).map_err(anyhow::Error::msg)?,
        None => U256::from(offer.plan.price),
    };
    let cap = cap.unwrap_or(offer.plan.cap);
    let call = Market::changePlanCall { plan, price: fits(price)?, cap };
    let limit = |cap: u64| if cap == 0 { "none".to_owned() } else { cap.to_string() };
    let step = Step::new(what, *session.contracts.market.address(), &call)
        .with_row("price", format!("{} → {}", offer.token.show(offer.cost(1)), offer.token.show(price)))
        .with_row("cap", format!("{} → {}", limit(offer.plan.cap), limit(cap)));
    let sent = session.send(step).await?;
    session.output.answer(&[sent], || {
        format!("plan {} costs {} from now on", session.public_id(plan), offer.token.show(price))
    })
}

/// Prices are of 128 bits on the chain.
fn fits(price: U256) -> anyhow::Result<u128> {
    u128::try_from(price).map_err(|_| anyhow::anyhow!("the price is larger than any token has (2^128 - 1)"))
}

async fn bound(args: &BoundArgs) -> anyhow::Result<()> {
    anyhow::ensure!(
        args.gate.is_some() || args.window.from.is_some() || args.window.until.is_some(),
        "nothing would change: give --gate, --from or --until"
    );
    let session = args.chain.connect_to_send(&args.signing).await?;
    let plan = session.number("plan", &args.id)?;
    let what = format!("bounding plan {}", session.public_id(plan));
    let offer = session.offer(&what, plan).await?;
    let gate = args.gate.unwrap_or(offer.plan.gate);
    let from = args.window.from.unwrap_or(offer.plan.from);
    let until = args.window.until.unwrap_or(offer.plan.until);
    let moment = |seconds: u64| if seconds == 0 { "always".to_owned() } else { show_time(seconds) };
    let who = if gate == Address::ZERO { "everybody".to_owned() } else { format!("whom {gate} lets") };
    let step = Step::new(
        what,
        *session.contracts.market.address(),
        &Market::boundPlanCall { plan, gate, from, until },
    );
    let step = step.with_row("sells to", who).with_row("from", moment(from)).with_row("until", moment(until));
    let sent = session.send(step).await?;
    session.output.answer(&[sent], || format!("plan {} has new bounds", session.public_id(plan)))
}

async fn pause(one: &One, pause: bool) -> anyhow::Result<()> {
    let session = one.chain.connect_to_send(&one.signing).await?;
    let plan = session.number("plan", &one.id)?;
    let (market, id) = (*session.contracts.market.address(), session.public_id(plan));
    let step = match pause {
        true => Step::new(format!("pausing plan {id}"), market, &Market::pausePlanCall { plan }),
        false => Step::new(format!("resuming plan {id}"), market, &Market::resumePlanCall { plan }),
    };
    let sent = session.send(step).await?;
    session
        .output
        .answer(&[sent], || format!("plan {id} {}", if pause { "is paused" } else { "sells again" }))
}
