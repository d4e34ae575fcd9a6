//! Whole collections, at a final block.

use std::io::Write as _;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::RowAccessor as _;
use sqlx::AssertSqlSafe;
use tower::ServiceExt as _;

use crate::chronicle::{market, sale};
use crate::rows::{Plan, Purchase, most};
use crate::stage::{Stage, router};

/// Purchases of blocks 1 to 50, of which 40 are final.
async fn stage() -> Stage {
    let stage = market().await;
    for block in 1..=50 {
        Purchase { amount: most(), ..Purchase::new(block, 1) }.insert(&stage.pool).await;
    }
    stage
}

fn lines(text: &str) -> Vec<&str> {
    text.split_terminator("\r\n").collect()
}

#[tokio::test]
async fn rows_are_those_of_the_table_up_to_the_final_block() {
    let stage = stage().await;
    let answer = stage.get("/v1/export/purchases.csv").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("stoa-block"), Some("40"));
    assert_eq!(answer.header("stoa-export-key"), Some("block_number,log_index"));
    let text = answer.text();
    let expected: Vec<String> = sqlx::query_scalar(
        "SELECT concat_ws(',', chain_id, block_number, log_index,
                to_char(block_time AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), '0x' || encode(tx_hash, 'hex'),
                listing, plan, '0x' || encode(payer, 'hex'), '0x' || encode(recipient, 'hex'),
                '0x' || encode(beneficiary, 'hex'), '0x' || encode(token, 'hex'), quantity, amount, fee, expiry,
                'DUSD', 6)
         FROM market.purchase WHERE block_number <= 40 ORDER BY block_number, log_index",
    )
    .fetch_all(&stage.pool)
    .await
    .expect("rows");
    assert_eq!(expected.len(), 40);
    assert_eq!(lines(&text)[1..], expected);
    assert!(
        lines(&text)[0].ends_with("amount,fee,expiry,token_symbol,token_decimals"),
        "{}",
        lines(&text)[0]
    );
    assert!(expected[0].contains(&most().to_string()), "exact");
}

#[tokio::test]
async fn every_collection_is_exported_in_every_format() {
    let stage = stage().await;
    sale(&stage, 20, 0xa1).await;
    let catalogue = stage.data("/v1/export").await;
    let collections = catalogue.as_array().expect("collections");
    assert!(collections.len() > 60, "{}", collections.len());
    for collection in collections {
        let name = collection["name"].as_str().expect("a name");
        for format in ["csv", "ndjson", "parquet"] {
            let answer = stage.get(&format!("/v1/export/{name}.{format}")).await;
            assert_eq!(
                answer.status,
                StatusCode::OK,
                "{name}.{format}: {}",
                String::from_utf8_lossy(&answer.body)
            );
            if format == "csv" {
                let columns = collection["columns"].as_array().map(Vec::len);
                assert_eq!(Some(lines(&answer.text())[0].split(',').count()), columns, "{name}");
            }
        }
        stage.get(&format!("/v1/export/{name}/manifest")).await.ok();
    }
    let events = stage.get("/v1/export/events.ndjson").await.text();
    let last: serde_json::Value = serde_json::from_str(events.lines().last().expect("a row")).expect("JSON");
    assert_eq!((&last["event"], &last["args"]["amount"]), (&"Purchased".into(), &"20000000".into()));
}

#[tokio::test]
async fn an_export_goes_on_behind_any_row_and_its_parts_are_the_whole() {
    let stage = stage().await;
    let whole = stage.get("/v1/export/purchases.csv").await.text();
    let rest = stage.get("/v1/export/purchases.csv?block=40&after=17,1").await.text();
    assert_eq!(lines(&rest)[1..], lines(&whole)[18..]);
    let earlier = stage.get("/v1/export/purchases.csv?block=30").await;
    assert_eq!((earlier.header("stoa-block"), lines(&earlier.text()).len()), (Some("30"), 31));

    let manifest = stage.data("/v1/export/purchases/manifest?rows=15&format=csv").await;
    assert_eq!(manifest["block_number"], 40);
    let mut pieces = Vec::new();
    for part in manifest["parts"].as_array().expect("parts") {
        let text = stage.get(part["path"].as_str().expect("a path")).await.text();
        let rows: Vec<String> = lines(&text)[1..].iter().map(|&line| line.to_owned()).collect();
        assert_eq!(part["rows"], rows.len());
        pieces.extend(rows);
    }
    assert_eq!(pieces, lines(&whole)[1..]);
    assert_eq!(manifest["parts"].as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn parquet_is_read_back_as_it_was_written() {
    let stage = stage().await;
    let answer = stage.get("/v1/export/purchases.parquet").await;
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(&answer.body).expect("written");
    let reader = SerializedFileReader::new(file).expect("a Parquet file");
    let facts = reader.metadata().file_metadata().key_value_metadata().expect("facts").clone();
    assert!(facts.iter().any(|fact| fact.key == "stoa.block" && fact.value.as_deref() == Some("40")));
    let rows: Vec<_> = reader.get_row_iter(None).expect("rows").map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), 40);
    assert_eq!(rows[4].get_long(1).expect("a block"), 5);
    assert_eq!(rows[4].get_string(12).expect("an amount"), &most().to_string());
}

