//! Revenue that is divided into shares: sold, bought, claimed.

use alloy::{
    primitives::{Address, Bytes, U256, keccak256},
    sol_types::SolValue as _,
};
use rand::{Rng as _, seq::IndexedRandom as _};
use stoa_contracts::{Market, Revenue, RevenueShare};

use super::{Demo, Error, catalogue::CATALOGUE, dollars, stoa};

/// Shares of one listing, and of them how many in a lot for so many dollars.
const SUPPLY: &str = "1000000";
const LOT: &str = "1000";
const LOT_PRICE: &str = "25";
/// Lots for sale: less than half of the shares.
const LOTS: u64 = 400;

/// A sale of shares as the demo remembers it.
#[derive(Clone, Debug)]
pub(super) struct ShareOffer {
    sale: U256,
    share: Address,
}

impl Demo {
    /// Divides what the catalogue divides, and offers a part of it; nothing where that is done.
    pub(super) async fn divide(&mut self) -> Result<(), Error> {
        let divided =
            CATALOGUE.iter().enumerate().filter_map(|(n, template)| Some((n, template, template.shares?)));
        for (sale, (n, template, symbol)) in (1_u64..).zip(divided) {
            let (listing, owner) = (self.items[n].id, self.items[n].owner);
            if self.revenue.shareOf(listing).call().await? == Address::ZERO {
                let shares = Revenue::NewShares {
                    name: format!("{} revenue", template.name),
                    symbol: symbol.to_owned(),
                    supply: stoa(SUPPLY),
                    tokens: vec![*self.dollar.address(), *self.stoa.address()],
                };
                self.transact(self.revenue.createShares(listing, shares).from(owner)).await?;
            }
            let share = self.revenue.shareOf(listing).call().await?;
            if self.market.shareSaleCount().call().await? < U256::from(sale) {
                let market = *self.market.address();
                let shares = RevenueShare::new(share, self.provider.clone());
                self.transact(shares.approve(market, U256::MAX).from(owner)).await?;
                let terms = Market::NewShareSale {
                    listing,
                    token: *self.dollar.address(),
                    lot: stoa(LOT).saturating_to(),
                    price: dollars(LOT_PRICE).saturating_to(),
                    cap: LOTS,
                    from: 0,
                    until: 0,
                };
                self.transact(self.market.openShareSale(terms).from(owner)).await?;
            }
            self.share_offers.push(ShareOffer { sale: U256::from(sale), share });
        }
        Ok(())
    }

    pub(super) async fn buy_shares(&mut self) -> Result<String, Error> {
        let buyer = self.random_buyer();
        let Some(offer) = self.share_offers.choose(&mut self.random).cloned() else {
            return self.buy().await;
        };
        let sale = self.market.shareSaleOf(offer.sale).call().await?;
        let quantity = self.random.random_range(1..=5).min(sale.cap - sale.sold);
        if quantity == 0 || sale.closed {
            return self.buy().await;
        }
        let amount = U256::from(sale.price) * U256::from(quantity);
        let funding = self.choose_funding(buyer, sale.token, amount).await?;
        let kind = keccak256("ShareOrder(uint256 sale,uint64 quantity,address recipient)");
        let data = Bytes::from((kind, offer.sale, quantity, buyer).abi_encode());
        let market = *self.market.address();
        self.transact(self.vault.pay(market, sale.token, amount, funding, data).from(buyer)).await?;
        Ok(format!("{buyer} bought {quantity} lots of shares {}", offer.share))
    }

    /// Whoever holds shares, the listing's owner most of all, takes what they have earned.
    pub(super) async fn claim_shares(&mut self) -> Result<String, Error> {
        let cast = &self.cast;
        let holders: Vec<Address> = cast.providers.iter().chain(&cast.buyers).copied().collect();
        let holder = holders[self.random.random_range(0..holders.len())];
        let Some(offer) = self.share_offers.choose(&mut self.random).cloned() else {
            return self.buy().await;
        };
        let token = *[*self.dollar.address(), *self.stoa.address()]
            .choose(&mut self.random)
            .unwrap_or(&Address::ZERO);
        let shares = RevenueShare::new(offer.share, self.provider.clone());
        let claimable = shares.claimable(holder, token).call().await?;
        if claimable.is_zero() {
            return self.buy_shares().await;
        }
        self.transact(shares.claim(token).from(holder)).await?;
        Ok(format!("{holder} claimed {claimable} that shares {} earned", offer.share))
    }
}
