use std::collections::BTreeMap;

use super::error::require;
use super::signed::count;
use super::words::LARGEST;
use super::{
    Account, Amount, Earned, Earner, Event, ListingEvent, ListingId, Model, Outcome, RevenueEvent, Seal,
    ShareEvent, Token,
};

const MAX_TOKENS: usize = 4;

/// A claim that its holder signed and anyone may bring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimOrder {
    pub listing: ListingId,
    pub account: Account,
    pub token: Token,
    /// Whose wallet, or else whose balance, is paid.
    pub to: Account,
    pub to_wallet: bool,
    pub nonce: u64,
    pub deadline: u64,
    pub seal: Seal,
}

/// Shares of one listing's revenue.
#[derive(Clone, Debug)]
pub(super) struct Shares {
    pub(super) supply: Amount,
    pub(super) holders: BTreeMap<Account, Amount>,
    /// What the Market may sell for a holder.
    pub(super) allowed_to_market: BTreeMap<Account, Amount>,
    /// Payment tokens, in the order in which they came.
    pub(super) tokens: Vec<Token>,
    /// What has been fixed for an account, times supply: up to when all shares together had earned its index.
    pub(super) fixed: BTreeMap<(Account, Token), Earned>,
}

impl Shares {
    pub(super) fn held(&self, account: Account) -> Amount {
        self.holders.get(&account).copied().unwrap_or_default()
    }

    /// What an account has earned and not been paid when all shares together have earned `index`.
    fn earned(&self, account: Account, token: Token, index: Amount) -> Earned {
        let fixed = self.fixed.get(&(account, token)).copied().unwrap_or_default();
        let accrued = fixed.accrued + self.held(account) * (index - fixed.index);
        Earned { index, accrued }
    }
}

impl Model {
    /// Whether a listing's revenue is divided into shares.
    #[must_use]
    pub fn has_shares(&self, listing: ListingId) -> bool {
        self.shares.contains_key(&listing)
    }

    /// Users who hold or held shares of a listing.
    #[must_use]
    pub fn shareholders(&self, listing: ListingId) -> Vec<Account> {
        let holders = self.shares.get(&listing).into_iter().flat_map(|shares| shares.holders.keys());
        holders.filter(|holder| matches!(holder, Account::User(_))).copied().collect()
    }

    /// Tokens in which a listing's shares earn.
    #[must_use]
    pub fn payment_tokens(&self, listing: ListingId) -> Vec<Token> {
        self.shares.get(&listing).map_or_else(Vec::new, |shares| shares.tokens.clone())
    }

    /// What of a listing's revenue is not its parents', in bps.
    fn own_bps(&self, listing: ListingId) -> u16 {
        let parents = self.listings.all.get(&listing).into_iter().flat_map(|listing| &listing.parents);
        10_000 - parents.map(|(_, bps)| *bps).sum::<u16>()
    }

    /// All that a listing's shares have ever earned of a token.
    pub(super) fn earned_by_shares(&self, listing: ListingId, token: Token) -> Amount {
        let received = self.received(listing, Earner::Shares(listing), token);
        received * Amount::from(self.own_bps(listing)) / Amount::from(10_000)
    }

    /// What a holder of shares could claim.
    #[must_use]
    pub fn claimable_revenue(&self, listing: ListingId, account: Account, token: Token) -> Amount {
        let Some(shares) = self.shares.get(&listing) else { return Amount::ZERO };
        if !shares.tokens.contains(&token) {
            return Amount::ZERO;
        }
        shares.earned(account, token, self.earned_by_shares(listing, token)).accrued / shares.supply
    }

    pub(super) fn create_shares(
        &mut self,
        by: Account,
        listing: ListingId,
        supply: Amount,
        tokens: &[Token],
    ) -> Outcome {
        let possible = !supply.is_zero() && supply <= Amount::from(1) << 96;
        require(possible, "Revenue_SupplyOutOfRange")?;
        require(self.listings.get(listing)?.owner == by, "Revenue_NotOwner")?;
        require(!self.shares.contains_key(&listing), "Listings_BoundAlready")?;
        let shares = Shares {
            supply,
            holders: BTreeMap::from([(by, supply)]),
            allowed_to_market: BTreeMap::new(),
            tokens: Vec::new(),
            fixed: BTreeMap::new(),
        };
        self.shares.insert(listing, shares);
        self.tell(ListingEvent::Bound { listing });
        self.tell_share(listing, ShareEvent::Transfer { from: Account::Zero, to: by, amount: supply });
        tokens.iter().try_for_each(|token| self.add_share_token(listing, *token))?;
        let own_bps = self.own_bps(listing);
        self.tell(RevenueEvent::SharesCreated { listing, holder: by, supply, own_bps });
        Ok(())
    }

    fn tell_share(&mut self, listing: ListingId, event: ShareEvent) {
        self.tell(Event::Shares(listing, event));
    }

    fn shares_mut(&mut self, listing: ListingId) -> &mut Shares {
        self.shares.get_mut(&listing).unwrap_or_else(|| unreachable!("listing {listing} has shares"))
    }

