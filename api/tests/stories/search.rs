//! Finding listings: words, filters, orders, counts.

use serde_json::{Value, json};
use stoa_schema::types::Uint;

use crate::rows::{self, CHAIN, Listing, Plan, Purchase, address};
use crate::stage::{Stage, ids};

/// Four listings with what they say of themselves.
async fn stage() -> Stage {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    rows::head(&stage.pool, CHAIN).await;
    rows::token(&stage.pool, CHAIN, address(0x77), "USDX", 6).await;
    let documents = [
        r#"{"name":"Harbour Forecast","description":"Tells when ships berth","tags":["time-series","ports"],
            "task":"forecasting","sector":"logistics","framework":"PyTorch","resourceClass":"cpu",
            "modalities":{"input":["table"],"output":["time-series"]}}"#,
        r#"{"name":"Contract Reader","description":"Reads contracts of harbours","tags":["text","legal"],
            "task":"text-generation","sector":"legal","framework":"GGUF","resourceClass":"gpu-24gb",
            "modalities":{"input":["text"],"output":["text"]}}"#,
        r#"{"name":"Street Images","description":"Photographs","tags":["vision"],"task":"classification",
            "framework":"Parquet"}"#,
        "{}",
    ];
    for (n, document) in (1..).zip(documents) {
        let kind = i16::try_from((n - 1) % 3).expect("small");
        let uri = format!("data:application/json,{document}");
        let status = i16::from(n == 3);
        Listing { uri, kind, status, owner: address(1), ..Listing::new(n) }.insert(&stage.pool).await;
    }
    stage
}

#[tokio::test]
async fn words_find_listings_also_misspelt() {
    let stage = stage().await;
    assert_eq!(stage.ids("/v1/listings?q=harbour").await, [""; 0], "nothing was read yet");
    stage.curate().await;
    let cases: &[(&str, &[&str])] = &[
        ("harbour", &["31337-1", "31337-2"]),
        ("harbors", &["31337-1"]),
        ("HARBOUR+forecasts", &["31337-1"]),
        ("harbuor+forcast", &["31337-1"]),
        ("contrcat", &["31337-2"]),
        ("harbour+-legal", &["31337-1"]),
        ("%22reads+contracts%22", &["31337-2"]),
        ("pytorch", &["31337-1"]),
        ("gpu-24gb", &["31337-2"]),
        ("images+or+contracts", &["31337-3", "31337-2"]),
        ("MIT&sort=oldest", &["31337-1", "31337-2", "31337-3", "31337-4"]),
        ("zzzzzz", &[]),
        ("%27%27%27+%26+%7C+%21+%28+%3A*", &[]),
    ];
    for (q, expected) in cases {
        let mut found = stage.ids(&format!("/v1/listings?q={q}")).await;
        if expected.len() > 1 && !q.contains("sort") && !q.starts_with("harbour") {
            found.sort_by(|one, other| other.cmp(one));
        }
        assert_eq!(found, *expected, "{q}");
    }
}

#[tokio::test]
async fn filters_narrow_by_what_documents_and_plans_say() {
    let stage = stage().await;
    rows::parent(&stage.pool, 2, 1, 500).await;
    Plan::new(1, 1, 100).insert(&stage.pool).await;
    Plan::new(2, 2, 0).insert(&stage.pool).await;
    Plan { token: address(0x88), ..Plan::new(3, 3, 100) }.insert(&stage.pool).await;
    Plan { paused: true, ..Plan::new(4, 4, 0) }.insert(&stage.pool).await;
    Plan { cap: Uint::from(3), ..Plan::new(5, 4, 50) }.insert(&stage.pool).await;
    stage.curate().await;
    let token = address(0x77);
    let cases: Vec<(String, &[&str])> = vec![
        ("tag=ports".into(), &["31337-1"]),
        ("task=text-generation".into(), &["31337-2"]),
        ("sector=legal".into(), &["31337-2"]),
        ("modality=time-series".into(), &["31337-1"]),
        ("resource_class=cpu".into(), &["31337-1"]),
        ("framework=Parquet".into(), &["31337-3"]),
        ("licence=MIT&sort=oldest&limit=2".into(), &["31337-1", "31337-2"]),
        ("parent=31337-1".into(), &["31337-2"]),
        ("free=true".into(), &["31337-2"]),
        ("free=false".into(), &["31337-4", "31337-3", "31337-1"]),
        (format!("token={token}&price_min=1"), &["31337-1"]),
        (format!("token={token}&price_max=99"), &["31337-2"]),
        (format!("token={token}&price_min=0&price_max=100"), &["31337-2", "31337-1"]),
        (format!("provider={}", address(0xc)), &["31337-4", "31337-3", "31337-2", "31337-1"]),
        ("ids=31337-3,31337-1,31337-99".into(), &["31337-3", "31337-1"]),
        ("q=harbour&tag=legal&kind=dataset".into(), &["31337-2"]),
        ("q=harbour&kind=agent".into(), &[]),
    ];
    for (query, expected) in cases {
        assert_eq!(stage.ids(&format!("/v1/listings?{query}")).await, expected, "{query}");
    }
}