/// Changes as the indexer makes them in a block that is not final.
async fn in_block(stage: &Stage, block: i64, sql: &str) {
    let mut transaction = stage.pool.begin().await.expect("a transaction");
    sqlx::query("SELECT set_config('stoa.block', $1, true)")
        .bind(block.to_string())
        .execute(&mut *transaction)
        .await
        .expect("a block");
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut *transaction).await.expect("a change");
    transaction.commit().await.expect("committed");
}

#[tokio::test]
async fn what_changes_is_exported_as_it_stood_at_the_final_block() {
    let stage = stage().await;
    for plan in 8..12 {
        Plan::new(plan, 3, 5).insert(&stage.pool).await;
    }
    let before = stage.get("/v1/export/plans.csv").await.text();
    in_block(&stage, 50, "UPDATE market.plan SET price = 77 WHERE plan IN (8, 9)").await;
    in_block(
        &stage,
        51,
        "UPDATE market.plan SET price = 78 WHERE plan = 8; DELETE FROM market.plan WHERE plan = 10",
    )
    .await;
    in_block(
        &stage,
        52,
        "INSERT INTO market.plan SELECT chain_id, 99, listing, kind, token, price, cap, sold, paused,
        transferable, version, period, units, unit, sells_from, sells_until, gate, tier_discount, created_block, created_time
        FROM market.plan WHERE plan = 7",
    )
    .await;
    assert_eq!(stage.get("/v1/export/plans.csv").await.text(), before);
    let part = stage.get("/v1/export/plans.csv?block=40&after=8&rows=2").await.text();
    assert_eq!(lines(&part)[1..], lines(&before)[3..5]);

    // Once another block is final, what was begun at the old one is not gone on with.
    stage.sql("UPDATE archive.cursor SET finalized_block = 50; DELETE FROM archive.journal WHERE block_number <= 50").await;
    let problem = stage.get("/v1/export/plans.csv?block=40&after=8").await.problem(409);
    assert_eq!(problem["type"], "urn:stoa:problem:moved-on");
    let after = stage.get("/v1/export/plans.csv").await.text();
    assert!(after.contains(",77,") && !after.contains(",78,") && !after.contains(",99,"), "{after}");
}

#[tokio::test]
async fn a_body_that_cannot_be_finished_breaks_off() {
    let stage = market().await;
    stage
        .sql(
            "INSERT INTO market.balance SELECT 31337, decode(lpad(to_hex(n), 40, '0'), 'hex'), '\\x01', n
        FROM generate_series(1, 5000) n",
        )
        .await;
    let request = Request::get("/v1/export/balances.csv").body(Body::empty()).expect("a request");
    let Ok(response) = router(&stage.database, "/nonexistent".into(), 2).oneshot(request).await;
    let mut body = response.into_body().into_data_stream();
    futures::TryStreamExt::try_next(&mut body).await.expect("a page").expect("bytes");
    stage.sql("UPDATE archive.cursor SET finalized_block = 41").await;
    let mut outcome = Ok(Some(axum::body::Bytes::new()));
    while let Ok(Some(_)) = outcome {
        outcome = futures::TryStreamExt::try_next(&mut body).await;
    }
    assert!(outcome.is_err(), "an unfinished body is never taken for a whole one");
}

#[tokio::test]
async fn a_client_that_leaves_holds_no_connection() {
    let stage = market().await;
    stage
        .sql(
            "INSERT INTO market.balance SELECT 31337, decode(lpad(to_hex(n), 40, '0'), 'hex'), '\\x01', n
        FROM generate_series(1, 5000) n",
        )
        .await;
    let one = router(&stage.database, "/nonexistent".into(), 1);
    let ask = |path: &str| Request::get(path.to_owned()).body(Body::empty()).expect("a request");
    let mut waiting = Vec::new();
    for _ in 0..5 {
        let Ok(response) = one.clone().oneshot(ask("/v1/export/balances.csv")).await;
        let mut body = response.into_body().into_data_stream();
        futures::TryStreamExt::try_next(&mut body).await.expect("a page").expect("bytes");
        waiting.push(body);
    }
    // Five clients that read no further, and one connection: it is free.
    let Ok(response) = one.clone().oneshot(ask("/v1/status")).await;
    assert_eq!(response.status(), StatusCode::OK);
    drop(waiting);
}