    fn add_share_token(&mut self, listing: ListingId, token: Token) -> Outcome {
        let tokens = &mut self.shares_mut(listing).tokens;
        require(!tokens.contains(&token), "RevenueShare_TokenListedAlready")?;
        require(tokens.len() < MAX_TOKENS, "RevenueShare_TooManyTokens")?;
        let position = tokens.len();
        tokens.push(token);
        self.tell_share(listing, ShareEvent::TokenAdded { token, position });
        self.describe(token)
    }

    pub(super) fn add_payment_token(&mut self, by: Account, listing: ListingId, token: Token) -> Outcome {
        require(self.listings.get(listing)?.owner == by, "RevenueShare_NotOwner")?;
        self.add_share_token(listing, token)
    }

    /// What an account has earned while it held what it holds.
    fn fix_shares(&mut self, listing: ListingId, account: Account, token: Token) {
        let index = self.earned_by_shares(listing, token);
        let shares = self.shares_mut(listing);
        let earned = shares.earned(account, token, index);
        let before = shares.fixed.insert((account, token), earned).unwrap_or_default();
        if before.index != index {
            self.tell_share(listing, ShareEvent::Fixed { account, token, earned });
        }
    }

    pub(super) fn transfer_shares(
        &mut self,
        listing: ListingId,
        from: Account,
        to: Account,
        amount: Amount,
    ) -> Outcome {
        require(to != Account::Zero, "ERC20InvalidReceiver")?;
        require(to != Account::Vault && to != Account::Shares(listing), "RevenueShare_CannotHold")?;
        for token in self.payment_tokens(listing) {
            self.fix_shares(listing, from, token);
            self.fix_shares(listing, to, token);
        }
        let shares = self.shares_mut(listing);
        let held = shares.held(from);
        require(held >= amount, "ERC20InsufficientBalance")?;
        shares.holders.insert(from, held - amount);
        *shares.holders.entry(to).or_default() += amount;
        self.tell_share(listing, ShareEvent::Transfer { from, to, amount });
        Ok(())
    }

    pub(super) fn allow_market(&mut self, by: Account, listing: ListingId, amount: Amount) -> Outcome {
        self.shares_mut(listing).allowed_to_market.insert(by, amount);
        self.tell_share(listing, ShareEvent::Allowed { owner: by, amount });
        Ok(())
    }

    /// The Market sells what a holder allowed it to.
    pub(super) fn sell_held(
        &mut self,
        listing: ListingId,
        from: Account,
        to: Account,
        amount: Amount,
    ) -> Outcome {
        let allowed = self.shares_mut(listing).allowed_to_market.entry(from).or_default();
        require(*allowed >= amount, "ERC20InsufficientAllowance")?;
        if *allowed != Amount::MAX {
            *allowed -= amount;
        }
        self.transfer_shares(listing, from, to, amount)
    }

    /// To the holder's own balance or, if one is named, to a wallet.
    pub(super) fn claim_revenue(
        &mut self,
        by: Account,
        listing: ListingId,
        token: Token,
        wallet: Option<Account>,
    ) -> Outcome {
        self.claim_for(by, listing, token, wallet.unwrap_or(by), wallet.is_some())
    }

    pub(super) fn claim_by_sig(&mut self, order: &ClaimOrder) -> Outcome {
        require(self.now <= order.deadline, "RevenueShare_SignatureExpired")?;
        let nonce = count(&mut self.used.claims, (order.listing, order.account));
        let signed = order.seal.is_of(order.account) && order.nonce == nonce;
        require(signed, "RevenueShare_BadSignature")?;
        self.claim_for(order.account, order.listing, order.token, order.to, order.to_wallet)
    }

    /// Pays whole units; less than one waits.
    fn claim_for(
        &mut self,
        by: Account,
        listing: ListingId,
        token: Token,
        to: Account,
        to_wallet: bool,
    ) -> Outcome {
        let index = self.earned_by_shares(listing, token);
        let shares = self.shares_mut(listing);
        require(shares.tokens.contains(&token), "RevenueShare_TokenNotListed")?;
        let earned = shares.earned(by, token, index);
        let (amount, accrued) = earned.accrued.div_rem(shares.supply);
        if amount.is_zero() {
            return Ok(());
        }
        let left = Earned { index, accrued };
        shares.fixed.insert((by, token), left);
        let claimed = ShareEvent::Claimed { account: by, token, to, amount, to_wallet, left };
        self.tell_share(listing, claimed);
        let earner = Earner::Shares(listing);
        let key = self.revenue.keys.entry((listing, earner, token)).or_default();
        key.taken += amount;
        require(key.taken <= LARGEST, "SafeCastOverflowedUintDowncast")?;
        let key = Account::Key { listing, earner };
        if to_wallet {
            self.withdraw(Account::Revenue, key, token, amount, to)
        } else {
            self.move_sub(Account::Revenue, key, token, &[(to, amount)])
        }
    }
}
