-- Event tables, one per declaration in src/events. Generated: do not edit.
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

CREATE TABLE archive.vault_nonces_changed (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    account      bytea NOT NULL,
    word         numeric(78,0) NOT NULL,
    used         numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.vault_nonces_changed IS 'Which nonces of a word an account has used or cancelled in Vault.';
COMMENT ON COLUMN archive.vault_nonces_changed.account IS 'Whose nonces.';
COMMENT ON COLUMN archive.vault_nonces_changed.word IS 'Index of the word: nonce n is bit n % 256 of word n / 256.';
COMMENT ON COLUMN archive.vault_nonces_changed.used IS 'The whole word: a set bit is a nonce that no signature can use any more.';

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

CREATE TABLE archive.listings_revenue_bound (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    listing      bigint NOT NULL,
    share        bytea NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.listings_revenue_bound IS 'From now on a listing earns for its share contract.';
COMMENT ON COLUMN archive.listings_revenue_bound.listing IS 'Listing''s number.';
COMMENT ON COLUMN archive.listings_revenue_bound.share IS 'Its share contract.';

CREATE TABLE archive.market_plan_created (
    chain_id      bigint NOT NULL,
    block_number  bigint NOT NULL,
    log_index     integer NOT NULL,
    block_time    timestamp with time zone NOT NULL,
    tx_hash       bytea NOT NULL,
    plan          bigint NOT NULL,
    listing       bigint NOT NULL,
    token         bytea NOT NULL,
    kind          smallint NOT NULL,
    price         numeric(78,0) NOT NULL,
    cap           numeric(78,0) NOT NULL,
    transferable  boolean NOT NULL,
    version       bigint NOT NULL,
    period        bigint NOT NULL,
    units         numeric(78,0) NOT NULL,
    unit          text NOT NULL,
    sells_from    numeric(78,0) NOT NULL,
    sells_until   numeric(78,0) NOT NULL,
    gate          bytea NOT NULL,
    tier_discount boolean NOT NULL,
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
COMMENT ON COLUMN archive.market_plan_created.period IS 'Subscription: seconds of one period; else 0.';
COMMENT ON COLUMN archive.market_plan_created.units IS 'Credits: units in one pack; else 0.';
COMMENT ON COLUMN archive.market_plan_created.unit IS 'Credits: label of a unit; else empty.';
COMMENT ON COLUMN archive.market_plan_created.sells_from IS 'First second in which it sells; 0 is no bound.';
COMMENT ON COLUMN archive.market_plan_created.sells_until IS 'First second in which it sells no more; 0 is no bound.';
COMMENT ON COLUMN archive.market_plan_created.gate IS 'Contract that says who may buy; the zero address for everybody.';
COMMENT ON COLUMN archive.market_plan_created.tier_discount IS 'Whether the listing owner''s staking tier lowers the protocol fee.';

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
    sells_from   numeric(78,0) NOT NULL,
    sells_until  numeric(78,0) NOT NULL,
    gate         bytea NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.market_plan_changed IS 'A plan''s whole state after a change.';
COMMENT ON COLUMN archive.market_plan_changed.plan IS 'Plan''s number.';
COMMENT ON COLUMN archive.market_plan_changed.version IS 'Plan''s version after the change.';
COMMENT ON COLUMN archive.market_plan_changed.price IS 'Price of one, in base units.';
COMMENT ON COLUMN archive.market_plan_changed.cap IS 'How many may be sold; 0 is no limit.';
COMMENT ON COLUMN archive.market_plan_changed.paused IS 'Whether it sells nothing for now.';
COMMENT ON COLUMN archive.market_plan_changed.sells_from IS 'First second in which it sells; 0 is no bound.';
COMMENT ON COLUMN archive.market_plan_changed.sells_until IS 'First second in which it sells no more; 0 is no bound.';
COMMENT ON COLUMN archive.market_plan_changed.gate IS 'Contract that says who may buy; the zero address for everybody.';

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
    expiry       bigint NOT NULL,
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
COMMENT ON COLUMN archive.market_purchased.expiry IS 'Subscription: Unix time until which the recipient''s is valid, after this sale; else 0.';

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

CREATE TABLE archive.market_nonces_changed (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    account      bytea NOT NULL,
    word         numeric(78,0) NOT NULL,
    used         numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.market_nonces_changed IS 'Which nonces of a word an account has used or cancelled in Market.';
COMMENT ON COLUMN archive.market_nonces_changed.account IS 'Whose nonces.';
COMMENT ON COLUMN archive.market_nonces_changed.word IS 'Index of the word: nonce n is bit n % 256 of word n / 256.';
COMMENT ON COLUMN archive.market_nonces_changed.used IS 'The whole word: a set bit is a nonce that no signature can use any more.';

CREATE TABLE archive.market_credits_spent (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    plan         bigint NOT NULL,
    holder       bytea NOT NULL,
    spender      bytea NOT NULL,
    units        numeric(78,0) NOT NULL,
    reference    bytea NOT NULL,
    remaining    numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.market_credits_spent IS 'A holder''s credits were spent.';
COMMENT ON COLUMN archive.market_credits_spent.plan IS 'Plan whose credits they are.';
COMMENT ON COLUMN archive.market_credits_spent.holder IS 'Whose credits.';
COMMENT ON COLUMN archive.market_credits_spent.spender IS 'Who spent them.';
COMMENT ON COLUMN archive.market_credits_spent.units IS 'How many units.';
COMMENT ON COLUMN archive.market_credits_spent.reference IS 'The spender''s own reference.';
COMMENT ON COLUMN archive.market_credits_spent.remaining IS 'The holder''s units after it.';

CREATE TABLE archive.market_share_sale_opened (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    sale         bigint NOT NULL,
    listing      bigint NOT NULL,
    seller       bytea NOT NULL,
    share        bytea NOT NULL,
    token        bytea NOT NULL,
    lot          numeric(78,0) NOT NULL,
    price        numeric(78,0) NOT NULL,
    cap          numeric(78,0) NOT NULL,
    sells_from   numeric(78,0) NOT NULL,
    sells_until  numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.market_share_sale_opened IS 'A holder of shares offers some.';
COMMENT ON COLUMN archive.market_share_sale_opened.sale IS 'Sale''s number.';
COMMENT ON COLUMN archive.market_share_sale_opened.listing IS 'Listing whose shares they are.';
COMMENT ON COLUMN archive.market_share_sale_opened.seller IS 'Who sells, and gets the proceeds.';
COMMENT ON COLUMN archive.market_share_sale_opened.share IS 'Share contract.';
COMMENT ON COLUMN archive.market_share_sale_opened.token IS 'Token it is paid in.';
COMMENT ON COLUMN archive.market_share_sale_opened.lot IS 'Shares in one lot, in base units.';
COMMENT ON COLUMN archive.market_share_sale_opened.price IS 'Price of a lot, in the token''s base units.';
COMMENT ON COLUMN archive.market_share_sale_opened.cap IS 'Lots for sale; 0 is no limit.';
COMMENT ON COLUMN archive.market_share_sale_opened.sells_from IS 'First second in which it sells; 0 is no bound.';
COMMENT ON COLUMN archive.market_share_sale_opened.sells_until IS 'First second in which it sells no more; 0 is no bound.';

CREATE TABLE archive.market_share_sale_closed (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    sale         bigint NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.market_share_sale_closed IS 'A sale of shares was ended by its seller.';
COMMENT ON COLUMN archive.market_share_sale_closed.sale IS 'Sale''s number.';

CREATE TABLE archive.market_shares_sold (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    sale         bigint NOT NULL,
    payer        bytea NOT NULL,
    recipient    bytea NOT NULL,
    quantity     numeric(78,0) NOT NULL,
    shares       numeric(78,0) NOT NULL,
    amount       numeric(78,0) NOT NULL,
    sold         numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.market_shares_sold IS 'Shares were sold.';
COMMENT ON COLUMN archive.market_shares_sold.sale IS 'Sale''s number.';
COMMENT ON COLUMN archive.market_shares_sold.payer IS 'Who paid.';
COMMENT ON COLUMN archive.market_shares_sold.recipient IS 'Who got the shares.';
COMMENT ON COLUMN archive.market_shares_sold.quantity IS 'How many lots.';
COMMENT ON COLUMN archive.market_shares_sold.shares IS 'Shares moved, in base units.';
COMMENT ON COLUMN archive.market_shares_sold.amount IS 'What was paid, in the token''s base units; the seller gets all of it.';
COMMENT ON COLUMN archive.market_shares_sold.sold IS 'Lots sold by now.';

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

CREATE TABLE archive.revenue_shares_created (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    listing      bigint NOT NULL,
    share        bytea NOT NULL,
    holder       bytea NOT NULL,
    account      bytea NOT NULL,
    supply       numeric(78,0) NOT NULL,
    own_bps      integer NOT NULL,
    name         text NOT NULL,
    symbol       text NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.revenue_shares_created IS 'A listing''s share contract came to be.';
COMMENT ON COLUMN archive.revenue_shares_created.listing IS 'Listing''s number.';
COMMENT ON COLUMN archive.revenue_shares_created.share IS 'Share contract: the listing''s beneficiary from now on.';
COMMENT ON COLUMN archive.revenue_shares_created.holder IS 'Who received all shares.';
COMMENT ON COLUMN archive.revenue_shares_created.account IS 'Vault account in which what the shares earn lies.';
COMMENT ON COLUMN archive.revenue_shares_created.supply IS 'Number of shares in base units of 18 decimals, for good.';
COMMENT ON COLUMN archive.revenue_shares_created.own_bps IS 'What the shares earn of what the listing receives, in 1/10,000.';
COMMENT ON COLUMN archive.revenue_shares_created.name IS 'ERC-20 name.';
COMMENT ON COLUMN archive.revenue_shares_created.symbol IS 'ERC-20 symbol.';

CREATE TABLE archive.revenue_listing_paid (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    listing      bigint NOT NULL,
    payer        bytea NOT NULL,
    token        bytea NOT NULL,
    beneficiary  bytea NOT NULL,
    amount       numeric(78,0) NOT NULL,
    memo         bytea NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.revenue_listing_paid IS 'Someone paid a listing directly, without buying.';
COMMENT ON COLUMN archive.revenue_listing_paid.listing IS 'Listing''s number.';
COMMENT ON COLUMN archive.revenue_listing_paid.payer IS 'Who paid.';
COMMENT ON COLUMN archive.revenue_listing_paid.token IS 'Token.';
COMMENT ON COLUMN archive.revenue_listing_paid.beneficiary IS 'Who earns it.';
COMMENT ON COLUMN archive.revenue_listing_paid.amount IS 'Amount in base units.';
COMMENT ON COLUMN archive.revenue_listing_paid.memo IS '32 bytes of the payer''s choice.';

CREATE TABLE archive.revenue_guardian_changed (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    guardian     bytea NOT NULL,
    armed        boolean NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.revenue_guardian_changed IS 'The guardian, and whether it may pause sales.';
COMMENT ON COLUMN archive.revenue_guardian_changed.guardian IS 'Guardian.';
COMMENT ON COLUMN archive.revenue_guardian_changed.armed IS 'Whether it may pause, once.';

CREATE TABLE archive.revenue_sales_pause_changed (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    paused_until bigint NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.revenue_sales_pause_changed IS 'New sales are paused.';
COMMENT ON COLUMN archive.revenue_sales_pause_changed.paused_until IS 'Unix time until which they are; in the past, they are not.';

CREATE TABLE archive.share_transfer (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    share        bytea NOT NULL,
    sender       bytea NOT NULL,
    receiver     bytea NOT NULL,
    amount       numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.share_transfer IS 'ERC-20 `Transfer` of a share contract.';
COMMENT ON COLUMN archive.share_transfer.share IS 'Share contract.';
COMMENT ON COLUMN archive.share_transfer.sender IS 'Holder before; the zero address at birth.';
COMMENT ON COLUMN archive.share_transfer.receiver IS 'Holder after.';
COMMENT ON COLUMN archive.share_transfer.amount IS 'Shares in base units.';

CREATE TABLE archive.share_approval (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    share        bytea NOT NULL,
    owner        bytea NOT NULL,
    spender      bytea NOT NULL,
    amount       numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.share_approval IS 'ERC-20 `Approval` of a share contract.';
COMMENT ON COLUMN archive.share_approval.share IS 'Share contract.';
COMMENT ON COLUMN archive.share_approval.owner IS 'Holder.';
COMMENT ON COLUMN archive.share_approval.spender IS 'Who may move its shares.';
COMMENT ON COLUMN archive.share_approval.amount IS 'How many, in base units.';

CREATE TABLE archive.share_payment_token_added (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    share        bytea NOT NULL,
    token        bytea NOT NULL,
    position     bigint NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.share_payment_token_added IS 'What shares earn in a token is claimable from now on.';
COMMENT ON COLUMN archive.share_payment_token_added.share IS 'Share contract.';
COMMENT ON COLUMN archive.share_payment_token_added.token IS 'Token.';
COMMENT ON COLUMN archive.share_payment_token_added.position IS 'Its place in the list, from 0.';

CREATE TABLE archive.share_checkpointed (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    share        bytea NOT NULL,
    account      bytea NOT NULL,
    token        bytea NOT NULL,
    reward_index numeric(78,0) NOT NULL,
    accrued      numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.share_checkpointed IS 'A holder''s earnings of a token were fixed, because its balance changes.';
COMMENT ON COLUMN archive.share_checkpointed.share IS 'Share contract.';
COMMENT ON COLUMN archive.share_checkpointed.account IS 'Whose earnings.';
COMMENT ON COLUMN archive.share_checkpointed.token IS 'Token.';
COMMENT ON COLUMN archive.share_checkpointed.reward_index IS 'All that the shares together have ever earned of the token, in base units.';
COMMENT ON COLUMN archive.share_checkpointed.accrued IS 'What the account has earned up to there and not been paid, times supply.';

CREATE TABLE archive.share_revenue_claimed (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    share        bytea NOT NULL,
    account      bytea NOT NULL,
    token        bytea NOT NULL,
    receiver     bytea NOT NULL,
    amount       numeric(78,0) NOT NULL,
    payout       smallint NOT NULL,
    reward_index numeric(78,0) NOT NULL,
    accrued      numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.share_revenue_claimed IS 'A holder''s earnings were paid.';
COMMENT ON COLUMN archive.share_revenue_claimed.share IS 'Share contract.';
COMMENT ON COLUMN archive.share_revenue_claimed.account IS 'Who earned them.';
COMMENT ON COLUMN archive.share_revenue_claimed.token IS 'Token.';
COMMENT ON COLUMN archive.share_revenue_claimed.receiver IS 'Who received them.';
COMMENT ON COLUMN archive.share_revenue_claimed.amount IS 'How much, in base units.';
COMMENT ON COLUMN archive.share_revenue_claimed.payout IS '0 vault balance, 1 wallet.';
COMMENT ON COLUMN archive.share_revenue_claimed.reward_index IS 'All that the shares together have ever earned of the token, in base units.';
COMMENT ON COLUMN archive.share_revenue_claimed.accrued IS 'What is left below one unit, times supply.';

CREATE TABLE archive.staking_token_listed (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    token        bytea NOT NULL,
    position     bigint NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.staking_token_listed IS 'A token whose fees are divided among stakers from now on.';
COMMENT ON COLUMN archive.staking_token_listed.token IS 'Token.';
COMMENT ON COLUMN archive.staking_token_listed.position IS 'Its place in the list, from 0.';

CREATE TABLE archive.staking_lock_changed (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    account      bytea NOT NULL,
    payer        bytea NOT NULL,
    change       smallint NOT NULL,
    added        numeric(78,0) NOT NULL,
    amount       numeric(78,0) NOT NULL,
    score        numeric(78,0) NOT NULL,
    lock_end     bigint NOT NULL,
    total_score  numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.staking_lock_changed IS 'A lock''s whole state after a change.';
COMMENT ON COLUMN archive.staking_lock_changed.account IS 'Whose lock.';
COMMENT ON COLUMN archive.staking_lock_changed.payer IS 'Who paid for the change; the account itself where nothing was paid.';
COMMENT ON COLUMN archive.staking_lock_changed.change IS '0 start, 1 raise, 2 extend, 3 reinvest.';
COMMENT ON COLUMN archive.staking_lock_changed.added IS 'Principal that came in by this change, in base units of STOA.';
COMMENT ON COLUMN archive.staking_lock_changed.amount IS 'Principal after it.';
COMMENT ON COLUMN archive.staking_lock_changed.score IS 'What the lock weighs until its end.';
COMMENT ON COLUMN archive.staking_lock_changed.lock_end IS 'Unix time at which the lock ends.';
COMMENT ON COLUMN archive.staking_lock_changed.total_score IS 'Sum of all active scores after it.';

CREATE TABLE archive.staking_principal_withdrawn (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    account      bytea NOT NULL,
    receiver     bytea NOT NULL,
    amount       numeric(78,0) NOT NULL,
    payout       smallint NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.staking_principal_withdrawn IS 'All principal of an ended lock left it.';
COMMENT ON COLUMN archive.staking_principal_withdrawn.account IS 'Whose lock.';
COMMENT ON COLUMN archive.staking_principal_withdrawn.receiver IS 'Who received it.';
COMMENT ON COLUMN archive.staking_principal_withdrawn.amount IS 'How much, in base units of STOA.';
COMMENT ON COLUMN archive.staking_principal_withdrawn.payout IS '0 vault balance, 1 wallet.';

CREATE TABLE archive.staking_fees_distributed (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    token        bytea NOT NULL,
    week         bigint NOT NULL,
    amount       numeric(78,0) NOT NULL,
    reward_index numeric(78,0) NOT NULL,
    total_score  numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.staking_fees_distributed IS 'Fees were divided among stakers.';
COMMENT ON COLUMN archive.staking_fees_distributed.token IS 'Token.';
COMMENT ON COLUMN archive.staking_fees_distributed.week IS 'Week they belong to: Unix time / 604,800.';
COMMENT ON COLUMN archive.staking_fees_distributed.amount IS 'Fees that arrived since the token''s last distribution.';
COMMENT ON COLUMN archive.staking_fees_distributed.reward_index IS 'Token''s index from now on, times 2^96.';
COMMENT ON COLUMN archive.staking_fees_distributed.total_score IS 'Sum of the scores that share.';

CREATE TABLE archive.staking_checkpointed (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    account      bytea NOT NULL,
    token        bytea NOT NULL,
    reward_index numeric(78,0) NOT NULL,
    accrued      numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.staking_checkpointed IS 'An account''s earnings of a token were fixed, because its lock changes.';
COMMENT ON COLUMN archive.staking_checkpointed.account IS 'Whose earnings.';
COMMENT ON COLUMN archive.staking_checkpointed.token IS 'Token.';
COMMENT ON COLUMN archive.staking_checkpointed.reward_index IS 'Account''s index from now on, times 2^96.';
COMMENT ON COLUMN archive.staking_checkpointed.accrued IS 'What it has earned up to there and not been paid, times 2^96.';

CREATE TABLE archive.staking_fees_claimed (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    account      bytea NOT NULL,
    token        bytea NOT NULL,
    receiver     bytea NOT NULL,
    amount       numeric(78,0) NOT NULL,
    payout       smallint NOT NULL,
    reward_index numeric(78,0) NOT NULL,
    accrued      numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.staking_fees_claimed IS 'An account''s earnings of a token were paid.';
COMMENT ON COLUMN archive.staking_fees_claimed.account IS 'Who earned them.';
COMMENT ON COLUMN archive.staking_fees_claimed.token IS 'Token.';
COMMENT ON COLUMN archive.staking_fees_claimed.receiver IS 'Who received them; Staking itself where they became principal.';
COMMENT ON COLUMN archive.staking_fees_claimed.amount IS 'How much, in base units.';
COMMENT ON COLUMN archive.staking_fees_claimed.payout IS '0 vault balance, 1 wallet, 2 lock.';
COMMENT ON COLUMN archive.staking_fees_claimed.reward_index IS 'Account''s index from now on, times 2^96.';
COMMENT ON COLUMN archive.staking_fees_claimed.accrued IS 'What is left below one unit, times 2^96.';

CREATE TABLE archive.staking_reinvest_set (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    account      bytea NOT NULL,
    enabled      boolean NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.staking_reinvest_set IS 'Whether anyone may reinvest an account''s STOA fees.';
COMMENT ON COLUMN archive.staking_reinvest_set.account IS 'Account.';
COMMENT ON COLUMN archive.staking_reinvest_set.enabled IS 'Whether anyone may.';

CREATE TABLE archive.staking_nonce_changed (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    account      bytea NOT NULL,
    nonce        numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.staking_nonce_changed IS 'The nonce that an account''s next signature must carry.';
COMMENT ON COLUMN archive.staking_nonce_changed.account IS 'Account.';
COMMENT ON COLUMN archive.staking_nonce_changed.nonce IS 'Nonce.';

CREATE TABLE archive.staking_tiers_changed (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    tier1        bigint NOT NULL,
    tier2        bigint NOT NULL,
    tier3        bigint NOT NULL,
    tier4        bigint NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.staking_tiers_changed IS 'Scores from which the tiers begin.';
COMMENT ON COLUMN archive.staking_tiers_changed.tier1 IS 'Tier 1, in whole STOA.';
COMMENT ON COLUMN archive.staking_tiers_changed.tier2 IS 'Tier 2, in whole STOA.';
COMMENT ON COLUMN archive.staking_tiers_changed.tier3 IS 'Tier 3, in whole STOA.';
COMMENT ON COLUMN archive.staking_tiers_changed.tier4 IS 'Tier 4, in whole STOA.';

CREATE TABLE archive.staking_ownership_transfer_started (
    chain_id       bigint NOT NULL,
    block_number   bigint NOT NULL,
    log_index      integer NOT NULL,
    block_time     timestamp with time zone NOT NULL,
    tx_hash        bytea NOT NULL,
    previous_owner bytea NOT NULL,
    new_owner      bytea NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.staking_ownership_transfer_started IS 'A new owner of Staking is named, who has yet to accept.';
COMMENT ON COLUMN archive.staking_ownership_transfer_started.previous_owner IS 'Owner now.';
COMMENT ON COLUMN archive.staking_ownership_transfer_started.new_owner IS 'Owner once accepted.';

CREATE TABLE archive.staking_ownership_transferred (
    chain_id       bigint NOT NULL,
    block_number   bigint NOT NULL,
    log_index      integer NOT NULL,
    block_time     timestamp with time zone NOT NULL,
    tx_hash        bytea NOT NULL,
    previous_owner bytea NOT NULL,
    new_owner      bytea NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.staking_ownership_transferred IS 'ERC-173 `OwnershipTransferred` of Staking.';
COMMENT ON COLUMN archive.staking_ownership_transferred.previous_owner IS 'Owner before.';
COMMENT ON COLUMN archive.staking_ownership_transferred.new_owner IS 'Owner after.';

CREATE TABLE archive.merkle_gate_root_changed (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    plan         bigint NOT NULL,
    root         bytea NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.merkle_gate_root_changed IS 'A plan''s Merkle list changed.';
COMMENT ON COLUMN archive.merkle_gate_root_changed.plan IS 'Plan.';
COMMENT ON COLUMN archive.merkle_gate_root_changed.root IS 'Root of the list; zero for nobody.';

CREATE TABLE archive.tier_gate_tier_changed (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    plan         bigint NOT NULL,
    tier         smallint NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.tier_gate_tier_changed IS 'The lowest staking tier that may buy a plan changed.';
COMMENT ON COLUMN archive.tier_gate_tier_changed.plan IS 'Plan.';
COMMENT ON COLUMN archive.tier_gate_tier_changed.tier IS 'Tier.';

CREATE TABLE archive.token_gate_holding_changed (
    chain_id     bigint NOT NULL,
    block_number bigint NOT NULL,
    log_index    integer NOT NULL,
    block_time   timestamp with time zone NOT NULL,
    tx_hash      bytea NOT NULL,
    plan         bigint NOT NULL,
    token        bytea NOT NULL,
    amount       numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
COMMENT ON TABLE archive.token_gate_holding_changed IS 'The holding that a plan asks of its buyers changed.';
COMMENT ON COLUMN archive.token_gate_holding_changed.plan IS 'Plan.';
COMMENT ON COLUMN archive.token_gate_holding_changed.token IS 'Token to hold.';
COMMENT ON COLUMN archive.token_gate_holding_changed.amount IS 'How much of it, in base units.';
