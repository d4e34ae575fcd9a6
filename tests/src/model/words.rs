use alloy::primitives::U256;

/// An amount of a token, in its smallest unit.
pub type Amount = U256;
/// Number of a listing, from 1.
pub type ListingId = u64;
/// Number of a plan, from 1.
pub type PlanId = u64;

/// Most that one amount, and one balance in the Vault, may be.
pub(super) const LARGEST: Amount = U256::from_limbs([u64::MAX, u64::MAX, 0, 0]);

/// The tokens of the model's world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Token {
    /// Anyone mints any amount.
    Dollar,
    /// As `Dollar`; used for amounts near the largest.
    Colossal,
    /// The protocol's own token.
    Stoa,
    /// An address at which there is no token.
    Absent,
}

impl Token {
    /// Those that exist.
    pub const REAL: [Self; 3] = [Self::Dollar, Self::Colossal, Self::Stoa];
}

/// Who earns what a listing sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Earner {
    /// A user who owned it at the sale.
    User(u8),
}

impl From<Earner> for Account {
    fn from(earner: Earner) -> Self {
        match earner {
            Earner::User(user) => Self::User(user),
        }
    }
}

/// Whoever can hold something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// The zero address: nobody.
    Zero,
    /// Somebody with a wallet.
    User(u8),
    /// The owner of whatever is governed.
    Timelock,
    /// The Vault itself; a contract that takes no passes.
    Vault,
    /// What a listing has earned for one earner, not yet settled.
    Key { listing: ListingId, earner: Earner },
    /// A sub-account that a user controls.
    Pocket { user: u8, salt: u8 },
}

impl Account {
    /// Whether it can receive a pass by a call: a contract must say so, and the Vault does not.
    pub(super) fn takes_passes(self) -> bool {
        self != Self::Vault
    }
}
