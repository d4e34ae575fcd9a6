-- One row for each chain; whichever event comes first makes it.
INSERT INTO market.protocol (chain_id, fee_bps, fee_recipient)
SELECT DISTINCT ON (chain_id) chain_id, fee_bps, fee_recipient
FROM archive.revenue_fee_changed
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
ORDER BY chain_id, block_number DESC, log_index DESC
ON CONFLICT (chain_id) DO UPDATE SET fee_bps = excluded.fee_bps, fee_recipient = excluded.fee_recipient;

INSERT INTO market.protocol (chain_id, guardian, guardian_armed)
SELECT DISTINCT ON (chain_id) chain_id, guardian, armed
FROM archive.revenue_guardian_changed
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
ORDER BY chain_id, block_number DESC, log_index DESC
ON CONFLICT (chain_id) DO UPDATE SET guardian = excluded.guardian, guardian_armed = excluded.guardian_armed;

INSERT INTO market.protocol (chain_id, paused_until)
SELECT DISTINCT ON (chain_id) chain_id, paused_until
FROM archive.revenue_sales_pause_changed
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
ORDER BY chain_id, block_number DESC, log_index DESC
ON CONFLICT (chain_id) DO UPDATE SET paused_until = excluded.paused_until;

INSERT INTO market.protocol (chain_id, tier1, tier2, tier3, tier4)
SELECT DISTINCT ON (chain_id) chain_id, tier1, tier2, tier3, tier4
FROM archive.staking_tiers_changed
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
ORDER BY chain_id, block_number DESC, log_index DESC
ON CONFLICT (chain_id) DO UPDATE SET tier1 = excluded.tier1, tier2 = excluded.tier2, tier3 = excluded.tier3, tier4 = excluded.tier4;

INSERT INTO market.protocol (chain_id, revenue_owner)
SELECT DISTINCT ON (chain_id) chain_id, new_owner
FROM archive.revenue_ownership_transferred
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
ORDER BY chain_id, block_number DESC, log_index DESC
ON CONFLICT (chain_id) DO UPDATE SET revenue_owner = excluded.revenue_owner;

-- What was offered is taken, or offered to somebody else.
INSERT INTO market.protocol (chain_id, revenue_offered)
SELECT DISTINCT ON (chain_id) chain_id, offered
FROM (
    SELECT chain_id, block_number, log_index, new_owner AS offered
    FROM archive.revenue_ownership_transfer_started
    WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    UNION ALL
    SELECT chain_id, block_number, log_index, '\x0000000000000000000000000000000000000000'
    FROM archive.revenue_ownership_transferred
    WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
) AS step
ORDER BY chain_id, block_number DESC, log_index DESC
ON CONFLICT (chain_id) DO UPDATE SET revenue_offered = excluded.revenue_offered;

-- The same of Staking.
INSERT INTO market.protocol (chain_id, staking_owner)
SELECT DISTINCT ON (chain_id) chain_id, new_owner
FROM archive.staking_ownership_transferred
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
ORDER BY chain_id, block_number DESC, log_index DESC
ON CONFLICT (chain_id) DO UPDATE SET staking_owner = excluded.staking_owner;

INSERT INTO market.protocol (chain_id, staking_offered)
SELECT DISTINCT ON (chain_id) chain_id, offered
FROM (
    SELECT chain_id, block_number, log_index, new_owner AS offered
    FROM archive.staking_ownership_transfer_started
    WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    UNION ALL
    SELECT chain_id, block_number, log_index, '\x0000000000000000000000000000000000000000'
    FROM archive.staking_ownership_transferred
    WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
) AS step
ORDER BY chain_id, block_number DESC, log_index DESC
ON CONFLICT (chain_id) DO UPDATE SET staking_offered = excluded.staking_offered;
