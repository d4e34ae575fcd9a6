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
    /// The chain's coin, wrapped.
    Coin,
    /// An address at which there is no token.
    Absent,
}

impl Token {
    /// Those that exist.
    pub const REAL: [Self; 4] = [Self::Dollar, Self::Colossal, Self::Stoa, Self::Coin];
}

/// Who earns what a listing sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Earner {
    /// A user who owned it at the sale.
    User(u32),
    /// The shares of this listing.
    Shares(ListingId),
}

impl From<Earner> for Account {
    fn from(earner: Earner) -> Self {
        match earner {
            Earner::User(user) => Self::User(user),
            Earner::Shares(listing) => Self::Shares(listing),
        }
    }
}

/// Whoever can hold something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// The zero address: nobody.
    Zero,
    /// Somebody with a wallet, which is a contract for one of them.
    User(u32),
    /// The owner of whatever is governed, at first.
    Timelock,
    /// Where fees go and principal lies; a contract that takes no passes.
    Staking,
    /// The shares of a listing's revenue: a contract that takes no passes.
    Shares(ListingId),
    /// The Vault itself; a contract that takes no passes.
    Vault,
    /// Who pays out what listings earned; it takes no passes.
    Revenue,
    /// What a listing has earned for one earner, not yet settled.
    Key { listing: ListingId, earner: Earner },
    /// A sub-account that a user controls.
    Pocket { user: u32, salt: u8 },
}

impl Account {
    /// The user whose wallet is a contract: it signs by its code, and takes no passes as gifts.
    pub const CONTRACT_WALLET: Self = Self::User(6);

    /// Whether a key signs for it.
    pub(super) fn has_key(self) -> bool {
        matches!(self, Self::User(_)) && self != Self::CONTRACT_WALLET
    }

    /// Whether it can receive a pass by a call: contracts must say so, and these do not.
    pub(super) fn takes_passes(self) -> bool {
        !matches!(self, Self::Vault | Self::Revenue | Self::Staking | Self::Shares(_))
            && self != Self::CONTRACT_WALLET
    }
}
