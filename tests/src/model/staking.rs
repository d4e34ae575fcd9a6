use std::collections::BTreeMap;

use super::error::require;
use super::history::History;
use super::signed::count;
use super::{Account, Amount, Model, Outcome, Seal, Token};

const WEEK: u64 = 7 * 24 * 60 * 60;
const MAX_TERM: u64 = 52;
const MAX_TOKENS: usize = 8;
/// Fees are kept in so many parts of a token's smallest unit.
const PARTS: u32 = 96;

/// One STOA.
fn one() -> Amount {
    Amount::from(1_000_000_000_000_000_000_u64)
}

/// What a payment to Staking orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LockOrder {
    /// Whose lock it is; where another pays, it has signed the rest.
    pub account: Account,
    /// Weeks, or 0 for more principal of a running lock.
    pub term: u64,
    /// The amount that was signed.
    pub amount: Amount,
    pub nonce: u64,
    pub deadline: u64,
    pub seal: Option<Seal>,
}

/// Locked STOA of one account.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lock {
    pub(super) amount: Amount,
    pub(super) score: Amount,
    /// The week with whose first second it ends.
    pub(super) end: u64,
    pub(super) reinvest: bool,
}

/// What a token's fees have come to.
#[derive(Clone, Debug, Default)]
pub(super) struct Fees {
    /// Ever divided per score of 1, in parts.
    pub(super) index: Amount,
    /// Principal, and what was divided and not paid, in parts.
    pub(super) accounted: Amount,
    /// Earned and not paid, in parts.
    pub(super) accrued: BTreeMap<Account, Amount>,
}

/// Locks, and the fees that they share.
#[derive(Clone, Debug)]
pub(super) struct Staking {
    pub(super) locks: BTreeMap<Account, Lock>,
    pub(super) fees: BTreeMap<Token, Fees>,
    pub(super) tiers: [u32; 4],
    pub(super) history: History,
}

impl Staking {
    pub(super) fn new() -> Self {
        Self {
            locks: BTreeMap::new(),
            fees: BTreeMap::from([(Token::Stoa, Fees::default())]),
            tiers: [1_000, 10_000, 100_000, 1_000_000],
            history: History::default(),
        }
    }

    fn lock(&self, account: Account) -> Lock {
        self.locks.get(&account).copied().unwrap_or_default()
    }
}

/// What an amount weighs for a term: once to twice itself.
fn score(amount: Amount, term: u64) -> Amount {
    amount * Amount::from(MAX_TERM + term) / Amount::from(MAX_TERM)
}

impl Model {
    pub(super) fn week(&self) -> u64 {
        self.now / WEEK
    }

    /// The second from which a lock is over.
    pub(super) fn lock_end(lock: &Lock) -> u64 {
        lock.end * WEEK
    }

    /// A lock's weight now: nothing from its end on.
    pub(super) fn active_score(&self, account: Account) -> Amount {
        let lock = self.staking.lock(account);
        if lock.end > self.week() { lock.score } else { Amount::ZERO }
    }

    pub(super) fn total_score(&self) -> Amount {
        self.staking.locks.keys().map(|account| self.active_score(*account)).sum()
    }

    /// How many of the bounds an account's score reaches.
    #[must_use]
    pub fn tier(&self, account: Account) -> u8 {
        let score = self.active_score(account) / one();
        let reached = |tier: &&u32| Amount::from(**tier) <= score;
        self.staking.tiers.iter().take_while(reached).count() as u8
    }

    /// What lies in the balance and is nobody's yet, in parts.
    fn fresh(&self, token: Token, fees: &Fees) -> Amount {
        (self.vault.balance(token, Account::Staking) << PARTS).saturating_sub(fees.accounted)
    }

    pub(super) fn undistributed(&self, token: Token) -> Amount {
        self.staking.fees.get(&token).map_or(Amount::ZERO, |fees| self.fresh(token, fees) >> PARTS)
    }

