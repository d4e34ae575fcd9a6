//! Prices, yields, sources of revenue and buyers that come back, against figures counted by hand.

use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use crate::chronicle::{bytes, event, market};
use crate::rows::{CHAIN, Listing, Plan, address, hash, time_of};
use crate::stage::Stage;

async fn run(stage: &Stage, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&stage.pool).await.expect("it runs");
}

#[tokio::test]
async fn a_price_holds_until_another_is_set() {
    let stage = market().await;
    let (zero, token) = (bytes(0), bytes(0x77));
    let created = format!("7, 3, {token}, 1, 100, 0, false, 1, 3600, 0, '', 0, 0, {zero}, false");
    event(&stage, "market_plan_created", 12, 0, 0xa1, &created).await;
    for (block, version, price, cap) in [(20, 2, 150, 0), (25, 3, 150, 9), (30, 4, 100, 9), (101, 5, 1, 9)] {
        let changed = format!("7, {version}, {price}, {cap}, false, 0, 0, {zero}");
        event(&stage, "market_plan_changed", block, 0, 0xa2, &changed).await;
    }
    event(&stage, "market_plan_changed", 26, 0, 0xa3, &format!("8, 2, 5, 0, false, 0, 0, {zero}")).await;
    let data = stage.data("/v1/listings/31337-3/prices").await;
    let told: Vec<Value> = data
        .as_array()
        .expect("a list")
        .iter()
        .map(|price| json!([price["price"], price["from_block"], price["until_block"]]))
        .collect();
    assert_eq!(json!(told), json!([["100", 30, null], ["150", 20, 30], ["100", 12, 20]]));
    assert_eq!((&data[0]["plan"], &data[0]["token"]["symbol"]), (&json!("31337-7"), &json!("DUSD")));
    assert_eq!((&data[2]["tx_hash"], &data[2]["until_time"]), (&json!(hash(0xa1)), &data[1]["from_time"]));
    stage.get("/v1/listings/31337-9/prices").await.problem(404);
    stage.get("/v1/listings/31337-3/prices?limit=1").await.problem(400);
}

#[tokio::test]
async fn shares_earn_what_their_account_was_credited() {
    let stage = market().await;
    assert_eq!(stage.data("/v1/listings/31337-3/yield").await, json!([]));
    let (share, account, token) = (bytes(0x99), bytes(0x98), bytes(0x77));
    // 1,000 shares earn 90 %; 2,001 was credited in all, of which 1,001 within 30 days and 500 within 90.
    run(
        &stage,
        format!(
            "INSERT INTO market.share VALUES ({CHAIN}, {share}, 3, {account}, 'A', 'A', 1000e18, 9000, 20, now());
             INSERT INTO market.share_token VALUES ({CHAIN}, {share}, {token}, 0, 1);
             INSERT INTO market.balance VALUES ({CHAIN}, {account}, {token}, 2000);
             INSERT INTO market.share_sale (chain_id, sale, listing, seller, share, token, lot, price, cap, sells_from,
                 sells_until, created_block, created_time)
             VALUES ({CHAIN}, 5, 3, {share}, {share}, {token}, 1e18, 4, 0, 0, 0, 20, now())"
        ),
    )
    .await;
    for (log, days, amount) in [(0, 1, 1_001), (1, 60, 500), (2, 400, 500)] {
        let sql = format!(
            "INSERT INTO archive.vault_transfer VALUES ({CHAIN}, 50, {log}, $1, $2, {0}, {0}, {account}, {token}, {amount})",
            bytes(2)
        );
        let time = time_of(100) - time::Duration::days(days);
        let query = sqlx::query(AssertSqlSafe(sql)).bind(time).bind(hash(0xa1));
        query.execute(&stage.pool).await.expect("a credit");
    }
    event(&stage, "market_shares_sold", 40, 0, 0xa4, &format!("5, {0}, {0}, 1, 1e18, 9, 1", bytes(2))).await;
    event(&stage, "market_shares_sold", 45, 0, 0xa5, &format!("5, {0}, {0}, 2, 2e18, 8, 3", bytes(2))).await;
    let data = stage.data("/v1/listings/31337-3/yield").await;
    let windows: Vec<Value> = data[0]["windows"]
        .as_array()
        .expect("windows")
        .iter()
        .map(|w| json!([w["days"], w["earned"], w["per_share"], w["of_last_price_bps"]]))
        .collect();
    // floor(2001 * 0.9) = 1800; before 30 days floor(1000 * 0.9) = 900; before 90 floor(500 * 0.9) = 450.
    assert_eq!(
        json!(windows),
        json!([
            [30, "900", "0.900000000000000000", "2250"],
            [90, "1350", "1.350000000000000000", "3375"],
            [365, "1350", "1.350000000000000000", "3375"]
        ])
    );
    assert_eq!(data[0]["last_sale"]["price"], "4.000000000000000000");
    stage.get("/v1/listings/31337-9/yield").await.problem(404);
}

