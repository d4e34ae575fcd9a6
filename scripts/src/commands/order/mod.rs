//! `stoa order`

mod cancel;
mod check;
mod claim;
mod file;
mod relay;
mod show;
mod sign;
mod spend;
mod submit;

use std::path::PathBuf;

use alloy::primitives::{Address, B256, U256};
use clap::Subcommand;
use stoa_scripts::cli::{ChainArgs, SignerArgs, Source};

use super::{
    api::ApiArgs,
    credits::{parse_reference, parse_units},
};

/// Orders that are signed here and sent by somebody else: purchases, spending of credits, claims of shares' earnings.
///
/// The payer of a purchase signs the whole of it (EIP-712) and needs no gas; who sends it gets the fee that the payer
/// named, and can change nothing. A holder of credits signs how many a provider may take, and for what. A holder of shares
/// signs where its earnings go.
#[derive(Debug, clap::Args)]
#[command(after_help = FORMAT)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

const FORMAT: &str = "Examples:
  stoa order sign 4 --relayer-fee 0.05 --out order.json --wallet demo:5
  stoa order show order.json
  stoa order relay order.json --wallet demo:6
  stoa order submit order.json
  stoa order submit order.json --api https://stoa.example --wallet me
  stoa order status 4fRk2Z0mXq7LbT9sVw1cYp
  stoa order cancel order.json --wallet demo:5
  stoa order sign 3 --credits 25 --spender 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --out s.json
  stoa order sign-claim 31337-2 --token dUSD --out claim.json --wallet demo:5

The file is JSON. chainId, version and quantity are numbers, all other numbers decimal strings;
amounts are in base units, times in seconds since 1970.
  kind        \"pay\" for a purchase, \"spend\" for credits, \"claim\" for what shares earned
  chainId     the chain
  contract    who checks the signature: Vault, Market, or the shares
  pay         from, target, token, amount (all that leaves the payer), relayerFee (out of amount),
              funding (balance, allowance, permit, authorization), nonce, deadline,
              relayer (the zero address for anyone)
  order       beside pay: plan, version, quantity, recipient, gateData
  shareOrder  instead of order: sale, quantity, recipient
  grant       beside pay: the ABI-encoded permit or authorization, else 0x
  spend       holder, plan, units, spender, ref, nonce, deadline
  claim       account, token, to, payout (balance or wallet), nonce, deadline
  signature   of the EIP-712 struct Pay with its order as witness, of Spend or of Claim;
              0x where an authorization is the signature";

#[derive(Debug, Subcommand)]
enum Action {
    Sign(Box<Sign>),
    SignClaim(Box<SignClaim>),
    /// What a signed order says, and what would keep it from being sent now.
    ///
    /// The signature stays here: the chain is only asked about the order.
    Show {
        /// The signed file.
        file: PathBuf,
        #[command(flatten)]
        chain: ChainArgs,
    },
    /// Checks a signed order and sends it.
    Relay {
        /// The signed file.
        file: PathBuf,
        #[command(flatten)]
        chain: ChainArgs,
        #[command(flatten)]
        signing: SignerArgs,
    },
    /// Hands a signed order to an API that relays: its operator sends it and pays for the gas.
    ///
    /// An order is sent once, however often it is handed in.
    Submit {
        /// The signed file.
        file: PathBuf,
        #[command(flatten)]
        api: ApiArgs,
    },
    /// How far an order is that was handed to an API.
    Status {
        /// Its id there.
        id: String,
        #[command(flatten)]
        api: ApiArgs,
    },
    /// Makes a signed order void, whoever has it.
    Cancel {
        /// The signed file.
        #[arg(required_unless_present = "nonce")]
        file: Option<PathBuf>,
        /// Instead of a file, the nonce of a payment (or, with --credits, of a spending) of the signer.
        #[arg(long, value_name = "N", conflicts_with = "file")]
        nonce: Option<U256>,
        /// The nonce is one of an order that spends credits.
        #[arg(long, requires = "nonce")]
        credits: bool,
        #[command(flatten)]
        chain: ChainArgs,
        #[command(flatten)]
        signing: SignerArgs,
    },
}

