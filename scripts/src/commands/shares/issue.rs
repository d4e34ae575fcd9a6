//! `stoa shares issue`

use alloy::primitives::{Address, B256};
use anyhow::Context as _;
use serde::Serialize;
use stoa_contracts::Revenue;
use stoa_scripts::cli::{ChainArgs, SignerArgs, Step, Token};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The listing.
    listing: String,
    /// What the shares are called, up to 64 bytes.
    #[arg(long)]
    name: String,
    /// Their symbol, up to 16 bytes.
    #[arg(long)]
    symbol: String,
    /// How many there are, for good.
    #[arg(long, value_name = "AMOUNT")]
    supply: String,
    /// A token that plans may be priced in from now on; may be repeated, at most 4 times.
    #[arg(long = "token", value_name = "TOKEN", required = true)]
    tokens: Vec<String>,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    signing: SignerArgs,
}

#[derive(Debug, Serialize)]
struct Issued {
    listing: String,
    share: Address,
    transaction: B256,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<()> {
    let session = args.chain.connect_to_send(&args.signing).await?;
    let listing = session.number("listing", &args.listing)?;
    // Every share contract has the decimals of most tokens.
    let shares = Token { address: Address::ZERO, symbol: args.symbol.clone(), decimals: 18 };
    let supply = shares.parse(&args.supply).map_err(anyhow::Error::msg)?;
    let mut tokens = Vec::new();
    for token in &args.tokens {
        tokens.push(session.token(token).await?);
    }
    let call = Revenue::createSharesCall {
        listing,
        shares: Revenue::NewShares {
            name: args.name.clone(),
            symbol: args.symbol.clone(),
            supply,
            tokens: tokens.iter().map(|token| token.address).collect(),
        },
    };
    let id = session.public_id(listing);
    let symbols: Vec<_> = tokens.iter().map(|token| token.symbol.as_str()).collect();
    let step = Step::new(
        format!("dividing the revenue of listing {id}"),
        *session.contracts.revenue.address(),
        &call,
    )
    .with_row("shares", format!("{}, all yours, for good", shares.show(supply)))
    .with_row("plans from now on", format!("only in {}", symbols.join(", ")));
    let sent = session.send(step).await?;
    let created = sent.receipt.decoded_log::<Revenue::SharesCreated>();
    let share = created.context("the transaction created no shares")?.share;
    let record = Issued { listing: id.clone(), share, transaction: sent.transaction };
    session.output.answer(&record, || format!("the revenue of listing {id} is divided: {share}"))
}