#[tokio::test]
async fn money_is_told_by_its_source() {
    let stage = market().await;
    let token = bytes(0x77);
    Listing::new(4).insert(&stage.pool).await;
    let sql = format!("INSERT INTO market.revenue VALUES ({CHAIN}, 3, {token}, 2, 1000, 25, 40, 1)");
    run(&stage, sql).await;
    for (block, amount) in [(20, 70), (30, 30), (101, 5)] {
        let settled = format!(
            "4, {0}, {token}, 1000, 900, ARRAY[2, 3], ARRAY[{0}, {0}]::bytea[], ARRAY[1, {amount}]",
            bytes(1)
        );
        event(&stage, "revenue_settled", block, 0, 0xa1, &settled).await;
    }
    let data = stage.data("/v1/market/attribution?listing=31337-3").await;
    let told: Vec<Value> = data
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| json!([row["source"], row["child"], row["count"], row["amount"], row["fee"], row["net"]]))
        .collect();
    assert_eq!(
        json!(told),
        json!([
            ["sales", null, "2", "1000", "25", "975"],
            ["payments", null, "1", "40", "0", "40"],
            ["royalties", "31337-4", "2", "100", "0", "100"]
        ])
    );
    let provider = stage.data(&format!("/v1/market/attribution?provider={}", address(1))).await;
    assert_eq!(provider, data);
    assert_eq!(stage.get("/v1/market/attribution").await.problem(400)["parameter"], "listing");
    let both = format!("/v1/market/attribution?listing=31337-3&provider={}", address(1));
    stage.get(&both).await.problem(400);
}

#[tokio::test]
async fn buyers_of_a_month_are_looked_for_in_later_ones() {
    let stage = market().await;
    Plan::new(1, 3, 5).insert(&stage.pool).await;
    // The head is in November 2026.
    let sales = [(2, 8), (3, 8), (2, 9), (3, 9), (4, 9), (2, 11), (4, 11), (2, 11), (1, 8), (5, 1)];
    for (log, (payer, month)) in sales.into_iter().enumerate() {
        run(
            &stage,
            format!(
                "INSERT INTO market.purchase VALUES ({CHAIN}, 50, {log}, '2026-{month:02}-07Z', '\\x01', 3, 7, {0}, {0}, {1}, {2},
                 1, 5, 0, 0)",
                bytes(payer),
                bytes(1),
                bytes(0x77)
            ),
        )
        .await;
    }
    let told = async |query: &str| {
        let data = stage.data(&format!("/v1/market/retention?{query}")).await;
        let cohorts = data.as_array().expect("a list").iter().map(|cohort| {
            let again = cohort["again"].as_array().expect("a list").iter();
            let again: Vec<Value> =
                again.map(|later| json!([month(&later["month"]), later["buyers"]])).collect();
            json!([month(&cohort["month"]), cohort["buyers"], again])
        });
        Value::Array(cohorts.collect())
    };
    assert_eq!(
        told("months=4").await,
        json!([
            ["2026-08", 2, [["2026-09", 2], ["2026-11", 1]]],
            ["2026-09", 3, [["2026-11", 2]]],
            ["2026-11", 2, []]
        ])
    );
    assert_eq!(told("months=1").await, json!([["2026-11", 2, []]]));
    assert_eq!(told("").await.as_array().map(Vec::len), Some(4), "twelve months");
    assert_eq!(told("kind=dataset").await, json!([]));
    assert_eq!(told(&format!("token={}", address(0x78))).await, json!([]));
    assert_eq!(told(&format!("token={}&months=1", address(0x77))).await, json!([["2026-11", 2, []]]));
    assert_eq!(
        told(&format!("months=1&listing=31337-3&provider={}", address(1))).await,
        json!([["2026-11", 2, []]])
    );
    assert_eq!(stage.get("/v1/market/retention?months=37").await.problem(400)["parameter"], "months");
}

fn month(time: &Value) -> &str {
    time.as_str().and_then(|time| time.get(..7)).unwrap_or_default()
}
