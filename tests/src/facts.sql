-- What the projections say, in the words of facts.rs. Zeros are left out there.
SELECT format('balance 0x%s 0x%s', encode(token, 'hex'), encode(account, 'hex')), amount::text FROM market.balance
UNION ALL SELECT 'listings', count(*)::text FROM market.listing
UNION ALL SELECT format('owner %s', listing), '0x' || encode(owner, 'hex') FROM market.listing
UNION ALL SELECT format('status %s', listing), status::text FROM market.listing
UNION ALL SELECT format('versions %s', listing), version::text FROM market.listing
UNION ALL SELECT format('purchases %s', listing), purchases::text FROM market.listing
UNION ALL SELECT format('parents %s', listing), count(*)::text FROM market.listing_parent GROUP BY listing
UNION ALL SELECT format('parent %s %s', listing, rank() OVER (PARTITION BY listing ORDER BY parent) - 1), parent::text
    FROM market.listing_parent
UNION ALL SELECT format('parent bps %s %s', listing, rank() OVER (PARTITION BY listing ORDER BY parent) - 1), bps::text
    FROM market.listing_parent
UNION ALL SELECT 'plans', count(*)::text FROM market.plan
UNION ALL SELECT format('plan listing %s', plan), listing::text FROM market.plan
UNION ALL SELECT format('plan token %s', plan), '0x' || encode(token, 'hex') FROM market.plan
UNION ALL SELECT format('plan price %s', plan), price::text FROM market.plan
UNION ALL SELECT format('plan cap %s', plan), cap::text FROM market.plan
UNION ALL SELECT format('plan sold %s', plan), sold::text FROM market.plan
UNION ALL SELECT format('plan version %s', plan), version::text FROM market.plan
UNION ALL SELECT format('plan paused %s', plan), paused::int::text FROM market.plan
UNION ALL SELECT format('plan transferable %s', plan), transferable::int::text FROM market.plan
UNION ALL SELECT format('plan from %s', plan), sells_from::text FROM market.plan
UNION ALL SELECT format('plan until %s', plan), sells_until::text FROM market.plan
UNION ALL SELECT format('plan gate %s', plan), '0x' || encode(gate, 'hex') FROM market.plan
UNION ALL SELECT format('passes %s 0x%s', plan, encode(holder, 'hex')), quantity::text FROM market.pass
UNION ALL SELECT format('expiry %s 0x%s', plan, encode(holder, 'hex')), expiry::text FROM market.subscription
UNION ALL SELECT format('sales %s 0x%s', listing, encode(token, 'hex')), amount::text FROM market.revenue
UNION ALL SELECT format('settled %s 0x%s 0x%s', listing, encode(beneficiary, 'hex'), encode(token, 'hex')), received::text
    FROM market.settlement
UNION ALL SELECT format('shares %s 0x%s', listing, encode(holder, 'hex')), amount::text
    FROM market.share_balance JOIN market.share USING (chain_id, share)
UNION ALL SELECT format('shares sold %s', sale), sold::text FROM market.share_sale
UNION ALL SELECT format('share sale closed %s', sale), closed::int::text FROM market.share_sale
UNION ALL SELECT format('lock amount 0x%s', encode(account, 'hex')), amount::text FROM market.lock
UNION ALL SELECT format('lock end 0x%s', encode(account, 'hex')), lock_end::text FROM market.lock
UNION ALL SELECT format('lock reinvests 0x%s', encode(account, 'hex')), reinvest::int::text FROM market.lock
UNION ALL SELECT format('fee index 0x%s', encode(token, 'hex')), reward_index::text FROM market.stake_token
UNION ALL SELECT format('approved %s', listing), '0x' || encode(approved, 'hex') FROM market.listing
UNION ALL SELECT format('paid %s 0x%s', listing, encode(token, 'hex')), paid::text FROM market.revenue
UNION ALL SELECT format('spent %s 0x%s', plan, encode(holder, 'hex')), sum(units)::text
    FROM market.spending GROUP BY plan, holder
UNION ALL SELECT format('gate list %s', plan),
    CASE WHEN root = decode(repeat('00', 32), 'hex') THEN '0' ELSE '0x' || encode(root, 'hex') END FROM market.gate_rule
UNION ALL SELECT format('gate tier %s', plan), tier::text FROM market.gate_rule
UNION ALL SELECT format('gate token %s', plan), '0x' || encode(token, 'hex') FROM market.gate_rule
UNION ALL SELECT format('gate amount %s', plan), amount::text FROM market.gate_rule
UNION ALL SELECT format('%s operator 0x%s 0x%s', (ARRAY['vault', 'listing', 'pass'])[scope + 1], encode(owner, 'hex'),
                        encode(operator, 'hex')), approved::int::text FROM market.operator
UNION ALL SELECT format('%s nonces 0x%s %s', (ARRAY['vault', 'market'])[scope + 1], encode(account, 'hex'), word),
    used::text FROM market.nonce
UNION ALL SELECT format('lock nonce 0x%s', encode(account, 'hex')), nonce::text FROM market.stake_nonce
UNION ALL SELECT told.what, told.said
    FROM market.protocol CROSS JOIN LATERAL (VALUES
        ('fee', fee_bps::text),
        ('fee recipient', '0x' || encode(fee_recipient, 'hex')),
        ('paused until', paused_until::text),
        ('guardian armed', guardian_armed::int::text),
        ('owner of revenue', '0x' || encode(revenue_owner, 'hex')),
        ('revenue offered to', '0x' || encode(revenue_offered, 'hex')),
        ('owner of staking', '0x' || encode(staking_owner, 'hex')),
        ('staking offered to', '0x' || encode(staking_offered, 'hex'))
    ) AS told (what, said)
