use alloy::primitives::{Log, U256};
use stoa_contracts::{MerkleGate, TierGate, TokenGate};

use super::{Book, emit, merkle};
use crate::model::{GateRule, PlanId};

pub(super) fn log(book: &Book, plan: PlanId, rule: GateRule) -> Log {
    let (contracts, plan) = (&book.contracts, U256::from(plan));
    match rule {
        GateRule::GateList(list) => {
            emit(contracts.merkle_gate, &MerkleGate::RootChanged { plan, root: merkle::root(book, list) })
        }
        GateRule::GateTier(tier) => emit(contracts.tier_gate, &TierGate::TierChanged { plan, tier }),
        GateRule::GateHolding { token, amount } => {
            emit(contracts.token_gate, &TokenGate::HoldingChanged { plan, token: book.token(token), amount })
        }
    }
}
