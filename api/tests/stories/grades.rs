//! Grades, against figures that are counted by hand.

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use stoa_schema::market;

use crate::chronicle::{self, bytes, event};
use crate::rows::{self, CHAIN, Listing, address, hash, time_of};
use crate::stage::Stage;

/// A sale so many days before block 100, whose time grades are counted by.
async fn sold(stage: &Stage, listing: i64, payer: u8, days_ago: i64, amount: i64) {
    static LOG: std::sync::atomic::AtomicI32 = std::sync::atomic::AtomicI32::new(0);
    let log = LOG.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let sql = format!(
        "INSERT INTO archive.market_purchased VALUES ({CHAIN}, 50, {log}, $1, $2, 7, {payer}, {payer}, {listing}, 1,
         {amount}, {fee}, {owner}, 1, 0)",
        payer = bytes(payer),
        owner = bytes(1),
        fee = amount / 10,
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(time_of(100) - time::Duration::days(days_ago));
    query.bind(hash(0xa1)).execute(&stage.pool).await.expect("a sale");
}

/// Listing 3, created 200 days ago, which `address(1)` owns, and listing 4 beside it; `0x77` is a quote token.
async fn graded() -> Stage {
    let stage = chronicle::market().await;
    Listing::new(4).insert(&stage.pool).await;
    let (zero, token, owner) = (bytes(0), bytes(0x77), bytes(1));
    event(&stage, "staking_token_listed", 11, 0, 0xa0, &format!("{token}, 0")).await;
    let plan = format!("7, 3, {token}, 1, 100, 0, false, 1, 3600, 0, '', 0, 0, {zero}, false");
    event(&stage, "market_plan_created", 12, 0, 0xa0, &plan).await;
    for listing in [3, 4] {
        let created = format!("{listing}, {owner}, 0, '', 'MIT', true, 0, '{{}}', '{{}}', {owner}, 0");
        event(&stage, "listings_listing_created", 10, listing, 0xa0, &created).await;
        event(&stage, "listings_transfer", 10, 10 + listing, 0xa0, &format!("{zero}, {owner}, {listing}"))
            .await;
    }
    let created = time_of(100) - time::Duration::days(200);
    sqlx::query("UPDATE archive.listings_listing_created SET block_time = $1")
        .bind(created)
        .execute(&stage.pool)
        .await
        .expect("older");
    stage
}

#[tokio::test]
async fn grades_are_what_the_formulas_say() {
    let stage = graded().await;
    // Three buyers in the last 30 days, one of them on two days; one only 40 days ago.
    for (payer, days) in [(0x21, 1), (0x21, 3), (0x22, 5), (0x23, 29), (0x24, 40)] {
        sold(&stage, 3, payer, days, 1_000).await;
    }
    // What costs nothing proves nothing.
    sold(&stage, 3, 0x25, 2, 0).await;
    sold(&stage, 4, 0x21, 2, 10_000).await;
    stage.curate().await;

    let data = stage.data("/v1/listings/31337-3/grades").await;
    let short = &data["short_term"];
    // 1000*3/(3+1+5), 1000*1/(3+5), second of two: 1000*(2-2+1)/(2+1).
    assert_eq!(short["growth"], json!({"points": 333, "days": 30, "buyers": 3, "buyers_before": 1}));
    assert_eq!(short["repeat"], json!({"points": 125, "buyers": 3, "repeat_buyers": 1}));
    assert_eq!(short["revenue"]["points"], 333);
    let place = &short["revenue"]["tokens"][0];
    assert_eq!((&place["net"], &place["rank"], &place["listings"]), (&json!("3600"), &json!(2), &json!(2)));
    assert_eq!(short["age"], Value::Null);
    assert_eq!(short["score"], (4 * 333 + 3 * 125 + 3 * 333) / 10);
    let long = &data["long_term"];
    // 1000*4/(4+0+5), 1000*1/(4+5), 1000*199/(199+180).
    assert_eq!(long["growth"], json!({"points": 444, "days": 90, "buyers": 4, "buyers_before": 0}));
    assert_eq!(long["repeat"], json!({"points": 111, "buyers": 4, "repeat_buyers": 1}));
    assert_eq!(long["revenue"]["tokens"][0]["net"], "4500");
    assert_eq!(long["age"], json!({"points": 525, "days": 199}));
    assert_eq!(long["score"], (2 * 444 + 3 * 111 + 3 * 333 + 2 * 525) / 10);
    assert_eq!(data["ignored"], json!([]));
    assert_eq!(data["counted_block"], 100);

    let card = &stage.data("/v1/listings?ids=31337-3").await[0]["grade"];
    assert_eq!(card, &json!({"short_term": 270, "long_term": 327}));
    assert_eq!(&stage.data("/v1/listings/31337-3").await["grade"], card);
}

