use serde_json::{Value, json};

use crate::rows::{self, CHAIN, address};
use crate::stage::Stage;

/// Week 2968 begins before the head's time and 2969 after it.
const WEEK: i64 = 604_800;

async fn stage() -> Stage {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    rows::head(&stage.pool, CHAIN).await;
    rows::token(&stage.pool, CHAIN, address(0x77), "STOA", 18).await;
    stage
        .sql(
            r"INSERT INTO market.protocol (chain_id, tier1, tier2, tier3, tier4) VALUES (31337, 10, 100, 1000, 10000);
              INSERT INTO market.stake_token VALUES
                (31337, decode(repeat('78', 20), 'hex'), 1, 0, 0, 0),
                (31337, decode(repeat('77', 20), 'hex'), 0, 3000, 1000, 5 * 2::numeric ^ 96)",
        )
        .await;
    stage
}

async fn lock(stage: &Stage, account: u8, score: i64, end: i64) {
    sqlx::query("INSERT INTO market.lock VALUES ($1, $2, 60, $3::numeric * 10::numeric ^ 18, $4, true, 20)")
        .bind(CHAIN)
        .bind(address(account))
        .bind(score)
        .bind(end)
        .execute(&stage.pool)
        .await
        .expect("a lock");
}

#[tokio::test]
async fn a_chain_tells_what_is_locked_and_shared() {
    let stage = stage().await;
    let now = rows::second_of(104);
    lock(&stage, 2, 100, now + 1).await;
    lock(&stage, 3, 7, now + WEEK).await;
    lock(&stage, 4, 900, now).await;
    lock(&stage, 5, 0, 0).await;
    let answer = stage.get("/v1/staking?chain=eip155:31337").await;
    assert_eq!(answer.header("stoa-block"), Some("100"));
    let token =
        json!({"address": address(0x77).to_string(), "symbol": "STOA", "name": "STOA token", "decimals": 18});
    let other = json!({"address": address(0x78).to_string(), "symbol": null, "name": null, "decimals": null});
    let expected = json!({"chains": [{
        "chain_id": 31337, "score": "107000000000000000000", "locks": 2,
        "tokens": [{"token": token, "distributed": "3000", "claimed": "1000", "index": "396140812571321687967719751680"},
                   {"token": other, "distributed": "0", "claimed": "0", "index": "0"}],
        "tiers": [{"tier": 1, "score": "10"}, {"tier": 2, "score": "100"}, {"tier": 3, "score": "1000"},
                  {"tier": 4, "score": "10000"}],
    }]});
    assert_eq!(answer.ok()["data"], expected);
}

#[tokio::test]
async fn a_chain_without_staking_has_nothing() {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    rows::chain(&stage.pool, 8_453).await;
    let empty = |chain: i64| json!({"chain_id": chain, "score": "0", "locks": 0, "tokens": [], "tiers": []});
    let answer = stage.get("/v1/staking").await.ok();
    assert_eq!(answer["data"], json!({"chains": [empty(8_453), empty(CHAIN)]}));
    assert_eq!(answer["meta"]["chains"].as_array().map(Vec::len), Some(2));
    let one = stage.data("/v1/staking?chain=8453").await;
    assert_eq!(one, json!({"chains": [empty(8_453)]}));
}

async fn lock_of(stage: &Stage, account: u8) -> Value {
    stage.data(&format!("/v1/accounts/{}", address(account))).await["chains"][0]["lock"].take()
}

#[tokio::test]
async fn a_lock_ends_with_its_second_and_keeps_what_it_earned() {
    let stage = stage().await;
    let now = rows::second_of(104);
    lock(&stage, 2, 100, now + 1).await;
    lock(&stage, 3, 100, now).await;
    lock(&stage, 4, 99, now + WEEK).await;
    let [active, over, low] = [lock_of(&stage, 2).await, lock_of(&stage, 3).await, lock_of(&stage, 4).await];
    let told =
        |lock: &Value| json!([lock["amount"], lock["score"], lock["active"], lock["tier"], lock["reinvest"]]);
    assert_eq!(told(&active), json!(["60", "100000000000000000000", true, 2, true]));
    assert_eq!(active["ends_at"], "2026-11-22T15:03:29Z");
    assert_eq!(told(&over), json!(["60", "0", false, 0, true]));
    assert_eq!(over["ends_at"], "2026-11-22T15:03:28Z");
    assert_eq!(told(&low)[3], 1);
    assert_eq!(lock_of(&stage, 6).await, Value::Null);
    lock(&stage, 6, 0, 0).await;
    assert_eq!(lock_of(&stage, 6).await["ends_at"], Value::Null, "nothing locked, but reinvesting chosen");
}

#[tokio::test]
async fn fees_count_up_to_the_last_week_before_the_end() {
    let stage = stage().await;
    // Three wei of score, 1/2 unit kept, from index 1 on.
    for (account, end) in [(2, 2_969 * WEEK), (3, 2_970 * WEEK), (4, 2_980 * WEEK), (5, 2_900 * WEEK)] {
        sqlx::query("INSERT INTO market.lock VALUES ($1, $2, 60, 3, $3, false, 20)")
            .bind(CHAIN)
            .bind(address(account))
            .bind(end)
            .execute(&stage.pool)
            .await
            .expect("a lock");
        sqlx::query(
            "INSERT INTO market.stake_earning VALUES ($1, $2, $3, 2::numeric ^ 96, 2::numeric ^ 95, 40)",
        )
        .bind(CHAIN)
        .bind(address(account))
        .bind(address(0x77))
        .execute(&stage.pool)
        .await
        .expect("earnings");
    }
    // Indices 1.5 at week 2968 and 5 at week 2969; 0.5 long before.
    stage
        .sql(
            r"INSERT INTO market.stake_week VALUES
                (31337, decode(repeat('77', 20), 'hex'), 2890, 1, 2::numeric ^ 95),
                (31337, decode(repeat('77', 20), 'hex'), 2968, 1, 3 * 2::numeric ^ 95),
                (31337, decode(repeat('77', 20), 'hex'), 2969, 1, 5 * 2::numeric ^ 96)",
        )
        .await;
    let claimable = async |account| {
        let lock = lock_of(&stage, account).await;
        let [token, other] = [0, 1].map(|at| lock["claimable"][at].clone());
        assert_eq!((&token["claimed"], &other["claimable"]), (&json!("40"), &json!("0")));
        token["claimable"].clone()
    };
    // (0.5 + 3 * 0.5), (0.5 + 3 * 4), the same, and 0.5 with an index ahead of what is there.
    assert_eq!(claimable(2).await, "2");
    assert_eq!(claimable(3).await, "12");
    assert_eq!(claimable(4).await, "12");
    assert_eq!(claimable(5).await, "0");
}
