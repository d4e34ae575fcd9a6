use std::collections::BTreeMap;

use super::error::require;
use super::payment::Credits;
use super::words::LARGEST;
use super::{
    Account, Amount, Earner, Governed, ListingId, Model, Outcome, ParentPart, Refusal, RevenueEvent,
    Settlement, Token,
};

const BPS: u16 = 10_000;
const MAX_FEE_BPS: u16 = 500;
/// Longest pause of sales, in seconds.
const MAX_PAUSE: u64 = 7 * 24 * 60 * 60;

/// What one earner of one listing has been through in one token.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Progress {
    /// Ever taken out by settlements.
    pub(super) taken: Amount,
    /// Of all ever received, how much has been divided.
    pub(super) settled: Amount,
}

/// Fees and the division of what listings earn.
#[derive(Clone, Debug)]
pub(super) struct Revenue {
    pub(super) guardian: Account,
    /// Whether the guardian may pause sales, once.
    pub(super) armed: bool,
    pub(super) paused_until: u64,
    pub(super) fee_bps: u16,
    pub(super) fee_recipient: Account,
    pub(super) keys: BTreeMap<(ListingId, Earner, Token), Progress>,
}

impl Revenue {
    pub(super) fn new(fee_bps: u16, fee_recipient: Account) -> Self {
        let guardian = Account::Zero;
        Self { guardian, armed: false, paused_until: 0, fee_bps, fee_recipient, keys: BTreeMap::new() }
    }
}

/// A part of an amount, rounded down.
fn part(amount: Amount, bps: u16) -> Amount {
    amount * Amount::from(bps) / Amount::from(BPS)
}

/// What a part has grown by when the whole grew: the difference of two parts, each rounded down.
fn growth(whole: Amount, before: Amount, bps: u16) -> Amount {
    part(whole, bps) - part(before, bps)
}

impl Model {
    /// Who earns a listing's next sale.
    #[must_use]
    pub fn earner(&self, listing: ListingId) -> Option<Earner> {
        let owner = self.listings.all.get(&listing)?.owner;
        if self.shares.contains_key(&listing) {
            return Some(Earner::Shares(listing));
        }
        match owner {
            Account::User(user) => Some(Earner::User(user)),
            owner => unreachable!("only users own listings here, not {owner:?}"),
        }
    }

    fn earner_of(&self, listing: ListingId) -> Outcome<Earner> {
        self.earner(listing).ok_or(Refusal("ERC721NonexistentToken"))
    }

    /// Of a sale's price the fee, rounded down, is the protocol's; the rest is whose who earns the listing. A discount
    /// lowers the fee by an eighth for each of the owner's tiers.
    pub(super) fn split(
        &self,
        listing: ListingId,
        price: Amount,
        discount: bool,
    ) -> Outcome<(Amount, Earner)> {
        let tier = if discount { self.tier(self.listings.get(listing)?.owner) } else { 0 };
        let eighths = Amount::from(8 - tier.min(4));
        let fee = price * Amount::from(self.revenue.fee_bps) * eighths / Amount::from(80_000);
        Ok((fee, self.earner_of(listing)?))
    }

    /// A listing is paid without a sale: all of it is the earner's and the parents'.
    pub(super) fn pay_listing(
        &mut self,
        (payer, token, amount): (Account, Token, Amount),
        listing: ListingId,
        memo: u32,
    ) -> Outcome<Credits> {
        let earner = self.earner_of(listing)?;
        self.tell(RevenueEvent::ListingPaid { listing, payer, token, earner, amount, memo });
        Ok(vec![(Account::Key { listing, earner }, amount)])
    }

    /// All that a key has ever received.
    pub(super) fn received(&self, listing: ListingId, earner: Earner, token: Token) -> Amount {
        let key = self.revenue.keys.get(&(listing, earner, token)).copied().unwrap_or_default();
        self.vault.balance(token, Account::Key { listing, earner }) + key.taken
    }

    /// Whether a key has received anything since it was settled.
    #[must_use]
    pub fn is_unsettled(&self, listing: ListingId, earner: Earner, token: Token) -> bool {
        let settled =
            self.revenue.keys.get(&(listing, earner, token)).map_or(Amount::ZERO, |key| key.settled);
        self.received(listing, earner, token) != settled
    }

