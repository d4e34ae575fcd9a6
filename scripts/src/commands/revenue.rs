//! `stoa revenue`

use alloy::primitives::{Address, B256, U256};
use clap::Subcommand;
use serde::Serialize;
use stoa_contracts::{Revenue, RevenueShare, Vault};
use stoa_scripts::cli::{ChainArgs, Session, SignerArgs, Step, Table, Token, refused};

/// Revenue: what a listing has earned, and the way to whom it belongs.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  stoa revenue show 31337-4
  stoa revenue settle 31337-4 --wallet me
  stoa revenue claim 31337-4 --wallet me

Sales belong to who owned the listing when they were made, or to its shares. Anybody may settle: it divides what came in
between that owner and the listing's parents. A claim settles first where that is needed.")]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// What came in, and what of it is not divided yet.
    Show {
        /// The listing.
        listing: String,
        /// An earlier owner; else the present owner and the shares.
        #[arg(long, value_name = "ADDRESS")]
        of: Option<Address>,
        #[command(flatten)]
        chain: ChainArgs,
    },
    /// Divides what came in: the owner's part goes to its balance in the Vault, the parents' parts to theirs.
    Settle {
        /// The listing.
        listing: String,
        /// An earlier owner; else the present owner and the shares.
        #[arg(long, value_name = "ADDRESS")]
        of: Option<Address>,
        #[command(flatten)]
        chain: ChainArgs,
        #[command(flatten)]
        signing: SignerArgs,
    },
    /// Pays the wallet what it has earned as an owner of the listing, and as a holder of its shares.
    Claim {
        /// The listing.
        listing: String,
        /// The wallet that gets it; the signer's by default.
        #[arg(long, value_name = "ADDRESS", conflicts_with = "keep")]
        to: Option<Address>,
        /// Leave it in the signer's balance in the Vault.
        #[arg(long)]
        keep: bool,
        #[command(flatten)]
        chain: ChainArgs,
        #[command(flatten)]
        signing: SignerArgs,
    },
}

/// What one beneficiary of a listing has in one token, in base units.
#[derive(Debug, Serialize)]
struct Earnings {
    beneficiary: Address,
    /// Whether the beneficiary is the listing's share contract.
    shares: bool,
    token: Address,
    symbol: String,
    decimals: u8,
    received: String,
    settled: String,
    /// What the beneficiary would get of a settlement now.
    pending: String,
    #[serde(skip)]
    amounts: Amounts,
    #[serde(skip)]
    unit: Token,
}

#[derive(Clone, Copy, Debug)]
struct Amounts {
    received: U256,
    settled: U256,
    pending: U256,
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    match &args.action {
        Action::Show { listing, of, chain } => {
            let session = chain.connect().await?;
            let id = session.number("listing", listing)?;
            let earnings = of_listing(&session, id, *of).await?;
            session.output.answer(&earnings, || table(&session.public_id(id), &earnings))
        }
        Action::Settle { listing, of, chain, signing } => {
            let session = chain.connect_to_send(signing).await?;
            settle(&session, session.number("listing", listing)?, *of).await
        }
        Action::Claim { listing, to, keep, chain, signing } => {
            let session = chain.connect_to_send(signing).await?;
            let wallet = match (keep, to) {
                (true, _) => None,
                (false, Some(to)) => Some(*to),
                (false, None) => Some(session.account()?),
            };
            claim(&session, session.number("listing", listing)?, wallet).await
        }
    }
}

/// Of one beneficiary, or of all that matter now.
async fn of_listing(session: &Session, listing: U256, of: Option<Address>) -> anyhow::Result<Vec<Earnings>> {
    let what = format!("showing the revenue of listing {}", session.public_id(listing));
    let owner = session.contracts.listings.ownerOf(listing).call().await;
    let owner = owner.map_err(|error| refused(&what, &error))?;
    let share = session.contracts.revenue.shareOf(listing).call().await?;
    let beneficiaries = match of {
        Some(of) => vec![of],
        None if share == Address::ZERO => vec![owner],
        None => vec![owner, share],
    };
    let mut earnings = Vec::new();
    for beneficiary in beneficiaries {
        earnings.extend(of_key(session, listing, beneficiary, beneficiary == share).await?);
    }
    Ok(earnings)
}

