//! `stoa shares offer`

use alloy::primitives::{B256, U256};
use anyhow::{Context as _, bail};
use serde::Serialize;
use stoa_contracts::{Market, RevenueShare};
use stoa_scripts::cli::{ChainArgs, SignerArgs, Step, WindowArgs};

use super::share_of;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The listing.
    listing: String,
    /// Shares in one lot.
    #[arg(long, value_name = "AMOUNT")]
    lot: String,
    /// How many lots.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    lots: u64,
    /// The price of a lot, in the token's own unit.
    #[arg(long, value_name = "AMOUNT")]
    price: String,
    /// The token it is paid in.
    #[arg(long, value_name = "TOKEN")]
    token: String,
    #[command(flatten)]
    window: WindowArgs,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    signing: SignerArgs,
}

#[derive(Debug, Serialize)]
struct Opened {
    sale: String,
    transaction: B256,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<()> {
    let session = args.chain.connect_to_send(&args.signing).await?;
    let (listing, share) = share_of(&session, &args.listing).await?;
    let token = session.token(&args.token).await?;
    let lot = share.parse(&args.lot).map_err(anyhow::Error::msg)?;
    let price = token.parse(&args.price).map_err(anyhow::Error::msg)?;
    let large = "it is larger than 2^128 - 1";
    let sale = Market::NewShareSale {
        listing,
        token: token.address,
        lot: lot.try_into().map_err(|_| anyhow::anyhow!("--lot {}: {large}", args.lot))?,
        price: price.try_into().map_err(|_| anyhow::anyhow!("--price {}: {large}", args.price))?,
        cap: args.lots,
        from: args.window.from.unwrap_or_default(),
        until: args.window.until.unwrap_or_default(),
    };
    let (account, market) = (session.account()?, *session.contracts.market.address());
    let all = lot * U256::from(args.lots);
    let contract = session.contracts.shares(share.address);
    let held = contract.balanceOf(account).call().await?;
    if held < all {
        bail!("{account} has {}, and {} are offered", share.show(held), share.show(all));
    }
    // Other offers live on the same allowance: this one comes on top.
    let value = contract.allowance(account, market).call().await?.saturating_add(all);
    let approve = RevenueShare::approveCall { spender: market, value };
    let what = format!("allowing the Market to sell {}", share.show(all));
    let open =
        Step::new(format!("offering {}", share.show(all)), market, &Market::openShareSaleCall { sale });
    let open = open
        .with_row("lots", format!("{} of {}", args.lots, share.show(lot)))
        .with_row("price of a lot", token.show(price))
        .with_row("you get", format!("up to {}, without a fee", token.show(price * U256::from(args.lots))));
    let sent = session.send_all(&[Step::new(what, share.address, &approve), open]).await?;
    let last = sent.last().context("two steps give two transactions")?;
    let opened = last.receipt.decoded_log::<Market::ShareSaleOpened>();
    let sale = opened.context("the transaction opened no offer")?.sale.to_string();
    let record = Opened { sale: sale.clone(), transaction: last.transaction };
    session.output.answer(&record, || format!("offer {sale} sells {}", share.show(all)))
}
