use alloy::primitives::{Log, U256};
use alloy::sol_types::SolEventInterface;
use stoa_contracts::Staking::StakingEvents as Event;
use stoa_schema::event::Position;
use stoa_schema::events::{
    StakingCheckpointed, StakingFeesClaimed, StakingFeesDistributed, StakingLockChanged, StakingNonceChanged,
    StakingOwnershipTransferStarted, StakingOwnershipTransferred, StakingPrincipalWithdrawn,
    StakingReinvestSet, StakingTiersChanged, StakingTokenListed,
};

use super::Undecoded;
use super::words::{counts, id, raises, rises};
use crate::ledger::{Before, Series};
use crate::store::Batch;

pub(super) fn decode(log: &Log, at: &Position, batch: &mut Batch) -> Result<(), Undecoded> {
    match Event::decode_log(log)?.data {
        Event::TokenListed(event) => {
            counts(batch, at, Series::StakeTokens, event.position.wrapping_add(U256::from(1)));
            batch.push(
                at,
                &StakingTokenListed { token: event.token, position: id("position", event.position)? },
            );
        }
        Event::LockChanged(event) => {
            raises(batch, at, Series::Lock(event.account), event.added, event.amount);
            batch.push(
                at,
                &StakingLockChanged {
                    account: event.account,
                    payer: event.payer,
                    change: i16::from(event.change),
                    added: event.added,
                    amount: event.amount,
                    score: event.score,
                    lock_end: id("end", U256::from(event.end))?,
                    total_score: event.totalScore,
                },
            );
        }
        Event::PrincipalWithdrawn(event) => {
            let before = Before::Exactly(event.amount);
            batch.tally(at, Series::Lock(event.account), before, U256::ZERO);
            batch.push(
                at,
                &StakingPrincipalWithdrawn {
                    account: event.account,
                    receiver: event.to,
                    amount: event.amount,
                    payout: i16::from(event.payout),
                },
            );
        }
        Event::FeesDistributed(event) => {
            rises(batch, at, Series::FeeIndex(event.token), event.index);
            batch.push(
                at,
                &StakingFeesDistributed {
                    token: event.token,
                    week: id("week", U256::from(event.week))?,
                    amount: event.amount,
                    reward_index: event.index,
                    total_score: event.totalScore,
                },
            );
        }
        Event::Checkpointed(event) => batch.push(
            at,
            &StakingCheckpointed {
                account: event.account,
                token: event.token,
                reward_index: event.index,
                accrued: event.accrued,
            },
        ),
        Event::FeesClaimed(event) => batch.push(
            at,
            &StakingFeesClaimed {
                account: event.account,
                token: event.token,
                receiver: event.to,
                amount: event.amount,
                payout: i16::from(event.payout),
                reward_index: event.index,
                accrued: event.accrued,
            },
        ),
        Event::ReinvestSet(event) => {
            batch.push(at, &StakingReinvestSet { account: event.account, enabled: event.enabled });
        }
        Event::NonceChanged(event) => {
            batch.push(at, &StakingNonceChanged { account: event.account, nonce: event.nonce });
        }
        Event::TiersChanged(event) => batch.push(
            at,
            &StakingTiersChanged {
                tier1: i64::from(event.tier1),
                tier2: i64::from(event.tier2),
                tier3: i64::from(event.tier3),
                tier4: i64::from(event.tier4),
            },
        ),
        Event::OwnershipTransferStarted(event) => batch.push(
            at,
            &StakingOwnershipTransferStarted {
                previous_owner: event.previousOwner,
                new_owner: event.newOwner,
            },
        ),
        Event::OwnershipTransferred(event) => batch.push(
            at,
            &StakingOwnershipTransferred { previous_owner: event.previousOwner, new_owner: event.newOwner },
        ),
        // Declared by ERC-5267; Staking never emits it.
        Event::EIP712DomainChanged(_) => return Err(Undecoded::NoTable),
    }
    Ok(())
}
