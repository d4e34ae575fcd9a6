//! May this account use that listing?

use serde_json::{Value, json};

use crate::rows::{self, CHAIN, Listing, Plan, address, second_of};
use crate::stage::Stage;

async fn stage() -> Stage {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    rows::head(&stage.pool, CHAIN).await;
    for n in 1..=2 {
        Listing::new(n).insert(&stage.pool).await;
    }
    for (plan, kind) in [(1, 0), (2, 1), (3, 2)] {
        Plan { kind, ..Plan::new(plan, 1, 5) }.insert(&stage.pool).await;
    }
    stage
}

async fn pass(stage: &Stage, plan: i64, holder: u8, quantity: i64, expiry: Option<i64>) {
    sqlx::query("INSERT INTO market.pass VALUES (31337, $1, $2, $3)")
        .bind(plan)
        .bind(address(holder))
        .bind(quantity)
        .execute(&stage.pool)
        .await
        .expect("a pass");
    if let Some(expiry) = expiry {
        sqlx::query("INSERT INTO market.subscription VALUES (31337, $1, $2, $3)")
            .bind(plan)
            .bind(address(holder))
            .bind(expiry)
            .execute(&stage.pool)
            .await
            .expect("a subscription");
    }
}

#[tokio::test]
async fn the_best_valid_pass_decides() {
    let stage = stage().await;
    // The head is at block 104.
    pass(&stage, 2, 2, 1, Some(second_of(104))).await;
    pass(&stage, 2, 3, 1, Some(second_of(104) + 1)).await;
    pass(&stage, 3, 3, 7, None).await;
    pass(&stage, 1, 4, 1, None).await;
    pass(&stage, 2, 4, 1, Some(second_of(900))).await;
    pass(&stage, 3, 5, 0, None).await;
    let ask = async |n: u8| stage.data(&format!("/v1/access?listing=31337-1&account={}", address(n))).await;
    let told = |data: &Value| json!([data["valid"], data["kind"], data["plan"], data["owner"]]);
    assert_eq!(told(&ask(1).await), json!([false, null, null, true]));
    assert_eq!(told(&ask(2).await), json!([false, null, null, false]), "it ends with this second");
    assert_eq!(told(&ask(3).await), json!([true, "subscription", "31337-2", false]));
    assert_eq!(told(&ask(4).await), json!([true, "licence", "31337-1", false]));
    assert_eq!(told(&ask(5).await), json!([false, null, null, false]), "no credits are left");
    let third = ask(3).await;
    assert_eq!(third["expires_at"], "2026-11-22T15:03:29Z");
    assert_eq!(third["passes"].as_array().map(Vec::len), Some(2));
    let answer = stage.get(&format!("/v1/access?listing=31337-2&account={}", address(4))).await.ok();
    assert_eq!(
        (&answer["data"]["valid"], &answer["meta"]["chains"][0]["block_number"]),
        (&json!(false), &json!(100))
    );
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let stage = stage().await;
    assert_eq!(stage.get("/v1/access?listing=31337-1").await.problem(400)["parameter"], "account");
    assert_eq!(stage.get("/v1/access").await.problem(400)["parameter"], "listing");
    stage.get(&format!("/v1/access?listing=31337-9&account={}", address(1))).await.problem(404);
    stage.get(&format!("/v1/access?listing=5-1&account={}", address(1))).await.problem(404);
}

#[tokio::test]
async fn what_is_not_given_is_called_missing() {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    let problem = stage.get("/v1/access?listing=31337-1").await.problem(400);
    assert_eq!(problem["parameter"], "account");
    let detail = problem["detail"].as_str().expect("words");
    assert!(detail.starts_with("`account` is missing; expected an address"), "{detail}");
}
