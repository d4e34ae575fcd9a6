-- The views that `POST /v1/sql` reads. They stand in this schema so that a rebuild makes them with their tables and
-- puts them in place with them. Lists of words are in the order of the contracts' enums.
CREATE VIEW market.chains AS
SELECT c.chain_id, c.projected_block AS block_number, c.projected_hash AS block_hash, c.projected_time AS block_time,
       h.block_number AS head_block, h.block_time AS head_time, h.safe_block, h.finalized_block, h.observed_at
FROM archive.cursor c LEFT JOIN archive.head h USING (chain_id);
COMMENT ON VIEW market.chains IS 'The chains that are followed, and up to which block the other views stand.';
COMMENT ON COLUMN market.chains.block_number IS 'The block after which the rows of the other views stand.';
COMMENT ON COLUMN market.chains.head_block IS 'The newest block that a node told of; null while none has.';

CREATE VIEW market.tokens AS SELECT chain_id, token, name, symbol, decimals FROM market.token;
COMMENT ON VIEW market.tokens IS 'ERC-20 tokens that the Vault has described.';
COMMENT ON COLUMN market.tokens.token IS 'Contract of the token: compare it with ''0x…''.';
COMMENT ON COLUMN market.tokens.symbol IS 'What the token calls itself. Nobody checks it.';
COMMENT ON COLUMN market.tokens.decimals IS 'Divide amounts in the token by 10 to this power.';

CREATE VIEW market.listings AS
SELECT chain_id, listing,
       (ARRAY['model', 'dataset', 'compute', 'agent', 'service'])[kind + 1] AS kind,
       (ARRAY['active', 'paused', 'retired'])[status + 1] AS status,
       owner, creator, uri, licence, derivatives, derivative_bps, version, content_hash, created_block, created_time,
       purchases, buyers, plans
FROM market.listing;
COMMENT ON VIEW market.listings IS 'AI assets on offer.';
COMMENT ON COLUMN market.listings.listing IS 'Number of the listing on its chain.';
COMMENT ON COLUMN market.listings.derivative_bps IS 'What it asks of a derivative''s revenue, in 1/10,000.';
COMMENT ON COLUMN market.listings.purchases IS 'How often its plans were bought.';
COMMENT ON COLUMN market.listings.buyers IS 'Distinct accounts that paid for it.';

CREATE VIEW market.listing_parents AS SELECT chain_id, listing, parent, bps FROM market.listing_parent;
COMMENT ON VIEW market.listing_parents IS 'Which listings a listing derives from.';
COMMENT ON COLUMN market.listing_parents.bps IS 'What the parent is granted of the listing''s revenue, in 1/10,000.';

CREATE VIEW market.plans AS
SELECT chain_id, plan, listing, (ARRAY['licence', 'subscription', 'credits'])[kind + 1] AS kind, token, price, cap,
       sold, paused, transferable, period, units, unit, created_block, created_time
FROM market.plan;
COMMENT ON VIEW market.plans IS 'Ways to buy a listing.';
COMMENT ON COLUMN market.plans.price IS 'Price of one, in base units of the token.';
COMMENT ON COLUMN market.plans.cap IS 'How many may be sold; 0 is no limit.';

CREATE VIEW market.purchases AS
SELECT p.chain_id, p.block_number, p.log_index, p.block_time, p.tx_hash, p.listing, p.plan, p.payer, p.recipient,
       p.beneficiary, p.token, t.symbol, t.decimals, p.quantity, p.amount, p.fee, p.expiry
FROM market.purchase p LEFT JOIN market.token t ON t.chain_id = p.chain_id AND t.token = p.token;
COMMENT ON VIEW market.purchases IS 'Every sale, with the terms that held when it was made.';
COMMENT ON COLUMN market.purchases.amount IS 'Fee and net together, in base units of the token.';
COMMENT ON COLUMN market.purchases.fee IS 'Protocol fee in it.';
COMMENT ON COLUMN market.purchases.expiry IS 'Unix time until which the recipient''s subscription is valid after it; else 0.';

CREATE VIEW market.listing_revenue AS
SELECT r.chain_id, r.listing, r.token, t.symbol, t.decimals, r.sales, r.amount, r.fee
FROM market.revenue r LEFT JOIN market.token t ON t.chain_id = r.chain_id AND t.token = r.token;
COMMENT ON VIEW market.listing_revenue IS 'What a listing''s sales brought, by token. Never add amounts in different tokens.';
COMMENT ON COLUMN market.listing_revenue.amount IS 'What buyers paid, in base units of the token.';

CREATE VIEW market.passes AS SELECT chain_id, plan, holder, quantity FROM market.pass WHERE quantity > 0;
COMMENT ON VIEW market.passes IS 'Who holds passes of which plan.';

CREATE VIEW market.balances AS
SELECT b.chain_id, b.account, b.token, t.symbol, t.decimals, b.amount
FROM market.balance b LEFT JOIN market.token t ON t.chain_id = b.chain_id AND t.token = b.token;
COMMENT ON VIEW market.balances IS 'Vault balances.';
COMMENT ON COLUMN market.balances.amount IS 'In base units of the token.';

CREATE VIEW market.share_holders AS
SELECT s.chain_id, s.listing, b.share, b.holder, b.amount, s.supply
FROM market.share_balance b JOIN market.share s USING (chain_id, share) WHERE b.amount > 0;
COMMENT ON VIEW market.share_holders IS 'Who owns shares of a listing''s revenue.';
COMMENT ON COLUMN market.share_holders.amount IS 'Shares in base units of 18 decimals.';

CREATE VIEW market.locks AS SELECT chain_id, account, amount, score, lock_end, reinvest FROM market.lock;
COMMENT ON VIEW market.locks IS 'Staked STOA by account.';
COMMENT ON COLUMN market.locks.lock_end IS 'Unix time at which the lock ends; its score counts until then.';

DO $$ BEGIN
    -- The schema that the views stand in, whichever of the two it is. The role is made by `stoa-api analyst`.
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'stoa_analyst') THEN EXECUTE format('GRANT USAGE ON SCHEMA %s TO stoa_analyst', (SELECT relnamespace::regnamespace FROM pg_class WHERE oid = 'market.chains'::regclass)); GRANT SELECT ON market.chains, market.tokens, market.listings, market.listing_parents, market.plans, market.purchases, market.listing_revenue, market.passes, market.balances, market.share_holders, market.locks TO stoa_analyst; END IF; END
$$;
