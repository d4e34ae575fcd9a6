use serde_json::json;

use crate::rows::{self, CHAIN, Listing, Plan, address, second_of};
use crate::stage::Stage;

async fn stage() -> Stage {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    rows::head(&stage.pool, CHAIN).await;
    rows::token(&stage.pool, CHAIN, address(0x77), "USDX", 6).await;
    stage
}

async fn pass(stage: &Stage, plan: i64, quantity: i64, expiry: Option<i64>) {
    sqlx::query("INSERT INTO market.pass VALUES ($1, $2, $3, $4)")
        .bind(CHAIN)
        .bind(plan)
        .bind(address(2))
        .bind(quantity)
        .execute(&stage.pool)
        .await
        .expect("a pass");
    if let Some(expiry) = expiry {
        sqlx::query("INSERT INTO market.subscription VALUES ($1, $2, $3, $4)")
            .bind(CHAIN)
            .bind(plan)
            .bind(address(2))
            .bind(expiry)
            .execute(&stage.pool)
            .await
            .expect("a subscription");
    }
}

fn path() -> String {
    format!("/v1/accounts/{}", address(2))
}

#[tokio::test]
async fn one_that_never_did_anything_has_nothing() {
    let stage = stage().await;
    rows::chain(&stage.pool, 8_453).await;
    let empty = |chain: i64| {
        json!({"chain_id": chain, "purchases": "0", "listings": "0", "balances": [], "passes": [], "shares": [],
               "operators": [], "allowances": [], "lock": null, "last_purchases": [], "owned": "0",
               "owned_listings": []})
    };
    let data = stage.data(&path()).await;
    assert_eq!(data, json!({"address": address(2).to_string(), "chains": [empty(8_453), empty(CHAIN)]}));
    let answer = stage.get(&format!("{}?chain=31337", path().to_lowercase())).await;
    assert_eq!(answer.header("stoa-block"), Some("100"));
    assert_eq!(answer.ok()["data"]["chains"], json!([empty(CHAIN)]));
}

