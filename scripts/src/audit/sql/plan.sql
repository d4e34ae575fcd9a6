-- The array is in the order of the contract's answer.
SELECT plan,
       ARRAY[listing::text, kind::text, '0x' || encode(token, 'hex'), price::text, cap::text, sold::text,
             version::text, paused::text, transferable::text, tier_discount::text, period::text, units::text, unit,
             sells_from::text, sells_until::text, '0x' || encode(gate, 'hex')]
FROM market.plan WHERE chain_id = $1
ORDER BY hashtextextended(plan::text, $3) LIMIT $2