/// All tokens that ever came in for a beneficiary, by sales, gifts or from children.
async fn of_key(
    session: &Session,
    listing: U256,
    beneficiary: Address,
    shares: bool,
) -> anyhow::Result<Vec<Earnings>> {
    let revenue = &session.contracts.revenue;
    let account = revenue.accountOf(listing, beneficiary).call().await?;
    let vault = *session.contracts.vault.address();
    let credited = session.events::<Vault::Transfer>(vault, &[None, Some(account.into_word())]).await?;
    let mut ids: Vec<U256> = credited.into_iter().map(|event| event.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut earnings = Vec::new();
    for id in ids {
        let token = Address::from_word(B256::from(id));
        let amounts = Amounts {
            received: revenue.received(listing, beneficiary, token).call().await?,
            settled: revenue.settled(listing, beneficiary, token).call().await?,
            pending: revenue.pending(listing, beneficiary, token).call().await?,
        };
        let unit = session.token_at(token).await?;
        earnings.push(Earnings {
            beneficiary,
            shares,
            token,
            symbol: unit.symbol.clone(),
            decimals: unit.decimals,
            received: amounts.received.to_string(),
            settled: amounts.settled.to_string(),
            pending: amounts.pending.to_string(),
            amounts,
            unit,
        });
    }
    Ok(earnings)
}

fn table(id: &str, earnings: &[Earnings]) -> String {
    if earnings.is_empty() {
        return format!("listing {id} has earned nothing");
    }
    let mut table = Table::new(&["of", "received", "settled", "pending"]);
    for one in earnings {
        let whose = if one.shares { "shares".to_owned() } else { one.beneficiary.to_string() };
        let amounts = [one.amounts.received, one.amounts.settled, one.amounts.pending];
        table.row(std::iter::once(whose).chain(amounts.map(|amount| one.unit.show(amount))));
    }
    table.right(1).right(2).right(3).to_string()
}

async fn settle(session: &Session, listing: U256, of: Option<Address>) -> anyhow::Result<()> {
    let earnings = of_listing(session, listing, of).await?;
    let due = |one: &&Earnings| one.amounts.received > one.amounts.settled;
    let steps: Vec<Step> = earnings.iter().filter(due).map(|one| step(session, listing, one)).collect();
    let sent = session.send_all(&steps).await?;
    let id = session.public_id(listing);
    session.output.answer(&sent, || match sent.len() {
        0 => format!("listing {id} has nothing to settle"),
        n => format!("listing {id} is settled, in {n} {}", if n == 1 { "token" } else { "tokens" }),
    })
}

fn step(session: &Session, listing: U256, one: &Earnings) -> Step {
    let (beneficiary, token) = (one.beneficiary, one.token);
    let came = one.unit.show(one.amounts.received - one.amounts.settled);
    let what = format!("settling {came} of listing {}", session.public_id(listing));
    let call = Revenue::settleCall { listing, beneficiary, token };
    let step = Step::new(what, *session.contracts.revenue.address(), &call);
    match one.shares {
        true => step.with_row("the shares' part", "waits for who holds them"),
        false => step.with_row(&format!("to {beneficiary}"), one.unit.show(one.amounts.pending)),
    }
}

/// What is paid, in base units.
#[derive(Debug, Serialize)]
struct Paid {
    token: Address,
    symbol: String,
    decimals: u8,
    amount: String,
    #[serde(skip)]
    shown: String,
}

/// `wallet` is none for the balance in the Vault.
async fn claim(session: &Session, listing: U256, wallet: Option<Address>) -> anyhow::Result<()> {
    let account = session.account()?;
    let vault = *session.contracts.vault.address();
    let (mut steps, mut paid) = (Vec::new(), Vec::new());
    for one in of_listing(session, listing, Some(account)).await? {
        let amount = one.amounts.pending;
        if amount.is_zero() {
            continue;
        }
        steps.push(step(session, listing, &one));
        if let Some(to) = wallet {
            let call = Vault::withdrawCall { token: one.token, amount, to };
            let what = format!("withdrawing {}", one.unit.show(amount));
            steps.push(Step::new(what, vault, &call).with_row("to wallet", to));
        }
        paid.push(Paid::new(&one.unit, amount));
    }
    let share = session.contracts.revenue.shareOf(listing).call().await?;
    if share != Address::ZERO {
        of_shares(session, share, wallet, &mut steps, &mut paid).await?;
    }
    let sent = session.send_all(&steps).await?;
    let id = session.public_id(listing);
    let record = serde_json::json!({ "paid": paid, "transactions": sent });
    session.output.answer(&record, || {
        if paid.is_empty() {
            return format!("{account} has nothing to claim of listing {id}");
        }
        let shown: Vec<_> = paid.iter().map(|one| one.shown.as_str()).collect();
        let place = wallet.map_or_else(|| "its balance in the Vault".to_owned(), |to| to.to_string());
        format!("{} paid to {place}", shown.join(", "))
    })
}

/// What the account has earned as a holder, claimed in each token.
async fn of_shares(
    session: &Session,
    share: Address,
    wallet: Option<Address>,
    steps: &mut Vec<Step>,
    paid: &mut Vec<Paid>,
) -> anyhow::Result<()> {
    let (account, contract) = (session.account()?, session.contracts.shares(share));
    for address in contract.paymentTokens().call().await? {
        let amount = contract.claimable(account, address).call().await?;
        if amount.is_zero() {
            continue;
        }
        let token = session.token_at(address).await?;
        let what = format!("claiming {} of shares", token.show(amount));
        steps.push(match wallet {
            None => Step::new(what, share, &RevenueShare::claimCall { token: address })
                .with_row("to balance of", account),
            Some(wallet) => Step::new(what, share, &RevenueShare::claimToCall { token: address, wallet })
                .with_row("to wallet", wallet),
        });
        paid.push(Paid::new(&token, amount));
    }
    Ok(())
}

impl Paid {
    fn new(token: &Token, amount: U256) -> Self {
        let (symbol, shown) = (token.symbol.clone(), token.show(amount));
        Self { token: token.address, symbol, decimals: token.decimals, amount: amount.to_string(), shown }
    }
}
