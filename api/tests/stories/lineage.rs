//! Families of listings, and how money flowed through them.

use serde_json::{Value, json};

use crate::rows::{self, CHAIN, Listing, address};
use crate::stage::{Stage, ids};

async fn stage() -> Stage {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    rows::head(&stage.pool, CHAIN).await;
    stage
}

#[tokio::test]
async fn a_family_is_told_to_any_depth_by_pages() {
    let stage = stage().await;
    for n in 1..=60 {
        Listing::new(n).insert(&stage.pool).await;
        if n > 1 {
            rows::parent(&stage.pool, n, n - 1, 5_000).await;
        }
    }
    rows::parent(&stage.pool, 60, 1, 100).await;
    let up = stage.data("/v1/listings/31337-60/ancestors?limit=3").await;
    assert_eq!(ids(&up), ["31337-1", "31337-59", "31337-58"]);
    assert_eq!(
        up[0],
        json!({"id": "31337-1", "name": null, "depth": 1, "revenue_ppm": 10_000,
            "links": [{"id": "31337-2", "bps": 5000}, {"id": "31337-60", "bps": 100}]})
    );
    assert_eq!(up[2]["revenue_ppm"], 250_000);
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = stage.get(&format!("/v1/listings/31337-1/descendants?limit=13{cursor}")).await.ok();
        seen.extend(ids(&page["data"]));
        let Value::String(next) = &page["next"] else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen.len(), 59);
    assert_eq!((seen[0].as_str(), seen[1].as_str(), seen[2].as_str()), ("31337-2", "31337-60", "31337-3"));
    assert_eq!(stage.ids("/v1/listings/31337-1/ancestors").await, [""; 0]);
    stage.get("/v1/listings/31337-61/ancestors").await.problem(404);
    stage.get("/v1/listings/x/descendants").await.problem(400);
}

#[tokio::test]
async fn settlements_tell_where_the_money_went() {
    let stage = stage().await;
    rows::token(&stage.pool, CHAIN, address(0x77), "USDX", 6).await;
    Listing::new(3).insert(&stage.pool).await;
    for (block, received) in [(50_i64, 1_000_i64), (90, 3_000), (101, 9_000)] {
        sqlx::query(
            "INSERT INTO archive.revenue_settled VALUES (31337, $1, 2, $2, $3, 3, $4, $5, $6, 900, '{1,2}', ARRAY[$4, $4], '{70,30}')",
        )
        .bind(block)
        .bind(rows::time_of(block))
        .bind(rows::hash(0xee))
        .bind(address(9))
        .bind(address(0x77))
        .bind(received)
        .execute(&stage.pool)
        .await
        .expect("a settlement");
    }
    let page = stage.get("/v1/listings/31337-3/flow?limit=1").await.ok();
    let newest = &page["data"][0];
    assert_eq!(
        (&newest["block_number"], &newest["received"]),
        (&json!(90), &json!("3000")),
        "101 is not projected"
    );
    assert_eq!((&newest["token"]["symbol"], &newest["beneficiary_amount"]), (&json!("USDX"), &json!("900")));
    assert_eq!(newest["royalties"][0]["parent"], "31337-1");
    assert_eq!(newest["royalties"][1]["amount"], "30");
    assert_eq!(newest["finality"], "latest");
    let next = page["next"].as_str().expect("more");
    let older = stage.get(&format!("/v1/listings/31337-3/flow?limit=1&cursor={next}")).await.ok();
    assert_eq!((&older["data"][0]["block_number"], &older["next"]), (&json!(50), &Value::Null));
    stage.get("/v1/listings/31337-4/flow").await.problem(404);
}
