INSERT INTO api.relay_order (id, chain_id, relayer, digest, kind, signer, account, contract, call, gas, nonce, state,
    day, reserved)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'queued', (now() AT TIME ZONE 'UTC')::date, $12)
RETURNING *
