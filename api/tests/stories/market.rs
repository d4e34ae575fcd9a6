use serde_json::{Value, json};
use stoa_schema::types::{Addr, Uint};

use crate::rows::{self, CHAIN, Listing, Plan, Purchase, address, time_of};
use crate::stage::Stage;

const USDX: u8 = 0x77;

async fn stage() -> Stage {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    rows::head(&stage.pool, CHAIN).await;
    rows::token(&stage.pool, CHAIN, address(USDX), "USDX", 6).await;
    Listing::new(1).insert(&stage.pool).await;
    Listing { owner: address(9), kind: 1, ..Listing::new(2) }.insert(&stage.pool).await;
    Plan::new(1, 1, 500).insert(&stage.pool).await;
    stage
}

/// Sales of an hour: `(listing, token, hours after the first, sales, amount, own sales, own amount)`.
async fn hour(stage: &Stage, row: (i64, u8, i64, i64, u64, i64, u64)) {
    let (listing, token, hours, sales, amount, own_sales, own_amount) = row;
    sqlx::query("INSERT INTO market.sale_hour VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8)")
        .bind(CHAIN)
        .bind(listing)
        .bind(address(token))
        .bind(time_of(1_800 * hours).unix_timestamp())
        .bind(sales)
        .bind(Uint::from(amount))
        .bind(own_sales)
        .bind(Uint::from(own_amount))
        .execute(&stage.pool)
        .await
        .expect("an hour");
}

fn figures<'a>(rows: &'a Value, keys: &[&str]) -> Vec<Vec<&'a Value>> {
    let rows = rows.as_array().expect("a list");
    rows.iter().map(|row| keys.iter().map(|key| &row[*key]).collect()).collect()
}

#[tokio::test]
async fn the_market_is_counted_by_chain_and_summed_by_token() {
    let stage = stage().await;
    for (listing, token, amount) in [(1_i64, USDX, 1_000_u64), (2, USDX, 50), (2, 0x78, 7)] {
        sqlx::query("INSERT INTO market.revenue VALUES ($1, $2, $3, 2, $4, 1, 3, 1)")
            .bind(CHAIN)
            .bind(listing)
            .bind(address(token))
            .bind(Uint::from(amount))
            .execute(&stage.pool)
            .await
            .expect("revenue");
    }
    let data = stage.data("/v1/market").await;
    let market = &data[0];
    assert_eq!((&market["active_listings"], &market["providers"]), (&json!(2), &json!(2)));
    assert_eq!(
        (&market["plans"], &market["sales"], &market["locked"]),
        (&json!(4), &json!("24"), &json!("0"))
    );
    assert_eq!(
        figures(&market["turnover"], &["listings", "sales", "amount", "paid"]),
        [
            [&json!(2), &json!("4"), &json!("1050"), &json!("6")],
            [&json!(1), &json!("2"), &json!("7"), &json!("3")]
        ]
    );
    assert_eq!(market["turnover"][0]["token"]["symbol"], "USDX");
}

#[tokio::test]
async fn a_series_is_cut_into_stretches_and_tokens_are_never_added() {
    let stage = stage().await;
    for row in [
        (1, USDX, 0, 2, 20, 1, 10),
        (2, USDX, 3, 1, 5, 0, 0),
        (2, 0x78, 3, 1, 9, 0, 0),
        (1, USDX, 30, 4, 40, 0, 0),
    ] {
        hour(&stage, row).await;
    }
    let day = "/v1/market/series?until=2026-11-24T00:00:00Z&interval=day";
    let keys = ["start", "amount", "sales", "own_amount"];
    let (first, second) = (json!("2026-11-22T00:00:00Z"), json!("2026-11-23T00:00:00Z"));
    assert_eq!(
        figures(&stage.data(day).await, &keys),
        [
            [&first, &json!("25"), &json!("3"), &json!("10")],
            [&first, &json!("9"), &json!("1"), &json!("0")],
            [&second, &json!("40"), &json!("4"), &json!("0")],
        ]
    );
    let amounts = async |more: &str| {
        let data = stage.data(&format!("{day}{more}")).await;
        figures(&data, &["amount"]).concat().into_iter().cloned().collect::<Vec<_>>()
    };
    let token = address(USDX);
    assert_eq!(amounts(&format!("&token={token}")).await, ["25", "40"]);
    assert_eq!(amounts("&listing=31337-2").await, ["5", "9"]);
    assert_eq!(amounts(&format!("&provider={}", address(9))).await, ["5", "9"]);
    assert_eq!(amounts("&kind=model").await, ["20", "40"]);
    assert_eq!(amounts("&from=2026-11-23T05:00:00Z").await, ["40"]);
    let hours = stage.data("/v1/market/series?interval=hour&until=2026-11-22T15:30:00Z").await;
    assert_eq!(figures(&hours, &["start"]), [[&json!("2026-11-22T15:00:00Z")]]);
}

