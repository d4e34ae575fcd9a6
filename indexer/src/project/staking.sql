INSERT INTO market.stake_token (chain_id, token, position)
SELECT chain_id, token, position
FROM archive.staking_token_listed
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3;

-- A change tells the lock's whole state: the last one stands.
INSERT INTO market.lock (chain_id, account, amount, score, lock_end, changed_block)
SELECT DISTINCT ON (account) chain_id, account, amount, score, lock_end, block_number
FROM archive.staking_lock_changed
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
ORDER BY account, block_number DESC, log_index DESC
ON CONFLICT (chain_id, account) DO UPDATE
SET amount = excluded.amount, score = excluded.score, lock_end = excluded.lock_end,
    changed_block = excluded.changed_block;

-- A withdrawal empties the lock, unless a later change filled it again.
UPDATE market.lock SET amount = 0
FROM (
    SELECT DISTINCT ON (account) account, withdrawn
    FROM (
        SELECT account, block_number, log_index, true AS withdrawn
        FROM archive.staking_principal_withdrawn
        WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
        UNION ALL
        SELECT account, block_number, log_index, false
        FROM archive.staking_lock_changed
        WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    ) AS step
    ORDER BY account, block_number DESC, log_index DESC
) AS latest
WHERE lock.chain_id = $1 AND lock.account = latest.account AND latest.withdrawn;

-- The choice can be made before the first lock.
INSERT INTO market.lock (chain_id, account, amount, score, lock_end, reinvest, changed_block)
SELECT DISTINCT ON (account) chain_id, account, 0, 0, 0, enabled,
    min(block_number) OVER (PARTITION BY account)
FROM archive.staking_reinvest_set
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
ORDER BY account, block_number DESC, log_index DESC
ON CONFLICT (chain_id, account) DO UPDATE SET reinvest = excluded.reinvest;

INSERT INTO market.stake_week (chain_id, token, week, amount, reward_index)
SELECT chain_id, token, week, sum(amount), max(reward_index)
FROM archive.staking_fees_distributed
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
GROUP BY chain_id, token, week
ON CONFLICT (chain_id, token, week) DO UPDATE
SET amount = stake_week.amount + excluded.amount, reward_index = excluded.reward_index;

UPDATE market.stake_token
SET distributed = stake_token.distributed + divided.amount, reward_index = divided.reward_index
FROM (
    SELECT token, sum(amount) AS amount, max(reward_index) AS reward_index
    FROM archive.staking_fees_distributed
    WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    GROUP BY token
) AS divided
WHERE stake_token.chain_id = $1 AND stake_token.token = divided.token;

UPDATE market.stake_token SET claimed = stake_token.claimed + paid.amount
FROM (
    SELECT token, sum(amount) AS amount
    FROM archive.staking_fees_claimed
    WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    GROUP BY token
) AS paid
WHERE stake_token.chain_id = $1 AND stake_token.token = paid.token;

-- Checkpoints and claims both leave index and remainder; the last of either stands.
WITH step AS (
    SELECT account, token, block_number, log_index, reward_index, accrued, 0 AS amount
    FROM archive.staking_checkpointed
    WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    UNION ALL
    SELECT account, token, block_number, log_index, reward_index, accrued, amount
    FROM archive.staking_fees_claimed
    WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
), latest AS (
    SELECT DISTINCT ON (account, token) account, token, reward_index, accrued
    FROM step ORDER BY account, token, block_number DESC, log_index DESC
), paid AS (
    SELECT account, token, sum(amount) AS amount FROM step GROUP BY account, token
)
INSERT INTO market.stake_earning (chain_id, account, token, reward_index, accrued, claimed)
SELECT $1, account, token, latest.reward_index, latest.accrued, paid.amount
FROM latest JOIN paid USING (account, token)
ON CONFLICT (chain_id, account, token) DO UPDATE
SET reward_index = excluded.reward_index, accrued = excluded.accrued,
    claimed = stake_earning.claimed + excluded.claimed;
