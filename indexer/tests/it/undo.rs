//! *Invariant:* `apply(A); undo(A); apply(B)` leaves what `apply(B)` alone leaves.

use alloy::primitives::B256;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sqlx::postgres::PgConnection;
use stoa_indexer::store::{Advance, Batch, Cursor, Pass, StoreError, Writer};
use stoa_schema::archive::BlockRef;
use stoa_schema::types::Hash;
use stoa_scripts::testing::TestDatabase;

use crate::market::Market;
use crate::support::{Rows, archive_rows, assert_same, begun, block, connect, market_rows};

/// Up to here blocks are final.
const FINAL: i64 = 30;
const TIP: i64 = 60;

/// A block of another branch: the same number, another hash.
fn forked(number: i64, branch: u8) -> BlockRef {
    let mut hash: B256 = block(number).hash.0;
    hash.0[0] = branch;
    BlockRef { hash: Hash(hash), ..block(number) }
}

/// One pass for each block of a market that goes on by itself.
fn blocks(market: &mut Market, numbers: std::ops::RangeInclusive<i64>, branch: u8) -> Vec<Pass> {
    let pass = |number| {
        let mut batch = Batch::default();
        market.block(number, &mut batch);
        let to = forked(number, branch);
        Pass { batch, to, told: vec![to] }
    };
    numbers.map(pass).collect()
}

/// A database that holds a market's final blocks, with the market as it then is.
async fn with_final_blocks(seed: u64) -> (TestDatabase, Writer, Cursor, Market) {
    let (database, mut writer, cursor) = begun().await;
    let mut market = Market::new(seed);
    let mut batch = Batch::default();
    for number in 1..=FINAL {
        market.block(number, &mut batch);
    }
    let pass = Pass { batch, to: block(FINAL), told: vec![block(FINAL)] };
    let cursor = writer.advance(Advance::onward(cursor, vec![pass], FINAL)).await.expect("committed");
    (database, writer, cursor, market)
}

async fn advance(writer: &mut Writer, from: Cursor, passes: Vec<Pass>) -> Cursor {
    writer.advance(Advance::onward(from, passes, FINAL)).await.expect("committed")
}

async fn rows(database: &TestDatabase) -> (Rows, Rows) {
    let mut connection: PgConnection = connect(database).await;
    (market_rows(&mut connection).await, archive_rows(&mut connection).await)
}

#[tokio::test]
async fn a_branch_that_was_taken_back_leaves_no_trace() {
    for seed in 1..=4 {
        let mut random = StdRng::seed_from_u64(seed);
        let ancestor = random.random_range(FINAL..TIP);
        println!("seed {seed}: blocks behind {ancestor} are replaced");
        let (straight, mut writer, cursor, market) = with_final_blocks(seed).await;
        let mut common = market.clone();
        let shared = blocks(&mut common, FINAL + 1..=ancestor, 0);
        let cursor = advance(&mut writer, cursor, shared).await;
        advance(&mut writer, cursor, blocks(&mut common.branch(9), ancestor + 1..=TIP, 2)).await;

        let (reorganised, mut writer, cursor, market) = with_final_blocks(seed).await;
        let mut common = market.clone();
        let cursor = advance(&mut writer, cursor, blocks(&mut common, FINAL + 1..=ancestor, 0)).await;
        let cursor = advance(&mut writer, cursor, blocks(&mut common.branch(7), ancestor + 1..=TIP, 1)).await;
        let replacing = Advance {
            from: cursor,
            back_to: Some(if ancestor == FINAL { block(FINAL) } else { forked(ancestor, 0) }),
            passes: blocks(&mut common.branch(9), ancestor + 1..=TIP, 2),
            finalized: FINAL,
            head: None,
        };
        writer.advance(replacing).await.expect("replaced");

        let (found, expected) = (rows(&reorganised).await, rows(&straight).await);
        assert_same(&found.0, &expected.0, "market");
        assert_same(&found.1, &expected.1, "archive");
    }
}

#[tokio::test]
async fn branches_can_be_taken_back_again_and_again() {
    let (database, mut writer, mut cursor, market) = with_final_blocks(5).await;
    let start = rows(&database).await;
    for branch in 1..=4 {
        let passes = blocks(&mut market.branch(branch.into()), FINAL + 1..=TIP, branch);
        cursor = advance(&mut writer, cursor, passes).await;
        let back = Advance {
            from: cursor,
            back_to: Some(block(FINAL)),
            passes: Vec::new(),
            finalized: FINAL,
            head: None,
        };
        cursor = writer.advance(back).await.expect("taken back");
        let now = rows(&database).await;
        assert_same(&now.0, &start.0, "market");
        assert_same(&now.1, &start.1, "archive");
    }
}

