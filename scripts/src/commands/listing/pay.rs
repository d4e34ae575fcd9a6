//! `stoa listing pay`

use alloy::{
    primitives::{Address, B256},
    sol_types::SolValue as _,
};
use serde::Serialize;
use stoa_scripts::cli::{ChainArgs, Payment, Sent, SignerArgs, Source, refused};

use crate::commands::credits::parse_reference;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  stoa listing pay 31337-4 25 --token dUSD --wallet me
  stoa listing pay 31337-4 25 --token dUSD --memo 'invoice 17' --from balance --wallet me")]
pub(super) struct Args {
    /// The listing.
    id: String,
    /// How much, in the token's own unit, such as 12.5.
    amount: String,
    /// The token: its symbol, where the network names it, or its address.
    #[arg(long, value_name = "TOKEN")]
    token: String,
    /// What it is for, written on the chain: 0x and 64 hex digits as they are, a text of up to 32 bytes as its bytes, a
    /// longer one as its keccak256.
    #[arg(long, value_name = "TEXT", default_value = "", value_parser = parse_reference)]
    memo: B256,
    /// Pay from this source only.
    #[arg(long, value_enum)]
    from: Option<Source>,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    signing: SignerArgs,
}

#[derive(Debug, Serialize)]
struct Paid {
    listing: String,
    beneficiary: Address,
    token: Address,
    symbol: String,
    decimals: u8,
    /// In base units.
    amount: String,
    memo: B256,
    paid_from: Source,
    transactions: Vec<Sent>,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<()> {
    let session = args.chain.connect_to_send(&args.signing).await?;
    let listing = session.number("listing", &args.id)?;
    let id = session.public_id(listing);
    let token = session.token(&args.token).await?;
    let amount = token.parse(&args.amount).map_err(anyhow::Error::msg)?;
    let what = format!("paying listing {id}");
    let earner = session.contracts.revenue.beneficiaryOf(listing).call().await;
    let beneficiary = earner.map_err(|error| refused(&what, &error))?.beneficiary;
    let payment = Payment {
        what,
        target: *session.contracts.revenue.address(),
        token: token.clone(),
        amount,
        data: (listing, args.memo).abi_encode().into(),
        rows: vec![
            ("listing", session.listing_words(listing).await?),
            ("earned by", format!("{beneficiary}, less what its parents get")),
            ("for", args.memo.to_string()),
        ],
    };
    let (paid_from, steps) = session.pay(&payment, args.from).await?;
    let transactions = session.send_all(&steps).await?;
    let record = Paid {
        listing: id.clone(),
        beneficiary,
        token: token.address,
        symbol: token.symbol.clone(),
        decimals: token.decimals,
        amount: amount.to_string(),
        memo: args.memo,
        paid_from,
        transactions,
    };
    session.output.answer(&record, || format!("listing {id} has got {}", token.show(amount)))
}
