//! `stoa passes`

use std::ops::RangeInclusive;

use alloy::{
    eips::BlockId,
    primitives::{Address, U256},
};
use serde::Serialize;
use stoa_scripts::cli::{ChainArgs, Offer, Session, SignerArgs, Table, show_time};

/// Plans that are asked about at once: some 5,000 gas each, far below what nodes let a question use.
const PLANS_AT_ONCE: u64 = 1_000;

/// All passes of an account, valid or not: licences, subscriptions and credits.
///
/// Read from the chain alone, all at one block. It costs one question for every thousand plans that exist and five for
/// each pass found. A licence or credits that are used up or passed on are not shown; an ended subscription is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  stoa passes 0x70997970C51812dc3A010C7d01b50e0d17dc79C8
  stoa passes --wallet demo:5 --valid
  stoa passes --wallet demo:5 --listing 31337-4 --json")]
pub(crate) struct Args {
    /// The account; the wallet's own by default.
    account: Option<Address>,
    /// Passes of this listing only.
    #[arg(long, value_name = "ID")]
    listing: Option<String>,
    /// Without ended subscriptions.
    #[arg(long)]
    valid: bool,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    signing: SignerArgs,
}

#[derive(Debug, Serialize)]
struct Passes {
    account: Address,
    /// The block that all of this is true of.
    block: u64,
    passes: Vec<Pass>,
}

#[derive(Debug, Serialize)]
struct Pass {
    plan: String,
    listing: String,
    kind: &'static str,
    /// Licences or units; 1 of a subscription.
    quantity: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    transferable: bool,
    /// A subscription's end, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<u64>,
    valid: bool,
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    let (session, account) = args.chain.connect_for(args.account, &args.signing).await?;
    let listing = args.listing.as_ref().map(|id| session.number("listing", id)).transpose()?;
    let block = alloy::providers::Provider::get_block_number(&session.provider).await?;
    let mut passes = Vec::new();
    for (plan, quantity) in held(&session, account, block.into()).await? {
        let (offer, pass) = describe(&session, account, plan, quantity, block.into()).await?;
        if listing.is_none_or(|listing| listing == offer.plan.listing) && (pass.valid || !args.valid) {
            passes.push(pass);
        }
    }
    let record = Passes { account, block, passes };
    session.output.answer(&record, || table(&record))
}

/// Each plan of which the account has something.
async fn held(session: &Session, account: Address, block: BlockId) -> anyhow::Result<Vec<(U256, U256)>> {
    let market = &session.contracts.market;
    let count: u64 = market.count().block(block).call().await?.saturating_to();
    let mut held = Vec::new();
    for range in ranges(count) {
        let plans: Vec<U256> = range.map(U256::from).collect();
        let accounts = vec![account; plans.len()];
        let balances = market.balanceOfBatch(accounts, plans.clone()).block(block).call().await?;
        held.extend(plans.into_iter().zip(balances).filter(|(_, balance)| !balance.is_zero()));
    }
    Ok(held)
}

/// All plans up to the newest, in groups.
fn ranges(count: u64) -> impl Iterator<Item = RangeInclusive<u64>> {
    let groups = 0..count.div_ceil(PLANS_AT_ONCE);
    groups.map(move |n| n * PLANS_AT_ONCE + 1..=count.min((n + 1) * PLANS_AT_ONCE))
}

async fn describe(
    session: &Session,
    account: Address,
    id: U256,
    quantity: U256,
    block: BlockId,
) -> anyhow::Result<(Offer, Pass)> {
    let market = &session.contracts.market;
    let offer = session.offer(&format!("reading plan {id}"), id).await?;
    let expires_at = market.expiresAt(account, id).block(block).call().await?;
    let pass = Pass {
        plan: session.public_id(id),
        listing: session.public_id(offer.plan.listing),
        kind: offer.kind(),
        quantity: quantity.to_string(),
        unit: offer.is_credits().then(|| offer.unit().to_owned()),
        transferable: offer.plan.transferable,
        expires_at: offer.is_subscription().then_some(expires_at),
        valid: market.isActive(account, id).block(block).call().await?,
    };
    Ok((offer, pass))
}

fn table(record: &Passes) -> String {
    if record.passes.is_empty() {
        return format!("{} has no passes", record.account);
    }
    let mut table = Table::new(&["plan", "listing", "kind", "quantity", "valid"]);
    for pass in &record.passes {
        let quantity = match &pass.unit {
            Some(unit) => format!("{} {unit}", pass.quantity),
            None => pass.quantity.clone(),
        };
        let valid = match pass.expires_at {
            Some(end) if pass.valid => format!("until {}", show_time(end)),
            Some(end) => format!("ended {}", show_time(end)),
            None => "for good".to_owned(),
        };
        table.row([pass.plan.clone(), pass.listing.clone(), pass.kind.to_owned(), quantity, valid]);
    }
    table.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_plan_is_in_one_group() {
        for count in [0, 1, PLANS_AT_ONCE, PLANS_AT_ONCE + 1, 3 * PLANS_AT_ONCE - 1] {
            let all: Vec<u64> = ranges(count).flatten().collect();
            assert_eq!(all, (1..=count).collect::<Vec<_>>());
            assert!(ranges(count).all(|range| range.count() as u64 <= PLANS_AT_ONCE));
        }
    }
}
