UPDATE api.relay_order
SET state = $2, reason = $3, tx_hash = $4, block_number = $5, settled = $6, reserved = $7, paid = $8, updated_at = now()
WHERE id = $1 AND NOT settled
  AND (state, reason, tx_hash, block_number, settled, reserved, paid)
      IS DISTINCT FROM ($2, $3, $4, $5, $6, $7, $8)
