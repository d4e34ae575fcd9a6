//! Events as the chain said them, and transactions in words.

use serde_json::{Value, json};

use crate::chronicle::{bytes, event, market, sale};
use crate::rows::{CHAIN, address, hash};

#[tokio::test]
async fn an_event_has_one_shape_whatever_its_table() {
    let stage = market().await;
    sale(&stage, 20, 0xa1).await;
    let data = stage.data("/v1/events?event=Purchased").await;
    let found = &data[0];
    assert_eq!(data.as_array().map(Vec::len), Some(1));
    assert_eq!(found["id"], "31337-20-2");
    assert_eq!((&found["contract"], &found["event"]), (&json!("Market"), &json!("Purchased")));
    assert_eq!(found["block_number"], 20);
    assert_eq!(found["tx_hash"], hash(0xa1).to_string());
    assert_eq!(found["finality"], "finalized");
    assert_eq!(found["block_hash"], Value::Null);
    assert_eq!(
        found["args"],
        json!({"plan": "7", "payer": address(2), "recipient": address(2), "listing": "3", "quantity": "2",
            "amount": "20000000", "fee": "500000", "beneficiary": address(1), "sold": "5", "expiry": "1795366800"})
    );
    let data = stage.data("/v1/events?contract=Vault").await;
    assert_eq!(data[0]["address"], "0x1111111111111111111111111111111111111111");
}

#[tokio::test]
async fn each_filter_leaves_what_it_names() {
    let stage = market().await;
    sale(&stage, 20, 0xa1).await;
    sale(&stage, 30, 0xa2).await;
    event(&stage, "listings_metadata_update", 31, 0, 0xa3, "4").await;
    event(
        &stage,
        "raw_log",
        32,
        0,
        0xa4,
        "'\\x1111111111111111111111111111111111111111', '{}', '\\x00', 'none'",
    )
    .await;
    let count = async |query: &str| stage.ids(&format!("/v1/events?limit=100&{query}")).await.len();
    assert_eq!(count("").await, 8);
    assert_eq!(count("contract=Market").await, 4);
    assert_eq!(count("contract=Unknown").await, 1);
    assert_eq!(count("event=Transfer").await, 2);
    assert_eq!(count("contract=Staking&event=Purchased").await, 0);
    assert_eq!(count(&format!("account={}", address(1))).await, 4, "received and earned");
    assert_eq!(count(&format!("account={}", address(9))).await, 0);
    assert_eq!(count("listing=31337-3").await, 4, "its own and its plan's");
    assert_eq!(count("listing=31337-4").await, 1);
    assert_eq!(count("from_block=21&to_block=31").await, 4);
    assert_eq!(count(&format!("tx={}", hash(0xa2))).await, 3);
    stage.get("/v1/events?tx=0x12").await.problem(400);
    stage.get("/v1/events?event=purchased").await.problem(400);
    stage.get("/v1/events?from_block=0").await.problem(400);
    stage.get("/v1/events?chain=31337&listing=1-3").await.problem(400);
}

#[tokio::test]
async fn pages_hold_each_event_once_from_either_end() {
    let stage = market().await;
    for block in 10..16 {
        sale(&stage, block, 0xa1).await;
    }
    let mut orders = Vec::new();
    for sort in ["newest", "oldest"] {
        let mut seen = Vec::new();
        let mut path = format!("/v1/events?sort={sort}&limit=4");
        loop {
            let answer = stage.get(&path).await.ok();
            seen.extend(crate::stage::ids(&answer["data"]));
            let Some(next) = answer["next"].as_str() else { break };
            path = format!("/v1/events?sort={sort}&limit=4&cursor={next}");
        }
        orders.push(seen);
    }
    assert_eq!(orders[0].len(), 18);
    orders[1].reverse();
    assert_eq!(orders[0], orders[1]);
    assert_eq!(orders[0][0], format!("{CHAIN}-15-2"));
}

