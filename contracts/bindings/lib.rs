//! Bindings of the Stoa contracts, generated at compile time from the committed `contracts/artifacts`.
//!
//! Beside them stand the messages that are signed ([`typed`]) and the contracts' errors as sentences ([`explain`]).
//!
//! `cargo stoa compile` regenerates the artifacts; nothing here needs Node or a Solidity compiler.

#![expect(clippy::too_many_arguments, reason = "generated functions take what the contracts take")]

mod refusal;
pub mod typed;

use alloy::sol;

pub use refusal::{error_name, explain};

sol! {
    /// Holds every token; everything else is rules over balances in it.
    #[sol(rpc)]
    Vault, "artifacts/Vault.json"
}

sol! {
    /// AI assets as ERC-721, with versions and lineage.
    #[sol(rpc)]
    Listings, "artifacts/Listings.json"
}

sol! {
    /// Plans, sales and passes.
    #[sol(rpc)]
    Market, "artifacts/Market.json"
}

sol! {
    /// What Market reads from a payment's `data`: no ABI names it, since the Vault passes it on as bytes.
    #[derive(Debug, PartialEq, Eq)]
    struct Order {
        uint256 plan;
        uint32 version;
        uint64 quantity;
        address recipient;
    }
}

sol! {
    /// Fees at the sale, and the split of what listings earned.
    #[sol(rpc)]
    Revenue, "artifacts/Revenue.json"
}

sol! {
    /// ERC-20 shares of a listing's revenue; one clone per listing.
    #[sol(rpc)]
    RevenueShare, "artifacts/RevenueShare.json"
}

sol! {
    /// Locked STOA, and the fees it earns.
    #[sol(rpc)]
    Staking, "artifacts/Staking.json"
}

sol! {
    /// The protocol's token.
    #[sol(rpc)]
    StoaToken, "artifacts/StoaToken.json"
}

sol! {
    /// The owner of everything that has one.
    #[sol(rpc)]
    Timelock, "artifacts/Timelock.json"
}

sol! {
    /// Places the suite at equal addresses on every chain.
    #[sol(rpc)]
    Deployer, "artifacts/Deployer.json"
}

sol! {
    /// The demo's payment token, for local chains only.
    #[sol(rpc)]
    DemoUSD, "artifacts/DemoUSD.json"
}

sol! {
    /// Lets the accounts of a Merkle list buy.
    #[sol(rpc)]
    MerkleGate, "artifacts/MerkleGate.json"
}

sol! {
    /// Lets accounts of a staking tier buy.
    #[sol(rpc)]
    TierGate, "artifacts/TierGate.json"
}

sol! {
    /// Lets holders of a token buy.
    #[sol(rpc)]
    TokenGate, "artifacts/TokenGate.json"
}
