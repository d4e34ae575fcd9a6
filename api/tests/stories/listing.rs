use serde_json::json;

use crate::rows::{self, CHAIN, Listing, Plan, address, hash, time_of};
use crate::stage::Stage;

async fn stage() -> Stage {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    rows::head(&stage.pool, CHAIN).await;
    for listing in 1..=3 {
        Listing::new(listing).insert(&stage.pool).await;
    }
    stage
}

async fn revenue(stage: &Stage, token: u8, sales: i64, amount: stoa_schema::types::Uint, fee: u64) {
    sqlx::query("INSERT INTO market.revenue VALUES ($1, 2, $2, $3, $4, $5)")
        .bind(CHAIN)
        .bind(address(token))
        .bind(sales)
        .bind(amount)
        .bind(stoa_schema::types::Uint::from(fee))
        .execute(&stage.pool)
        .await
        .expect("revenue");
}

async fn version(stage: &Stage, version: i64) {
    sqlx::query("INSERT INTO market.listing_version VALUES ($1, 2, $2, $3, $4, $5, $6, $7)")
        .bind(CHAIN)
        .bind(version)
        .bind(hash(0xa0))
        .bind(vec![format!("ipfs://v{version}"), "https://example.org/x".to_owned()])
        .bind(20 + version)
        .bind(time_of(20 + version))
        .bind(hash(0xb0))
        .execute(&stage.pool)
        .await
        .expect("a version");
}

#[tokio::test]
async fn a_listing_comes_with_all_that_belongs_to_it() {
    let stage = stage().await;
    rows::parent(&stage.pool, 2, 1, 700).await;
    rows::parent(&stage.pool, 3, 2, 300).await;
    rows::token(&stage.pool, CHAIN, address(0x77), "USDX", 6).await;
    Plan::new(5, 2, 1_000_000).insert(&stage.pool).await;
    Plan { paused: true, kind: 1, cap: rows::most(), price: rows::most(), ..Plan::new(6, 2, 0) }
        .insert(&stage.pool)
        .await;
    version(&stage, 1).await;
    version(&stage, 2).await;
    revenue(&stage, 0x77, 12, stoa_schema::types::Uint::from(12_000_000), 300_000).await;
    revenue(&stage, 0x78, 1, rows::most(), 1).await;
    stage.sql("UPDATE market.revenue SET payments = 2, paid = 500000 WHERE sales = 12").await;

    let answer = stage.get("/v1/listings/31337-2").await;
    assert_eq!(answer.header("stoa-block"), Some("100"));
    let data = answer.ok()["data"].take();
    let token = json!({
        "address": "0x7777777777777777777777777777777777777777", "symbol": "USDX", "name": "USDX token", "decimals": 6
    });
    assert_eq!(data["id"], "31337-2");
    assert_eq!(data["parents"], json!([{"id": "31337-1", "bps": 700}]));
    assert_eq!(data["children"], json!([{"id": "31337-3", "bps": 300}]));
    assert_eq!(data["cheapest_plan"]["id"], "31337-5");
    let most = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    assert_eq!(
        data["plans"],
        json!([
            {"id": "31337-5", "kind": "licence", "token": token, "price": "1000000", "cap": null, "sold": "3",
             "paused": false, "transferable": true, "version": 4, "period": null, "units": null, "unit": null,
             "sells_from": null, "sells_until": null, "gate": null, "gate_rule": null,
             "tier_discount": false, "on_sale": true},
            {"id": "31337-6", "kind": "subscription", "token": token, "price": most, "cap": most, "sold": "3",
             "paused": true, "transferable": true, "version": 4, "period": 0, "units": null, "unit": null,
             "sells_from": null, "sells_until": null, "gate": null, "gate_rule": null,
             "tier_discount": false, "on_sale": false},
        ])
    );
    let release = |version: i64| {
        json!({
            "version": version,
            "content_hash": hash(0xa0).to_string(),
            "uris": [format!("ipfs://v{version}"), "https://example.org/x"],
            "published_at": format!("2026-11-22T15:00:{}Z", 40 + 2 * version),
            "block_number": 20 + version,
            "tx_hash": hash(0xb0).to_string(),
        })
    };
    assert_eq!(data["versions"], json!([release(2), release(1)]));
    let other = json!({"address": address(0x78).to_string(), "symbol": null, "name": null, "decimals": null});
    assert_eq!(
        data["revenue"],
        json!([
            {"token": token, "sales": "12", "gross": "12000000", "fee": "300000", "net": "11700000",
             "payments": "2", "paid": "500000"},
            {"token": other, "sales": "1", "gross": most, "fee": "1",
             "net": "115792089237316195423570985008687907853269984665640564039457584007913129639934",
             "payments": "0", "paid": "0"},
        ])
    );
}

#[tokio::test]
async fn a_listing_tells_whom_it_is_approved_to() {
    let stage = stage().await;
    assert_eq!(stage.data("/v1/listings/31337-2").await["approved"], json!(null));
    stage.sql("UPDATE market.listing SET approved = decode(repeat('09', 20), 'hex') WHERE listing = 2").await;
    assert_eq!(stage.data("/v1/listings/31337-2").await["approved"], address(9).to_string());
}

#[tokio::test]
async fn the_summary_is_the_one_of_the_collection() {
    let stage = stage().await;
    rows::parent(&stage.pool, 3, 1, 100).await;
    Plan::new(1, 3, 5).insert(&stage.pool).await;
    let page = stage.data("/v1/listings?limit=1").await;
    let whole = stage.data("/v1/listings/31337-3").await;
    for (key, value) in page[0].as_object().expect("a listing") {
        assert_eq!(&whole[key], value, "{key}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_told_apart_from_what_cannot_be() {
    let stage = stage().await;
    let problem = stage.get("/v1/listings/31337-99").await.problem(404);
    assert_eq!(problem["detail"], "There is no listing 31337-99 up to block 100.");
    let problem = stage.get("/v1/listings/5-1").await.problem(404);
    assert_eq!(problem["detail"], "There is no listing 5-1: chain 5 is not served here.");
    let max = stage.get("/v1/listings/9223372036854775807-9223372036854775807").await;
    max.problem(404);
    for id in [
        "1",
        "x-1",
        "31337-0",
        "31337-01",
        "31337-9223372036854775808",
        "31337-1-1",
        "%F0%9F%92%A9",
        "%ff",
        "%00",
    ] {
        let problem = stage.get(&format!("/v1/listings/{id}")).await.problem(400);
        assert_eq!(problem["parameter"], "id", "{id}");
    }
}
