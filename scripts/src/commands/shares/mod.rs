//! `stoa shares`

mod issue;
mod offer;
mod show;

use alloy::primitives::{Address, U256};
use anyhow::bail;
use clap::Subcommand;
use stoa_contracts::{Market, RevenueShare};
use stoa_scripts::cli::{ChainArgs, Session, SignerArgs, Step, Token};

/// Shares: a listing's revenue, divided into tokens that can be sold and passed on.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  stoa shares issue 31337-4 --name 'Harbour revenue' --symbol HARB --supply 1000000 --token dUSD --wallet me
  stoa shares offer 31337-4 --lot 1000 --lots 100 --price 25 --token dUSD --wallet me
  stoa shares show 31337-4 --account 0x70997970C51812dc3A010C7d01b50e0d17dc79C8
  stoa shares close 3 --wallet me
  stoa shares transfer 31337-4 250 --to 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --wallet me

What shares earn is claimed with `stoa revenue claim`.")]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Divides what a listing earns from now on, once and for good. All shares are the owner's to pass on.
    Issue(Box<issue::Args>),
    /// Offers shares of the wallet at a fixed price. The price is all the seller's: there is no fee.
    Offer(Box<offer::Args>),
    /// Ends an offer, for good.
    Close {
        /// The offer's number.
        sale: String,
        #[command(flatten)]
        chain: ChainArgs,
        #[command(flatten)]
        signing: SignerArgs,
    },
    /// Passes shares on. What they earned so far stays with the giver.
    Transfer {
        /// The listing.
        listing: String,
        /// How many, such as 250.
        amount: String,
        /// Who gets them.
        #[arg(long, value_name = "ADDRESS")]
        to: Address,
        #[command(flatten)]
        chain: ChainArgs,
        #[command(flatten)]
        signing: SignerArgs,
    },
    /// Lets plans be priced in one more token, for good; at most 4 in all. What was earned in it before goes to who holds now.
    AddToken {
        /// The listing.
        listing: String,
        /// The token: its symbol, where the network names it, or its address.
        token: String,
        #[command(flatten)]
        chain: ChainArgs,
        #[command(flatten)]
        signing: SignerArgs,
    },
    /// What the chain says of a listing's shares and of who offers them.
    Show {
        /// The listing.
        listing: String,
        /// Whose shares and earnings to show too.
        #[arg(long, value_name = "ADDRESS")]
        account: Option<Address>,
        #[command(flatten)]
        chain: ChainArgs,
    },
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    match &args.action {
        Action::Issue(args) => issue::run(args).await,
        Action::Offer(args) => offer::run(args).await,
        Action::Close { sale, chain, signing } => {
            let session = chain.connect_to_send(signing).await?;
            let sale = session.number("offer", sale)?;
            let call = Market::closeShareSaleCall { sale };
            let step = Step::new(format!("closing offer {sale}"), *session.contracts.market.address(), &call);
            let sent = session.send(step).await?;
            session.output.answer(&[sent], || format!("offer {sale} is closed"))
        }
        Action::Transfer { listing, amount, to, chain, signing } => {
            let session = chain.connect_to_send(signing).await?;
            let (_, share) = share_of(&session, listing).await?;
            let value = share.parse(amount).map_err(anyhow::Error::msg)?;
            let call = RevenueShare::transferCall { to: *to, value };
            let what = format!("passing on {}", share.show(value));
            let sent = session.send(Step::new(what, share.address, &call).with_row("to", to)).await?;
            session.output.answer(&[sent], || format!("{to} has {} more", share.show(value)))
        }
        Action::AddToken { listing, token, chain, signing } => {
            let session = chain.connect_to_send(signing).await?;
            let (id, share) = share_of(&session, listing).await?;
            let token = session.token(token).await?;
            let what = format!("adding {} to the shares of listing {}", token.symbol, session.public_id(id));
            let call = RevenueShare::addPaymentTokenCall { token: token.address };
            let sent = session.send(Step::new(what, share.address, &call)).await?;
            session.output.answer(&[sent], || format!("{} is a payment token, for good", token.symbol))
        }
        Action::Show { listing, account, chain } => {
            show::run(&chain.connect().await?, listing, *account).await
        }
    }
}

/// The shares of a listing, as a token.
async fn share_of(session: &Session, listing: &str) -> anyhow::Result<(U256, Token)> {
    let listing = session.number("listing", listing)?;
    let share = session.contracts.revenue.shareOf(listing).call().await?;
    if share == Address::ZERO {
        bail!("the revenue of listing {} is not divided into shares", session.public_id(listing));
    }
    Ok((listing, session.token_at(share).await?))
}
