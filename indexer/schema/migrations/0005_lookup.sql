-- Finding events by transaction, account, listing or plan, for the API. Bloom filters over ranges of pages (BRIN):
-- a thousandth of a B-tree's size, and next to nothing to keep while the chain is read. Generated from the
-- declarations in src/events: do not edit. `STOA_BLESS=1 cargo test -p stoa-schema` writes it anew.

CREATE INDEX raw_log_lookup ON archive.raw_log
    USING brin (tx_hash bytea_bloom_ops, address bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX vault_transfer_lookup ON archive.vault_transfer
    USING brin (tx_hash bytea_bloom_ops, caller bytea_bloom_ops, sender bytea_bloom_ops, receiver bytea_bloom_ops, token bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX vault_operator_set_lookup ON archive.vault_operator_set
    USING brin (tx_hash bytea_bloom_ops, owner bytea_bloom_ops, spender bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX vault_approval_lookup ON archive.vault_approval
    USING brin (tx_hash bytea_bloom_ops, owner bytea_bloom_ops, spender bytea_bloom_ops, token bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX vault_token_described_lookup ON archive.vault_token_described
    USING brin (tx_hash bytea_bloom_ops, token bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX vault_nonces_changed_lookup ON archive.vault_nonces_changed
    USING brin (tx_hash bytea_bloom_ops, account bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX listings_listing_created_lookup ON archive.listings_listing_created
    USING brin (tx_hash bytea_bloom_ops, listing int8_bloom_ops, owner bytea_bloom_ops, royalty_receiver bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX listings_version_published_lookup ON archive.listings_version_published
    USING brin (tx_hash bytea_bloom_ops, listing int8_bloom_ops, content_hash bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX listings_uri_changed_lookup ON archive.listings_uri_changed
    USING brin (tx_hash bytea_bloom_ops, listing int8_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX listings_status_changed_lookup ON archive.listings_status_changed
    USING brin (tx_hash bytea_bloom_ops, listing int8_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX listings_transfer_lookup ON archive.listings_transfer
    USING brin (tx_hash bytea_bloom_ops, sender bytea_bloom_ops, receiver bytea_bloom_ops, listing int8_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX listings_approval_lookup ON archive.listings_approval
    USING brin (tx_hash bytea_bloom_ops, owner bytea_bloom_ops, approved bytea_bloom_ops, listing int8_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX listings_approval_for_all_lookup ON archive.listings_approval_for_all
    USING brin (tx_hash bytea_bloom_ops, owner bytea_bloom_ops, operator bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX listings_metadata_update_lookup ON archive.listings_metadata_update
    USING brin (tx_hash bytea_bloom_ops, listing int8_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX listings_revenue_bound_lookup ON archive.listings_revenue_bound
    USING brin (tx_hash bytea_bloom_ops, listing int8_bloom_ops, share bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX market_plan_created_lookup ON archive.market_plan_created
    USING brin (tx_hash bytea_bloom_ops, plan int8_bloom_ops, listing int8_bloom_ops, token bytea_bloom_ops, gate bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX market_plan_changed_lookup ON archive.market_plan_changed
    USING brin (tx_hash bytea_bloom_ops, plan int8_bloom_ops, gate bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX market_purchased_lookup ON archive.market_purchased
    USING brin (tx_hash bytea_bloom_ops, plan int8_bloom_ops, payer bytea_bloom_ops, recipient bytea_bloom_ops, listing int8_bloom_ops, beneficiary bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX market_transfer_single_lookup ON archive.market_transfer_single
    USING brin (tx_hash bytea_bloom_ops, operator bytea_bloom_ops, sender bytea_bloom_ops, receiver bytea_bloom_ops, plan int8_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX market_transfer_batch_lookup ON archive.market_transfer_batch
    USING brin (tx_hash bytea_bloom_ops, operator bytea_bloom_ops, sender bytea_bloom_ops, receiver bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX market_approval_for_all_lookup ON archive.market_approval_for_all
    USING brin (tx_hash bytea_bloom_ops, owner bytea_bloom_ops, operator bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX market_nonces_changed_lookup ON archive.market_nonces_changed
    USING brin (tx_hash bytea_bloom_ops, account bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX market_credits_spent_lookup ON archive.market_credits_spent
    USING brin (tx_hash bytea_bloom_ops, plan int8_bloom_ops, holder bytea_bloom_ops, spender bytea_bloom_ops, reference bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX market_share_sale_opened_lookup ON archive.market_share_sale_opened
    USING brin (tx_hash bytea_bloom_ops, listing int8_bloom_ops, seller bytea_bloom_ops, share bytea_bloom_ops, token bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX market_share_sale_closed_lookup ON archive.market_share_sale_closed
    USING brin (tx_hash bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX market_shares_sold_lookup ON archive.market_shares_sold
    USING brin (tx_hash bytea_bloom_ops, payer bytea_bloom_ops, recipient bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX revenue_settled_lookup ON archive.revenue_settled
    USING brin (tx_hash bytea_bloom_ops, listing int8_bloom_ops, beneficiary bytea_bloom_ops, token bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX revenue_fee_changed_lookup ON archive.revenue_fee_changed
    USING brin (tx_hash bytea_bloom_ops, fee_recipient bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX revenue_ownership_transfer_started_lookup ON archive.revenue_ownership_transfer_started
    USING brin (tx_hash bytea_bloom_ops, previous_owner bytea_bloom_ops, new_owner bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX revenue_ownership_transferred_lookup ON archive.revenue_ownership_transferred
    USING brin (tx_hash bytea_bloom_ops, previous_owner bytea_bloom_ops, new_owner bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX revenue_shares_created_lookup ON archive.revenue_shares_created
    USING brin (tx_hash bytea_bloom_ops, listing int8_bloom_ops, share bytea_bloom_ops, holder bytea_bloom_ops, account bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX revenue_listing_paid_lookup ON archive.revenue_listing_paid
    USING brin (tx_hash bytea_bloom_ops, listing int8_bloom_ops, payer bytea_bloom_ops, token bytea_bloom_ops, beneficiary bytea_bloom_ops, memo bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX revenue_guardian_changed_lookup ON archive.revenue_guardian_changed
    USING brin (tx_hash bytea_bloom_ops, guardian bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX revenue_sales_pause_changed_lookup ON archive.revenue_sales_pause_changed
    USING brin (tx_hash bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX share_transfer_lookup ON archive.share_transfer
    USING brin (tx_hash bytea_bloom_ops, share bytea_bloom_ops, sender bytea_bloom_ops, receiver bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX share_approval_lookup ON archive.share_approval
    USING brin (tx_hash bytea_bloom_ops, share bytea_bloom_ops, owner bytea_bloom_ops, spender bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX share_payment_token_added_lookup ON archive.share_payment_token_added
    USING brin (tx_hash bytea_bloom_ops, share bytea_bloom_ops, token bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX share_checkpointed_lookup ON archive.share_checkpointed
    USING brin (tx_hash bytea_bloom_ops, share bytea_bloom_ops, account bytea_bloom_ops, token bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX share_revenue_claimed_lookup ON archive.share_revenue_claimed
    USING brin (tx_hash bytea_bloom_ops, share bytea_bloom_ops, account bytea_bloom_ops, token bytea_bloom_ops, receiver bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX staking_token_listed_lookup ON archive.staking_token_listed
    USING brin (tx_hash bytea_bloom_ops, token bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX staking_lock_changed_lookup ON archive.staking_lock_changed
    USING brin (tx_hash bytea_bloom_ops, account bytea_bloom_ops, payer bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX staking_principal_withdrawn_lookup ON archive.staking_principal_withdrawn
    USING brin (tx_hash bytea_bloom_ops, account bytea_bloom_ops, receiver bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX staking_fees_distributed_lookup ON archive.staking_fees_distributed
    USING brin (tx_hash bytea_bloom_ops, token bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX staking_checkpointed_lookup ON archive.staking_checkpointed
    USING brin (tx_hash bytea_bloom_ops, account bytea_bloom_ops, token bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX staking_fees_claimed_lookup ON archive.staking_fees_claimed
    USING brin (tx_hash bytea_bloom_ops, account bytea_bloom_ops, token bytea_bloom_ops, receiver bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX staking_reinvest_set_lookup ON archive.staking_reinvest_set
    USING brin (tx_hash bytea_bloom_ops, account bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX staking_nonce_changed_lookup ON archive.staking_nonce_changed
    USING brin (tx_hash bytea_bloom_ops, account bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX staking_tiers_changed_lookup ON archive.staking_tiers_changed
    USING brin (tx_hash bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX staking_ownership_transfer_started_lookup ON archive.staking_ownership_transfer_started
    USING brin (tx_hash bytea_bloom_ops, previous_owner bytea_bloom_ops, new_owner bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX staking_ownership_transferred_lookup ON archive.staking_ownership_transferred
    USING brin (tx_hash bytea_bloom_ops, previous_owner bytea_bloom_ops, new_owner bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX merkle_gate_root_changed_lookup ON archive.merkle_gate_root_changed
    USING brin (tx_hash bytea_bloom_ops, plan int8_bloom_ops, root bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX tier_gate_tier_changed_lookup ON archive.tier_gate_tier_changed
    USING brin (tx_hash bytea_bloom_ops, plan int8_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);

CREATE INDEX token_gate_holding_changed_lookup ON archive.token_gate_holding_changed
    USING brin (tx_hash bytea_bloom_ops, plan int8_bloom_ops, token bytea_bloom_ops)
    WITH (pages_per_range = 32, autosummarize = on);
