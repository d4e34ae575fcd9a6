-- What the five questions of ANALYSTS.md are asked about, and their answers: from events alone, without the tables that
-- the API reads. Addresses are told in small letters.
WITH sale AS (
    SELECT p.*, plan.token
    FROM archive.market_purchased AS p JOIN archive.market_plan_created AS plan USING (chain_id, plan)
), owner AS (
    SELECT DISTINCT ON (listing) listing, receiver AS account
    FROM archive.listings_transfer ORDER BY listing, block_number DESC, log_index DESC
), holder AS (
    SELECT account
    FROM (SELECT receiver AS account, token, amount FROM archive.vault_transfer
          UNION ALL SELECT sender, token, -amount FROM archive.vault_transfer) AS moved
    GROUP BY account, token HAVING sum(amount) > 0
), subject AS (
    SELECT (SELECT listing FROM sale GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1) AS listing,
           -- Whose purchases fill no more than a page, and who holds something.
           (SELECT payer FROM sale
            WHERE payer IN (SELECT account FROM holder) GROUP BY 1 HAVING count(*) <= 100
            ORDER BY count(*) DESC, 1 LIMIT 1) AS account
), paid AS (
    SELECT to_char(block_time AT TIME ZONE 'UTC', 'YYYY-MM-"01T00:00:00Z"') AS month, token, sum(amount) AS amount
    FROM sale GROUP BY 1, 2
), revenue AS (
    SELECT token, sum(gross) AS gross, sum(fee) AS fee
    FROM (
        SELECT token, amount AS gross, fee FROM sale WHERE listing = (SELECT listing FROM subject)
        UNION ALL
        -- What was paid without a sale is told beside it.
        SELECT token, 0, 0 FROM archive.revenue_listing_paid WHERE listing = (SELECT listing FROM subject)
    ) AS earned
    GROUP BY 1
), active AS (
    SELECT DISTINCT payer, to_char(block_time AT TIME ZONE 'UTC', 'YYYY-MM-"01T00:00:00Z"') AS month
    FROM sale JOIN owner USING (listing) WHERE payer <> account AND payer <> beneficiary
), again AS (
    SELECT a.month, b.month AS later, count(*) AS buyers
    FROM active AS a JOIN active AS b ON b.payer = a.payer AND b.month > a.month GROUP BY 1, 2
), own AS (
    SELECT to_char(block_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS time, tx_hash, token, amount
    FROM sale WHERE payer = (SELECT account FROM subject)
), held AS (
    SELECT token, sum(CASE WHEN receiver = account THEN amount ELSE 0 END - CASE WHEN sender = account THEN amount ELSE 0 END)
               AS amount
    FROM archive.vault_transfer CROSS JOIN subject WHERE account IN (sender, receiver) GROUP BY 1
)
SELECT json_build_object(
    'chain', (SELECT chain_id FROM archive.cursor),
    'listing', listing,
    'account', '0x' || encode(account, 'hex'),
    'answers', json_build_array(
        (SELECT json_agg(json_build_array(month, '0x' || encode(token, 'hex'), amount::text)) FROM paid),
        (SELECT json_agg(json_build_array('0x' || encode(token, 'hex'), gross::text, fee::text, (gross - fee)::text))
         FROM revenue),
        (SELECT json_agg(json_build_array(month, later, buyers::text)) FROM again),
        (SELECT json_agg(json_build_array(time, '0x' || encode(tx_hash, 'hex'), '0x' || encode(token, 'hex'), amount::text))
         FROM own),
        (SELECT json_agg(json_build_array('0x' || encode(token, 'hex'), amount::text)) FROM held WHERE amount > 0)
    )
)::text
FROM subject