#[tokio::test]
async fn an_account_has_counters_balances_and_passes() {
    let stage = stage().await;
    Listing { uri: r#"data:application/json,{"name":"A"}"#.to_owned(), ..Listing::new(1) }
        .insert(&stage.pool)
        .await;
    Plan::new(1, 1, 5).insert(&stage.pool).await;
    for plan in 2..=4 {
        Plan { kind: 1, period: 60, ..Plan::new(plan, 1, 5) }.insert(&stage.pool).await;
    }
    for plan in 5..=6 {
        Plan { kind: 2, unit: "call", ..Plan::new(plan, 1, 5) }.insert(&stage.pool).await;
    }
    let now = second_of(104);
    pass(&stage, 1, 2, None).await;
    pass(&stage, 2, 1, Some(now)).await;
    pass(&stage, 3, 1, Some(now + 1)).await;
    pass(&stage, 4, 1, Some(i64::MAX)).await;
    pass(&stage, 5, 995, None).await;
    pass(&stage, 6, 0, None).await;
    stage
        .sql(
            r"INSERT INTO market.balance VALUES
                (31337, decode(repeat('02', 20), 'hex'), decode(repeat('76', 20), 'hex'), 7),
                (31337, decode(repeat('02', 20), 'hex'), decode(repeat('77', 20), 'hex'), 2::numeric ^ 128),
                (31337, decode(repeat('02', 20), 'hex'), decode(repeat('78', 20), 'hex'), 0),
                (31337, decode(repeat('03', 20), 'hex'), decode(repeat('77', 20), 'hex'), 9);
              INSERT INTO market.account VALUES (31337, decode(repeat('02', 20), 'hex'), 5, '2026-11-22T15:00:10Z', 12, 3)",
        )
        .await;

    let chain = stage.data(&path()).await["chains"][0].take();
    assert_eq!((&chain["purchases"], &chain["listings"]), (&json!("12"), &json!("3")));
    let token =
        json!({"address": address(0x77).to_string(), "symbol": "USDX", "name": "USDX token", "decimals": 6});
    let other = json!({"address": address(0x76).to_string(), "symbol": null, "name": null, "decimals": null});
    assert_eq!(
        chain["balances"],
        json!([{"token": token, "amount": "340282366920938463463374607431768211456"}, {"token": other, "amount": "7"}])
    );
    let pass = |plan: i64,
                kind: &str,
                quantity: &str,
                unit: Option<&str>,
                expires: Option<&str>,
                active: bool| {
        json!({"plan": format!("31337-{plan}"), "listing": "31337-1", "listing_name": "A", "kind": kind,
               "quantity": quantity, "unit": unit, "transferable": true, "expires_at": expires, "active": active})
    };
    assert_eq!(
        chain["passes"],
        json!([
            pass(5, "credits", "995", Some("call"), None, true),
            pass(4, "subscription", "1", None, None, true),
            pass(3, "subscription", "1", None, Some("2026-11-22T15:03:29Z"), true),
            pass(2, "subscription", "1", None, Some("2026-11-22T15:03:28Z"), false),
            pass(1, "licence", "2", None, None, true),
        ])
    );
}

#[tokio::test]
async fn an_account_tells_who_may_act_for_it() {
    let stage = stage().await;
    stage
        .sql(
            r"INSERT INTO market.share VALUES
                (31337, decode(repeat('55', 20), 'hex'), 1, decode(repeat('56', 20), 'hex'), 'Shares of A', 'A',
                 1000, 10000, 20, '2026-11-22T15:00:40Z');
              INSERT INTO market.operator VALUES
                (31337, 2, decode(repeat('02', 20), 'hex'), decode(repeat('08', 20), 'hex'), true),
                (31337, 0, decode(repeat('02', 20), 'hex'), decode(repeat('09', 20), 'hex'), true),
                (31337, 1, decode(repeat('02', 20), 'hex'), decode(repeat('09', 20), 'hex'), false),
                (31337, 1, decode(repeat('03', 20), 'hex'), decode(repeat('09', 20), 'hex'), true);
              INSERT INTO market.allowance VALUES
                (31337, 0, decode(repeat('02', 20), 'hex'), decode(repeat('09', 20), 'hex'),
                 decode(repeat('77', 20), 'hex'), 2::numeric ^ 256 - 1),
                (31337, 0, decode(repeat('02', 20), 'hex'), decode(repeat('08', 20), 'hex'),
                 decode(repeat('77', 20), 'hex'), 0),
                (31337, 1, decode(repeat('02', 20), 'hex'), decode(repeat('08', 20), 'hex'),
                 decode(repeat('55', 20), 'hex'), 7)",
        )
        .await;
    let chain = stage.data(&path()).await["chains"][0].take();
    assert_eq!(
        chain["operators"],
        json!([{"scope": "balances", "operator": address(9).to_string()},
               {"scope": "passes", "operator": address(8).to_string()}])
    );
    let token =
        json!({"address": address(0x77).to_string(), "symbol": "USDX", "name": "USDX token", "decimals": 6});
    let shares =
        json!({"address": address(0x55).to_string(), "symbol": "A", "name": "Shares of A", "decimals": 18});
    assert_eq!(
        chain["allowances"],
        json!([{"scope": "balance", "spender": address(9).to_string(), "token": token,
                "amount": rows::most().to_string()},
               {"scope": "shares", "spender": address(8).to_string(), "token": shares, "amount": "7"}])
    );
}

#[tokio::test]
async fn unchanged_accounts_are_not_sent_twice() {
    let stage = stage().await;
    for path in [path(), "/v1/staking".to_owned()] {
        let tag = stage.get(&path).await.header("etag").expect("a tag").to_owned();
        let request = axum::http::Request::get(&path).header("if-none-match", &tag);
        assert_eq!(stage.send(request).await.status, 304, "{path}");
    }
}
