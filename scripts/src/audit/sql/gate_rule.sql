SELECT plan, '0x' || encode(root, 'hex'), tier::text, '0x' || encode(token, 'hex'), amount::text
FROM market.gate_rule WHERE chain_id = $1
ORDER BY hashtextextended(plan::text, $3) LIMIT $2
