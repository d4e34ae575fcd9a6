use super::error::require;
use super::payment::Credits;
use super::{Account, Amount, ListingId, MarketEvent, Model, Outcome, Refusal, Token};

/// Number of a share sale, from 1.
pub type SaleId = u64;

/// What a seller of shares states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewShareSale {
    pub listing: ListingId,
    pub token: Token,
    pub lot: u128,
    pub price: u128,
    /// 0 for none.
    pub cap: u64,
    /// First second in which it sells, and first in which it does no more; 0 for no bound.
    pub window: (u64, u64),
}

/// Shares on offer at a fixed price.
#[derive(Clone, Debug)]
pub struct ShareSale {
    pub seller: Account,
    pub terms: NewShareSale,
    pub sold: u64,
    pub closed: bool,
}

/// Whether a window is one.
pub(super) fn check_window((from, until): (u64, u64)) -> Outcome {
    require(until == 0 || until > from, "Market_BadWindow")
}

impl Model {
    /// A share sale, if it exists.
    #[must_use]
    pub fn share_sale(&self, id: SaleId) -> Option<&ShareSale> {
        self.sales.get(&id)
    }

    /// The newest share sale's number, which is how many there are.
    #[must_use]
    pub fn share_sale_count(&self) -> SaleId {
        self.sales.len() as SaleId
    }

    pub(super) fn require_open(&self, (from, until): (u64, u64)) -> Outcome {
        require(self.now >= from && (until == 0 || self.now < until), "Market_OutsideWindow")
    }

    pub(super) fn open_share_sale(&mut self, by: Account, terms: &NewShareSale) -> Outcome {
        self.listings.get(terms.listing)?;
        require(self.shares.contains_key(&terms.listing), "Market_ListingWithoutShares")?;
        require(terms.lot > 0, "Market_EmptyLot")?;
        check_window(terms.window)?;
        let sale = self.share_sale_count() + 1;
        let opened = ShareSale { seller: by, terms: terms.clone(), sold: 0, closed: false };
        self.sales.insert(sale, opened);
        self.tell(MarketEvent::SaleOpened { sale, seller: by, terms: terms.clone() });
        self.describe(terms.token)
    }

    pub(super) fn close_share_sale(&mut self, by: Account, id: SaleId) -> Outcome {
        let sale = self.sales.get_mut(&id).ok_or(Refusal("Market_UnknownShareSale"))?;
        require(sale.seller == by, "Market_NotSeller")?;
        require(!sale.closed, "Market_ShareSaleClosed")?;
        sale.closed = true;
        self.tell(MarketEvent::SaleClosed(id));
        Ok(())
    }

    /// The seller gets the price of so many lots, which go to the recipient.
    pub(super) fn sell_shares(
        &mut self,
        (payer, token, received): (Account, Token, Amount),
        id: SaleId,
        quantity: u64,
        recipient: Account,
    ) -> Outcome<Credits> {
        let sale = self.sales.get(&id).ok_or(Refusal("Market_UnknownShareSale"))?;
        require(!sale.closed, "Market_ShareSaleClosed")?;
        require(token == sale.terms.token, "Market_WrongToken")?;
        require(quantity > 0, "Market_ZeroQuantity")?;
        require(recipient != Account::Zero, "Market_ZeroRecipient")?;
        self.require_open(sale.terms.window)?;
        let cap = if sale.terms.cap == 0 { u64::MAX } else { sale.terms.cap };
        require(quantity <= cap - sale.sold, "Market_CapExceeded")?;
        require(self.now >= self.revenue.paused_until, "Market_SalesPaused")?;
        let price = Amount::from(sale.terms.price) * Amount::from(quantity);
        require(received >= price, "Market_PaymentTooSmall")?;
        let shares = Amount::from(sale.terms.lot) * Amount::from(quantity);
        let (seller, listing) = (sale.seller, sale.terms.listing);
        let sold = sale.sold + quantity;
        self.sales.entry(id).and_modify(|sale| sale.sold = sold);
        let amount = price;
        self.tell(MarketEvent::SharesSold { sale: id, payer, recipient, quantity, shares, amount, sold });
        self.sell_held(listing, seller, recipient, shares)?;
        Ok(vec![(seller, price)])
    }
}
