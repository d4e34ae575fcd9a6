-- Of Revenue and of Staking, in the order of the questions.
SELECT ARRAY[fee_bps::text, '0x' || encode(fee_recipient, 'hex'), '0x' || encode(guardian, 'hex'),
             guardian_armed::text, paused_until::text, '0x' || encode(revenue_owner, 'hex'),
             '0x' || encode(revenue_offered, 'hex')],
       ARRAY['0x' || encode(staking_owner, 'hex'), '0x' || encode(staking_offered, 'hex')],
       ARRAY[coalesce(tier1::text, ''), coalesce(tier2::text, ''), coalesce(tier3::text, ''), coalesce(tier4::text, '')]
FROM market.protocol WHERE chain_id = $1
ORDER BY hashtextextended(chain_id::text, $3) LIMIT $2