#[tokio::test]
async fn a_series_that_is_too_long_is_refused_by_name() {
    let stage = stage().await;
    let answer = stage.get("/v1/market/series?interval=hour&from=2020-01-01T00:00:00Z").await;
    let problem = answer.problem(400)["detail"].to_string();
    assert!(problem.contains("`from`") && problem.contains("1000 stretches"), "{problem}");
}

#[tokio::test]
async fn a_listing_of_another_chain_is_refused() {
    let stage = stage().await;
    rows::chain(&stage.pool, 1).await;
    let answer = stage.get("/v1/market/series?chain=1&listing=31337-1").await;
    let problem = answer.problem(400)["detail"].to_string();
    assert!(problem.contains("`listing`"), "{problem}");
    assert_eq!(stage.data("/v1/market/series?chain=31337&listing=31337-1").await, json!([]));
}

#[tokio::test]
async fn leaders_are_ranked_without_what_they_sold_to_themselves() {
    let stage = stage().await;
    hour(&stage, (1, USDX, 0, 9, 900, 7, 700)).await;
    hour(&stage, (2, USDX, 0, 3, 300, 0, 0)).await;
    let token = address(USDX);
    let path = format!("/v1/market/leaders?by=revenue&token={token}&window=all");
    let keys = ["rank", "listing", "amount", "ignored_amount", "ignored_sales"];
    assert_eq!(
        figures(&stage.data(&path).await, &keys),
        [
            [&json!(1), &json!("31337-2"), &json!("300"), &json!("0"), &json!("0")],
            [&json!(2), &json!("31337-1"), &json!("200"), &json!("700"), &json!("7")],
        ]
    );
    // Whoever holds shares of a listing buys of itself, too.
    held(&stage, 2, address(2)).await;
    let (mut first, mut second) = (Purchase::new(50, 1), Purchase::new(51, 1));
    (first.listing, second.listing, second.payer) = (2, 2, address(3));
    for purchase in [first, second] {
        purchase.insert(&stage.pool).await;
    }
    sqlx::query("UPDATE market.purchase SET token = $1, amount = 100")
        .bind(token)
        .execute(&stage.pool)
        .await
        .expect("updated");
    assert_eq!(
        figures(&stage.data(&path).await, &keys)[0],
        [&json!(1), &json!("31337-1"), &json!("200"), &json!("700"), &json!("7")]
    );
    let providers = stage.data("/v1/market/leaders?of=providers&window=all").await;
    let owner = json!(address(9).to_string());
    assert_eq!(
        figures(&providers, &["provider", "sales", "amount", "listing"]),
        [
            [&json!(address(1).to_string()), &json!("2"), &json!(null), &json!(null)],
            [&owner, &json!("2"), &json!(null), &json!(null)],
        ]
    );
    assert_eq!(figures(&stage.data("/v1/market/leaders?kind=dataset").await, &["provider"]), [[&owner]]);
}

async fn held(stage: &Stage, listing: i64, holder: Addr) {
    sqlx::query("INSERT INTO market.share VALUES ($1, $2, $3, $4, 'S', 'S', 1000, 10000, 20, $5)")
        .bind(CHAIN)
        .bind(address(0x55))
        .bind(listing)
        .bind(address(0x56))
        .bind(time_of(20))
        .execute(&stage.pool)
        .await
        .expect("shares");
    sqlx::query("INSERT INTO market.share_balance VALUES ($1, $2, $3, 0)")
        .bind(CHAIN)
        .bind(address(0x55))
        .bind(holder)
        .execute(&stage.pool)
        .await
        .expect("a holder, who has sold them since");
}

#[tokio::test]
async fn revenue_is_ranked_in_one_token() {
    let stage = stage().await;
    let problem = stage.get("/v1/market/leaders?by=revenue").await.problem(400)["detail"].to_string();
    assert!(problem.contains("never compared"), "{problem}");
}