#[tokio::test]
async fn a_transaction_is_told_in_words_and_amounts() {
    let stage = market().await;
    sale(&stage, 20, 0xa1).await;
    let data = stage.data(&format!("/v1/transactions/{}", hash(0xa1))).await;
    assert_eq!(
        data["explanation"],
        json!(["0x0202…0202 bought 2 periods of plan 7 of listing 31337-3 for 20.00 DUSD (fee 0.50 DUSD), \
                valid until 2026-11-22T17:00:00Z."])
    );
    let words: Vec<&str> = data["events"]
        .as_array()
        .expect("events")
        .iter()
        .filter_map(|event| event["words"].as_str())
        .collect();
    assert_eq!(words[0], "19.50 DUSD went from 0x0202…0202 to 0x0101…0101.");
    assert_eq!(words[1], "2 passes of plan 7 went from nobody to 0x0202…0202.");
    assert_eq!(data["events"][2]["args"]["amount"], "20000000");
    assert_eq!((&data["block_number"], &data["finality"]), (&json!(20), &json!("finalized")));

    stage.get(&format!("/v1/transactions/{}", hash(0xa9))).await.problem(404);
    assert_eq!(stage.get("/v1/transactions/0xzz").await.problem(400)["parameter"], "hash");
    stage.get(&format!("/v1/transactions/{}?colour=red", hash(0xa1))).await.problem(400);
}

#[tokio::test]
async fn what_only_moves_money_is_told_when_nothing_else_is() {
    let stage = market().await;
    let (zero, who, token) = (bytes(0), bytes(2), bytes(0x77));
    event(&stage, "vault_transfer", 20, 0, 0xb1, &format!("{who}, {zero}, {who}, {token}, 1500000")).await;
    event(&stage, "staking_tiers_changed", 21, 0, 0xb2, "1, 2, 3, 4").await;
    let told =
        async |tx: u8| stage.data(&format!("/v1/transactions/{}", hash(tx))).await["explanation"].clone();
    assert_eq!(told(0xb1).await, json!(["0x0202…0202 deposited 1.50 DUSD."]));
    assert_eq!(
        told(0xb2).await,
        json!(["Staking emitted TiersChanged: tier1 1, tier2 2, tier3 3, tier4 4."])
    );
}

/// The document's examples are requests that are answered.
#[tokio::test]
async fn the_examples_of_the_document_are_answered() {
    let stage = market().await;
    let document = stage.get("/v1/openapi.json").await.ok();
    // What the examples speak of.
    sqlx::query("INSERT INTO archive.vault_operator_set VALUES (31337, 20, 0, now(), decode($1, 'hex'), $2, $2, true)")
        .bind("88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b")
        .bind(address(2))
        .execute(&stage.pool)
        .await
        .expect("an event");
    for route in [
        "/v1/events",
        "/v1/transactions/{hash}",
        "/v1/export",
        "/v1/export/{file}",
        "/v1/export/{collection}/manifest",
        "/v1/sql",
    ] {
        let operation = &document["paths"][route]["get"];
        let (mut path, mut query) = (route.to_owned(), url::form_urlencoded::Serializer::new(String::new()));
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let (name, example) = (parameter["name"].as_str().expect("a name"), &parameter["example"]);
            let text = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
            match parameter["in"].as_str() {
                Some("path") => path = path.replace(&format!("{{{name}}}"), &text),
                // It would wait for what is not there.
                _ if example.is_null() || name == "min_block" => {}
                _ => drop(query.append_pair(name, &text)),
            }
        }
        let address = format!("{path}?{}", query.finish());
        let answer = stage.get(&address).await;
        assert_eq!(answer.status.as_u16(), 200, "{address}: {}", String::from_utf8_lossy(&answer.body));
    }
}

#[tokio::test]
async fn a_transaction_is_found_without_reading_the_tables() {
    let stage = market().await;
    stage
        .sql(
            "INSERT INTO archive.vault_transfer SELECT 31337, 1 + n / 5000, n % 5000, now(), sha256(n::text::bytea),
                substr(sha256(n::text::bytea), 1, 20), substr(sha256(n::text::bytea), 2, 20),
                substr(sha256(n::text::bytea), 3, 20), '\\x01', n FROM generate_series(1, 200000) n",
        )
        .await;
    stage.sql("VACUUM ANALYZE archive.vault_transfer").await;
    let hash: String = sqlx::query_scalar("SELECT '0x' || encode(sha256('123456'::bytea), 'hex')")
        .fetch_one(&stage.pool)
        .await
        .expect("a hash");
    let started = std::time::Instant::now();
    let data = stage.data(&format!("/v1/transactions/{hash}")).await;
    println!("found in {:?}", started.elapsed());
    assert_eq!(data["events"][0]["args"]["amount"], "123456");
    let used = "SELECT idx_scan FROM pg_stat_all_indexes WHERE indexrelname = 'vault_transfer_by_tx'";
    for _ in 0..2_000 {
        if sqlx::query_scalar::<_, i64>(used).fetch_one(&stage.pool).await.expect("a count") > 0 {
            return;
        }
        // Counts are told when a connection is idle or asked again.
        stage.get(&format!("/v1/transactions/{hash}")).await;
    }
    panic!("the index was not used");
}

