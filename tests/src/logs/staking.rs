use alloy::primitives::{Log, U256};
use stoa_contracts::Staking;

use super::{Book, emit};
use crate::model::{Earned, StakingEvent};

pub(super) fn log(book: &Book, event: &StakingEvent) -> Log {
    let staking = book.contracts.staking;
    let a = |account| book.account(account);
    match *event {
        StakingEvent::TokenListed { token, position } => {
            let (token, position) = (book.token(token), U256::from(position));
            emit(staking, &Staking::TokenListed { token, position })
        }
        StakingEvent::LockChanged { .. } => lock_changed(book, event),
        StakingEvent::Withdrawn { account, to, amount, to_wallet } => {
            let (account, to, payout) = (a(account), a(to), u8::from(to_wallet));
            emit(staking, &Staking::PrincipalWithdrawn { account, to, amount, payout })
        }
        StakingEvent::Distributed { token, week, amount, index, total } => {
            let (token, score) = (book.token(token), total);
            emit(staking, &Staking::FeesDistributed { token, week, amount, index, totalScore: score })
        }
        StakingEvent::Fixed { account, token, earned: Earned { index, accrued } } => {
            let (account, token) = (a(account), book.token(token));
            emit(staking, &Staking::Checkpointed { account, token, index, accrued })
        }
        StakingEvent::Claimed { account, token, to, amount, payout, left: Earned { index, accrued } } => {
            let (account, token, to, payout) = (a(account), book.token(token), a(to), payout as u8);
            emit(staking, &Staking::FeesClaimed { account, token, to, amount, payout, index, accrued })
        }
        StakingEvent::ReinvestSet { account, enabled } => {
            emit(staking, &Staking::ReinvestSet { account: a(account), enabled })
        }
        StakingEvent::NonceChanged { account, nonce } => {
            emit(staking, &Staking::NonceChanged { account: a(account), nonce: U256::from(nonce) })
        }
        StakingEvent::TiersChanged([tier1, tier2, tier3, tier4]) => {
            emit(staking, &Staking::TiersChanged { tier1, tier2, tier3, tier4 })
        }
    }
}

fn lock_changed(book: &Book, event: &StakingEvent) -> Log {
    let StakingEvent::LockChanged { account, payer, change, added, amount, score, end, total } = *event
    else {
        unreachable!("{event:?} changes no lock")
    };
    let event = Staking::LockChanged {
        account: book.account(account),
        payer: book.account(payer),
        change: change as u8,
        added,
        amount,
        score,
        end,
        totalScore: total,
    };
    emit(book.contracts.staking, &event)
}