#[tokio::test]
async fn facets_and_totals_count_all_that_match() {
    let stage = stage().await;
    stage.curate().await;
    let answer =
        stage.get("/v1/listings?q=harbour&kind=model&total=true&facets=kind,tag,status&limit=1").await.ok();
    assert_eq!(answer["total"], 1);
    let facets = &answer["facets"];
    assert_eq!(
        facets["kind"],
        json!([{"value": "model", "count": 1}, {"value": "dataset", "count": 1}]),
        "its own filter is left out"
    );
    assert_eq!(facets["tag"], json!([{"value": "ports", "count": 1}, {"value": "time-series", "count": 1}]));
    assert_eq!(facets["status"], json!([{"value": "active", "count": 1}]));
    let all = stage.get("/v1/listings?facets=licence,framework&total=true").await.ok();
    assert_eq!(all["total"], 4);
    assert_eq!(all["facets"]["licence"], json!([{"value": "MIT", "count": 4}]));
    assert_eq!(all["facets"]["framework"].as_array().map(Vec::len), Some(3));
    let plain = stage.get("/v1/listings").await.ok();
    assert!(plain.get("total").is_none() && plain.get("facets").is_none());
}

#[tokio::test]
async fn ranks_leave_out_what_insiders_bought() {
    let stage = stage().await;
    let sale = |block, listing, payer, amount: u64| Purchase {
        listing,
        payer: address(payer),
        amount: Uint::from(amount),
        ..Purchase::new(block, 1)
    };
    // Listing 1 earned most, from its owner and a shareholder.
    for purchase in [
        sale(50, 1, 1, 1_000_000),
        sale(51, 1, 9, 500_000),
        sale(52, 1, 5, 125),
        sale(53, 2, 5, 1_025),
        sale(54, 2, 5, 1_025),
        sale(55, 3, 6, 525),
        sale(56, 3, 7, 525),
    ] {
        purchase.insert(&stage.pool).await;
    }
    stage
        .sql(
            r"INSERT INTO market.share VALUES (31337, '\x01', 1, '\x02', 'A', 'A', 100, 10000, 5, now());
              INSERT INTO market.share_balance VALUES (31337, '\x01', decode(repeat('09', 20), 'hex'), 1)",
        )
        .await;
    stage.curate().await;
    let by = async |query: &str| stage.ids(&format!("/v1/listings?{query}")).await;
    let token = address(0x77);
    assert_eq!(
        by(&format!("sort=revenue&token={token}")).await,
        ["31337-2", "31337-3", "31337-1", "31337-4"]
    );
    assert_eq!(by("sort=buyers").await, ["31337-3", "31337-2", "31337-1", "31337-4"]);
    assert_eq!(by("sort=trending").await, ["31337-3", "31337-2", "31337-1", "31337-4"]);
    // A purchase is taken back, and another comes.
    stage.sql("DELETE FROM market.purchase WHERE block_number = 56").await;
    sale(101, 1, 8, 9_025).insert(&stage.pool).await;
    stage.sql(r"UPDATE archive.cursor SET projected_hash = decode(repeat('ac', 32), 'hex')").await;
    stage.curate().await;
    assert_eq!(by("sort=buyers").await, ["31337-1", "31337-3", "31337-2", "31337-4"]);
    assert_eq!(by(&format!("sort=revenue&token={token}&limit=1")).await, ["31337-1"]);
}

#[tokio::test]
async fn pages_by_a_score_neither_repeat_nor_skip() {
    let stage = stage().await;
    for n in 5..=30 {
        let uri = r#"data:application/json,{"name":"Same words"}"#.to_owned();
        Listing { uri, ..Listing::new(n) }.insert(&stage.pool).await;
    }
    stage.curate().await;
    for query in ["q=same+words", "sort=buyers", "q=same&sort=newest", "q=same&sort=oldest"] {
        let whole = stage.ids(&format!("/v1/listings?{query}&limit=100")).await;
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = stage.get(&format!("/v1/listings?{query}&limit=7{cursor}")).await.ok();
            seen.extend(ids(&page["data"]));
            let Value::String(next) = &page["next"] else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, whole, "{query}");
        assert!(whole.len() >= 26, "{query}");
    }
    let page = stage.get("/v1/listings?q=same&limit=7").await.ok();
    let next = page["next"].as_str().expect("more");
    for other in ["q=words", "q=same&kind=model", "q=same&sort=newest", "q=same&chain=31337"] {
        let problem = stage.get(&format!("/v1/listings?{other}&cursor={next}")).await.problem(400);
        assert_eq!(problem["parameter"], "cursor", "{other}");
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_by_name() {
    let stage = stage().await;
    for (query, parameter) in [
        ("q=", "q"),
        ("q=%00", "q"),
        ("price_min=5", "price_min"),
        ("price_max=05&token=0x7777777777777777777777777777777777777777", "price_max"),
        ("price_min=5&price_max=4&token=0x7777777777777777777777777777777777777777", "price_min"),
        ("sort=revenue", "sort"),
        ("sort=relevance", "sort"),
        ("facets=colour", "facets"),
        ("facets=kind,kind", "facets"),
        ("ids=31337-1,", "ids"),
        ("free=yes", "free"),
        ("total=1", "total"),
    ] {
        let problem = stage.get(&format!("/v1/listings?{query}")).await.problem(400);
        assert_eq!(problem["parameter"], parameter, "{query}: {problem}");
    }
    let many: Vec<String> = (1..=101).map(|n| format!("31337-{n}")).collect();
    stage.get(&format!("/v1/listings?ids={}", many.join(","))).await.problem(400);
    stage.get(&format!("/v1/listings?ids={}", many[..100].join(","))).await.ok();
}
