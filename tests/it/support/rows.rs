//! *Invariant:* the database equals one that a single undisturbed run built.

use std::collections::BTreeMap;

use stoa_scripts::testing::TestDatabase;

use super::Stack;

impl Stack {
    /// Builds the same again from nothing, and compares every row.
    pub(crate) async fn compare_with_fresh(&self, head: u64) {
        self.compare_fresh_with(&self.database, head).await;
    }

    /// The same for another database of this chain.
    pub(crate) async fn compare_fresh_with(&self, database: &TestDatabase, head: u64) {
        let fresh = TestDatabase::create().await;
        self.index_until(&fresh, head).await;
        same_rows(database, &fresh).await;
    }
}

/// Compares every row of what was disturbed with what was not.
pub(crate) async fn same_rows(disturbed: &TestDatabase, fresh: &TestDatabase) {
    let (disturbed, fresh) = (all_rows(disturbed).await, all_rows(fresh).await);
    assert_eq!(disturbed.keys().collect::<Vec<_>>(), fresh.keys().collect::<Vec<_>>());
    for (table, rows) in &fresh {
        let other = &disturbed[table];
        let differing = rows.iter().zip(other).find(|(expected, found)| expected != found);
        assert!(differing.is_none(), "{table} differs: {differing:?}");
        assert_eq!(other.len(), rows.len(), "rows of {table}");
    }
}

/// Every row of the event tables and the projections, as text. The other tables tell of the run, not the chain.
async fn all_rows(database: &TestDatabase) -> BTreeMap<String, Vec<String>> {
    let pool = database.pool().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT relnamespace::regnamespace || '.' || relname FROM pg_class
         WHERE relkind = 'r' AND (relnamespace = 'market'::regnamespace
         OR relnamespace = 'archive'::regnamespace
            AND relname NOT IN ('audit', 'cursor', 'decoder', 'head', 'header', 'journal', 'migration', 'outbox',
                                'projection', 'retracted_event', 'writer'))",
    )
    .fetch_all(&pool)
    .await
    .expect("tables");
    let mut all = BTreeMap::new();
    for table in tables {
        let sql = format!("SELECT t::text FROM {table} AS t ORDER BY 1");
        let rows = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&pool).await.expect("rows");
        all.insert(table, rows);
    }
    all
}
