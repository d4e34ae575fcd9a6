//! Fees: divided by score, and fixed for an account whenever its score changes.

use std::collections::BTreeMap;

use super::error::require;
use super::{Account, Amount, Earned, Governed, Model, Outcome, Payout, StakingEvent, Token};

const MAX_TOKENS: usize = 8;
/// Fees are kept in so many parts of a token's smallest unit.
const PARTS: u32 = 96;

/// What a token's fees have come to.
#[derive(Clone, Debug, Default)]
pub(super) struct Fees {
    /// What a score of 1 has ever earned by the end of each week in which something was divided, in parts.
    weeks: Vec<(u64, Amount)>,
    /// Principal, and what was divided and not paid, in parts.
    accounted: Amount,
    /// What has been fixed for an account, in parts.
    fixed: BTreeMap<Account, Earned>,
}

impl Fees {
    /// What a score of 1 has ever earned.
    pub(super) fn index(&self) -> Amount {
        self.weeks.last().map_or(Amount::ZERO, |(_, index)| *index)
    }

    /// The same, by the first second of a week.
    fn index_before(&self, week: u64) -> Amount {
        let earlier = self.weeks.partition_point(|(divided, _)| *divided < week);
        earlier.checked_sub(1).map_or(Amount::ZERO, |last| self.weeks[last].1)
    }

    fn divide(&mut self, week: u64, gain: Amount) {
        let index = self.index() + gain;
        match self.weeks.last_mut() {
            Some(last) if last.0 == week => last.1 = index,
            _ => self.weeks.push((week, index)),
        }
    }
}

impl Model {
    /// What lies in the balance and is nobody's yet, in parts.
    fn fresh(&self, token: Token) -> Amount {
        let accounted = self.staking.fees.get(&token).map_or(Amount::ZERO, |fees| fees.accounted);
        (self.vault.balance(token, Account::Staking) << PARTS).saturating_sub(accounted)
    }

    pub(super) fn undistributed(&self, token: Token) -> Amount {
        self.fresh(token) >> PARTS
    }

    /// What an account has earned until now, or until its lock ended.
    fn earned_fees(&self, account: Account, token: Token) -> Earned {
        let Some(fees) = self.staking.fees.get(&token) else { return Earned::default() };
        let fixed = fees.fixed.get(&account).copied().unwrap_or_default();
        let lock = self.staking.lock(account);
        let index = fees.index_before(lock.end);
        if index <= fixed.index {
            return fixed;
        }
        Earned { index, accrued: fixed.accrued + lock.score * (index - fixed.index) }
    }

    /// Tokens whose fees are divided.
    #[must_use]
    pub fn fee_tokens(&self) -> &[Token] {
        &self.staking.tokens
    }

    /// What an account could claim of a token's fees.
    #[must_use]
    pub fn claimable_fees(&self, account: Account, token: Token) -> Amount {
        self.earned_fees(account, token).accrued >> PARTS
    }

    /// Gives each running lock its part of what has come since the last time; what does not divide waits.
    pub(super) fn distribute(&mut self, token: Token) -> Outcome {
        require(self.staking.fees.contains_key(&token), "Staking_TokenNotListed")?;
        self.divide_fees(token);
        Ok(())
    }

    fn divide_fees(&mut self, token: Token) {
        let fresh = self.fresh(token);
        let (total, week) = (self.total_score(), self.week());
        let gain = fresh.checked_div(total).unwrap_or_default();
        if gain.is_zero() {
            return;
        }
        let fees = self.staking.fees.entry(token).or_default();
        fees.accounted += gain * total;
        fees.divide(week, gain);
        let (amount, index) = (fresh >> PARTS, fees.index());
        self.tell(StakingEvent::Distributed { token, week, amount, index, total });
    }

    /// Divides every token's fees, and fixes what an account has earned of them before its lock changes.
    pub(super) fn fix_fees(&mut self, account: Account) {
        for token in self.staking.tokens.clone() {
            self.divide_fees(token);
            let accrued = self.earned_fees(account, token).accrued;
            let fees = self.staking.fees.entry(token).or_default();
            let earned = Earned { index: fees.index(), accrued };
            let before = fees.fixed.insert(account, earned).unwrap_or_default();
            if before.index != earned.index {
                self.tell(StakingEvent::Fixed { account, token, earned });
            }
        }
    }

    pub(super) fn account_for(&mut self, amount: Amount) {
        self.staking.fees.entry(Token::Stoa).or_default().accounted += amount << PARTS;
    }

    pub(super) fn no_longer_account_for(&mut self, amount: Amount) {
        self.staking.fees.entry(Token::Stoa).or_default().accounted -= amount << PARTS;
    }

    /// Takes whole units out of what an account has earned.
    pub(super) fn take_fees(
        &mut self,
        account: Account,
        token: Token,
        to: Account,
        payout: Payout,
    ) -> Outcome<Amount> {
        require(self.staking.fees.contains_key(&token), "Staking_TokenNotListed")?;
        let Earned { index, accrued } = self.earned_fees(account, token);
        let amount = accrued >> PARTS;
        if amount.is_zero() {
            return Ok(amount);
        }
        let left = Earned { index, accrued: accrued - (amount << PARTS) };
        let fees = self.staking.fees.entry(token).or_default();
        fees.fixed.insert(account, left);
        fees.accounted -= amount << PARTS;
        self.tell(StakingEvent::Claimed { account, token, to, amount, payout, left });
        Ok(amount)
    }

    pub(super) fn list_fee_token(&mut self, by: Account, token: Token) -> Outcome {
        self.require_owner(Governed::Staking, by)?;
        let (tokens, fees) = (&mut self.staking.tokens, &mut self.staking.fees);
        require(!tokens.contains(&token), "Staking_TokenListedAlready")?;
        require(tokens.len() < MAX_TOKENS, "Staking_TooManyTokens")?;
        let position = tokens.len();
        tokens.push(token);
        fees.insert(token, Fees::default());
        self.tell(StakingEvent::TokenListed { token, position });
        self.describe(token)
    }
}
