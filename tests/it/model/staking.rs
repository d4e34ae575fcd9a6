//! Locks and fees: as transactions and as questions.

use alloy::primitives::U256;
use alloy::sol_types::SolCall as _;
use stoa_contracts::Staking;
use stoa_tests::model::{Action, Figure};

use super::chain::{Call, Chain};
use super::encode::call;

pub(super) fn transaction(chain: &Chain, action: &Action) -> Call {
    let data: Vec<u8> = match action {
        Action::ExtendLock { term } => Staking::extendCall { term: U256::from(*term) }.abi_encode(),
        Action::CancelLockNonce => Staking::cancelNonceCall {}.abi_encode(),
        Action::WithdrawLock { wallet: None } => Staking::withdrawCall {}.abi_encode(),
        Action::WithdrawLock { wallet: Some(wallet) } => {
            Staking::withdrawToCall { wallet: chain.account(*wallet) }.abi_encode()
        }
        Action::SetReinvest { enabled } => Staking::setReinvestCall { enabled: *enabled }.abi_encode(),
        Action::Reinvest { account } => {
            Staking::reinvestCall { account: chain.account(*account) }.abi_encode()
        }
        Action::Distribute { token } => Staking::distributeCall { token: chain.token(*token) }.abi_encode(),
        Action::ClaimFees { token, wallet: None } => {
            Staking::claimCall { token: chain.token(*token) }.abi_encode()
        }
        Action::ClaimFees { token, wallet: Some(wallet) } => {
            let (token, wallet) = (chain.token(*token), chain.account(*wallet));
            Staking::claimToCall { token, wallet }.abi_encode()
        }
        Action::ListFeeToken { token } => {
            return call(chain, "Staking", &Staking::listTokenCall { token: chain.token(*token) });
        }
        Action::SetTiers { tiers } => Staking::setTiersCall { scores: *tiers }.abi_encode(),
        other => unreachable!("{other:?} concerns no lock"),
    };
    (chain.contract("Staking"), data.into())
}

/// Whom to ask, and the word of the answer.
pub(super) fn question(chain: &Chain, figure: Figure) -> (Call, usize) {
    let lock =
        |account, word: usize| (Staking::lockOfCall { account: chain.account(account) }.abi_encode(), word);
    let (data, word) = match figure {
        Figure::LockAmount(account) => lock(account, 0),
        Figure::LockScore(account) => lock(account, 1),
        Figure::LockEnd(account) => lock(account, 2),
        Figure::LockReinvests(account) => lock(account, 3),
        Figure::Tier(account) => (Staking::tierOfCall { account: chain.account(account) }.abi_encode(), 0),
        Figure::LockNonce(account) => {
            (Staking::noncesCall { account: chain.account(account) }.abi_encode(), 0)
        }
        Figure::PastScore(account, time) => {
            let (account, timepoint) = (chain.account(account), U256::from(time));
            (Staking::getPastVotesCall { account, timepoint }.abi_encode(), 0)
        }
        Figure::PastTotalScore(time) => {
            (Staking::getPastTotalSupplyCall { timepoint: U256::from(time) }.abi_encode(), 0)
        }
        Figure::TotalScore => (Staking::totalScoreCall {}.abi_encode(), 0),
        Figure::FeeIndex(token) => (Staking::indexOfCall { token: chain.token(token) }.abi_encode(), 0),
        Figure::FeeClaim(account, token) => {
            let (account, token) = (chain.account(account), chain.token(token));
            (Staking::claimableCall { account, token }.abi_encode(), 0)
        }
        Figure::Undistributed(token) => {
            (Staking::undistributedCall { token: chain.token(token) }.abi_encode(), 0)
        }
        other => unreachable!("{other:?} is not Staking's"),
    };
    ((chain.contract("Staking"), data.into()), word)
}
