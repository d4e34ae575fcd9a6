-- Event tables, one per declaration in src/events.rs. Generated: do not edit.
-- `cargo test -p stoa-schema` compares; `STOA_BLESS=1 cargo test -p stoa-schema` writes it anew.

CREATE TABLE archive.raw_log (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    address      bytea NOT NULL,
    topics       bytea[] NOT NULL,
    data         bytea NOT NULL,
    reason       text NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.raw_log IS 'A log of a followed contract that no declaration decodes, kept as it came.';
COMMENT ON COLUMN archive.raw_log.address IS 'Contract that emitted it.';
COMMENT ON COLUMN archive.raw_log.topics IS 'Topics, the event''s signature hash first.';
COMMENT ON COLUMN archive.raw_log.data IS 'Data.';
COMMENT ON COLUMN archive.raw_log.reason IS 'Why it was not decoded.';

CREATE TABLE archive.vault_transfer (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    caller       bytea NOT NULL,
    sender       bytea NOT NULL,
    receiver     bytea NOT NULL,
    token        bytea NOT NULL,
    amount       numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.vault_transfer IS 'ERC-6909 `Transfer` of the Vault. A deposit comes from the zero address, a withdrawal goes to it.';
COMMENT ON COLUMN archive.vault_transfer.caller IS 'Who called the Vault.';
COMMENT ON COLUMN archive.vault_transfer.sender IS 'Account debited.';
COMMENT ON COLUMN archive.vault_transfer.receiver IS 'Account credited.';
COMMENT ON COLUMN archive.vault_transfer.token IS 'Token; the ERC-6909 id is its address as a number.';
COMMENT ON COLUMN archive.vault_transfer.amount IS 'Amount in the token''s base units.';

CREATE TABLE archive.vault_operator_set (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    owner        bytea NOT NULL,
    spender      bytea NOT NULL,
    approved     boolean NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.vault_operator_set IS 'ERC-6909 `OperatorSet` of the Vault.';
COMMENT ON COLUMN archive.vault_operator_set.owner IS 'Account whose balances are concerned.';
COMMENT ON COLUMN archive.vault_operator_set.spender IS 'Who may move them.';
COMMENT ON COLUMN archive.vault_operator_set.approved IS 'Whether they may.';

CREATE TABLE archive.vault_approval (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    owner        bytea NOT NULL,
    spender      bytea NOT NULL,
    token        bytea NOT NULL,
    amount       numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.vault_approval IS 'ERC-6909 `Approval` of the Vault.';
COMMENT ON COLUMN archive.vault_approval.owner IS 'Account whose balance is concerned.';
COMMENT ON COLUMN archive.vault_approval.spender IS 'Who may spend it.';
COMMENT ON COLUMN archive.vault_approval.token IS 'Token.';
COMMENT ON COLUMN archive.vault_approval.amount IS 'How much, in base units.';

CREATE TABLE archive.vault_token_described (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    token        bytea NOT NULL,
    name         text NOT NULL,
    symbol       text NOT NULL,
    decimals     smallint NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.vault_token_described IS 'A token''s metadata, told once when the Vault first describes it.';
COMMENT ON COLUMN archive.vault_token_described.token IS 'Token.';
COMMENT ON COLUMN archive.vault_token_described.name IS 'Its name; empty when it tells none.';
COMMENT ON COLUMN archive.vault_token_described.symbol IS 'Its symbol; empty when it tells none.';
COMMENT ON COLUMN archive.vault_token_described.decimals IS 'Decimals; 0 when it tells none.';

CREATE TABLE archive.listings_listing_created (
    chain_id         bigint NOT NULL,
    block_number     bigint NOT NULL,
    log_index        integer NOT NULL,
    block_time       timestamp with time zone NOT NULL,
    tx_hash          bytea NOT NULL,
    listing          bigint NOT NULL,
    owner            bytea NOT NULL,
    kind             smallint NOT NULL,
    uri              text NOT NULL,
    licence          text NOT NULL,
    derivatives      boolean NOT NULL,
    derivative_bps   integer NOT NULL,
    parents          bigint[] NOT NULL,
    parent_bps       integer[] NOT NULL,
    royalty_receiver bytea NOT NULL,
    royalty_bps      integer NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.listings_listing_created IS 'A new listing.';
COMMENT ON COLUMN archive.listings_listing_created.listing IS 'Listing''s number.';
COMMENT ON COLUMN archive.listings_listing_created.owner IS 'First owner.';
COMMENT ON COLUMN archive.listings_listing_created.kind IS '0 model, 1 dataset, 2 compute, 3 agent, 4 service.';
COMMENT ON COLUMN archive.listings_listing_created.uri IS 'Metadata URI.';
COMMENT ON COLUMN archive.listings_listing_created.licence IS 'Licence the listing is offered under.';
COMMENT ON COLUMN archive.listings_listing_created.derivatives IS 'Whether others may derive from it.';
COMMENT ON COLUMN archive.listings_listing_created.derivative_bps IS 'What it asks of a derivative''s revenue, in 1/10,000.';
COMMENT ON COLUMN archive.listings_listing_created.parents IS 'Listings it derives from, ascending.';
COMMENT ON COLUMN archive.listings_listing_created.parent_bps IS 'What each parent is granted, in 1/10,000.';
COMMENT ON COLUMN archive.listings_listing_created.royalty_receiver IS 'ERC-2981: who gets the resale royalty of the listing itself.';
COMMENT ON COLUMN archive.listings_listing_created.royalty_bps IS 'ERC-2981: resale royalty in 1/10,000.';

CREATE TABLE archive.listings_version_published (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    listing      bigint NOT NULL,
    version      bigint NOT NULL,
    content_hash bytea NOT NULL,
    uris         text[] NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.listings_version_published IS 'A release of a listing.';
COMMENT ON COLUMN archive.listings_version_published.listing IS 'Listing''s number.';
COMMENT ON COLUMN archive.listings_version_published.version IS 'Version''s number, from 1.';
COMMENT ON COLUMN archive.listings_version_published.content_hash IS 'SHA-256 of the content, or the digest of its CID.';
COMMENT ON COLUMN archive.listings_version_published.uris IS 'Where the content is to be had.';

CREATE TABLE archive.listings_uri_changed (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    listing      bigint NOT NULL,
    uri          text NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.listings_uri_changed IS 'A listing''s metadata moved.';
COMMENT ON COLUMN archive.listings_uri_changed.listing IS 'Listing''s number.';
COMMENT ON COLUMN archive.listings_uri_changed.uri IS 'New metadata URI.';

CREATE TABLE archive.listings_status_changed (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    listing      bigint NOT NULL,
    status       smallint NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.listings_status_changed IS 'A listing was paused, resumed or retired.';
COMMENT ON COLUMN archive.listings_status_changed.listing IS 'Listing''s number.';
COMMENT ON COLUMN archive.listings_status_changed.status IS '0 active, 1 paused, 2 retired.';

CREATE TABLE archive.listings_transfer (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    sender       bytea NOT NULL,
    receiver     bytea NOT NULL,
    listing      bigint NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.listings_transfer IS 'ERC-721 `Transfer` of a listing. A new one comes from the zero address.';
COMMENT ON COLUMN archive.listings_transfer.sender IS 'Owner before.';
COMMENT ON COLUMN archive.listings_transfer.receiver IS 'Owner after.';
COMMENT ON COLUMN archive.listings_transfer.listing IS 'Listing''s number.';

CREATE TABLE archive.listings_approval (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    owner        bytea NOT NULL,
    approved     bytea NOT NULL,
    listing      bigint NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.listings_approval IS 'ERC-721 `Approval` of a listing.';
COMMENT ON COLUMN archive.listings_approval.owner IS 'Owner.';
COMMENT ON COLUMN archive.listings_approval.approved IS 'Who may manage and move it.';
COMMENT ON COLUMN archive.listings_approval.listing IS 'Listing''s number.';

CREATE TABLE archive.listings_approval_for_all (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    owner        bytea NOT NULL,
    operator     bytea NOT NULL,
    approved     boolean NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.listings_approval_for_all IS 'ERC-721 `ApprovalForAll` over an owner''s listings.';
COMMENT ON COLUMN archive.listings_approval_for_all.owner IS 'Owner.';
COMMENT ON COLUMN archive.listings_approval_for_all.operator IS 'Who may manage and move them.';
COMMENT ON COLUMN archive.listings_approval_for_all.approved IS 'Whether they may.';

CREATE TABLE archive.listings_metadata_update (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    listing      bigint NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.listings_metadata_update IS 'ERC-4906 `MetadataUpdate`: a listing''s metadata should be read anew.';
COMMENT ON COLUMN archive.listings_metadata_update.listing IS 'Listing''s number.';

CREATE TABLE archive.market_plan_created (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    plan         bigint NOT NULL,
    listing      bigint NOT NULL,
    token        bytea NOT NULL,
    kind         smallint NOT NULL,
    price        numeric(78,0) NOT NULL,
    cap          numeric(78,0) NOT NULL,
    transferable boolean NOT NULL,
    version      bigint NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.market_plan_created IS 'A new plan.';
COMMENT ON COLUMN archive.market_plan_created.plan IS 'Plan''s number.';
COMMENT ON COLUMN archive.market_plan_created.listing IS 'Listing it sells.';
COMMENT ON COLUMN archive.market_plan_created.token IS 'Token it is paid in.';
COMMENT ON COLUMN archive.market_plan_created.kind IS '0 licence, 1 subscription, 2 credits.';
COMMENT ON COLUMN archive.market_plan_created.price IS 'Price of one, in the token''s base units.';
COMMENT ON COLUMN archive.market_plan_created.cap IS 'How many may be sold; 0 is no limit.';
COMMENT ON COLUMN archive.market_plan_created.transferable IS 'Whether its passes can be transferred.';
COMMENT ON COLUMN archive.market_plan_created.version IS 'Plan''s version, which bounds an order.';

CREATE TABLE archive.market_plan_changed (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    plan         bigint NOT NULL,
    version      bigint NOT NULL,
    price        numeric(78,0) NOT NULL,
    cap          numeric(78,0) NOT NULL,
    paused       boolean NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.market_plan_changed IS 'A plan''s whole state after a change.';
COMMENT ON COLUMN archive.market_plan_changed.plan IS 'Plan''s number.';
COMMENT ON COLUMN archive.market_plan_changed.version IS 'Plan''s version after the change.';
COMMENT ON COLUMN archive.market_plan_changed.price IS 'Price of one, in base units.';
COMMENT ON COLUMN archive.market_plan_changed.cap IS 'How many may be sold; 0 is no limit.';
COMMENT ON COLUMN archive.market_plan_changed.paused IS 'Whether it sells nothing for now.';

CREATE TABLE archive.market_purchased (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    plan         bigint NOT NULL,
    payer        bytea NOT NULL,
    recipient    bytea NOT NULL,
    listing      bigint NOT NULL,
    quantity     numeric(78,0) NOT NULL,
    amount       numeric(78,0) NOT NULL,
    fee          numeric(78,0) NOT NULL,
    beneficiary  bytea NOT NULL,
    sold         numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.market_purchased IS 'A sale.';
COMMENT ON COLUMN archive.market_purchased.plan IS 'Plan bought.';
COMMENT ON COLUMN archive.market_purchased.payer IS 'Who paid.';
COMMENT ON COLUMN archive.market_purchased.recipient IS 'Who got the pass.';
COMMENT ON COLUMN archive.market_purchased.listing IS 'Listing sold.';
COMMENT ON COLUMN archive.market_purchased.quantity IS 'How many.';
COMMENT ON COLUMN archive.market_purchased.amount IS 'What was paid: fee and net together, in base units.';
COMMENT ON COLUMN archive.market_purchased.fee IS 'Protocol fee in it.';
COMMENT ON COLUMN archive.market_purchased.beneficiary IS 'Who earns the net.';
COMMENT ON COLUMN archive.market_purchased.sold IS 'How many of the plan are sold by now.';

CREATE TABLE archive.market_transfer_single (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    operator     bytea NOT NULL,
    sender       bytea NOT NULL,
    receiver     bytea NOT NULL,
    plan         bigint NOT NULL,
    quantity     numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.market_transfer_single IS 'ERC-1155 `TransferSingle` of passes. A sale comes from the zero address.';
COMMENT ON COLUMN archive.market_transfer_single.operator IS 'Who called.';
COMMENT ON COLUMN archive.market_transfer_single.sender IS 'Holder before.';
COMMENT ON COLUMN archive.market_transfer_single.receiver IS 'Holder after.';
COMMENT ON COLUMN archive.market_transfer_single.plan IS 'Plan whose pass it is.';
COMMENT ON COLUMN archive.market_transfer_single.quantity IS 'How many.';

CREATE TABLE archive.market_transfer_batch (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    operator     bytea NOT NULL,
    sender       bytea NOT NULL,
    receiver     bytea NOT NULL,
    plans        bigint[] NOT NULL,
    quantities   numeric(78,0)[] NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.market_transfer_batch IS 'ERC-1155 `TransferBatch` of passes.';
COMMENT ON COLUMN archive.market_transfer_batch.operator IS 'Who called.';
COMMENT ON COLUMN archive.market_transfer_batch.sender IS 'Holder before.';
COMMENT ON COLUMN archive.market_transfer_batch.receiver IS 'Holder after.';
COMMENT ON COLUMN archive.market_transfer_batch.plans IS 'Plans whose passes they are.';
COMMENT ON COLUMN archive.market_transfer_batch.quantities IS 'How many of each.';

CREATE TABLE archive.market_approval_for_all (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    owner        bytea NOT NULL,
    operator     bytea NOT NULL,
    approved     boolean NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.market_approval_for_all IS 'ERC-1155 `ApprovalForAll` over a holder''s passes.';
COMMENT ON COLUMN archive.market_approval_for_all.owner IS 'Holder.';
COMMENT ON COLUMN archive.market_approval_for_all.operator IS 'Who may move the passes.';
COMMENT ON COLUMN archive.market_approval_for_all.approved IS 'Whether they may.';

CREATE TABLE archive.revenue_settled (
    chain_id             bigint NOT NULL,
    block_number         bigint NOT NULL,
    log_index            integer NOT NULL,
    block_time           timestamp with time zone NOT NULL,
    tx_hash              bytea NOT NULL,
    listing              bigint NOT NULL,
    beneficiary          bytea NOT NULL,
    token                bytea NOT NULL,
    received             numeric(78,0) NOT NULL,
    beneficiary_amount   numeric(78,0) NOT NULL,
    parents              bigint[] NOT NULL,
    parent_beneficiaries bytea[] NOT NULL,
    parent_amounts       numeric(78,0)[] NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.revenue_settled IS 'A listing''s revenue was split.';
COMMENT ON COLUMN archive.revenue_settled.listing IS 'Listing whose revenue it is.';
COMMENT ON COLUMN archive.revenue_settled.beneficiary IS 'Who earned it at the sales.';
COMMENT ON COLUMN archive.revenue_settled.token IS 'Token.';
COMMENT ON COLUMN archive.revenue_settled.received IS 'All revenue that is split by now, in base units.';
COMMENT ON COLUMN archive.revenue_settled.beneficiary_amount IS 'What the beneficiary got this time.';
COMMENT ON COLUMN archive.revenue_settled.parents IS 'Parents paid.';
COMMENT ON COLUMN archive.revenue_settled.parent_beneficiaries IS 'Who earned each parent''s part.';
COMMENT ON COLUMN archive.revenue_settled.parent_amounts IS 'What each parent got this time.';

CREATE TABLE archive.revenue_fee_changed (
    chain_id      bigint NOT NULL,
    block_number  bigint NOT NULL,
    log_index     integer NOT NULL,
    block_time    timestamp with time zone NOT NULL,
    tx_hash       bytea NOT NULL,
    fee_bps       integer NOT NULL,
    fee_recipient bytea NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.revenue_fee_changed IS 'The protocol fee, or who gets it, changed.';
COMMENT ON COLUMN archive.revenue_fee_changed.fee_bps IS 'Fee in 1/10,000 of a sale.';
COMMENT ON COLUMN archive.revenue_fee_changed.fee_recipient IS 'Who gets it.';

CREATE TABLE archive.revenue_ownership_transfer_started (
    chain_id       bigint NOT NULL,
    block_number   bigint NOT NULL,
    log_index      integer NOT NULL,
    block_time     timestamp with time zone NOT NULL,
    tx_hash        bytea NOT NULL,
    previous_owner bytea NOT NULL,
    new_owner      bytea NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.revenue_ownership_transfer_started IS 'A new owner of Revenue is named, who has yet to accept.';
COMMENT ON COLUMN archive.revenue_ownership_transfer_started.previous_owner IS 'Owner now.';
COMMENT ON COLUMN archive.revenue_ownership_transfer_started.new_owner IS 'Owner once accepted.';

CREATE TABLE archive.revenue_ownership_transferred (
    chain_id       bigint NOT NULL,
    block_number   bigint NOT NULL,
    log_index      integer NOT NULL,
    block_time     timestamp with time zone NOT NULL,
    tx_hash        bytea NOT NULL,
    previous_owner bytea NOT NULL,
    new_owner      bytea NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.revenue_ownership_transferred IS 'ERC-173 `OwnershipTransferred` of Revenue.';
COMMENT ON COLUMN archive.revenue_ownership_transferred.previous_owner IS 'Owner before.';
COMMENT ON COLUMN archive.revenue_ownership_transferred.new_owner IS 'Owner after.';
