//! What gates are told and shown, and their figures.

use alloy::primitives::{Bytes, U256};
use alloy::sol_types::{SolCall as _, SolValue as _};
use stoa_contracts::{MerkleGate, TierGate, TokenGate};
use stoa_tests::logs::merkle;
use stoa_tests::model::{Figure, GateData, GateRule, PlanId};

use super::chain::{Call, Chain};

pub(super) fn transaction(chain: &Chain, plan: PlanId, rule: GateRule) -> Call {
    let plan = U256::from(plan);
    match rule {
        GateRule::GateList(list) => {
            let call = MerkleGate::setRootCall { plan, root: merkle::root(&chain.book, list) };
            (chain.contract("MerkleGate"), call.abi_encode().into())
        }
        GateRule::GateTier(tier) => {
            (chain.contract("TierGate"), TierGate::setTierCall { plan, tier }.abi_encode().into())
        }
        GateRule::GateHolding { token, amount } => {
            let call = TokenGate::setHoldingCall { plan, token: chain.token(token), amount };
            (chain.contract("TokenGate"), call.abi_encode().into())
        }
    }
}

/// What an order carries for its gate.
pub(super) fn data(chain: &Chain, data: GateData) -> Bytes {
    match data {
        GateData::None => Bytes::new(),
        GateData::Proof { list, user } => merkle::proof(&chain.book, list, user).abi_encode().into(),
        GateData::Junk => Bytes::from_static(b"let me in"),
    }
}

/// Whom to ask, and the word of the answer.
pub(super) fn question(chain: &Chain, figure: Figure) -> (Call, usize) {
    let holding = |plan: PlanId| TokenGate::holdingOfCall { plan: U256::from(plan) }.abi_encode();
    let (contract, data, word) = match figure {
        Figure::GateList(plan) => {
            ("MerkleGate", MerkleGate::rootOfCall { plan: U256::from(plan) }.abi_encode(), 0)
        }
        Figure::GateTier(plan) => {
            ("TierGate", TierGate::tierOfCall { plan: U256::from(plan) }.abi_encode(), 0)
        }
        Figure::GateToken(plan) => ("TokenGate", holding(plan), 0),
        Figure::GateAmount(plan) => ("TokenGate", holding(plan), 1),
        other => unreachable!("{other:?} is no gate's"),
    };
    ((chain.contract(contract), data.into()), word)
}
