//! Lists as Merkle trees.

use alloy::primitives::{Address, B256, keccak256};
use alloy::sol_types::SolValue as _;

use super::Book;
use crate::model::{Account, List};

fn leaf(account: Address) -> B256 {
    keccak256(keccak256(account.abi_encode()))
}

fn pair(one: B256, other: B256) -> B256 {
    keccak256([one.min(other), one.max(other)].concat())
}

/// A complete binary tree, root first; its leaves stand sorted and backwards at the end.
fn tree(book: &Book, list: List) -> Vec<B256> {
    let mut leaves: Vec<B256> = list.users().map(|user| leaf(book.account(Account::User(user)))).collect();
    leaves.sort();
    let inner = leaves.len().saturating_sub(1);
    let mut tree = [vec![B256::ZERO; inner], leaves.into_iter().rev().collect()].concat();
    for place in (0..inner).rev() {
        tree[place] = pair(tree[2 * place + 1], tree[2 * place + 2]);
    }
    tree
}

/// Zero for a list of nobody.
#[must_use]
pub fn root(book: &Book, list: List) -> B256 {
    tree(book, list).first().copied().unwrap_or_default()
}

/// The siblings from a user's leaf up; none for a user who is not on the list.
#[must_use]
pub fn proof(book: &Book, list: List, user: u32) -> Vec<B256> {
    let tree = tree(book, list);
    let own = leaf(book.account(Account::User(user)));
    let mut place = tree.iter().position(|node| *node == own).unwrap_or_default();
    let mut steps = Vec::new();
    while place > 0 {
        let sibling = if place % 2 == 1 { place + 1 } else { place - 1 };
        steps.push(tree[sibling]);
        place = (place - 1) / 2;
    }
    steps
}
