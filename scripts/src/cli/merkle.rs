//! Merkle lists of accounts, as OpenZeppelin's StandardMerkleTree builds them and the MerkleGate reads them.

use std::collections::BTreeSet;

use alloy::{
    primitives::{Address, B256, keccak256},
    sol_types::SolValue as _,
};

/// Accounts with their leaves, and the tree above them.
#[derive(Clone, Debug)]
pub struct MerkleList {
    /// In the leaves' order.
    accounts: Vec<Address>,
    /// The root first; node i's children are at 2i + 1 and 2i + 2, and the first account's leaf is the last.
    nodes: Vec<B256>,
}

impl MerkleList {
    /// The list of these accounts, each once; none of no accounts.
    #[must_use]
    pub fn new(accounts: &BTreeSet<Address>) -> Option<Self> {
        let mut leaves: Vec<(B256, Address)> =
            accounts.iter().map(|account| (leaf(*account), *account)).collect();
        leaves.sort_unstable();
        let count = leaves.len();
        let mut nodes = vec![B256::ZERO; (2 * count).checked_sub(1)?];
        for (n, (leaf, _)) in leaves.iter().enumerate() {
            nodes[2 * count - 2 - n] = *leaf;
        }
        for n in (0..count - 1).rev() {
            nodes[n] = pair(nodes[2 * n + 1], nodes[2 * n + 2]);
        }
        Some(Self { accounts: leaves.into_iter().map(|(_, account)| account).collect(), nodes })
    }

    #[must_use]
    pub fn root(&self) -> B256 {
        self.nodes.first().copied().unwrap_or_default()
    }

    /// Each account with its proof.
    pub fn proofs(&self) -> impl Iterator<Item = (Address, Vec<B256>)> {
        self.accounts.iter().enumerate().map(|(n, account)| {
            let mut at = self.nodes.len() - 1 - n;
            let mut proof = Vec::new();
            while at > 0 {
                // An odd one's sibling is after it, an even one's before it.
                proof.push(self.nodes[if at % 2 == 1 { at + 1 } else { at - 1 }]);
                at = (at - 1) / 2;
            }
            (*account, proof)
        })
    }
}

/// Hashed twice, so that no leaf can be taken for a pair.
fn leaf(account: Address) -> B256 {
    keccak256(keccak256(account.abi_encode()))
}

/// In order, so that a proof need not say which is left.
fn pair(one: B256, other: B256) -> B256 {
    let (low, high) = if one < other { (one, other) } else { (other, one) };
    keccak256([low, high].concat())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn each_proof_leads_to_the_root_and_no_other_account_s_does(
            accounts in prop::collection::btree_set(any::<[u8; 20]>().prop_map(Address::from), 1..40)
        ) {
            let list = MerkleList::new(&accounts).unwrap();
            let climb = |account: Address, proof: &[B256]| proof.iter().fold(leaf(account), |at, next| pair(at, *next));
            let mut seen = BTreeSet::new();
            for (account, proof) in list.proofs() {
                prop_assert_eq!(climb(account, &proof), list.root());
                let other = Address::from_word(keccak256(account));
                prop_assert!(climb(other, &proof) != list.root());
                seen.insert(account);
            }
            prop_assert_eq!(seen, accounts);
        }
    }

    #[test]
    fn nobody_is_no_list_and_one_needs_no_proof() {
        assert!(MerkleList::new(&BTreeSet::new()).is_none());
        let one = Address::repeat_byte(1);
        let list = MerkleList::new(&BTreeSet::from([one])).unwrap();
        assert_eq!((list.root(), list.proofs().next()), (leaf(one), Some((one, Vec::new()))));
    }
}
