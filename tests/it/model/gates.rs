//! Lists as Merkle trees, and the gates' figures.

use alloy::primitives::{B256, Bytes, U256, keccak256};
use alloy::sol_types::{SolCall as _, SolValue as _};
use stoa_contracts::{MerkleGate, TierGate, TokenGate};
use stoa_tests::model::{Account, Figure, Gate, GateData, GateRule, List, PlanId};

use super::chain::{Call, Chain};

/// The gate's address; none is zero.
pub(super) fn address(chain: &Chain, gate: Option<Gate>) -> alloy::primitives::Address {
    match gate {
        None => alloy::primitives::Address::ZERO,
        Some(Gate::List) => chain.contract("MerkleGate"),
        Some(Gate::Tier) => chain.contract("TierGate"),
        Some(Gate::Token) => chain.contract("TokenGate"),
        Some(Gate::Deaf) => chain.contract("DemoUSD"),
        Some(Gate::Absent) => chain.token(stoa_tests::model::Token::Absent),
    }
}

pub(super) fn transaction(chain: &Chain, plan: PlanId, rule: GateRule) -> Call {
    let plan = U256::from(plan);
    match rule {
        GateRule::GateList(list) => {
            let call = MerkleGate::setRootCall { plan, root: root(chain, list) };
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
        GateData::Proof { list, user } => proof(chain, list, user).abi_encode().into(),
        GateData::Junk => Bytes::from_static(b"let me in"),
    }
}

fn leaf(chain: &Chain, user: u8) -> B256 {
    keccak256(keccak256(chain.account(Account::User(user)).abi_encode()))
}

fn pair(one: B256, other: B256) -> B256 {
    keccak256([one.min(other), one.max(other)].concat())
}

/// A complete binary tree, root first; its leaves stand sorted and backwards at the end.
fn tree(chain: &Chain, list: List) -> Vec<B256> {
    let mut leaves: Vec<B256> = list.users().map(|user| leaf(chain, user)).collect();
    leaves.sort();
    let inner = leaves.len().saturating_sub(1);
    let mut tree = [vec![B256::ZERO; inner], leaves.into_iter().rev().collect()].concat();
    for place in (0..inner).rev() {
        tree[place] = pair(tree[2 * place + 1], tree[2 * place + 2]);
    }
    tree
}

/// Zero for a list of nobody.
pub(super) fn root(chain: &Chain, list: List) -> B256 {
    tree(chain, list).first().copied().unwrap_or_default()
}

/// The siblings from a user's leaf up; none for a user who is not on the list.
fn proof(chain: &Chain, list: List, user: u8) -> Vec<B256> {
    let tree = tree(chain, list);
    let own = leaf(chain, user);
    let mut place = tree.iter().position(|node| *node == own).unwrap_or_default();
    let mut steps = Vec::new();
    while place > 0 {
        let sibling = if place % 2 == 1 { place + 1 } else { place - 1 };
        steps.push(tree[sibling]);
        place = (place - 1) / 2;
    }
    steps
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