#[tokio::test]
async fn bad_exports_are_refused_with_what_is_allowed() {
    let stage = stage().await;
    for path in ["nothing.csv", "purchases.xml", "purchases", "cursor.csv", "%ff.csv", "purchases.csv.csv"] {
        stage.get(&format!("/v1/export/{path}")).await.problem(404);
    }
    stage.get("/v1/export/nothing/manifest").await.problem(404);
    for (query, name) in [
        ("after=1", "after"),
        ("after=a,b", "after"),
        ("after=1,2,3", "after"),
        ("after=99999999999999999999,1", "after"),
        ("block=41", "block"),
        ("rows=0", "rows"),
        ("chain=5", "chain"),
        ("colour=red", "colour"),
    ] {
        let problem = stage.get(&format!("/v1/export/purchases.csv?{query}")).await.problem(400);
        assert_eq!(problem["parameter"], name, "{query}");
    }
    assert_eq!(stage.get("/v1/export/balances.csv?after=0xzz,0x01").await.problem(400)["parameter"], "after");
}

/// Reads an export of many rows from a server of its own, and what memory that took.
#[tokio::test(flavor = "multi_thread")]
async fn memory_stays_flat_over_a_large_export() {
    let stage = market().await;
    stage.sql("INSERT INTO market.purchase SELECT 31337, 1 + n / 10000, n % 10000, now(), sha256(n::text::bytea), n % 500,
        n % 700, substr(sha256(n::text::bytea), 1, 20), substr(sha256(n::text::bytea), 1, 20), '\\x01', '\\x02', 1, n, 0, 0
        FROM generate_series(1, 150000) n").await;
    let (child, address, _log) = crate::process::start(stage.database.url()).await;
    let peak = || {
        let path = format!("/proc/{}/status", child.id().expect("running"));
        let status = std::fs::read_to_string(path).expect("a status");
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("a peak").to_owned();
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).expect("a number")
    };
    read(&address, "/v1/export/purchases.csv?rows=20000").await;
    let small = peak();
    let bytes = read(&address, "/v1/export/purchases.csv").await;
    let large = peak();
    println!("{bytes} bytes: a peak of {small} KiB became {large} KiB");
    assert!(bytes > 30_000_000, "{bytes}");
    assert!(large < small + 12 * 1024, "{small} KiB became {large} KiB over {bytes} bytes");
}

#[tokio::test]
async fn one_address_has_only_so_many_exports_at_once() {
    let stage = stage().await;
    let router = router(&stage.database, "/nonexistent".into(), 4);
    let ask = async || {
        let request = Request::get("/v1/export/purchases.csv").body(Body::empty()).expect("a request");
        let Ok(response) = router.clone().oneshot(request).await;
        response
    };
    let mut open = Vec::new();
    for _ in 0..4 {
        open.push(ask().await);
        assert_eq!(open.last().map(|response| response.status()), Some(StatusCode::OK));
    }
    let refused = crate::stage::send(
        &router,
        Request::get("/v1/export/purchases.csv").body(Body::empty()).expect("a request"),
    );
    let problem = refused.await.problem(429);
    assert!(problem["detail"].as_str().expect("text").contains("4 exports"), "{problem}");
    // One is left, one is read to its end.
    drop(open.pop());
    assert_eq!(ask().await.status(), StatusCode::OK);
    let last = open.pop().expect("open").into_body();
    axum::body::to_bytes(last, usize::MAX).await.expect("whole");
    assert_eq!(ask().await.status(), StatusCode::OK);
}

async fn read(address: &str, path: &str) -> usize {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut socket = tokio::net::TcpStream::connect(address).await.expect("connects");
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.expect("asks");
    let (mut total, mut buffer, mut tail) = (0, vec![0; 64 * 1024], Vec::new());
    loop {
        let read = tokio::time::timeout(Duration::from_secs(120), socket.read(&mut buffer));
        let read = read.await.expect("in time").expect("bytes");
        if read == 0 {
            break;
        }
        total += read;
        tail.extend_from_slice(&buffer[..read]);
        tail.drain(..tail.len().saturating_sub(5));
    }
    assert_eq!(tail, b"0\r\n\r\n", "the body was finished");
    total
}
