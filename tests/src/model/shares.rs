use std::collections::BTreeMap;

use super::error::require;
use super::signed::count;
use super::words::LARGEST;
use super::{Account, Amount, Earner, ListingId, Model, Outcome, Refusal, Seal, Token};

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
    /// Payment tokens, with what has been divided of each.
    pub(super) tokens: BTreeMap<Token, Amount>,
    /// Earned and not paid, times supply.
    pub(super) accrued: BTreeMap<(Account, Token), Amount>,
}

impl Shares {
    pub(super) fn held(&self, account: Account) -> Amount {
        self.holders.get(&account).copied().unwrap_or_default()
    }

    fn add_token(&mut self, token: Token) -> Outcome {
        require(!self.tokens.contains_key(&token), "RevenueShare_TokenListedAlready")?;
        require(self.tokens.len() < MAX_TOKENS, "RevenueShare_TooManyTokens")?;
        require(token != Token::Absent, "Vault_TokenWithoutCode")?;
        self.tokens.insert(token, Amount::ZERO);
        Ok(())
    }
}

impl Model {
    /// Everybody gets, by the shares held now, what has come since the last time.
    fn divide_shares(&mut self, listing: ListingId) {
        let Some(shares) = self.shares.get(&listing) else { return };
        let tokens: Vec<Token> = shares.tokens.keys().copied().collect();
        let earned: Vec<_> =
            tokens.iter().map(|token| (*token, self.earned_by_shares(listing, *token))).collect();
        let Some(shares) = self.shares.get_mut(&listing) else { return };
        for (token, earned) in earned {
            let news = earned - shares.tokens.insert(token, earned).unwrap_or_default();
            for (holder, held) in &shares.holders {
                *shares.accrued.entry((*holder, token)).or_default() += *held * news;
            }
        }
    }

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
        self.shares.get(&listing).map_or_else(Vec::new, |shares| shares.tokens.keys().copied().collect())
    }

    /// All that a listing's shares have ever earned of a token.
    pub(super) fn earned_by_shares(&self, listing: ListingId, token: Token) -> Amount {
        let received = self.received(listing, Earner::Shares(listing), token);
        let parents: u16 = self
            .listings
            .all
            .get(&listing)
            .map_or(0, |listing| listing.parents.iter().map(|(_, bps)| *bps).sum());
        received * Amount::from(10_000 - parents) / Amount::from(10_000)
    }

    pub(super) fn claimable_revenue(&self, listing: ListingId, account: Account, token: Token) -> Amount {
        let Some(shares) = self.shares.get(&listing) else { return Amount::ZERO };
        let Some(divided) = shares.tokens.get(&token) else { return Amount::ZERO };
        let accrued = shares.accrued.get(&(account, token)).copied().unwrap_or_default();
        let news = self.earned_by_shares(listing, token) - divided;
        (accrued + shares.held(account) * news) / shares.supply
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
        let mut shares = Shares {
            supply,
            holders: BTreeMap::from([(by, supply)]),
            allowed_to_market: BTreeMap::new(),
            tokens: BTreeMap::new(),
            accrued: BTreeMap::new(),
        };
        tokens.iter().try_for_each(|token| shares.add_token(*token))?;
        self.shares.insert(listing, shares);
        Ok(())
    }

    fn shares_mut(&mut self, listing: ListingId) -> &mut Shares {
        self.shares.get_mut(&listing).unwrap_or_else(|| unreachable!("listing {listing} has shares"))
    }

    pub(super) fn add_payment_token(&mut self, by: Account, listing: ListingId, token: Token) -> Outcome {
        require(self.listings.get(listing)?.owner == by, "RevenueShare_NotOwner")?;
        self.divide_shares(listing);
        self.shares_mut(listing).add_token(token)
    }

    pub(super) fn transfer_shares(
        &mut self,
        listing: ListingId,
        from: Account,
        to: Account,
        amount: Amount,
    ) -> Outcome {
        require(to != Account::Zero, "ERC20InvalidReceiver")?;
        require(to != Account::Vault, "RevenueShare_CannotHold")?;
        self.divide_shares(listing);
        let shares = self.shares_mut(listing);
        let held = shares.held(from);
        require(held >= amount, "ERC20InsufficientBalance")?;
        shares.holders.insert(from, held - amount);
        *shares.holders.entry(to).or_default() += amount;
        Ok(())
    }

    pub(super) fn allow_market(&mut self, by: Account, listing: ListingId, amount: Amount) -> Outcome {
        self.shares_mut(listing).allowed_to_market.insert(by, amount);
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
        self.divide_shares(listing);
        let shares = self.shares_mut(listing);
        require(shares.tokens.contains_key(&token), "RevenueShare_TokenNotListed")?;
        let accrued = shares.accrued.entry((by, token)).or_default();
        let amount = *accrued / shares.supply;
        *accrued %= shares.supply;
        if amount.is_zero() {
            return Ok(());
        }
        let earner = Earner::Shares(listing);
        let key = self.revenue.keys.entry((listing, earner, token)).or_default();
        key.taken += amount;
        require(key.taken <= LARGEST, "SafeCastOverflowedUintDowncast")?;
        let key = Account::Key { listing, earner };
        if to_wallet {
            self.withdraw(key, token, amount, to)
        } else {
            self.move_sub(key, token, &[(to, amount)])
        }
    }

    /// A listing is paid without a sale: all of it is the earner's and the parents'.
    pub(super) fn pay_listing(
        &mut self,
        listing: ListingId,
        token: Token,
        amount: Amount,
    ) -> Outcome<Amount> {
        let earner = self.earner(listing).ok_or(Refusal("ERC721NonexistentToken"))?;
        let key = Account::Key { listing, earner };
        if !amount.is_zero() {
            self.vault.credit(token, key, amount)?;
        }
        Ok(amount)
    }
}
