//! Metadata that lies elsewhere: what a host may answer with, and what becomes of it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use serde_json::{Value, json};
use stoa_api::curator::{Places, Private};
use stoa_content::{Hasher, cid};

use crate::rows::{self, CHAIN, Listing};
use crate::stage::{Stage, nowhere};

const DOCUMENT: &str = r#"{"name":"Harbour Forecast","description":"Berth times.","tags":["time-series"]}"#;
const BLOCK: &[u8] = DOCUMENT.as_bytes();

/// A host that nobody should trust.
async fn host() -> SocketAddr {
    let router = Router::new()
        .route("/good.json", get(async || DOCUMENT))
        .route("/to-good", get(async || Redirect::temporary("/good.json")))
        .route("/to-private", get(async || Redirect::temporary("http://127.0.0.2:1/secret")))
        .route("/to-metadata", get(async || Redirect::temporary("http://169.254.169.254/latest/meta-data")))
        .route("/to-file", get(async || Redirect::temporary("file:///etc/passwd")))
        .route("/to-itself", get(async || Redirect::temporary("/to-itself")))
        .route("/endless", get(async || Body::from_stream(endless(Duration::ZERO))))
        .route("/slow", get(async || Body::from_stream(endless(Duration::from_millis(40)))))
        .route("/silent", get(async || std::future::pending::<Response>().await))
        .route("/long", get(async || vec![b' '; 300_000]))
        .route("/bomb", get(async || ([(header::CONTENT_ENCODING, "gzip")], vec![0x1f, 0x8b, 8, 0])))
        .route("/page", get(async || "<html>hello</html>"))
        .route("/list", get(async || "[1,2]"))
        .route("/nameless", get(async || r#"{"description":"nothing"}"#))
        .route("/deep", get(async || "[".repeat(100_000)))
        .route(
            "/zero",
            get(async || "{\"name\":\"a\\u0000b\\u001b[31m\",\"tags\":[\"\\u0000\"],\"x\":\"\\u0000\"}"),
        )
        .route("/raw-zero", get(async || Bytes::from_static(b"{\"name\":\"a\0b\"}")))
        .route("/huge-name", get(async || format!("{{\"name\":\"{}\"}}", "é".repeat(60_000))))
        .route("/broken", get(async || StatusCode::INTERNAL_SERVER_ERROR))
        .route("/ipfs/{cid}", get(gateway));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn endless(pause: Duration) -> impl futures::Stream<Item = Result<Bytes, std::io::Error>> {
    futures::stream::unfold((), move |()| async move {
        tokio::time::sleep(pause).await;
        Some((Ok(Bytes::from_static(&[b' '; 4096])), ()))
    })
}

/// Has one block, and something else under every other name.
async fn gateway(Path(name): Path<String>, RawQuery(query): RawQuery) -> Response {
    assert_eq!(query.as_deref(), Some("format=raw"));
    if name == cid::of(cid::RAW, BLOCK).to_string() { BLOCK.into_response() } else { "lies".into_response() }
}

async fn stage() -> Stage {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    stage
}

async fn list(stage: &Stage, listing: i64, uri: &str) {
    Listing { uri: uri.to_owned(), ..Listing::new(listing) }.insert(&stage.pool).await;
}

/// A version that binds its URIs to a hash.
async fn version(stage: &Stage, listing: i64, hash: &[u8], uris: &[String]) {
    sqlx::query(
        "WITH moved AS (UPDATE market.listing SET content_hash = $2 WHERE listing = $1)
         INSERT INTO market.listing_version VALUES (31337, $1, 1, $2, $3, 20, '2026-11-22T15:00:40Z', $2)",
    )
    .bind(listing)
    .bind(hash)
    .bind(uris)
    .execute(&stage.pool)
    .await
    .expect("a version");
}

async fn metadata(stage: &Stage, listing: i64) -> Value {
    stage.data(&format!("/v1/listings/31337-{listing}")).await["metadata"].take()
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    let mut hasher = Hasher::default();
    hasher.update(bytes);
    hasher.finish().sha256.to_vec()
}

/// ERC-4906: the address is the same, and what lies there is another document.
#[tokio::test(flavor = "multi_thread")]
async fn metadata_is_read_anew_when_its_owner_says_so() {
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = asked.clone();
    let document = async move || {
        let asked = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        format!(r#"{{"name":"Edition {}"}}"#, asked + 1)
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/document", get(document))).await });
    let stage = stage().await;
    list(&stage, 1, &format!("http://{address}/document")).await;
    for (block, name) in
        [(None, "Edition 1"), (None, "Edition 1"), (Some(50_i64), "Edition 2"), (None, "Edition 2")]
    {
        if let Some(block) = block {
            let update = sqlx::query("UPDATE market.listing SET metadata_block = $1").bind(block);
            update.execute(&stage.pool).await.expect("an update");
        }
        stage.curate().await;
        assert_eq!(metadata(&stage, 1).await["name"], name, "{block:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_host_answers_is_read_within_bounds_or_refused() {
    let (stage, host) = (stage().await, host().await);
    let cases = [
        ("/good.json", "ok", ""),
        ("/to-good", "ok", ""),
        ("/to-private", "unreachable", "not on the public internet"),
        ("/to-metadata", "unreachable", "not on the public internet"),
        ("/to-file", "unreachable", ""),
        ("/to-itself", "unreachable", ""),
        ("/endless", "unreachable", "longer than"),
        ("/slow", "unreachable", "too long"),
        ("/silent", "unreachable", "too long"),
        ("/long", "unreachable", "longer than"),
        ("/bomb", "unreachable", "compressed"),
        ("/page", "invalid", "not one JSON object"),
        ("/list", "invalid", "not one JSON object"),
        ("/nameless", "invalid", "no `name`"),
        ("/deep", "invalid", "not one JSON object"),
        ("/zero", "ok", ""),
        ("/raw-zero", "invalid", "not one JSON object"),
        ("/huge-name", "ok", ""),
        ("/broken", "unreachable", "it answered 500"),
        ("/absent", "unreachable", "it answered 404"),
    ];
    for (listing, (path, ..)) in (1..).zip(cases) {
        list(&stage, listing, &format!("http://{host}{path}")).await;
    }
    assert_eq!(metadata(&stage, 1).await["status"], "pending");
    let asked = stage.curator(nowhere()).pass().await.expect("a pass");
    assert_eq!(asked, cases.len());
    for (listing, (path, status, reason)) in (1..).zip(cases) {
        let found = metadata(&stage, listing).await;
        assert_eq!(found["status"], status, "{path}: {found}");
        assert!(found["reason"].as_str().unwrap_or_default().contains(reason), "{path}: {found}");
        assert!(found["checked_at"].is_string(), "{path}");
        assert_eq!(found["verified"], false, "{path}: no hash binds it");
    }
    assert_eq!(metadata(&stage, 1).await["name"], "Harbour Forecast");
    let zero = metadata(&stage, 16).await;
    assert_eq!((&zero["name"], &zero["tags"]), (&json!("ab[31m"), &json!([])));
    assert_eq!(metadata(&stage, 18).await["name"].as_str().map(|name| name.chars().count()), Some(200));
    assert_eq!(stage.curator(nowhere()).pass().await.expect("a pass"), 0, "nothing is due again at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn private_hosts_are_not_asked_by_whatever_name() {
    let (stage, host) = (stage().await, host().await);
    let port = host.port();
    let addresses = [
        format!("http://{host}/good.json"),
        format!("https://localhost:{port}/good.json"),
        format!("https://127.0.0.1:{port}/good.json"),
        format!("https://[::ffff:127.0.0.1]:{port}/good.json"),
        format!("https://2130706433:{port}/good.json"),
        "https://10.0.0.1/a.json".to_owned(),
        "file:///etc/passwd".to_owned(),
        "https://user:secret@1.1.1.1/".to_owned(),
        "gopher://127.0.0.1/".to_owned(),
        "nonsense".to_owned(),
    ];
    for (listing, address) in (1..).zip(&addresses) {
        list(&stage, listing, address).await;
    }
    let places = Places { private: Private::Nothing, ..nowhere() };
    stage.curator(places).pass().await.expect("a pass");
    for (listing, address) in (1..).zip(&addresses) {
        let found = metadata(&stage, listing).await;
        assert_eq!(found["status"], "unreachable", "{address}: {found}");
        let reason = found["reason"].as_str().expect("a reason");
        let refused = ["only https", "only ipfs", "public internet", "names a user"];
        assert!(refused.iter().any(|word| reason.contains(word)), "{address}: {reason}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hashes_bind_what_is_at_an_address() {
    let (stage, host) = (stage().await, host().await);
    let good = format!("http://{host}/good.json");
    let page = format!("http://{host}/page");
    let name = cid::of(cid::RAW, BLOCK);
    // 1: bound by the version's hash. 2: the same, and wrong. 3: only the second mirror has it.
    list(&stage, 1, &good).await;
    version(&stage, 1, &sha256(BLOCK), std::slice::from_ref(&good)).await;
    list(&stage, 2, &good).await;
    version(&stage, 2, &[7; 32], std::slice::from_ref(&good)).await;
    list(&stage, 3, &page).await;
    version(&stage, 3, &sha256(BLOCK), &[page.clone(), good.clone()]).await;
    // 4: by its name. 5: another name, for which the gateway lies. 6: a name that is none.
    list(&stage, 4, &format!("ipfs://{name}")).await;
    list(&stage, 5, &format!("ipfs://{}", cid::of(cid::RAW, b"else"))).await;
    list(&stage, 6, "ipfs://somewhere").await;
    let places =
        Places { gateways: vec![format!("http://{host}").parse().expect("an address")], ..nowhere() };
    stage.curator(places).pass().await.expect("a pass");
    let expected = [
        (1, "ok", true),
        (2, "mismatch", false),
        (3, "ok", true),
        (4, "ok", true),
        (5, "mismatch", false),
        (6, "unreachable", false),
    ];
    for (listing, status, verified) in expected {
        let found = metadata(&stage, listing).await;
        assert_eq!(
            (&found["status"], &found["verified"]),
            (&json!(status), &json!(verified)),
            "{listing}: {found}"
        );
        assert_eq!(found["name"].is_string(), status == "ok", "{found}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn published_content_is_read_from_its_folder() {
    let stage = stage().await;
    let folder = tempfile::tempdir().expect("a folder");
    let name = cid::of(cid::RAW, BLOCK);
    let files = folder.path().join("files");
    std::fs::create_dir_all(&files).expect("a folder");
    std::fs::write(files.join(name.to_string()), BLOCK).expect("a file");
    let changed = cid::of(cid::RAW, b"as it was");
    std::fs::write(files.join(changed.to_string()), BLOCK).expect("a file");
    list(&stage, 1, &format!("ipfs://{name}")).await;
    list(&stage, 2, &format!("ipfs://{changed}")).await;
    let places = Places { content: PathBuf::from(folder.path()), ..nowhere() };
    stage.curator(places).pass().await.expect("a pass");
    assert_eq!(metadata(&stage, 1).await["name"], "Harbour Forecast");
    assert_eq!(metadata(&stage, 2).await["status"], "mismatch");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_fetched_survives_a_rebuild_and_follows_the_listing() {
    let (stage, host) = (stage().await, host().await);
    let good = format!("http://{host}/good.json");
    list(&stage, 1, &good).await;
    let curator = stage.curator(nowhere());
    curator.pass().await.expect("a pass");
    let mut connection = stage.pool.acquire().await.expect("a connection");
    stoa_schema::market::create(&mut connection).await.expect("a rebuild");
    drop(connection);
    list(&stage, 1, &good).await;
    assert_eq!(metadata(&stage, 1).await["status"], "ok", "without being fetched again");
    assert_eq!(curator.pass().await.expect("a pass"), 0);
    assert_eq!(stage.ids("/v1/listings?q=harbour").await, ["31337-1"]);
    // It moves: what was known of the old address is not told of the new one.
    sqlx::query("UPDATE market.listing SET uri = $1")
        .bind(format!("http://{host}/page"))
        .execute(&stage.pool)
        .await
        .expect("a move");
    assert_eq!(metadata(&stage, 1).await["status"], "pending");
    assert_eq!(stage.ids("/v1/listings?q=harbour").await, [""; 0]);
    assert_eq!(curator.pass().await.expect("a pass"), 1);
    assert_eq!(metadata(&stage, 1).await["status"], "invalid");
}