#[tokio::test]
async fn sales_to_insiders_and_to_whom_they_paid_are_ignored_and_shown() {
    let stage = graded().await;
    let zero = bytes(0);
    // 0x31 owned the listing once; 0x32 holds shares; the owner paid 0x33; a stranger paid 0x34.
    for (block, (from, to)) in [(20, (&zero, bytes(0x31))), (21, (&bytes(0x31), bytes(1)))] {
        event(&stage, "listings_transfer", block, 0, 0xb1, &format!("{from}, {to}, 3")).await;
    }
    let (share, holder) = (bytes(0x99), bytes(0x32));
    let created = format!("3, {share}, {holder}, {share}, 100, 10000, 'A', 'A'");
    event(&stage, "revenue_shares_created", 22, 0, 0xb1, &created).await;
    event(&stage, "share_transfer", 22, 1, 0xb1, &format!("{share}, {zero}, {holder}, 5")).await;
    // Burnt shares go to nobody, from whom deposits come: what somebody deposits is no gift of a shareholder's.
    event(&stage, "share_transfer", 23, 0, 0xb1, &format!("{share}, {holder}, {zero}, 5")).await;
    event(
        &stage,
        "vault_transfer",
        24,
        0,
        0xb1,
        &format!("{zero}, {zero}, {}, {}, 7", bytes(0x34), bytes(0x77)),
    )
    .await;
    for (log, (from, to)) in [(0, (1, 0x33)), (1, (0x50, 0x34))] {
        let values = format!("{0}, {0}, {1}, {2}, 7", bytes(from), bytes(to), bytes(0x77));
        event(&stage, "vault_transfer", 30, log, 0xb2, &values).await;
    }
    for payer in [1, 0x31, 0x32, 0x33, 0x34] {
        sold(&stage, 3, payer, 1, 1_000).await;
    }
    // To another listing the shareholder is a stranger.
    sold(&stage, 4, 0x32, 1, 1_000).await;
    stage.curate().await;

    let data = stage.data("/v1/listings/31337-3/grades").await;
    assert_eq!(data["short_term"]["growth"]["buyers"], 1, "0x34 alone");
    let ignored: Vec<_> = data["ignored"].as_array().expect("a list").iter().collect();
    let told =
        |n: usize| (ignored[n]["reason"].clone(), ignored[n]["sales"].clone(), ignored[n]["amount"].clone());
    assert_eq!(ignored.len(), 2);
    assert_eq!(told(0), (json!("insider"), json!("3"), json!("3000")));
    assert_eq!(told(1), (json!("paid"), json!("1"), json!("1000")));
    assert_eq!(ignored[0]["token"]["symbol"], "DUSD");
    let other = stage.data("/v1/listings/31337-4/grades").await;
    assert_eq!((&other["short_term"]["growth"]["buyers"], &other["ignored"]), (&json!(1), &json!([])));
}

/// A rebuild replaces the tables of schema `market` under locks that nobody shares. Counting takes long on a large chain,
/// and whoever waits behind it makes every reader wait.
#[tokio::test]
async fn a_rebuild_and_readers_do_not_wait_for_grades_that_are_counted() {
    let stage = graded().await;
    sold(&stage, 3, 0x21, 1, 1_000).await;
    // Whoever counts comes to a halt here, in the midst of its statement's transaction.
    let mut held = stage.pool.begin().await.expect("a transaction");
    sqlx::raw_sql("LOCK TABLE api.grade_cursor IN EXCLUSIVE MODE").execute(&mut *held).await.expect("a lock");
    let curator = stage.curator(crate::stage::nowhere());
    let counting = tokio::spawn(async move { curator.pass().await });
    let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'api.grade_cursor'::regclass";
    crate::stage::until(async || {
        sqlx::query_scalar::<_, i64>(waits).fetch_one(&stage.pool).await.expect("a count") > 0
    })
    .await;
    let begun = std::time::Instant::now();
    let mut indexer = PgConnection::connect(stage.database.url()).await.expect("a connection");
    market::begin(&mut indexer, market::Place::Next).await.expect("the tables");
    let swap = "SET lock_timeout = '5s'; BEGIN; DROP SCHEMA market CASCADE; ALTER SCHEMA market_next RENAME TO market; COMMIT";
    sqlx::raw_sql(swap).execute(&mut indexer).await.expect("the swap waits for nobody");
    assert_eq!(stage.data("/v1/listings").await, json!([]), "the new tables are read");
    assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{:?}", begun.elapsed());
    assert!(!counting.is_finished(), "it still counts");
    held.rollback().await.expect("an end");
    counting.await.expect("no panic").expect("a pass");
    let counted = "SELECT count(*) FROM api.grade WHERE buyers_all = 1";
    assert_eq!(sqlx::query_scalar::<_, i64>(counted).fetch_one(&stage.pool).await.expect("a count"), 1);
}

#[tokio::test]
async fn grades_wait_until_they_are_counted() {
    let stage = graded().await;
    assert_eq!(stage.data("/v1/listings/31337-3").await["grade"], Value::Null);
    stage.get("/v1/listings/31337-3/grades").await.problem(503);
    stage.curate().await;
    let data = stage.data("/v1/listings/31337-3/grades").await;
    assert_eq!((&data["short_term"]["score"], &data["long_term"]["score"]), (&json!(0), &json!(0)));
    stage.get("/v1/listings/31337-9/grades").await.problem(404);
    assert_eq!(stage.get("/v1/listings/31337/grades").await.problem(400)["parameter"], "id");
    stage.get("/v1/listings/31337-3/grades?colour=red").await.problem(400);
    rows::chain(&stage.pool, 1).await;
    stage.curate().await;
    assert_eq!(stage.data("/v1/listings/31337-3").await["owner"], json!(address(1)));
}
