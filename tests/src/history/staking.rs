//! Locks, and the fees that they earn.

use rand::Rng as _;

use super::player::{Moves, Player, deadline, seal};
use crate::model::{Account, Action, Amount, Errand, LockOrder, Model, Token};

const WEEK: u64 = 7 * 24 * 60 * 60;
/// Until a week ends nothing is begun that takes more than one transaction.
const NEAR: u64 = 600;

fn one() -> Amount {
    Amount::from(10).pow(Amount::from(18))
}

impl Player {
    /// Few have much.
    fn stake(&mut self) -> Amount {
        let most = 10_u64.pow(self.random.random_range(1..5));
        one() * Amount::from(self.random.random_range(1..=most))
    }

    /// A lock for an account, which signs for it where another pays.
    fn lock_of(&mut self, model: &Model, account: Account, term: u64) -> Option<Moves> {
        let amount = self.stake();
        let by = if self.sometimes(15) { self.relayer() } else { account };
        let seal = (by != account).then(|| seal(account));
        let (nonce, deadline) = (model.lock_nonce(account), deadline(model));
        let order = LockOrder { account, term, amount, nonce, deadline, seal };
        self.pay(model, (by, Token::Stoa, amount), Errand::Lock(order))
    }

    pub(super) fn lock(&mut self, model: &Model) -> Option<Moves> {
        let account = self.someone();
        let (_, end) = model.locked(account);
        let term =
            if self.sometimes(60) { self.random.random_range(1..9) } else { self.random.random_range(9..53) };
        (end <= model.now).then(|| self.lock_of(model, account, term))?
    }

    pub(super) fn raise(&mut self, model: &Model) -> Option<Moves> {
        let account = self.scene.stakers.pick(&mut self.random)?;
        let (_, end) = model.locked(account);
        (end > model.now + WEEK + NEAR).then(|| self.lock_of(model, account, 0))?
    }

    /// The longest term is never shorter than what runs.
    pub(super) fn extend(&mut self, model: &Model) -> Option<Moves> {
        let by = self.scene.stakers.pick(&mut self.random)?;
        let (amount, _) = model.locked(by);
        (!amount.is_zero()).then(|| vec![(by, Action::ExtendLock { term: 52 })])
    }

    pub(super) fn claim_fees(&mut self, model: &Model) -> Option<Moves> {
        let by = self.scene.stakers.pick(&mut self.random)?;
        let earned = |token: &&Token| !model.claimable_fees(by, **token).is_zero();
        let token = *model.fee_tokens().iter().rev().find(earned)?;
        let wallet = self.sometimes(30).then_some(by);
        Some(vec![(by, Action::ClaimFees { token, wallet })])
    }

    pub(super) fn withdraw_lock(&mut self, model: &Model) -> Option<Moves> {
        for _ in 0..16 {
            let by = self.scene.stakers.pick(&mut self.random)?;
            let (amount, end) = model.locked(by);
            if !amount.is_zero() && end <= model.now {
                let wallet = self.sometimes(30).then_some(by);
                return Some(vec![(by, Action::WithdrawLock { wallet })]);
            }
        }
        None
    }

    pub(super) fn set_reinvest(&mut self, _: &Model) -> Option<Moves> {
        let by = self.scene.stakers.pick(&mut self.random)?;
        Some(vec![(by, Action::SetReinvest { enabled: self.sometimes(80) })])
    }

    pub(super) fn reinvest(&mut self, _: &Model) -> Option<Moves> {
        let account = self.scene.stakers.pick(&mut self.random)?;
        Some(vec![(account, Action::Reinvest { account })])
    }

    pub(super) fn distribute(&mut self, model: &Model) -> Option<Moves> {
        let tokens = model.fee_tokens();
        let token = tokens[self.random.random_range(0..tokens.len())];
        Some(vec![(self.relayer(), Action::Distribute { token })])
    }

    pub(super) fn cancel_lock_nonce(&mut self, _: &Model) -> Option<Moves> {
        Some(vec![(self.someone(), Action::CancelLockNonce)])
    }
}
