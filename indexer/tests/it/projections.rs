//! *Invariant:* what the projections hold does not depend on how blocks were grouped, nor on when they were folded.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use stoa_indexer::store::{Batch, Writer};
use stoa_scripts::testing::TestDatabase;

use crate::market::Market;
use crate::support::{Rows, assert_same, begun, connect, market_rows, onward};

const BLOCKS: i64 = 80;

/// Commits the same market, in ranges of at most `longest` blocks.
async fn commit_in_ranges(seed: u64, longest: i64) -> (TestDatabase, Writer) {
    let (database, mut writer, mut cursor) = begun().await;
    let mut market = Market::new(seed);
    let mut random = StdRng::seed_from_u64(seed ^ longest.cast_unsigned());
    while cursor.stored.number < BLOCKS {
        let to = (cursor.stored.number + random.random_range(1..=longest)).min(BLOCKS);
        let mut batch = Batch::default();
        for number in cursor.stored.number + 1..=to {
            market.block(number, &mut batch);
        }
        cursor = writer.advance(onward(cursor, batch, to)).await.expect("committed");
    }
    (database, writer)
}

async fn database_rows(database: &TestDatabase) -> Rows {
    market_rows(&mut connect(database).await).await
}

#[tokio::test]
async fn the_grouping_of_blocks_leaves_no_trace() {
    let mut empty: Vec<String> = database_rows(&begun().await.0).await.into_keys().collect();
    for seed in 1..=3 {
        let (one_by_one, _first) = commit_in_ranges(seed, 1).await;
        let (at_once, _second) = commit_in_ranges(seed, BLOCKS * 100).await;
        let (mixed, mut third) = commit_in_ranges(seed, 9).await;
        let expected = database_rows(&one_by_one).await;
        assert!(expected["purchase"].len() > 10, "seed {seed} makes a market worth testing");
        empty.retain(|table| expected[table].is_empty());
        assert_same(&database_rows(&at_once).await, &expected, &format!("seed {seed}, at once"));
        assert_same(&database_rows(&mixed).await, &expected, &format!("seed {seed}, mixed ranges"));
        third.rebuild().await.expect("rebuilt");
        assert_same(&database_rows(&mixed).await, &expected, &format!("seed {seed}, rebuilt"));
    }
    assert_eq!(empty, Vec::<String>::new(), "each table has had rows");
}

#[tokio::test]
async fn the_comparison_notices_one_wei() {
    let (database, _writer) = commit_in_ranges(1, 5).await;
    let mut connection = connect(&database).await;
    let before = market_rows(&mut connection).await;
    sqlx::query("UPDATE market.balance SET amount = amount + 1 WHERE (account, token) IN (SELECT account, token FROM market.balance LIMIT 1)")
        .execute(&mut connection)
        .await
        .expect("updated");
    assert_ne!(market_rows(&mut connection).await, before);
}

#[tokio::test]
async fn counters_equal_what_they_count() {
    let (database, _writer) = commit_in_ranges(3, 7).await;
    let mut connection = connect(&database).await;
    for (what, sql) in [
        (
            "a listing's purchases",
            "SELECT count(*) FROM market.listing l WHERE purchases <>
             (SELECT count(*) FROM market.purchase p WHERE p.listing = l.listing)",
        ),
        (
            "a listing's buyers",
            "SELECT count(*) FROM market.listing l WHERE buyers <>
             (SELECT count(DISTINCT payer) FROM market.purchase p WHERE p.listing = l.listing)",
        ),
        (
            "a listing's plans",
            "SELECT count(*) FROM market.listing l WHERE plans <>
             (SELECT count(*) FROM market.plan p WHERE p.listing = l.listing)",
        ),
        (
            "an account's purchases",
            "SELECT count(*) FROM market.account a WHERE purchases <>
             (SELECT count(*) FROM market.purchase p WHERE p.payer = a.account)",
        ),
        (
            "stakers and holders of shares who are no accounts",
            "SELECT count(*) FROM (SELECT account FROM market.lock WHERE amount > 0
             UNION SELECT holder FROM market.share_balance) AS known
             WHERE account NOT IN (SELECT account FROM market.account)",
        ),
        (
            "a plan's sold",
            "SELECT count(*) FROM market.plan l WHERE sold <>
             (SELECT coalesce(sum(quantity), 0) FROM market.purchase p WHERE p.plan = l.plan)",
        ),
        (
            "a listing's revenue",
            "SELECT count(*) FROM market.revenue r WHERE (sales, amount, fee) <>
             (SELECT count(*), coalesce(sum(amount), 0), coalesce(sum(fee), 0) FROM market.purchase p
              WHERE p.listing = r.listing AND p.token = r.token)",
        ),
        (
            "what was paid to a listing directly",
            "SELECT count(*) FROM market.revenue r WHERE (payments, paid) <>
             (SELECT count(*), coalesce(sum(amount), 0) FROM market.listing_payment p
              WHERE p.listing = r.listing AND p.token = r.token)",
        ),
        (
            "spendings that were not told",
            "SELECT abs((SELECT count(*) FROM market.spending) - (SELECT count(*) FROM archive.market_credits_spent))",
        ),
        (
            "all balances",
            "SELECT count(*) FROM (SELECT token, sum(amount) AS held FROM market.balance GROUP BY token) b
             FULL JOIN (SELECT token, sum(amount) AS paid FROM market.purchase GROUP BY token) p USING (token)
             WHERE held IS DISTINCT FROM paid",
        ),
    ] {
        let wrong: i64 = sqlx::query_scalar(sql).fetch_one(&mut connection).await.expect("it answers");
        assert_eq!(wrong, 0, "{what}");
    }
}
