//! Events of the gates.

use alloy::primitives::{Address, B256, U256};

use crate::event::event_tables;

event_tables! {
    /// A plan's Merkle list changed.
    MerkleGateRootChanged => "merkle_gate_root_changed" {
        /// Plan.
        plan: i64,
        /// Root of the list; zero for nobody.
        root: B256,
    }

    /// The lowest staking tier that may buy a plan changed.
    TierGateTierChanged => "tier_gate_tier_changed" {
        /// Plan.
        plan: i64,
        /// Tier.
        tier: i16,
    }

    /// The holding that a plan asks of its buyers changed.
    TokenGateHoldingChanged => "token_gate_holding_changed" {
        /// Plan.
        plan: i64,
        /// Token to hold.
        token: Address,
        /// How much of it, in base units.
        amount: U256,
    }
}
