use crate::model::{
    Event, GateRule, Governed, Keeper, ListingEvent, MarketEvent, RevenueEvent, ShareEvent, StakingEvent,
    VaultEvent,
};

/// The indexer's table of such events.
#[must_use]
pub fn table(event: &Event) -> &'static str {
    match event {
        Event::Vault(event) => of_vault(event),
        Event::Nonces { keeper: Keeper::Vault, .. } => "vault_nonces_changed",
        Event::Nonces { keeper: Keeper::Market, .. } => "market_nonces_changed",
        Event::Listing(event) => of_listing(event),
        Event::Market(event) => of_market(event),
        Event::Revenue(event) => of_revenue(event),
        Event::Shares(_, event) => of_shares(event),
        Event::Staking(event) => of_staking(event),
        Event::Gate(_, GateRule::GateList(_)) => "merkle_gate_root_changed",
        Event::Gate(_, GateRule::GateTier(_)) => "tier_gate_tier_changed",
        Event::Gate(_, GateRule::GateHolding { .. }) => "token_gate_holding_changed",
        Event::OwnershipOffered { what: Governed::Revenue, .. } => "revenue_ownership_transfer_started",
        Event::OwnershipOffered { what: Governed::Staking, .. } => "staking_ownership_transfer_started",
        Event::OwnershipTaken { what: Governed::Revenue, .. } => "revenue_ownership_transferred",
        Event::OwnershipTaken { what: Governed::Staking, .. } => "staking_ownership_transferred",
    }
}

fn of_vault(event: &VaultEvent) -> &'static str {
    match event {
        VaultEvent::Transfer { .. } => "vault_transfer",
        VaultEvent::OperatorSet { .. } => "vault_operator_set",
        VaultEvent::Approval { .. } => "vault_approval",
        VaultEvent::Described(_) => "vault_token_described",
    }
}

fn of_listing(event: &ListingEvent) -> &'static str {
    match event {
        ListingEvent::Created { .. } => "listings_listing_created",
        ListingEvent::Published { .. } => "listings_version_published",
        ListingEvent::Renamed { .. } => "listings_uri_changed",
        ListingEvent::Refreshed { .. } => "listings_metadata_update",
        ListingEvent::StatusChanged { .. } => "listings_status_changed",
        ListingEvent::Transfer { .. } => "listings_transfer",
        ListingEvent::Approval { .. } => "listings_approval",
        ListingEvent::ApprovalForAll { .. } => "listings_approval_for_all",
        ListingEvent::Bound { .. } => "listings_revenue_bound",
    }
}

fn of_market(event: &MarketEvent) -> &'static str {
    match event {
        MarketEvent::PlanCreated { .. } => "market_plan_created",
        MarketEvent::PlanChanged { .. } => "market_plan_changed",
        MarketEvent::Purchased(_) => "market_purchased",
        MarketEvent::PassMoved { .. } => "market_transfer_single",
        MarketEvent::PassesMoved { .. } => "market_transfer_batch",
        MarketEvent::ApprovalForAll { .. } => "market_approval_for_all",
        MarketEvent::Spent { .. } => "market_credits_spent",
        MarketEvent::SaleOpened { .. } => "market_share_sale_opened",
        MarketEvent::SaleClosed(_) => "market_share_sale_closed",
        MarketEvent::SharesSold { .. } => "market_shares_sold",
    }
}

fn of_revenue(event: &RevenueEvent) -> &'static str {
    match event {
        RevenueEvent::Settled(_) => "revenue_settled",
        RevenueEvent::FeeChanged { .. } => "revenue_fee_changed",
        RevenueEvent::SharesCreated { .. } => "revenue_shares_created",
        RevenueEvent::ListingPaid { .. } => "revenue_listing_paid",
        RevenueEvent::GuardianChanged { .. } => "revenue_guardian_changed",
        RevenueEvent::PauseChanged { .. } => "revenue_sales_pause_changed",
    }
}

fn of_shares(event: &ShareEvent) -> &'static str {
    match event {
        ShareEvent::Transfer { .. } => "share_transfer",
        ShareEvent::Allowed { .. } => "share_approval",
        ShareEvent::TokenAdded { .. } => "share_payment_token_added",
        ShareEvent::Fixed { .. } => "share_checkpointed",
        ShareEvent::Claimed { .. } => "share_revenue_claimed",
    }
}

fn of_staking(event: &StakingEvent) -> &'static str {
    match event {
        StakingEvent::TokenListed { .. } => "staking_token_listed",
        StakingEvent::LockChanged { .. } => "staking_lock_changed",
        StakingEvent::Withdrawn { .. } => "staking_principal_withdrawn",
        StakingEvent::Distributed { .. } => "staking_fees_distributed",
        StakingEvent::Fixed { .. } => "staking_checkpointed",
        StakingEvent::Claimed { .. } => "staking_fees_claimed",
        StakingEvent::ReinvestSet { .. } => "staking_reinvest_set",
        StakingEvent::NonceChanged { .. } => "staking_nonce_changed",
        StakingEvent::TiersChanged(_) => "staking_tiers_changed",
    }
}