    /// Whether new sales are paused.
    #[must_use]
    pub fn sales_are_paused(&self) -> bool {
        self.now < self.revenue.paused_until
    }

    /// What a settlement now would give: to the parents' earners, in order, and to the earner.
    pub(super) fn division(
        &self,
        listing: ListingId,
        earner: Earner,
        token: Token,
    ) -> Outcome<(Vec<ParentPart>, Amount)> {
        let whole = self.received(listing, earner, token);
        let before = self.revenue.keys.get(&(listing, earner, token)).copied().unwrap_or_default().settled;
        let mut own = BPS;
        let mut parents = Vec::new();
        for (parent, bps) in &self.listings.get(listing)?.parents {
            parents.push((*parent, self.earner_of(*parent)?, growth(whole, before, *bps)));
            own -= bps;
        }
        Ok((parents, growth(whole, before, own)))
    }

    /// Divides what has arrived since the last time; without news it does nothing.
    pub(super) fn settle(&mut self, listing: ListingId, earner: Option<Earner>, token: Token) -> Outcome {
        let earner = earner.ok_or(Refusal("Revenue_ZeroBeneficiary"))?;
        let whole = self.received(listing, earner, token);
        let key = self.revenue.keys.get(&(listing, earner, token)).copied().unwrap_or_default();
        if whole == key.settled {
            return Ok(());
        }
        let (parents, own) = self.division(listing, earner, token)?;
        let credit = |(listing, earner, amount): &ParentPart| {
            (Account::Key { listing: *listing, earner: *earner }, *amount)
        };
        let mut credits: Vec<_> = parents.iter().map(credit).collect();
        // What shares earned stays for their holders, who claim it.
        if earner != Earner::Shares(listing) {
            credits.push((earner.into(), own));
        }
        let total: Amount = credits.iter().map(|(_, amount)| *amount).sum();
        let fits = whole <= LARGEST && key.taken + total <= LARGEST;
        require(fits, "SafeCastOverflowedUintDowncast")?;
        let news = Progress { taken: key.taken + total, settled: whole };
        self.revenue.keys.insert((listing, earner, token), news);
        let settlement = Settlement { listing, earner, token, received: whole, own, parents };
        self.tell(RevenueEvent::Settled(settlement));
        self.move_sub(Account::Revenue, Account::Key { listing, earner }, token, &credits)
    }

    pub(super) fn set_guardian(&mut self, by: Account, guardian: Account) -> Outcome {
        self.require_owner(Governed::Revenue, by)?;
        self.revenue.guardian = guardian;
        self.revenue.armed = true;
        self.tell(RevenueEvent::GuardianChanged { guardian, armed: true });
        Ok(())
    }

    pub(super) fn pause_sales(&mut self, by: Account, seconds: u32) -> Outcome {
        require(by == self.revenue.guardian, "Guarded_NotGuardian")?;
        require(self.revenue.armed, "Guarded_NotArmed")?;
        require(u64::from(seconds) <= MAX_PAUSE, "Guarded_PauseTooLong")?;
        self.revenue.armed = false;
        self.revenue.paused_until = self.now + u64::from(seconds);
        self.tell(RevenueEvent::GuardianChanged { guardian: by, armed: false });
        self.tell(RevenueEvent::PauseChanged { until: self.revenue.paused_until });
        Ok(())
    }

    pub(super) fn resume_sales(&mut self, by: Account) -> Outcome {
        self.require_owner(Governed::Revenue, by)?;
        self.revenue.paused_until = 0;
        self.tell(RevenueEvent::PauseChanged { until: 0 });
        Ok(())
    }

    pub(super) fn set_fee(&mut self, by: Account, bps: u16) -> Outcome {
        self.require_owner(Governed::Revenue, by)?;
        require(bps <= MAX_FEE_BPS, "Revenue_FeeTooHigh")?;
        self.revenue.fee_bps = bps;
        self.tell(RevenueEvent::FeeChanged { bps, recipient: self.revenue.fee_recipient });
        Ok(())
    }
}
