CREATE TABLE market.lock (
    chain_id       bigint NOT NULL,
    account        bytea NOT NULL,
    -- Principal in base units of STOA; 0 once withdrawn.
    amount         numeric(78,0) NOT NULL,
    -- What the lock weighs until `lock_end`, and nothing from then on.
    score          numeric(78,0) NOT NULL,
    -- Unix time.
    lock_end       bigint NOT NULL,
    reinvest       boolean NOT NULL DEFAULT false,
    changed_block  bigint NOT NULL,
    PRIMARY KEY (chain_id, account)
);
COMMENT ON TABLE market.lock IS 'Staked STOA by account. A lock''s score counts while the block''s time is below lock_end.';

CREATE TABLE market.stake_token (
    chain_id      bigint NOT NULL,
    token         bytea NOT NULL,
    position      bigint NOT NULL,
    -- In base units: fees divided so far, and what of them was claimed.
    distributed   numeric(78,0) NOT NULL DEFAULT 0,
    claimed       numeric(78,0) NOT NULL DEFAULT 0,
    -- Times 2^96.
    reward_index  numeric(78,0) NOT NULL DEFAULT 0,
    PRIMARY KEY (chain_id, token)
);
COMMENT ON TABLE market.stake_token IS 'Tokens whose fees stakers share.';

CREATE TABLE market.stake_week (
    chain_id      bigint NOT NULL,
    token         bytea NOT NULL,
    -- Unix time / 604,800.
    week          bigint NOT NULL,
    amount        numeric(78,0) NOT NULL,
    -- Times 2^96, after the week's last distribution.
    reward_index  numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, token, week)
);
COMMENT ON TABLE market.stake_week IS 'Fees by the week in which they were divided. A lock earns up to the last week before its end.';

CREATE TABLE market.stake_earning (
    chain_id      bigint NOT NULL,
    account       bytea NOT NULL,
    token         bytea NOT NULL,
    -- Both times 2^96, as the last checkpoint or claim left them.
    reward_index  numeric(78,0) NOT NULL,
    accrued       numeric(78,0) NOT NULL,
    claimed       numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, account, token)
);
COMMENT ON TABLE market.stake_earning IS 'What stakers earned. Claimable = (accrued + score * (upper index - reward_index)) / 2^96, rounded down; the upper index is that of the last stake_week before lock_end.';