    pub(super) fn claimable_fees(&self, account: Account, token: Token) -> Amount {
        let fees = self.staking.fees.get(&token);
        fees.and_then(|fees| fees.accrued.get(&account)).map_or(Amount::ZERO, |parts| *parts >> PARTS)
    }

    /// Gives each running lock its part of what has come since the last time; what does not divide waits.
    pub(super) fn distribute(&mut self, token: Token) -> Outcome {
        require(self.staking.fees.contains_key(&token), "Staking_TokenNotListed")?;
        let total = self.total_score();
        if total.is_zero() {
            return Ok(());
        }
        let gain = self.fresh(token, &self.staking.fees[&token]) / total;
        let accounts: Vec<Account> = self.staking.locks.keys().copied().collect();
        let scores: Vec<_> = accounts.iter().map(|account| (*account, self.active_score(*account))).collect();
        let fees = self.staking.fees.entry(token).or_default();
        fees.index += gain;
        fees.accounted += gain * total;
        for (account, score) in scores {
            *fees.accrued.entry(account).or_default() += gain * score;
        }
        Ok(())
    }

    fn distribute_all(&mut self) -> Outcome {
        let tokens: Vec<Token> = self.staking.fees.keys().copied().collect();
        tokens.into_iter().try_for_each(|token| self.distribute(token))
    }

    fn set_lock(&mut self, account: Account, lock: Lock) {
        self.staking.locks.insert(account, lock);
        self.staking.history.record(account, self.now, lock.score, lock.end);
    }

    fn account_for(&mut self, amount: Amount) {
        self.staking.fees.entry(Token::Stoa).or_default().accounted += amount << PARTS;
    }

    /// Somebody pays for its own lock, or for one whose account has signed for it.
    pub(super) fn lock(
        &mut self,
        from: Account,
        token: Token,
        amount: Amount,
        order: &LockOrder,
    ) -> Outcome<Amount> {
        require(token == Token::Stoa, "Staking_WrongToken")?;
        let account = order.account;
        if account != from {
            require(self.now <= order.deadline, "Staking_SignatureExpired")?;
            require(order.nonce == self.lock_nonce(account), "Staking_WrongNonce")?;
            count(&mut self.used.locks, account);
            let signed = order.amount == amount && order.seal.is_some_and(|seal| seal.is_of(account));
            require(signed, "Staking_BadSignature")?;
        }
        self.lock_for(account, amount, order.term)?;
        Ok(amount)
    }

    /// A new lock, or with term 0 more principal for the running one.
    fn lock_for(&mut self, account: Account, amount: Amount, term: u64) -> Outcome {
        let lock = self.staking.lock(account);
        let (week, active) = (self.week(), lock.end > self.week());
        let news = if term == 0 {
            require(active, "Staking_NoActiveLock")?;
            require(!amount.is_zero(), "Staking_AmountTooSmall")?;
            let remaining = lock.end - week - 1;
            require(remaining > 0, "Staking_LastWeek")?;
            Lock { amount: lock.amount + amount, score: lock.score + score(amount, remaining), ..lock }
        } else {
            require(!active, "Staking_LockActive")?;
            require(term <= MAX_TERM, "Staking_TermOutOfRange")?;
            let amount = lock.amount + amount;
            require(amount >= one(), "Staking_AmountTooSmall")?;
            Lock { amount, score: score(amount, term), end: week + 1 + term, ..lock }
        };
        self.distribute_all()?;
        self.set_lock(account, news);
        self.account_for(amount);
        if amount.is_zero() { Ok(()) } else { self.vault.credit(Token::Stoa, Account::Staking, amount) }
    }

    pub(super) fn extend_lock(&mut self, by: Account, term: u64) -> Outcome {
        let lock = self.staking.lock(by);
        require(!lock.amount.is_zero(), "Staking_NothingLocked")?;
        require((1..=MAX_TERM).contains(&term), "Staking_TermOutOfRange")?;
        let news = Lock { score: score(lock.amount, term), end: self.week() + 1 + term, ..lock };
        if lock.end > self.week() {
            require(news.end >= lock.end, "Staking_Shortened")?;
            require(news.score >= lock.score, "Staking_ScoreLowered")?;
        }
        self.distribute_all()?;
        self.set_lock(by, news);
        Ok(())
    }

