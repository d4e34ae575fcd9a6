use std::collections::BTreeMap;

use super::error::require;
use super::fees::Fees;
use super::history::History;
use super::payment::Credits;
use super::{Account, Amount, Governed, LockChange, Model, Outcome, Payout, Seal, StakingEvent, Token};

pub(super) const WEEK: u64 = 7 * 24 * 60 * 60;
const MAX_TERM: u64 = 52;

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

/// Locks, and the fees that they share.
#[derive(Clone, Debug)]
pub(super) struct Staking {
    pub(super) locks: BTreeMap<Account, Lock>,
    /// Which scores end with which week.
    endings: BTreeMap<u64, Amount>,
    pub(super) fees: BTreeMap<Token, Fees>,
    /// Tokens whose fees are divided, in the order in which they came.
    pub(super) tokens: Vec<Token>,
    pub(super) tiers: [u32; 4],
    pub(super) history: History,
}

impl Staking {
    pub(super) fn new() -> Self {
        Self {
            locks: BTreeMap::new(),
            endings: BTreeMap::new(),
            fees: BTreeMap::from([(Token::Stoa, Fees::default())]),
            tokens: vec![Token::Stoa],
            tiers: [1_000, 10_000, 100_000, 1_000_000],
            history: History::default(),
        }
    }

