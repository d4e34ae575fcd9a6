//! `archive.staking_tiers_changed`: the last one stands.

use sqlx::PgConnection;

/// From which scores the tiers of a chain begin, in whole STOA.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TierRow {
    pub(crate) chain_id: i64,
    pub(crate) thresholds: [i64; 4],
}

/// The thresholds as the projections' block knows them; a chain without Staking has none.
pub(crate) async fn tier_of(connection: &mut PgConnection, chains: &[i64]) -> sqlx::Result<Vec<TierRow>> {
    let rows = sqlx::query!(
        r#"SELECT c.chain_id, t.tier1, t.tier2, t.tier3, t.tier4
           FROM archive.cursor c CROSS JOIN LATERAL (
               SELECT * FROM archive.staking_tiers_changed t
               WHERE t.chain_id = c.chain_id AND t.block_number <= c.projected_block
               ORDER BY t.block_number DESC, t.log_index DESC LIMIT 1
           ) t
           WHERE c.chain_id = ANY($1)"#,
        chains
    )
    .fetch_all(connection)
    .await?;
    let tiers = rows.into_iter().map(|row| TierRow {
        chain_id: row.chain_id,
        thresholds: [row.tier1, row.tier2, row.tier3, row.tier4],
    });
    Ok(tiers.collect())
}
