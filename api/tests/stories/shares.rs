use serde_json::{Value, json};

use crate::rows::{self, CHAIN, Listing, address};
use crate::stage::Stage;

/// Listing 1 with shares 0x50…: a supply of 3, 2 held by 0x02…, 1 by 0x03…; its account 0x51… has 4,001 of token
/// 0x77…, from which 1,000 were claimed and 500 went to parents: received 5,501, of which 90 % are 4,950.9.
async fn stage() -> Stage {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    rows::head(&stage.pool, CHAIN).await;
    rows::token(&stage.pool, CHAIN, address(0x77), "USDX", 6).await;
    Listing { uri: r#"data:application/json,{"name":"A"}"#.to_owned(), ..Listing::new(1) }
        .insert(&stage.pool)
        .await;
    stage
        .sql(
            r"INSERT INTO market.share VALUES (31337, decode(repeat('50', 20), 'hex'), 1, decode(repeat('51', 20), 'hex'),
                'Shares of A', 'SA', 3, 9000, 20, '2026-11-22T15:00:40Z');
              INSERT INTO market.share_token VALUES
                (31337, decode(repeat('50', 20), 'hex'), decode(repeat('78', 20), 'hex'), 1, 0),
                (31337, decode(repeat('50', 20), 'hex'), decode(repeat('77', 20), 'hex'), 0, 1000);
              INSERT INTO market.share_balance VALUES
                (31337, decode(repeat('50', 20), 'hex'), decode(repeat('02', 20), 'hex'), 2),
                (31337, decode(repeat('50', 20), 'hex'), decode(repeat('03', 20), 'hex'), 1),
                (31337, decode(repeat('50', 20), 'hex'), decode(repeat('04', 20), 'hex'), 0),
                (31337, decode(repeat('50', 20), 'hex'), decode(repeat('05', 20), 'hex'), 0);
              INSERT INTO market.share_earning VALUES
                (31337, decode(repeat('50', 20), 'hex'), decode(repeat('02', 20), 'hex'), decode(repeat('77', 20), 'hex'), 1500, 2, 1000),
                (31337, decode(repeat('50', 20), 'hex'), decode(repeat('04', 20), 'hex'), decode(repeat('77', 20), 'hex'), 1500, 3, 0),
                (31337, decode(repeat('50', 20), 'hex'), decode(repeat('05', 20), 'hex'), decode(repeat('77', 20), 'hex'), 1500, 2, 7);
              INSERT INTO market.balance VALUES (31337, decode(repeat('51', 20), 'hex'), decode(repeat('77', 20), 'hex'), 4001),
                (31337, decode(repeat('02', 20), 'hex'), decode(repeat('77', 20), 'hex'), 99);
              INSERT INTO market.settlement VALUES (31337, 1, decode(repeat('50', 20), 'hex'), decode(repeat('77', 20), 'hex'), 5000, 4500, 500, 30),
                (31337, 1, decode(repeat('01', 20), 'hex'), decode(repeat('77', 20), 'hex'), 9000, 8000, 1000, 30)",
        )
        .await;
    stage
}

fn tokens() -> [Value; 2] {
    [
        json!({"address": address(0x77).to_string(), "symbol": "USDX", "name": "USDX token", "decimals": 6}),
        json!({"address": address(0x78).to_string(), "symbol": null, "name": null, "decimals": null}),
    ]
}

#[tokio::test]
async fn a_listing_tells_of_its_shares() {
    let stage = stage().await;
    let [usdx, other] = tokens();
    let shares = stage.data("/v1/listings/31337-1").await["shares"].take();
    let expected = json!({
        "share": address(0x50).to_string(), "name": "Shares of A", "symbol": "SA", "supply": "3", "own_bps": 9000,
        "account": address(0x51).to_string(), "holders": 2,
        "tokens": [{"token": usdx, "claimed": "1000", "earned": "4950"},
                   {"token": other, "claimed": "0", "earned": "0"}],
    });
    assert_eq!(shares, expected);
    Listing::new(2).insert(&stage.pool).await;
    let listing = stage.data("/v1/listings/31337-2").await;
    assert_eq!((&listing["shares"], &listing["share_sales"]), (&Value::Null, &json!([])));
}

#[tokio::test]
async fn holders_claim_what_the_contract_would_pay() {
    let stage = stage().await;
    let [usdx, other] = tokens();
    let shares = async |holder: u8| {
        let path = format!("/v1/accounts/{}", address(holder));
        stage.data(&path).await["chains"][0]["shares"].take()
    };
    let held = |amount: &str, claimable: &str, claimed: &str| {
        json!([{"share": address(0x50).to_string(), "listing": "31337-1", "name": "Shares of A", "symbol": "SA",
                "amount": amount, "supply": "3",
                "claimable": [{"token": usdx, "claimable": claimable, "claimed": claimed},
                              {"token": other, "claimable": "0", "claimed": "0"}]}])
    };
    // (2 + 2 * (4950 - 1500)) / 3 = 2300.67
    assert_eq!(shares(2).await, held("2", "2300", "1000"));
    // Never checkpointed: 1 * 4950 / 3
    assert_eq!(shares(3).await, held("1", "1650", "0"));
    // Sold all, with a whole unit left; with less than one.
    assert_eq!(shares(4).await, held("0", "1", "0"));
    assert_eq!(shares(5).await, json!([]));
}

#[tokio::test]
async fn offers_are_told_until_they_end() {
    let stage = stage().await;
    let now = rows::second_of(104);
    let sales = [
        (1, 0, 3, 0, 0, false),
        (2, 3, 3, 0, 0, false),
        (3, 4, 3, 0, now, false),
        (4, 4, 3, 0, now + 1, false),
        (5, 0, 0, now + 1, 0, false),
        (6, 0, 0, 0, 0, true),
    ];
    for (sale, cap, sold, from, until, closed) in sales {
        sqlx::query("INSERT INTO market.share_sale VALUES ($1, $2, 1, $3, $4, $5, 1000, 7, $6, $7, $8, $9, $10, 20, $11)")
            .bind(CHAIN)
            .bind(i64::from(sale))
            .bind(address(2))
            .bind(address(0x50))
            .bind(address(0x77))
            .bind(i64::from(cap))
            .bind(i64::from(sold))
            .bind(from)
            .bind(until)
            .bind(closed)
            .bind(rows::time_of(20))
            .execute(&stage.pool)
            .await
            .expect("a sale");
    }
    let sales = stage.data("/v1/listings/31337-1").await["share_sales"].take();
    let rows = sales.as_array().expect("sales");
    let ids: Vec<&Value> = rows.iter().map(|row| &row["id"]).collect();
    assert_eq!(ids, ["31337-1", "31337-4", "31337-5"]);
    let on_sale: Vec<&Value> = rows.iter().map(|row| &row["on_sale"]).collect();
    assert_eq!(on_sale, [true, true, false]);
    let [usdx, _] = tokens();
    let expected = json!({
        "id": "31337-4", "seller": address(2).to_string(), "share": address(0x50).to_string(), "token": usdx,
        "lot": "1000", "price": "7", "cap": "4", "sold": "3", "sells_from": null,
        "sells_until": "2026-11-22T15:03:29Z", "on_sale": true,
    });
    assert_eq!(rows[1], expected);
}
