-- What has left the account in which a listing's revenue lies: at settlements all that was split, of which the
-- part of shares stays until it is claimed.
WITH earner AS (
    SELECT listing, beneficiary, token FROM market.settlement WHERE chain_id = $1
    UNION SELECT listing, beneficiary, token FROM market.purchase WHERE chain_id = $1
    UNION SELECT listing, beneficiary, token FROM market.listing_payment WHERE chain_id = $1
    UNION SELECT listing, share, token FROM market.share JOIN market.share_token USING (chain_id, share)
    WHERE chain_id = $1
)
SELECT earner.listing, earner.beneficiary, earner.token,
       (coalesce(split.parents_amount, 0) + CASE
           WHEN share.share IS NULL THEN coalesce(split.beneficiary_amount, 0)
           ELSE coalesce(paid.claimed, 0)
       END)::text
FROM earner
LEFT JOIN market.settlement AS split
    ON split.chain_id = $1 AND split.listing = earner.listing AND split.beneficiary = earner.beneficiary
    AND split.token = earner.token
LEFT JOIN market.share
    ON share.chain_id = $1 AND share.share = earner.beneficiary AND share.listing = earner.listing
LEFT JOIN market.share_token AS paid
    ON paid.chain_id = $1 AND paid.share = share.share AND paid.token = earner.token
ORDER BY hashtextextended(ROW(earner.listing, earner.beneficiary, earner.token)::text, $3) LIMIT $2
