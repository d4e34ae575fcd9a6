SELECT share, listing, '0x' || encode(account, 'hex'), name, symbol, supply::text, own_bps::text,
       coalesce((
           SELECT string_agg(position || ':0x' || encode(token, 'hex'), ' ' ORDER BY position)
           FROM market.share_token WHERE share_token.chain_id = $1 AND share_token.share = share.share
       ), '')
FROM market.share WHERE chain_id = $1
ORDER BY hashtextextended(share::text, $3) LIMIT $2
