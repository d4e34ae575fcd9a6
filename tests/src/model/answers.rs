//! The answers that the contracts must give.

use super::signed::Mark;
use super::{Account, Amount, Bounds, Earner, Figure, Figures, Governed, ListingId, Model, Token, Value};

impl Model {
    /// Everything that the contracts can be asked, with the answers they must give.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let mut all = Figures::new();
        self.token_figures(&mut all);
        self.vault_figures(&mut all);
        self.listing_figures(&mut all);
        self.market_figures(&mut all);
        self.revenue_figures(&mut all);
        self.share_figures(&mut all);
        self.staking_figures(&mut all);
        all
    }

    /// What an account has of something, without computing everything else.
    #[must_use]
    pub fn holding(&self, figure: Figure) -> Amount {
        match figure {
            Figure::Wallet(token, account) => self.tokens.in_wallet(token, account),
            Figure::Coin(account) => self.coin(account),
            Figure::Balance(token, account) => self.vault.balance(token, account),
            Figure::AllowedToVault(token, account) => {
                self.tokens.allowed_to_vault.get(&(token, account)).copied().unwrap_or_default()
            }
            Figure::Passes(plan, account) => self.market.passes(plan, account),
            Figure::Shares(listing, account) => {
                self.shares.get(&listing).map_or(Amount::ZERO, |shares| shares.held(account))
            }
            Figure::SharesOfMarket(listing, account) => {
                let allowed = self.shares.get(&listing).and_then(|it| it.allowed_to_market.get(&account));
                allowed.copied().unwrap_or_default()
            }
            other => unreachable!("{other:?} is nothing to have"),
        }
    }

    /// What listings have earned and not settled, by whom and in what.
    #[must_use]
    pub fn earning_keys(&self) -> Vec<(ListingId, Earner, Token)> {
        let keys = self.vault.balances.keys().filter_map(|(token, account)| match account {
            Account::Key { listing, earner } => Some((*listing, *earner, *token)),
            _ => None,
        });
        keys.collect()
    }

    fn token_figures(&self, all: &mut Figures) {
        all.extend(self.tokens.supply.iter().map(|(token, n)| (Figure::Supply(*token), (*n).into())));
        for ((token, account), amount) in &self.tokens.wallets {
            all.insert(Figure::Wallet(*token, *account), (*amount).into());
        }
        for ((token, account), amount) in &self.tokens.allowed_to_vault {
            all.insert(Figure::AllowedToVault(*token, *account), (*amount).into());
        }
        for (account, amount) in &self.tokens.coin {
            all.insert(Figure::Coin(*account), (*amount).into());
        }
        for (account, nonce) in &self.used.permits {
            all.insert(Figure::PermitNonce(*account), (*nonce).into());
        }
        for (account, mark) in &self.used.authorizations {
            match mark {
                Mark::Own(nonce) => all.insert(Figure::AuthorizationUsed(*account, *nonce), true.into()),
                Mark::Deposit(salt) => all.insert(Figure::DepositUsed(*account, *salt), true.into()),
                Mark::Payment(_) => None,
            };
        }
    }

    fn vault_figures(&self, all: &mut Figures) {
        for ((keeper, account, word), used) in &self.used.unordered {
            all.insert(Figure::Nonces(*keeper, *account, *word), (*used).into());
        }
        all.extend(self.vault.described.iter().map(|token| (Figure::Described(*token), true.into())));
        for ((token, account), amount) in &self.vault.balances {
            all.insert(Figure::Balance(*token, *account), (*amount).into());
        }
        for (owner, spender) in &self.vault.operators {
            all.insert(Figure::Operator { owner: *owner, spender: *spender }, true.into());
        }
        for ((owner, spender, token), amount) in &self.vault.allowances {
            let figure = Figure::Allowance { owner: *owner, spender: *spender, token: *token };
            all.insert(figure, (*amount).into());
        }
    }

    fn listing_figures(&self, all: &mut Figures) {
        all.insert(Figure::ListingCount, self.listing_count().into());
        for (owner, operator) in &self.listings.operators {
            all.insert(Figure::ListingOperator { owner: *owner, operator: *operator }, true.into());
        }
        for (id, listing) in &self.listings.all {
            all.insert(Figure::ListingOwner(*id), Value::Account(listing.owner));
            all.insert(Figure::ListingApproved(*id), Value::Account(listing.approved));
            all.insert(Figure::ListingStatus(*id), (listing.status as u8).into());
            all.insert(Figure::ListingVersions(*id), listing.versions.into());
            all.insert(Figure::Parents(*id), listing.parents.len().into());
            for (place, (parent, bps)) in (0..).zip(&listing.parents) {
                all.insert(Figure::Parent(*id, place), (*parent).into());
                all.insert(Figure::ParentBps(*id, place), (*bps).into());
            }
        }
    }

    fn market_figures(&self, all: &mut Figures) {
        all.insert(Figure::PlanCount, self.plan_count().into());
        for (owner, operator) in &self.market.operators {
            all.insert(Figure::PassOperator { owner: *owner, operator: *operator }, true.into());
        }
        for (id, plan) in &self.market.plans {
            all.insert(Figure::PlanListing(*id), plan.terms.listing.into());
            all.insert(Figure::PlanToken(*id), Value::Token(plan.terms.token));
            all.insert(Figure::PlanPrice(*id), plan.terms.price.into());
            all.insert(Figure::PlanCap(*id), plan.terms.cap.into());
            all.insert(Figure::PlanSold(*id), plan.sold.into());
            all.insert(Figure::PlanVersion(*id), plan.version.into());
            all.insert(Figure::PlanPaused(*id), plan.paused.into());
            all.insert(Figure::PlanTransferable(*id), plan.terms.transferable.into());
            let Bounds { window: (from, until), gate } = plan.terms.bounds;
            all.insert(Figure::PlanFrom(*id), from.into());
            all.insert(Figure::PlanUntil(*id), until.into());
            all.insert(Figure::PlanGate(*id), Value::Gate(gate));
        }
        self.gate_figures(all);
        for ((plan, account), amount) in &self.market.passes {
            all.insert(Figure::Passes(*plan, *account), (*amount).into());
            all.insert(Figure::IsActive(*plan, *account), (!amount.is_zero()).into());
        }
        for ((plan, account), expiry) in &self.market.expiries {
            all.insert(Figure::Passes(*plan, *account), 1_u8.into());
            all.insert(Figure::ExpiresAt(*plan, *account), (*expiry).into());
            all.insert(Figure::IsActive(*plan, *account), (*expiry > self.now).into());
        }
    }

    fn gate_figures(&self, all: &mut Figures) {
        for (id, list) in &self.gates.lists {
            all.insert(Figure::GateList(*id), Value::List(*list));
        }
        for (id, tier) in &self.gates.tiers {
            all.insert(Figure::GateTier(*id), (*tier).into());
        }
        for (id, (token, amount)) in &self.gates.holdings {
            all.insert(Figure::GateToken(*id), Value::Token(*token));
            all.insert(Figure::GateAmount(*id), (*amount).into());
        }
    }

    fn share_figures(&self, all: &mut Figures) {
        for (listing, shares) in &self.shares {
            for (holder, held) in &shares.holders {
                all.insert(Figure::Shares(*listing, *holder), (*held).into());
                for token in &shares.tokens {
                    let claim = self.claimable_revenue(*listing, *holder, *token);
                    all.insert(Figure::ShareClaim(*listing, *holder, *token), claim.into());
                }
            }
            for (holder, allowed) in &shares.allowed_to_market {
                all.insert(Figure::SharesOfMarket(*listing, *holder), (*allowed).into());
            }
            for token in &shares.tokens {
                let earned = self.earned_by_shares(*listing, *token);
                all.insert(Figure::SharesEarned(*listing, *token), earned.into());
            }
        }
        for ((listing, account), nonce) in &self.used.claims {
            all.insert(Figure::ClaimNonce(*listing, *account), (*nonce).into());
        }
        for (id, sale) in &self.sales {
            all.insert(Figure::ShareSold(*id), sale.sold.into());
            all.insert(Figure::ShareSaleClosed(*id), sale.closed.into());
        }
    }

    fn staking_figures(&self, all: &mut Figures) {
        all.insert(Figure::TotalScore, self.total_score().into());
        for (account, nonce) in &self.used.locks {
            all.insert(Figure::LockNonce(*account), (*nonce).into());
        }
        for (account, lock) in &self.staking.locks {
            all.insert(Figure::LockAmount(*account), lock.amount.into());
            all.insert(Figure::LockScore(*account), self.active_score(*account).into());
            all.insert(Figure::LockEnd(*account), Self::lock_end(lock).into());
            all.insert(Figure::LockReinvests(*account), lock.reinvest.into());
            all.insert(Figure::Tier(*account), self.tier(*account).into());
            for token in self.staking.fees.keys() {
                let claim = self.claimable_fees(*account, *token);
                all.insert(Figure::FeeClaim(*account, *token), claim.into());
            }
        }
        for (token, fees) in &self.staking.fees {
            all.insert(Figure::FeeIndex(*token), fees.index().into());
            all.insert(Figure::Undistributed(*token), self.undistributed(*token).into());
        }
    }

    fn revenue_figures(&self, all: &mut Figures) {
        for what in [Governed::Revenue, Governed::Staking] {
            all.insert(Figure::Owner(what), Value::Account(self.owner(what)));
            all.insert(Figure::OfferedTo(what), Value::Account(self.offered_to(what)));
        }
        all.insert(Figure::FeeBps, self.revenue.fee_bps.into());
        all.insert(Figure::PausedUntil, self.revenue.paused_until.into());
        all.insert(Figure::Armed, self.revenue.armed.into());
        all.insert(Figure::FeeRecipient, Value::Account(self.revenue.fee_recipient));
        for (token, account) in self.vault.balances.keys() {
            let Account::Key { listing, earner } = *account else { continue };
            let Ok((_, pending)) = self.division(listing, earner, *token) else { continue };
            let settled = self.revenue.keys.get(&(listing, earner, *token)).copied().unwrap_or_default();
            let received = self.received(listing, earner, *token);
            all.insert(Figure::Received(listing, earner, *token), received.into());
            all.insert(Figure::Settled(listing, earner, *token), settled.settled.into());
            all.insert(Figure::Pending(listing, earner, *token), pending.into());
        }
    }
}
