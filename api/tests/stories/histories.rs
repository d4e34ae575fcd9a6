//! What happened beside purchases: direct payments and spendings.

use std::collections::BTreeSet;

use serde_json::json;

use crate::rows::{self, CHAIN, Listing, Plan, address, hash, time_of};
use crate::stage::Stage;

async fn stage() -> Stage {
    let stage = Stage::new().await;
    for chain in [CHAIN, 1] {
        rows::chain(&stage.pool, chain).await;
        Listing {
            chain_id: chain,
            uri: r#"data:application/json,{"name":"A"}"#.to_owned(),
            ..Listing::new(1)
        }
        .insert(&stage.pool)
        .await;
        Plan { chain_id: chain, kind: 2, unit: "call", ..Plan::new(1, 1, 5) }.insert(&stage.pool).await;
    }
    rows::head(&stage.pool, CHAIN).await;
    rows::token(&stage.pool, CHAIN, address(0x77), "USDX", 6).await;
    stage
}

async fn payment(stage: &Stage, chain: i64, block: i64, listing: i64, payer: u8) {
    sqlx::query("INSERT INTO market.listing_payment VALUES ($1, $2, 4, $3, $4, $5, $6, $7, $8, 500, $9)")
        .bind(chain)
        .bind(block)
        .bind(time_of(block))
        .bind(hash(0xee))
        .bind(listing)
        .bind(address(payer))
        .bind(address(4))
        .bind(address(0x77))
        .bind(hash(7))
        .execute(&stage.pool)
        .await
        .expect("a payment");
}

async fn spending(stage: &Stage, chain: i64, block: i64, plan: i64, holder: u8, spender: u8) {
    sqlx::query("INSERT INTO market.spending VALUES ($1, $2, 4, $3, $4, $5, $6, $7, 40, $8, 960)")
        .bind(chain)
        .bind(block)
        .bind(time_of(block))
        .bind(hash(0xee))
        .bind(plan)
        .bind(address(holder))
        .bind(address(spender))
        .bind(hash(7))
        .execute(&stage.pool)
        .await
        .expect("a spending");
}

#[tokio::test]
async fn a_direct_payment_is_shown_whole() {
    let stage = stage().await;
    payment(&stage, CHAIN, 50, 1, 2).await;
    let token =
        json!({"address": address(0x77).to_string(), "symbol": "USDX", "name": "USDX token", "decimals": 6});
    assert_eq!(
        stage.data("/v1/payments").await,
        json!([{
            "id": "31337-50-4", "block_number": 50, "block_time": "2026-11-22T15:01:40Z",
            "tx_hash": hash(0xee).to_string(), "listing": "31337-1", "listing_name": "A",
            "payer": address(2).to_string(), "beneficiary": address(4).to_string(), "token": token,
            "amount": "500", "memo": hash(7).to_string(), "finality": "safe",
        }])
    );
}

#[tokio::test]
async fn a_spending_is_shown_whole() {
    let stage = stage().await;
    spending(&stage, CHAIN, 50, 1, 2, 3).await;
    assert_eq!(
        stage.data("/v1/spendings").await,
        json!([{
            "id": "31337-50-4", "block_number": 50, "block_time": "2026-11-22T15:01:40Z",
            "tx_hash": hash(0xee).to_string(), "plan": "31337-1", "listing": "31337-1", "listing_name": "A",
            "holder": address(2).to_string(), "spender": address(3).to_string(), "units": "40", "unit": "call",
            "remaining": "960", "reference": hash(7).to_string(), "finality": "safe",
        }])
    );
}

#[tokio::test]
async fn they_are_filtered() {
    let stage = stage().await;
    payment(&stage, CHAIN, 50, 1, 2).await;
    payment(&stage, CHAIN, 51, 2, 2).await;
    payment(&stage, CHAIN, 52, 1, 3).await;
    payment(&stage, 1, 53, 1, 2).await;
    spending(&stage, CHAIN, 50, 1, 2, 3).await;
    Plan { kind: 2, ..Plan::new(2, 1, 5) }.insert(&stage.pool).await;
    spending(&stage, CHAIN, 51, 2, 3, 3).await;
    spending(&stage, 1, 52, 1, 2, 2).await;
    let (two, three) = (address(2), address(3));
    for (query, expected) in [
        ("payments".to_owned(), vec!["1-53-4", "31337-52-4", "31337-51-4", "31337-50-4"]),
        ("payments?listing=31337-1".to_owned(), vec!["31337-52-4", "31337-50-4"]),
        (format!("payments?payer={two}&sort=oldest"), vec!["31337-50-4", "31337-51-4", "1-53-4"]),
        (format!("payments?payer={two}&chain=1"), vec!["1-53-4"]),
        (format!("spendings?holder={two}"), vec!["1-52-4", "31337-50-4"]),
        (format!("spendings?spender={three}"), vec!["31337-51-4", "31337-50-4"]),
        (format!("spendings?spender={three}&plan=31337-1"), vec!["31337-50-4"]),
        (format!("spendings?spender={two}&plan=31337-1"), vec![]),
    ] {
        assert_eq!(stage.ids(&format!("/v1/{query}")).await, expected, "{query}");
    }
    for query in ["payments?listing=31337-1&chain=1", "spendings?plan=31337-1&chain=1", "spendings?payer=0x1"]
    {
        stage.get(&format!("/v1/{query}")).await.problem(400);
    }
}

#[tokio::test]
async fn pages_neither_lose_nor_repeat() {
    let stage = stage().await;
    let mut expected = BTreeSet::new();
    for block in 20..27 {
        for chain in [CHAIN, 1] {
            payment(&stage, chain, block, 1, 2).await;
            spending(&stage, chain, block, 1, 2, 2).await;
            expected.insert(format!("{chain}-{block}-4"));
        }
    }
    for route in ["payments", "spendings"] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let answer = stage.get(&format!("/v1/{route}?limit=3{cursor}")).await.ok();
            seen.extend(crate::stage::ids(&answer["data"]));
            let Some(next) = answer["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen.len(), expected.len(), "{route}");
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), expected, "{route}");
    }
}
