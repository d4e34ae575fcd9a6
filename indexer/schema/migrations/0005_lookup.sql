-- Finding the events of a transaction, for the API. A hash index is half a B-tree's size. Ranges of pages with
-- bloom filters (BRIN) were tried: the planner takes them for a whole scan where a column has no order.
-- Generated from the declarations in src/events: do not edit. `STOA_BLESS=1 cargo test -p stoa-schema` writes it
-- anew.

CREATE INDEX raw_log_by_tx ON archive.raw_log USING hash (tx_hash);
CREATE INDEX vault_transfer_by_tx ON archive.vault_transfer USING hash (tx_hash);
CREATE INDEX vault_operator_set_by_tx ON archive.vault_operator_set USING hash (tx_hash);
CREATE INDEX vault_approval_by_tx ON archive.vault_approval USING hash (tx_hash);
CREATE INDEX vault_token_described_by_tx ON archive.vault_token_described USING hash (tx_hash);
CREATE INDEX vault_nonces_changed_by_tx ON archive.vault_nonces_changed USING hash (tx_hash);
CREATE INDEX listings_listing_created_by_tx ON archive.listings_listing_created USING hash (tx_hash);
CREATE INDEX listings_version_published_by_tx ON archive.listings_version_published USING hash (tx_hash);
CREATE INDEX listings_uri_changed_by_tx ON archive.listings_uri_changed USING hash (tx_hash);
CREATE INDEX listings_status_changed_by_tx ON archive.listings_status_changed USING hash (tx_hash);
CREATE INDEX listings_transfer_by_tx ON archive.listings_transfer USING hash (tx_hash);
CREATE INDEX listings_approval_by_tx ON archive.listings_approval USING hash (tx_hash);
CREATE INDEX listings_approval_for_all_by_tx ON archive.listings_approval_for_all USING hash (tx_hash);
CREATE INDEX listings_metadata_update_by_tx ON archive.listings_metadata_update USING hash (tx_hash);
CREATE INDEX listings_revenue_bound_by_tx ON archive.listings_revenue_bound USING hash (tx_hash);
CREATE INDEX market_plan_created_by_tx ON archive.market_plan_created USING hash (tx_hash);
CREATE INDEX market_plan_changed_by_tx ON archive.market_plan_changed USING hash (tx_hash);
CREATE INDEX market_purchased_by_tx ON archive.market_purchased USING hash (tx_hash);
CREATE INDEX market_transfer_single_by_tx ON archive.market_transfer_single USING hash (tx_hash);
CREATE INDEX market_transfer_batch_by_tx ON archive.market_transfer_batch USING hash (tx_hash);
CREATE INDEX market_approval_for_all_by_tx ON archive.market_approval_for_all USING hash (tx_hash);
CREATE INDEX market_nonces_changed_by_tx ON archive.market_nonces_changed USING hash (tx_hash);
CREATE INDEX market_credits_spent_by_tx ON archive.market_credits_spent USING hash (tx_hash);
CREATE INDEX market_share_sale_opened_by_tx ON archive.market_share_sale_opened USING hash (tx_hash);
CREATE INDEX market_share_sale_closed_by_tx ON archive.market_share_sale_closed USING hash (tx_hash);
CREATE INDEX market_shares_sold_by_tx ON archive.market_shares_sold USING hash (tx_hash);
CREATE INDEX revenue_settled_by_tx ON archive.revenue_settled USING hash (tx_hash);
CREATE INDEX revenue_fee_changed_by_tx ON archive.revenue_fee_changed USING hash (tx_hash);
CREATE INDEX revenue_ownership_transfer_started_by_tx ON archive.revenue_ownership_transfer_started USING hash (tx_hash);
CREATE INDEX revenue_ownership_transferred_by_tx ON archive.revenue_ownership_transferred USING hash (tx_hash);
CREATE INDEX revenue_shares_created_by_tx ON archive.revenue_shares_created USING hash (tx_hash);
CREATE INDEX revenue_listing_paid_by_tx ON archive.revenue_listing_paid USING hash (tx_hash);
CREATE INDEX revenue_guardian_changed_by_tx ON archive.revenue_guardian_changed USING hash (tx_hash);
CREATE INDEX revenue_sales_pause_changed_by_tx ON archive.revenue_sales_pause_changed USING hash (tx_hash);
CREATE INDEX share_transfer_by_tx ON archive.share_transfer USING hash (tx_hash);
CREATE INDEX share_approval_by_tx ON archive.share_approval USING hash (tx_hash);
CREATE INDEX share_payment_token_added_by_tx ON archive.share_payment_token_added USING hash (tx_hash);
CREATE INDEX share_checkpointed_by_tx ON archive.share_checkpointed USING hash (tx_hash);
CREATE INDEX share_revenue_claimed_by_tx ON archive.share_revenue_claimed USING hash (tx_hash);
CREATE INDEX staking_token_listed_by_tx ON archive.staking_token_listed USING hash (tx_hash);
CREATE INDEX staking_lock_changed_by_tx ON archive.staking_lock_changed USING hash (tx_hash);
CREATE INDEX staking_principal_withdrawn_by_tx ON archive.staking_principal_withdrawn USING hash (tx_hash);
CREATE INDEX staking_fees_distributed_by_tx ON archive.staking_fees_distributed USING hash (tx_hash);
CREATE INDEX staking_checkpointed_by_tx ON archive.staking_checkpointed USING hash (tx_hash);
CREATE INDEX staking_fees_claimed_by_tx ON archive.staking_fees_claimed USING hash (tx_hash);
CREATE INDEX staking_reinvest_set_by_tx ON archive.staking_reinvest_set USING hash (tx_hash);
CREATE INDEX staking_nonce_changed_by_tx ON archive.staking_nonce_changed USING hash (tx_hash);
CREATE INDEX staking_tiers_changed_by_tx ON archive.staking_tiers_changed USING hash (tx_hash);
CREATE INDEX staking_ownership_transfer_started_by_tx ON archive.staking_ownership_transfer_started USING hash (tx_hash);
CREATE INDEX staking_ownership_transferred_by_tx ON archive.staking_ownership_transferred USING hash (tx_hash);
CREATE INDEX merkle_gate_root_changed_by_tx ON archive.merkle_gate_root_changed USING hash (tx_hash);
CREATE INDEX tier_gate_tier_changed_by_tx ON archive.tier_gate_tier_changed USING hash (tx_hash);
CREATE INDEX token_gate_holding_changed_by_tx ON archive.token_gate_holding_changed USING hash (tx_hash);
