use serde_json::json;

use crate::rows::{self, CHAIN, Listing, Plan, Purchase, address};
use crate::stage::Stage;

async fn stage() -> Stage {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    rows::head(&stage.pool, CHAIN).await;
    Listing::new(1).insert(&stage.pool).await;
    Plan::new(1, 1, 500).insert(&stage.pool).await;
    stage
}

#[tokio::test]
async fn a_purchase_is_shown_whole() {
    let stage = stage().await;
    rows::token(&stage.pool, CHAIN, address(0x77), "USDX", 6).await;
    sqlx::query("UPDATE market.listing SET uri = $1")
        .bind(r#"data:application/json,{"name":"A model"}"#)
        .execute(&stage.pool)
        .await
        .expect("an update");
    Purchase::new(50, 4).insert(&stage.pool).await;
    let answer = stage.get("/v1/purchases").await.ok();
    assert_eq!(answer["next"], json!(null));
    assert_eq!(
        answer["data"],
        json!([{
            "id": "31337-50-4",
            "chain_id": 31337,
            "block_number": 50,
            "block_time": "2026-11-22T15:01:40Z",
            "tx_hash": "0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
            "log_index": 4,
            "listing": "31337-1",
            "listing_name": "A model",
            "plan": "31337-1",
            "plan_kind": "licence",
            "payer": "0x0202020202020202020202020202020202020202",
            "recipient": "0x0303030303030303030303030303030303030303",
            "beneficiary": "0x0404040404040404040404040404040404040404",
            "quantity": "2",
            "amount": "1000",
            "fee": "25",
            "net": "975",
            "token": {
                "address": "0x7777777777777777777777777777777777777777",
                "symbol": "USDX",
                "name": "USDX token",
                "decimals": 6,
            },
            "expires_at": null,
            "finality": "safe",
        }])
    );
}

#[tokio::test]
async fn amounts_are_exact_up_to_uint256() {
    let stage = stage().await;
    Purchase { amount: rows::most(), fee: rows::most(), ..Purchase::new(50, 1) }.insert(&stage.pool).await;
    let data = stage.data("/v1/purchases").await;
    let most = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    assert_eq!(
        (&data[0]["amount"], &data[0]["fee"], &data[0]["net"]),
        (&json!(most), &json!(most), &json!("0"))
    );
}

#[tokio::test]
async fn every_filter_narrows_and_they_combine() {
    let stage = stage().await;
    rows::chain(&stage.pool, 1).await;
    Listing { chain_id: 1, ..Listing::new(1) }.insert(&stage.pool).await;
    Plan { chain_id: 1, ..Plan::new(1, 1, 5) }.insert(&stage.pool).await;
    Listing::new(2).insert(&stage.pool).await;
    let (two, three, five) = (address(2), address(3), address(5));
    for purchase in [
        Purchase::new(10, 1),
        Purchase { listing: 2, ..Purchase::new(10, 2) },
        Purchase { payer: five, recipient: five, ..Purchase::new(11, 0) },
        Purchase { payer: three, recipient: two, ..Purchase::new(12, 0) },
        Purchase { chain_id: 1, ..Purchase::new(11, 7) },
    ] {
        purchase.insert(&stage.pool).await;
    }
    let cases: &[(String, &[&str])] = &[
        (String::new(), &["31337-12-0", "31337-11-0", "1-11-7", "31337-10-2", "31337-10-1"]),
        ("?sort=oldest".into(), &["31337-10-1", "31337-10-2", "1-11-7", "31337-11-0", "31337-12-0"]),
        ("?sort=newest&limit=1".into(), &["31337-12-0"]),
        ("?chain=1".into(), &["1-11-7"]),
        ("?chain=eip155:31337&limit=2".into(), &["31337-12-0", "31337-11-0"]),
        ("?listing=31337-1".into(), &["31337-12-0", "31337-11-0", "31337-10-1"]),
        ("?listing=1-1".into(), &["1-11-7"]),
        ("?listing=31337-2&chain=31337".into(), &["31337-10-2"]),
        ("?listing=77-2".into(), &[]),
        (format!("?payer={two}"), &["1-11-7", "31337-10-2", "31337-10-1"]),
        (format!("?recipient={two}"), &["31337-12-0"]),
        (format!("?account={two}"), &["31337-12-0", "1-11-7", "31337-10-2", "31337-10-1"]),
        (format!("?account={two}&sort=oldest&limit=3"), &["31337-10-1", "31337-10-2", "1-11-7"]),
        (format!("?account={five}"), &["31337-11-0"]),
        (format!("?account={two}&payer={three}"), &["31337-12-0"]),
        (format!("?payer={two}&recipient={three}&listing=31337-2"), &["31337-10-2"]),
        (format!("?payer={two}&recipient={two}"), &[]),
    ];
    for (query, expected) in cases {
        assert_eq!(stage.ids(&format!("/v1/purchases{query}")).await, *expected, "{query}");
    }
}

#[tokio::test]
async fn finality_is_that_of_the_block() {
    let stage = stage().await;
    for block in [40, 41, 60, 61] {
        Purchase::new(block, 0).insert(&stage.pool).await;
    }
    let data = stage.data("/v1/purchases?sort=oldest").await;
    let levels: Vec<_> = (0..4).map(|at| data[at]["finality"].clone()).collect();
    assert_eq!(json!(levels), json!(["finalized", "safe", "safe", "latest"]));
}

#[tokio::test]
async fn a_listing_on_another_chain_than_the_named_one_is_refused() {
    let stage = stage().await;
    rows::chain(&stage.pool, 1).await;
    let problem = stage.get("/v1/purchases?chain=1&listing=31337-1").await.problem(400);
    assert_eq!(problem["parameter"], "listing");
}
