-- The plans of listing $2.
SELECT plan FROM market.plan WHERE chain_id = $1 AND listing = $2
