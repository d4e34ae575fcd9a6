-- What the last comparison of the projections with the contracts' state found. `stoa audit` writes it, `/status`
-- shows it.
CREATE TABLE archive.audit (
    chain_id      bigint PRIMARY KEY,
    block_number  bigint NOT NULL,
    block_hash    bytea NOT NULL,
    -- Figures that were compared, and how many of them differed.
    compared      bigint NOT NULL,
    differences   bigint NOT NULL,
    audited_at    timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE archive.audit IS 'The last audit of each chain: whether the projections said what the contracts said at a block.';
