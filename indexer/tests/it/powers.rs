//! Who may act for whom, what governs, and what is paid and spent beside purchases, in the made-up market.

use alloy::primitives::{Address, B256, U256};
use rand::Rng;
use rand::rngs::StdRng;
use stoa_indexer::store::Batch;
use stoa_schema::event::Position;
use stoa_schema::events::{
    ListingsApproval, ListingsApprovalForAll, ListingsMetadataUpdate, ListingsRevenueBound,
    MarketApprovalForAll, MarketCreditsSpent, MarketNoncesChanged, MerkleGateRootChanged, RevenueFeeChanged,
    RevenueGuardianChanged, RevenueListingPaid, RevenueOwnershipTransferStarted, RevenueOwnershipTransferred,
    RevenueSalesPauseChanged, ShareApproval, StakingNonceChanged, StakingOwnershipTransferStarted,
    StakingOwnershipTransferred, StakingTiersChanged, TierGateTierChanged, TokenGateHoldingChanged,
    VaultApproval, VaultNoncesChanged, VaultOperatorSet,
};

/// One of everything that can be told without a purchase. Few accounts, so that later words replace earlier ones.
pub(crate) fn tell(
    random: &mut StdRng,
    (listing, plan): (i64, i64),
    mut next: impl FnMut() -> Position,
    batch: &mut Batch,
) {
    let mut account = || Address::with_last_byte(random.random_range(1..4));
    let (owner, operator) = (account(), account());
    let approved = random.random();
    let amount = U256::from(random.random_range(0..1_000_u32));
    let token = Address::repeat_byte(0xa0 + random.random_range(0..2_u8));
    match random.random_range(0..4) {
        0 => approvals(listing, (owner, operator), (approved, amount, token), next, batch),
        1 => {
            let (word, used) = (U256::from(random.random_range(0..2_u8)), amount);
            batch.push(&next(), &VaultNoncesChanged { account: owner, word, used });
            batch.push(&next(), &MarketNoncesChanged { account: owner, word, used });
            batch.push(&next(), &StakingNonceChanged { account: owner, nonce: amount });
            let (holder, spender, reference) = (owner, operator, B256::repeat_byte(7));
            let (units, remaining) = (amount, U256::ZERO);
            let spent = MarketCreditsSpent { plan, holder, spender, units, reference, remaining };
            batch.push(&next(), &spent);
        }
        2 => {
            let (payer, beneficiary, memo) = (owner, operator, B256::repeat_byte(8));
            batch.push(&next(), &RevenueListingPaid { listing, payer, token, beneficiary, amount, memo });
            batch.push(&next(), &ListingsMetadataUpdate { listing });
            let root = B256::from(amount);
            match random.random_range(0..3) {
                0 => batch.push(&next(), &MerkleGateRootChanged { plan, root }),
                1 => batch.push(&next(), &TierGateTierChanged { plan, tier: random.random_range(0..5) }),
                _ => batch.push(&next(), &TokenGateHoldingChanged { plan, token, amount }),
            }
        }
        _ => governing(random, (owner, operator), next, batch),
    }
}

fn approvals(
    listing: i64,
    (owner, operator): (Address, Address),
    (approved, amount, token): (bool, U256, Address),
    mut next: impl FnMut() -> Position,
    batch: &mut Batch,
) {
    let (spender, share) = (operator, Address::repeat_byte(0x5a));
    batch.push(&next(), &VaultOperatorSet { owner, spender, approved });
    batch.push(&next(), &ListingsApprovalForAll { owner, operator, approved });
    batch.push(&next(), &MarketApprovalForAll { owner, operator, approved: !approved });
    batch.push(&next(), &VaultApproval { owner, spender, token, amount });
    batch.push(&next(), &ShareApproval { share, owner, spender, amount });
    batch.push(&next(), &ListingsApproval { owner, approved: operator, listing });
}

fn governing(
    random: &mut StdRng,
    (owner, other): (Address, Address),
    mut next: impl FnMut() -> Position,
    batch: &mut Batch,
) {
    let (previous_owner, new_owner) = (owner, other);
    let tier = random.random_range(1..100);
    match random.random_range(0..6) {
        0 => batch.push(&next(), &RevenueFeeChanged { fee_bps: tier as i32, fee_recipient: other }),
        1 => {
            batch.push(&next(), &RevenueGuardianChanged { guardian: other, armed: tier > 50 });
            batch.push(&next(), &RevenueSalesPauseChanged { paused_until: tier });
        }
        2 => {
            let (tier2, tier3, tier4) = (tier * 2, tier * 3, tier * 4);
            batch.push(&next(), &StakingTiersChanged { tier1: tier, tier2, tier3, tier4 });
        }
        3 => batch.push(&next(), &RevenueOwnershipTransferStarted { previous_owner, new_owner }),
        4 => batch.push(&next(), &StakingOwnershipTransferStarted { previous_owner, new_owner }),
        _ => {
            batch.push(&next(), &RevenueOwnershipTransferred { previous_owner, new_owner });
            batch.push(&next(), &StakingOwnershipTransferred { previous_owner, new_owner });
        }
    }
}

/// The listing earns for its shares from now on.
pub(crate) fn bind(listing: i64, mut next: impl FnMut() -> Position, batch: &mut Batch) {
    batch.push(&next(), &ListingsRevenueBound { listing, share: Address::with_last_byte(listing as u8) });
}
