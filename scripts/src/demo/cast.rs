//! Who takes part.

use alloy::{
    network::EthereumWallet,
    primitives::{Address, B256, keccak256},
    signers::local::PrivateKeySigner,
};

use super::Scenario;
use crate::anvil;

/// What the n-th well-known key does in the demo.
pub const ROLES: [&str; 10] =
    ["operator", "provider", "provider", "provider", "provider", "buyer", "buyer", "buyer", "buyer", "yours"];
const OPERATOR: usize = 0;
const FIRST_PROVIDER: usize = 1;
const FIRST_BUYER: usize = 5;
/// How many of each have a well-known key.
const WELL_KNOWN: usize = 4;
const YOURS: usize = 9;

/// The wallets of a scenario.
#[derive(Clone, Debug)]
pub(super) struct Cast {
    pub(super) operator: Address,
    pub(super) providers: Vec<Address>,
    pub(super) buyers: Vec<Address>,
    /// Funded, and left to whoever looks at the demo.
    pub(super) yours: Address,
    /// Those without a well-known key, who have no coin at first.
    pub(super) poor: Vec<Address>,
}

impl Cast {
    /// The wallets, and what signs for all of them.
    pub(super) fn of(scenario: &Scenario) -> (Self, EthereumWallet) {
        let mut wallet = EthereumWallet::from(anvil::signer(OPERATOR));
        let mut poor = Vec::new();
        let mut group = |first: usize, role: &str, count: usize| {
            let member = |n: usize| {
                let signer = if n < WELL_KNOWN { anvil::signer(first + n) } else { made_up(role, n) };
                let address = signer.address();
                wallet.register_signer(signer);
                if n >= WELL_KNOWN {
                    poor.push(address);
                }
                address
            };
            (0..count).map(member).collect::<Vec<_>>()
        };
        let providers = group(FIRST_PROVIDER, "provider", scenario.providers);
        let buyers = group(FIRST_BUYER, "buyer", scenario.buyers);
        wallet.register_signer(anvil::signer(YOURS));
        let (operator, yours) = (anvil::signer(OPERATOR).address(), anvil::signer(YOURS).address());
        (Self { operator, providers, buyers, yours, poor }, wallet)
    }
}

/// A scenario has no more of a kind than this.
pub(super) const MOST: usize = 10_000;

/// Whether this is a key that anyone can make again, as the demo does.
#[must_use]
pub fn is_made_up(signer: &PrivateKeySigner) -> bool {
    let key = signer.to_bytes();
    ["provider", "buyer"].iter().any(|role| (WELL_KNOWN..MOST).any(|n| seed_of(role, n) == key))
}

fn seed_of(role: &str, n: usize) -> B256 {
    keccak256(format!("Stoa demo {role} {n}"))
}

/// A key that anyone can make again: for local chains, as the well-known ones.
fn made_up(role: &str, n: usize) -> PrivateKeySigner {
    let mut key = seed_of(role, n);
    loop {
        match PrivateKeySigner::from_bytes(&key) {
            Ok(signer) => return signer,
            // One hash in 2^128 is no key.
            Err(_) => key = keccak256(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_are_made_up_are_known_as_such() {
        assert!(is_made_up(&made_up("buyer", 4)) && is_made_up(&made_up("provider", MOST - 1)));
        assert!(!is_made_up(&anvil::signer(3)) && !is_made_up(&PrivateKeySigner::random()));
    }
}