/// Signs an order into a file. Nothing is sent.
#[derive(Debug, clap::Args)]
struct Sign {
    /// The plan, as 4 or 31337-4; with --shares the sale of shares.
    #[arg(value_name = "PLAN")]
    id: String,
    /// The file to write; it must not exist.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// How long the order is good: a number and s, m, h, d or w.
    #[arg(long, default_value = "1h", value_parser = stoa_scripts::cli::parse_duration, value_name = "DURATION")]
    valid_for: u64,
    /// The order's nonce, any number that was not used; a random one by default.
    #[arg(long, value_name = "N")]
    nonce: Option<U256>,
    /// Order lots from a sale of revenue shares.
    #[arg(long, conflicts_with = "proof")]
    shares: bool,
    /// How many licences, periods, packs or lots.
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    quantity: u64,
    /// Who gets what is bought; the signer by default.
    #[arg(long, value_name = "ADDRESS")]
    to: Option<Address>,
    /// Pay from this source; else the vault balance, a standing allowance, an authorization, a permit: the first that
    /// serves.
    #[arg(long, value_enum)]
    from: Option<Source>,
    /// A file with the proof that the plan's gate asks for, as in `stoa buy`.
    #[arg(long, value_name = "FILE")]
    proof: Option<PathBuf>,
    /// Who may send the order; anyone by default.
    #[arg(long, value_name = "ADDRESS")]
    relayer: Option<Address>,
    /// What the sender gets, in the plan's token, on top of the price.
    #[arg(long, value_name = "AMOUNT", default_value = "0")]
    relayer_fee: String,
    /// Order the spending of so many credits of the plan, by --spender, instead of a purchase.
    #[arg(long, value_name = "UNITS", value_parser = parse_units, requires = "spender",
          conflicts_with_all = ["shares", "quantity", "to", "from", "proof", "relayer", "relayer_fee"])]
    credits: Option<U256>,
    /// Who may spend the credits.
    #[arg(long, value_name = "ADDRESS", requires = "credits")]
    spender: Option<Address>,
    /// What the credits are for, as in `stoa credits spend`.
    #[arg(long = "ref", value_name = "TEXT", default_value = "", value_parser = parse_reference, requires = "credits")]
    reference: B256,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    signing: SignerArgs,
}

/// Signs that anyone may have what your shares of a listing earned paid out to where you say. Nothing is sent.
///
/// It is good for what they have earned when it is sent, once, and not after another claim or permit that was signed for
/// the same shares has been used.
#[derive(Debug, clap::Args)]
struct SignClaim {
    /// The listing, as 2 or 31337-2.
    #[arg(value_name = "LISTING")]
    id: String,
    /// What they earned in this token: its symbol, where the network names it, or its address.
    #[arg(long)]
    token: String,
    /// Pay to this vault balance; the signer's by default.
    #[arg(long, value_name = "ADDRESS")]
    to: Option<Address>,
    /// Pay to this wallet instead of a vault balance.
    #[arg(long, value_name = "ADDRESS", conflicts_with = "to")]
    to_wallet: Option<Address>,
    /// The file to write; it must not exist.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// How long the order is good: a number and s, m, h, d or w.
    #[arg(long, default_value = "1h", value_parser = stoa_scripts::cli::parse_duration, value_name = "DURATION")]
    valid_for: u64,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    signing: SignerArgs,
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    match &args.action {
        Action::Sign(args) => {
            let session = args.chain.connect_to_send(&args.signing).await?;
            match (args.credits, args.spender) {
                (Some(units), Some(spender)) => spend::sign(&session, args, units, spender).await,
                _ => sign::sign(&session, args).await,
            }
        }
        Action::SignClaim(args) => {
            let session = args.chain.connect_to_send(&args.signing).await?;
            claim::sign(&session, args).await
        }
        Action::Show { file, chain } => show::show(&chain.connect().await?, file).await,
        Action::Relay { file, chain, signing } => {
            relay::relay(&chain.connect_to_send(signing).await?, file).await
        }
        Action::Submit { file, api } => submit::submit(api, file).await,
        Action::Status { id, api } => submit::status(api, id).await,
        Action::Cancel { file, nonce, credits, chain, signing } => {
            let session = chain.connect_to_send(signing).await?;
            match (file, nonce) {
                (Some(file), _) => cancel::file(&session, file).await,
                (None, nonce) => cancel::nonce(&session, nonce.unwrap_or_default(), *credits).await,
            }
        }
    }
}