#[tokio::test]
async fn a_rebuild_keeps_what_taking_back_takes() {
    let (database, mut writer, cursor, market) = with_final_blocks(6).await;
    let start = rows(&database).await;
    let passes = blocks(&mut market.branch(1), FINAL + 1..=TIP, 1);
    let cursor = advance(&mut writer, cursor, passes).await;
    let followed = rows(&database).await;
    writer.rebuild().await.expect("rebuilt");
    assert_same(&rows(&database).await.0, &followed.0, "rebuilt");
    let back = Advance {
        from: cursor,
        back_to: Some(block(FINAL)),
        passes: Vec::new(),
        finalized: FINAL,
        head: None,
    };
    writer.advance(back).await.expect("taken back");
    let now = rows(&database).await;
    assert_same(&now.0, &start.0, "market");
    assert_same(&now.1, &start.1, "archive");
}

#[tokio::test]
async fn subscribers_are_told_in_order_and_of_what_was_taken_back() {
    let (database, mut writer, cursor, market) = with_final_blocks(7).await;
    let first = cursor.seq;
    let cursor = advance(&mut writer, cursor, blocks(&mut market.branch(1), FINAL + 1..=FINAL + 3, 1)).await;
    let mut connection = connect(&database).await;
    let events: i64 = count_behind(&mut connection, FINAL).await;
    assert!(events > 0, "the branch has events");
    let replacing = Advance {
        from: cursor,
        back_to: Some(block(FINAL)),
        passes: blocks(&mut market.branch(2), FINAL + 1..=FINAL + 4, 2),
        finalized: FINAL,
        head: None,
    };
    let cursor = writer.advance(replacing).await.expect("replaced");
    let told: Vec<(i64, i16, i64, Hash)> = sqlx::query_as(
        "SELECT seq, kind, block_number, block_hash FROM archive.outbox WHERE seq > $1 ORDER BY seq",
    )
    .bind(first)
    .fetch_all(&mut connection)
    .await
    .expect("rows");
    let block_of = |kind: i16, number: i64, branch| (kind, number, forked(number, branch).hash);
    let expected = [
        block_of(0, FINAL + 1, 1),
        block_of(0, FINAL + 2, 1),
        block_of(0, FINAL + 3, 1),
        block_of(1, FINAL + 3, 1),
        block_of(1, FINAL + 2, 1),
        block_of(1, FINAL + 1, 1),
        block_of(0, FINAL + 1, 2),
        block_of(0, FINAL + 2, 2),
        block_of(0, FINAL + 3, 2),
        block_of(0, FINAL + 4, 2),
    ];
    assert_eq!(told.iter().map(|row| (row.1, row.2, row.3)).collect::<Vec<_>>(), expected);
    let numbers: Vec<i64> = told.iter().map(|row| row.0).collect();
    assert_eq!(numbers, (first + 1..=cursor.seq).collect::<Vec<_>>(), "without gaps");
    let retracted: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM archive.retracted_event r JOIN archive.outbox o USING (chain_id, seq)
         WHERE o.kind = 1 AND o.block_number = r.block_number",
    )
    .fetch_one(&mut connection)
    .await
    .expect("a count");
    assert_eq!(retracted, events);
}

async fn count_behind(connection: &mut PgConnection, block: i64) -> i64 {
    let mut total = 0;
    for table in stoa_schema::events::tables() {
        let sql = format!("SELECT count(*) FROM archive.{} WHERE block_number > {block}", table.name);
        let count: i64 =
            sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&mut *connection).await.expect("a count");
        total += count;
    }
    total
}

#[tokio::test]
async fn final_blocks_are_never_taken_back_and_need_no_journal() {
    let (database, mut writer, cursor, market) = with_final_blocks(8).await;
    let cursor = advance(&mut writer, cursor, blocks(&mut market.branch(1), FINAL + 1..=TIP, 1)).await;
    let mut connection = connect(&database).await;
    let journal = "SELECT coalesce(min(block_number), 0) FROM archive.journal";
    let oldest: i64 = sqlx::query_scalar(journal).fetch_one(&mut connection).await.expect("it answers");
    assert!(oldest > FINAL, "final blocks left nothing: {oldest}");
    let cursor = writer.finalize(cursor, TIP - 5).await.expect("final by now");
    assert_eq!(cursor.finalized, TIP - 5);
    let oldest: i64 = sqlx::query_scalar(journal).fetch_one(&mut connection).await.expect("it answers");
    assert!(oldest > TIP - 5, "what is final is forgotten: {oldest}");
    let back = Advance {
        from: cursor,
        back_to: Some(forked(TIP - 6, 1)),
        passes: Vec::new(),
        finalized: TIP - 5,
        head: None,
    };
    let error = writer.advance(back).await.expect_err("final");
    assert!(matches!(error, StoreError::Final { .. }), "{error}");
}
