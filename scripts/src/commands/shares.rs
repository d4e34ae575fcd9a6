//! `stoa shares`

use alloy::primitives::{Address, B256, U256};
use anyhow::{Context as _, bail};
use clap::Subcommand;
use serde::Serialize;
use stoa_contracts::{Market, Revenue, RevenueShare};
use stoa_scripts::cli::{ChainArgs, Session, SignerArgs, Step, Table, Token, WindowArgs};

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
    Issue(Box<IssueArgs>),
    /// Offers shares of the wallet at a fixed price. The price is all the seller's: there is no fee.
    Offer(Box<OfferArgs>),
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

#[derive(Debug, clap::Args)]
struct IssueArgs {
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

#[derive(Debug, clap::Args)]
struct OfferArgs {
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

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    match &args.action {
        Action::Issue(args) => issue(args).await,
        Action::Offer(args) => offer(args).await,
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
        Action::Show { listing, account, chain } => show(&chain.connect().await?, listing, *account).await,
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

#[derive(Debug, Serialize)]
struct Issued {
    listing: String,
    share: Address,
    transaction: B256,
}

async fn issue(args: &IssueArgs) -> anyhow::Result<()> {
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

#[derive(Debug, Serialize)]
struct Opened {
    sale: String,
    transaction: B256,
}

async fn offer(args: &OfferArgs) -> anyhow::Result<()> {
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

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shares {
    listing: String,
    share: Address,
    symbol: String,
    /// In base units of 18 decimals.
    supply: String,
    /// What they earn of what the listing receives.
    own_bps: u16,
    tokens: Vec<Earned>,
    account: Option<Address>,
    balance: Option<String>,
    offers: Vec<Offered>,
}

/// In base units of the token.
#[derive(Debug, Serialize)]
struct Earned {
    token: Address,
    symbol: String,
    decimals: u8,
    /// By all shares, ever.
    earned: String,
    claimable: Option<String>,
}

#[derive(Debug, Serialize)]
struct Offered {
    sale: String,
    seller: Address,
    lot: String,
    price: String,
    token: Address,
    left: u64,
    closed: bool,
}

async fn show(session: &Session, listing: &str, account: Option<Address>) -> anyhow::Result<()> {
    let (id, share) = share_of(session, listing).await?;
    let contract = session.contracts.shares(share.address);
    let mut tokens = Vec::new();
    let mut rows = Vec::new();
    for address in contract.paymentTokens().call().await? {
        let token = session.token_at(address).await?;
        let earned = contract.earned(address).call().await?;
        rows.push((format!("earned in {}", token.symbol), token.show(earned)));
        let claimable = match account {
            Some(account) => Some(contract.claimable(account, address).call().await?),
            None => None,
        };
        if let Some(claimable) = claimable {
            rows.push(("  claimable".to_owned(), token.show(claimable)));
        }
        let (earned, claimable) = (earned.to_string(), claimable.map(|amount| amount.to_string()));
        tokens.push(Earned {
            token: address,
            symbol: token.symbol,
            decimals: token.decimals,
            earned,
            claimable,
        });
    }
    let balance = match account {
        Some(account) => Some(contract.balanceOf(account).call().await?),
        None => None,
    };
    let supply = contract.totalSupply().call().await?;
    let record = Shares {
        listing: session.public_id(id),
        share: share.address,
        symbol: share.symbol.clone(),
        supply: supply.to_string(),
        own_bps: contract.ownBps().call().await?,
        tokens,
        account,
        balance: balance.map(|balance| balance.to_string()),
        offers: offers(session, id).await?,
    };
    session.output.answer(&record, || {
        let mut table = Table::of_pairs([
            ("listing", record.listing.clone()),
            ("shares", format!("{} at {}", share.show(supply), share.address)),
            ("earn", format!("{}.{:02} % of its revenue", record.own_bps / 100, record.own_bps % 100)),
        ]);
        if let (Some(account), Some(balance)) = (account, balance) {
            table.row([account.to_string(), share.show(balance)]);
        }
        for (name, value) in rows {
            table.row([name, value]);
        }
        for offer in record.offers.iter().filter(|offer| !offer.closed) {
            table.row([
                format!("offer {}", offer.sale),
                format!("{} lots left, of {}", offer.left, offer.seller),
            ]);
        }
        table.to_string()
    })
}

async fn offers(session: &Session, listing: U256) -> anyhow::Result<Vec<Offered>> {
    let market = &session.contracts.market;
    let topic = Some(B256::from(listing));
    let opened = session.events::<Market::ShareSaleOpened>(*market.address(), &[None, topic]).await?;
    let mut offers = Vec::new();
    for event in opened {
        let sale = market.shareSaleOf(event.sale).call().await?;
        offers.push(Offered {
            sale: event.sale.to_string(),
            seller: sale.seller,
            lot: sale.lot.to_string(),
            price: sale.price.to_string(),
            token: sale.token,
            left: if sale.cap == 0 { u64::MAX } else { sale.cap - sale.sold },
            closed: sale.closed,
        });
    }
    Ok(offers)
}