    /// Principal of an ended lock, to the balance or, if one is named, to a wallet.
    pub(super) fn withdraw_lock(&mut self, by: Account, wallet: Option<Account>) -> Outcome {
        let lock = self.staking.lock(by);
        require(!lock.amount.is_zero(), "Staking_NothingLocked")?;
        require(lock.end <= self.week(), "Staking_StillLocked")?;
        self.staking.locks.insert(by, Lock { amount: Amount::ZERO, ..lock });
        self.staking.fees.entry(Token::Stoa).or_default().accounted -= lock.amount << PARTS;
        self.pay_staker(by, Token::Stoa, lock.amount, wallet)
    }

    fn pay_staker(
        &mut self,
        account: Account,
        token: Token,
        amount: Amount,
        wallet: Option<Account>,
    ) -> Outcome {
        match wallet {
            Some(wallet) => self.withdraw(Account::Staking, token, amount, wallet),
            None => self.transfer(Account::Staking, token, Account::Staking, account, amount),
        }
    }

    /// Takes whole units out of what an account has earned.
    fn take_fees(&mut self, account: Account, token: Token) -> Outcome<Amount> {
        require(self.staking.fees.contains_key(&token), "Staking_TokenNotListed")?;
        let amount = self.claimable_fees(account, token);
        let fees = self.staking.fees.entry(token).or_default();
        *fees.accrued.entry(account).or_default() -= amount << PARTS;
        fees.accounted -= amount << PARTS;
        Ok(amount)
    }

    pub(super) fn claim_fees(&mut self, by: Account, token: Token, wallet: Option<Account>) -> Outcome {
        let amount = self.take_fees(by, token)?;
        if amount.is_zero() { Ok(()) } else { self.pay_staker(by, token, amount, wallet) }
    }

    pub(super) fn set_reinvest(&mut self, by: Account, enabled: bool) -> Outcome {
        self.staking.locks.entry(by).or_default().reinvest = enabled;
        Ok(())
    }

    /// STOA that an account earned becomes principal; in a lock's last week and after it, balance.
    pub(super) fn reinvest(&mut self, by: Account, account: Account) -> Outcome {
        let lock = self.staking.lock(account);
        require(by == account || lock.reinvest, "Staking_NotOptedIn")?;
        let remaining = lock.end.saturating_sub(self.week() + 1);
        if remaining == 0 {
            return self.claim_fees(account, Token::Stoa, None);
        }
        self.distribute_all()?;
        let amount = self.take_fees(account, Token::Stoa)?;
        let news =
            Lock { amount: lock.amount + amount, score: lock.score + score(amount, remaining), ..lock };
        self.set_lock(account, news);
        self.account_for(amount);
        Ok(())
    }

    pub(super) fn list_fee_token(&mut self, by: Account, token: Token) -> Outcome {
        require(by == Account::Timelock, "OwnableUnauthorizedAccount")?;
        require(!self.staking.fees.contains_key(&token), "Staking_TokenListedAlready")?;
        require(self.staking.fees.len() < MAX_TOKENS, "Staking_TooManyTokens")?;
        require(token != Token::Absent, "Vault_TokenWithoutCode")?;
        self.staking.fees.insert(token, Fees::default());
        Ok(())
    }

    pub(super) fn set_tiers(&mut self, by: Account, tiers: [u32; 4]) -> Outcome {
        require(by == Account::Timelock, "OwnableUnauthorizedAccount")?;
        let ascending = tiers[0] > 0 && tiers.windows(2).all(|pair| pair[0] < pair[1]);
        require(ascending, "Staking_TiersNotAscending")?;
        self.staking.tiers = tiers;
        Ok(())
    }
}
