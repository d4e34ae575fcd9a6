-- Grades of listings, counted from public figures every ten minutes: what they come from is kept beside them, so that
-- an answer can show it. Nothing refers to schema market by a foreign key: it is replaced as a whole.
CREATE TABLE api.grade (
    chain_id           bigint NOT NULL,
    listing            bigint NOT NULL,
    -- From 0 to 1,000, and so are the points that they are made of.
    short_score        integer NOT NULL,
    long_score         integer NOT NULL,
    growth_short       integer NOT NULL,
    repeat_short       integer NOT NULL,
    revenue_short      integer NOT NULL,
    growth_long        integer NOT NULL,
    repeat_long        integer NOT NULL,
    revenue_long       integer NOT NULL,
    age_long           integer NOT NULL,
    -- Buyers that count: in the last 30 days, in the 30 before, and how many of the first bought on two days or more.
    buyers_30          bigint NOT NULL,
    buyers_30_before   bigint NOT NULL,
    repeat_30          bigint NOT NULL,
    buyers_90          bigint NOT NULL,
    buyers_90_before   bigint NOT NULL,
    buyers_all         bigint NOT NULL,
    repeat_all         bigint NOT NULL,
    -- From its creation to its latest sale that counts.
    age_days           bigint NOT NULL,
    PRIMARY KEY (chain_id, listing)
);
COMMENT ON TABLE api.grade IS 'Grades of listings, and the counts that they come from.';

CREATE TABLE api.grade_revenue (
    chain_id  bigint NOT NULL,
    listing   bigint NOT NULL,
    token     bytea NOT NULL,
    -- Amounts less fees of sales that count, in base units; places from 1, and how many listings have one.
    net_30    numeric(78,0) NOT NULL,
    rank_30   bigint,
    of_30     bigint NOT NULL,
    net_all   numeric(78,0) NOT NULL,
    rank_all  bigint NOT NULL,
    of_all    bigint NOT NULL,
    PRIMARY KEY (chain_id, listing, token)
);
COMMENT ON TABLE api.grade_revenue IS 'Where a listing stands by revenue in each quote token. Amounts in different tokens are never added.';

CREATE TABLE api.grade_ignored (
    chain_id  bigint NOT NULL,
    listing   bigint NOT NULL,
    -- 1 the payer owned the listing or held shares of it, 2 somebody who did paid the payer from a vault balance.
    reason    smallint NOT NULL,
    token     bytea NOT NULL,
    sales     bigint NOT NULL,
    amount    numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, listing, reason, token)
);
COMMENT ON TABLE api.grade_ignored IS 'Sales that grades leave out.';

CREATE TABLE api.grade_cursor (
    chain_id      bigint PRIMARY KEY,
    block_number  bigint NOT NULL,
    block_hash    bytea NOT NULL,
    block_time    timestamptz NOT NULL,
    counted_at    timestamptz NOT NULL
);
COMMENT ON TABLE api.grade_cursor IS 'The block after which grades were counted.';