/// How much of the tables a page of events reads, by the plan of its own statement.
#[tokio::test]
async fn events_of_an_account_or_a_listing_are_found_without_reading_the_tables() {
    let stage = market().await;
    stage
        .sql(
            "INSERT INTO archive.vault_transfer SELECT 31337, 1 + n / 5000, n % 5000, now(), sha256(n::text::bytea),
                substr(sha256((n % 20000)::text::bytea), 1, 20), substr(sha256((n % 20000)::text::bytea), 1, 20),
                substr(sha256((n % 3000)::text::bytea), 3, 20), '\\x01', n FROM generate_series(1, 400000) n",
        )
        .await;
    stage
        .sql(
            "INSERT INTO archive.market_purchased SELECT 31337, 1 + n / 5000, n % 5000, now(), sha256(n::text::bytea),
                n % 20000, substr(sha256(n::text::bytea), 1, 20), substr(sha256(n::text::bytea), 1, 20), 1000 + n % 20000,
                1, 1, 0, '\\x02', 1, 0 FROM generate_series(1, 400000) n",
        )
        .await;
    // As an indexer that fills: the indexes come when the rows are there.
    let mut connection = stage.pool.acquire().await.expect("a connection");
    stoa_schema::lookup::forget(&mut connection).await.expect("dropped");
    for create in stoa_schema::lookup::missing(&mut connection).await.expect("it answers") {
        let started = std::time::Instant::now();
        create.make(&mut connection).await.expect("made");
        if create.name.contains("vault_transfer") {
            println!("{:?} {}", started.elapsed(), create.name);
        }
    }
    drop(connection);
    stage.sql("VACUUM ANALYZE archive.vault_transfer").await;
    stage.sql("VACUUM ANALYZE archive.market_purchased").await;
    let sizes: Vec<(String, String)> = sqlx::query_as(
        "SELECT relname::text, pg_size_pretty(pg_relation_size(oid)) FROM pg_class
         WHERE relname IN ('vault_transfer', 'vault_transfer_by_part', 'vault_transfer_by_tx')",
    )
    .fetch_all(&stage.pool)
    .await
    .expect("sizes");
    println!("{sizes:?}");
    let who: String = sqlx::query_scalar("SELECT '0x' || encode(substr(sha256('777'::bytea), 1, 20), 'hex')")
        .fetch_one(&stage.pool)
        .await
        .expect("an address");
    let scans = "SELECT sum(idx_scan)::bigint FROM pg_stat_all_indexes WHERE indexrelname IN
                 ('vault_transfer_by_part', 'market_purchased_by_part')";
    let (mut used, mut seen) = (0, 0);
    for (path, count) in [
        (format!("/v1/events?limit=100&account={who}"), 21),
        (format!("/v1/events?limit=100&account={}", address(0x5e)), 0),
        ("/v1/events?limit=100&listing=31337-4321".to_owned(), 20),
        ("/v1/listings/31337-3/owners".to_owned(), 0),
        (format!("/v1/accounts/{who}/history?limit=100"), 1),
    ] {
        let mut best = std::time::Duration::MAX;
        for _ in 0..3 {
            let started = std::time::Instant::now();
            assert_eq!(stage.data(&path).await.as_array().map(Vec::len), Some(count), "{path}");
            best = best.min(started.elapsed());
        }
        println!("{path}: {best:?}");
        seen += 3;
    }
    for _ in 0..2_000 {
        used = sqlx::query_scalar::<_, i64>(scans).fetch_one(&stage.pool).await.expect("a count");
        if used >= seen {
            return;
        }
        // Counts are told when a connection is idle or asked again.
        stage.get(&format!("/v1/events?account={who}")).await;
    }
    panic!("the indexes were used {used} times");
}