    pub(super) fn lock(&self, account: Account) -> Lock {
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

    /// What an account has locked, and the second from which it is over.
    #[must_use]
    pub fn locked(&self, account: Account) -> (Amount, u64) {
        let lock = self.staking.lock(account);
        (lock.amount, Self::lock_end(&lock))
    }

    /// A lock's weight now: nothing from its end on.
    pub(super) fn active_score(&self, account: Account) -> Amount {
        let lock = self.staking.lock(account);
        if lock.end > self.week() { lock.score } else { Amount::ZERO }
    }

    pub(super) fn total_score(&self) -> Amount {
        self.staking.endings.range(self.week() + 1..).map(|(_, score)| *score).sum()
    }

    /// How many of the bounds an account's score reaches.
    #[must_use]
    pub fn tier(&self, account: Account) -> u8 {
        let score = self.active_score(account) / one();
        let reached = |tier: &&u32| Amount::from(**tier) <= score;
        self.staking.tiers.iter().take_while(reached).count() as u8
    }

    /// A lock after its earnings were fixed, with the principal that comes with it.
    fn set_lock(&mut self, account: Account, payer: Account, change: LockChange, added: Amount, lock: Lock) {
        let before = self.staking.locks.insert(account, lock).unwrap_or_default();
        *self.staking.endings.entry(before.end).or_default() -= before.score;
        *self.staking.endings.entry(lock.end).or_default() += lock.score;
        self.staking.history.record(account, self.now, lock.score, lock.end);
        self.account_for(added);
        self.tell(StakingEvent::LockChanged {
            account,
            payer,
            change,
            added,
            amount: lock.amount,
            score: lock.score,
            end: Self::lock_end(&lock),
            total: self.total_score(),
        });
    }

    /// Somebody pays for its own lock, or for one whose account has signed for it.
    pub(super) fn lock(
        &mut self,
        from: Account,
        token: Token,
        amount: Amount,
        order: &LockOrder,
    ) -> Outcome<Credits> {
        require(token == Token::Stoa, "Staking_WrongToken")?;
        let account = order.account;
        if account != from {
            require(self.now <= order.deadline, "Staking_SignatureExpired")?;
            require(order.nonce == self.lock_nonce(account), "Staking_WrongNonce")?;
            self.use_lock_nonce(account);
            let signed = order.amount == amount && order.seal.is_some_and(|seal| seal.is_of(account));
            require(signed, "Staking_BadSignature")?;
        }
        self.lock_for(account, from, amount, order.term)?;
        Ok(vec![(Account::Staking, amount)])
    }

    /// A new lock, or with term 0 more principal for the running one.
    fn lock_for(&mut self, account: Account, payer: Account, added: Amount, term: u64) -> Outcome {
        let lock = self.staking.lock(account);
        let (week, active) = (self.week(), lock.end > self.week());
        let amount = lock.amount + added;
        let (change, news) = if term == 0 {
            require(active, "Staking_NoActiveLock")?;
            require(!added.is_zero(), "Staking_AmountTooSmall")?;
            let remaining = lock.end - week - 1;
            require(remaining > 0, "Staking_LastWeek")?;
            let score = lock.score + score(added, remaining);
            (LockChange::Raise, Lock { amount, score, ..lock })
        } else {
            require(!active, "Staking_LockActive")?;
            require(term <= MAX_TERM, "Staking_TermOutOfRange")?;
            require(amount >= one(), "Staking_AmountTooSmall")?;
            let (score, end) = (score(amount, term), week + 1 + term);
            (LockChange::Start, Lock { amount, score, end, ..lock })
        };
        self.fix_fees(account);
        self.set_lock(account, payer, change, added, news);
        Ok(())
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
        self.fix_fees(by);
        self.set_lock(by, by, LockChange::Extend, Amount::ZERO, news);
        Ok(())
    }

    /// Principal of an ended lock, to the balance or, if one is named, to a wallet.
    pub(super) fn withdraw_lock(&mut self, by: Account, wallet: Option<Account>) -> Outcome {
        let lock = self.staking.lock(by);
        require(!lock.amount.is_zero(), "Staking_NothingLocked")?;
        require(lock.end <= self.week(), "Staking_StillLocked")?;
        self.staking.locks.insert(by, Lock { amount: Amount::ZERO, ..lock });
        self.no_longer_account_for(lock.amount);
        let (to, to_wallet, amount) = (wallet.unwrap_or(by), wallet.is_some(), lock.amount);
        self.tell(StakingEvent::Withdrawn { account: by, to, amount, to_wallet });
        self.pay_staker(by, Token::Stoa, amount, wallet)
    }

    fn pay_staker(
        &mut self,
        account: Account,
        token: Token,
        amount: Amount,
        wallet: Option<Account>,
    ) -> Outcome {
        let own = Account::Staking;
        match wallet {
            Some(wallet) => self.withdraw(own, own, token, amount, wallet),
            None => self.transfer(own, token, own, account, amount),
        }
    }

    pub(super) fn claim_fees(&mut self, by: Account, token: Token, wallet: Option<Account>) -> Outcome {
        let (to, payout) = wallet.map_or((by, Payout::Balance), |wallet| (wallet, Payout::Wallet));
        let amount = self.take_fees(by, token, to, payout)?;
        if amount.is_zero() { Ok(()) } else { self.pay_staker(by, token, amount, wallet) }
    }

    pub(super) fn set_reinvest(&mut self, by: Account, enabled: bool) -> Outcome {
        self.staking.locks.entry(by).or_default().reinvest = enabled;
        self.tell(StakingEvent::ReinvestSet { account: by, enabled });
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
        self.fix_fees(account);
        let added = self.take_fees(account, Token::Stoa, Account::Staking, Payout::Lock)?;
        if added.is_zero() {
            return Ok(());
        }
        let (amount, score) = (lock.amount + added, lock.score + score(added, remaining));
        self.set_lock(account, account, LockChange::Reinvest, added, Lock { amount, score, ..lock });
        Ok(())
    }

    pub(super) fn set_tiers(&mut self, by: Account, tiers: [u32; 4]) -> Outcome {
        self.require_owner(Governed::Staking, by)?;
        let ascending = tiers[0] > 0 && tiers.windows(2).all(|pair| pair[0] < pair[1]);
        require(ascending, "Staking_TiersNotAscending")?;
        self.staking.tiers = tiers;
        self.tell(StakingEvent::TiersChanged(tiers));
        Ok(())
    }
}
