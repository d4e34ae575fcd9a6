//! Bindings of the Stoa contracts, generated at compile time from the committed `contracts/artifacts`.
//!
//! `cargo stoa compile` regenerates the artifacts; nothing here needs Node or a Solidity compiler.

use alloy::sol;

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
    /// Plans and passes.
    #[sol(rpc)]
    Market, "artifacts/Market.json"
}

sol! {
    /// Fees at the sale, and the split of what listings earned.
    #[sol(rpc)]
    Revenue, "artifacts/Revenue.json"
}
