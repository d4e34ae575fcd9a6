//! Plans that sell for a while, and what they sell.

use serde_json::{Value, json};
use stoa_schema::types::Uint;

use crate::rows::{self, CHAIN, Listing, Plan, Purchase, address, second_of};
use crate::stage::Stage;

async fn stage() -> Stage {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    Listing::new(1).insert(&stage.pool).await;
    stage
}

fn at(second: i64) -> Uint {
    Uint::from(u64::try_from(second).expect("a time"))
}

#[tokio::test]
async fn a_plan_tells_its_period_units_window_and_gate() {
    let stage = stage().await;
    let subscription = Plan { kind: 1, period: 2_592_000, gate: address(9), ..Plan::new(1, 1, 5) };
    let window = Plan { sells_from: at(second_of(0)), sells_until: at(second_of(30)), ..subscription };
    window.insert(&stage.pool).await;
    Plan { kind: 2, units: rows::most(), unit: "1k-input-tokens", ..Plan::new(2, 1, 5) }
        .insert(&stage.pool)
        .await;
    let beyond = Uint::from(253_402_300_800);
    Plan { sells_from: beyond, sells_until: rows::most(), ..Plan::new(3, 1, 5) }.insert(&stage.pool).await;

    let plans = stage.data("/v1/listings/31337-1").await["plans"].take();
    let shown = |at: usize| {
        let keys = ["period", "units", "unit", "sells_from", "sells_until", "gate", "on_sale"];
        Value::Array(keys.map(|key| plans[at][key].clone()).to_vec())
    };
    let gate = address(9).to_string();
    let window = json!([2_592_000, null, null, "2026-11-22T15:00:00Z", "2026-11-22T15:01:00Z", gate, false]);
    assert_eq!(shown(0), window);
    assert_eq!(shown(1), json!([null, rows::most().to_string(), "1k-input-tokens", null, null, null, true]));
    assert_eq!(shown(2), json!([null, null, null, null, null, null, false]), "beyond the year 9999");
}

#[tokio::test]
async fn windows_open_and_close_with_the_heads_second() {
    let stage = stage().await;
    let now = second_of(104);
    for (plan, price, from, until) in
        [(1, 1, 0, now), (2, 2, now + 1, 0), (3, 3, now, now + 1), (4, 4, 0, now + 1), (5, 5, 0, 0)]
    {
        Plan { sells_from: at(from), sells_until: at(until), ..Plan::new(plan, 1, price) }
            .insert(&stage.pool)
            .await;
    }
    let cheapest = async || stage.data("/v1/listings").await[0]["cheapest_plan"]["id"].take();
    // No head is known yet: the data's time, 8 seconds earlier.
    assert_eq!(cheapest().await, "31337-1");
    rows::head(&stage.pool, CHAIN).await;
    assert_eq!(cheapest().await, "31337-3");
    let listing = stage.data("/v1/listings/31337-1").await;
    assert_eq!(listing["cheapest_plan"]["id"], "31337-3");
    let on_sale: Vec<bool> =
        (0..5).map(|at| listing["plans"][at]["on_sale"].as_bool().expect("told")).collect();
    assert_eq!(on_sale, [false, false, true, true, true]);
}

#[tokio::test]
async fn a_purchase_tells_until_when_it_is_valid() {
    let stage = stage().await;
    Plan { kind: 1, period: 60, ..Plan::new(1, 1, 5) }.insert(&stage.pool).await;
    for (block, expiry) in [(20, second_of(30)), (21, 0), (22, 253_402_300_799), (23, i64::MAX)] {
        Purchase { expiry, ..Purchase::new(block, 1) }.insert(&stage.pool).await;
    }
    let purchases = stage.data("/v1/purchases?sort=oldest").await;
    let expiries: Vec<&Value> =
        purchases.as_array().expect("rows").iter().map(|row| &row["expires_at"]).collect();
    assert_eq!(
        expiries,
        [&json!("2026-11-22T15:01:00Z"), &json!(null), &json!("9999-12-31T23:59:59Z"), &json!(null)]
    );
}

#[tokio::test]
async fn a_plan_tells_what_its_gate_asks() {
    let stage = stage().await;
    stage
        .sql(
            r#"UPDATE archive.cursor SET contracts = contracts || '{
                 "MerkleGate": "0x0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a",
                 "TierGate": "0x0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
                 "TokenGate": "0x0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c"}';
              INSERT INTO market.gate_rule (chain_id, plan, root, tier, token, amount)
              SELECT 31337, plan, decode(repeat('ab', 32), 'hex'), 2, decode(repeat('77', 20), 'hex'), 5
              FROM generate_series(1, 4) AS plan"#,
        )
        .await;
    // The fifth plan's gate was told nothing yet.
    for (plan, gate) in [(1, 0xa), (2, 0xb), (3, 0xc), (4, 0xd), (5, 0xb)] {
        Plan { gate: address(gate), ..Plan::new(plan, 1, 5) }.insert(&stage.pool).await;
    }
    let plans = stage.data("/v1/listings/31337-1").await["plans"].take();
    let rules: Vec<&serde_json::Value> = (0..5).map(|at| &plans[at]["gate_rule"]).collect();
    let rule = |kind: &str| json!({"kind": kind, "root": null, "tier": null, "token": null, "amount": null});
    let mut expected = ["list", "tier", "holding", "other", "tier"].map(rule);
    expected[0]["root"] = json!(format!("0x{}", "ab".repeat(32)));
    expected[1]["tier"] = json!(2);
    expected[2]["token"] = json!(address(0x77).to_string());
    expected[2]["amount"] = json!("5");
    assert_eq!(rules, expected.iter().collect::<Vec<_>>());
}
