//! Commits as the indexer makes them: rows, outbox and cursor together, and a notice.

use sqlx::PgPool;

use crate::rows::{self, CHAIN, Listing, Plan, Purchase, hash, time_of};
use crate::stage::Stage;

pub(crate) struct Chain {
    pool: PgPool,
    seq: i64,
}

impl Chain {
    /// With a listing, a plan and a token; at block 100.
    pub(crate) async fn new(stage: &Stage) -> Self {
        rows::chain(&stage.pool, CHAIN).await;
        Listing::new(1).insert(&stage.pool).await;
        Plan::new(1, 1, 5).insert(&stage.pool).await;
        rows::token(&stage.pool, CHAIN, rows::address(0x77), "dUSD", 6).await;
        Self { pool: stage.pool.clone(), seq: 0 }
    }

    /// A block with sales at these log indexes.
    pub(crate) async fn commit(&mut self, block: i64, own: u8, sales: &[i32]) {
        for log_index in sales {
            Purchase::new(block, *log_index).insert(&self.pool).await;
            sqlx::query(
                "INSERT INTO archive.market_purchased SELECT chain_id, block_number, log_index, block_time, tx_hash, plan,
                 payer, recipient, listing, quantity, amount, fee, beneficiary, 3, expiry
                 FROM market.purchase WHERE block_number = $1 AND log_index = $2",
            )
            .bind(block)
            .bind(log_index)
            .execute(&self.pool)
            .await
            .expect("an event");
        }
        self.told(0, block, own, block).await;
    }

    /// The newest block is replaced.
    pub(crate) async fn take_back(&mut self, block: i64, own: u8) {
        sqlx::query("DELETE FROM market.purchase WHERE block_number = $1")
            .bind(block)
            .execute(&self.pool)
            .await
            .expect("undone");
        sqlx::query(
            "WITH gone AS (DELETE FROM archive.market_purchased WHERE block_number = $1 RETURNING *)
             INSERT INTO archive.retracted_event
             SELECT chain_id, $2, block_number, log_index, 'market_purchased', to_jsonb(gone) FROM gone",
        )
        .bind(block)
        .bind(self.seq + 1)
        .execute(&self.pool)
        .await
        .expect("retracted");
        self.told(1, block, own, block - 1).await;
    }

    pub(crate) async fn finalize(&self, block: i64) {
        sqlx::query("UPDATE archive.cursor SET finalized_block = $1")
            .bind(block)
            .execute(&self.pool)
            .await
            .expect("the cursor");
        self.notify().await;
    }

    async fn told(&mut self, kind: i16, block: i64, own: u8, at: i64) {
        self.seq += 1;
        let mut transaction = self.pool.begin().await.expect("a transaction");
        sqlx::query("INSERT INTO archive.outbox VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(CHAIN)
            .bind(self.seq)
            .bind(kind)
            .bind(block)
            .bind(hash(own))
            .bind(time_of(block))
            .execute(&mut *transaction)
            .await
            .expect("a row");
        sqlx::query("UPDATE archive.cursor SET outbox_seq = $1, stored_block = $2, projected_block = $2")
            .bind(self.seq)
            .bind(at)
            .execute(&mut *transaction)
            .await
            .expect("the cursor");
        transaction.commit().await.expect("a commit");
        self.notify().await;
    }

    async fn notify(&self) {
        sqlx::query("SELECT pg_notify('stoa', $1)")
            .bind(format!("{CHAIN}:{}", self.seq))
            .execute(&self.pool)
            .await
            .expect("a notice");
    }
}
