//! `stoa shares show`

use alloy::primitives::{Address, B256, U256};
use serde::Serialize;
use stoa_contracts::Market;
use stoa_scripts::cli::{Session, Table};

use super::share_of;

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
    /// None where there is no cap.
    left: Option<u64>,
    closed: bool,
}

pub(super) async fn run(session: &Session, listing: &str, account: Option<Address>) -> anyhow::Result<()> {
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
            let left = offer.left.map_or_else(|| "any number of".to_owned(), |left| left.to_string());
            table.row([format!("offer {}", offer.sale), format!("{left} lots left, of {}", offer.seller)]);
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
            left: (sale.cap > 0).then(|| sale.cap - sale.sold),
            closed: sale.closed,
        });
    }
    Ok(offers)
}
