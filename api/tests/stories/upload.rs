//! Files that wallets upload: what is kept, what is refused, and what is left behind.

use std::fs;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::request::Builder;
use axum::http::{Method, Request};
use base64_of::base64;
use serde_json::{Value, json};
use stoa_api::content::Limits;
use stoa_api::curator::Places;

use crate::gate::door::{Door, Wallet, ask, bearer, setup, until, uploading};
use crate::rows::{CHAIN, Listing};
use crate::stage::{Answer, nowhere, send};

/// Computed with ipfs-unixfs-importer 17.1.1 (JavaScript).
const HELLO: &str = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";
const HELLO_SHA256: &str = "0xb94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";
const WEIGHTS: &str = "bafybeibx62obrkybp46hx3ivh53q4rnptgkunpgtwiib5lfelfgt2ekihm";

const LIMITS: Limits = Limits { file: 2_000_000, day: 3_000_000, all: 5_000_000 };

struct Shelf {
    door: Door,
    wallet: Wallet,
    folder: tempfile::TempDir,
}

impl Shelf {
    async fn new(limits: Limits) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let door = uploading(setup(), folder.path().join("content"), limits).await;
        let wallet = door.wallet().await;
        Self { door, wallet, folder }
    }

    fn content(&self) -> PathBuf {
        self.folder.path().join("content")
    }

    async fn put(&self, wallet: &Wallet, body: impl Into<Body>) -> Answer {
        put(&self.door.router, wallet.asks(Request::post("/v1/content")), body).await
    }

    async fn get(&self, cid: &str) -> Answer {
        ask(&self.door.router, Request::get(format!("/v1/content/{cid}")), &Value::Null).await
    }

    /// Every file in the folder, whatever it is called.
    fn files(&self) -> Vec<PathBuf> {
        fn within(folder: &Path, found: &mut Vec<PathBuf>) {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.expect("an entry").path();
                if path.is_dir() { within(&path, found) } else { found.push(path) }
            }
        }
        let mut found = Vec::new();
        within(&self.content(), &mut found);
        found.sort();
        found
    }
}

async fn put(router: &Router, builder: Builder, body: impl Into<Body>) -> Answer {
    send(router, builder.body(body.into()).expect("a request")).await
}

fn weights() -> Vec<u8> {
    (0..1_000_000).map(|n| (n % 251) as u8).collect()
}

/// A body that comes in pieces, whose length nobody is told.
fn pieces(bytes: &[u8]) -> Body {
    let pieces: Vec<_> =
        bytes.chunks(10_007).map(|piece| Ok::<_, std::io::Error>(Bytes::copy_from_slice(piece))).collect();
    Body::from_stream(futures::stream::iter(pieces))
}

mod base64_of {
    use base64::Engine as _;

    pub(super) fn base64(bytes: &[u8]) -> String {
        base64::engine::general_purpose::STANDARD.encode(bytes)
    }
}

#[tokio::test]
async fn an_uploaded_file_is_named_as_ipfs_names_it_and_served_as_bytes() {
    let shelf = Shelf::new(LIMITS).await;
    let answer = shelf.put(&shelf.wallet, "hello world").await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let expected =
        json!({ "cid": HELLO, "uri": format!("ipfs://{HELLO}"), "sha256": HELLO_SHA256, "size": 11 });
    assert_eq!(answer.json()["data"], expected);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    // The same again is the same, and one row.
    let again = shelf.put(&shelf.wallet, "hello world").await;
    assert_eq!((again.status.as_u16(), again.json()["data"].clone()), (200, expected));
    // Of several chunks, in pieces of another size.
    let large = shelf.put(&shelf.wallet, pieces(&weights())).await;
    assert_eq!(large.json()["data"]["cid"], WEIGHTS);
    assert_eq!(shelf.door.count("SELECT count(*) FROM api.upload").await, 2);
    assert_eq!(shelf.door.count("SELECT sum(size)::bigint FROM api.upload").await, 1_000_011);

    for (cid, bytes) in [(HELLO, b"hello world".to_vec()), (WEIGHTS, weights())] {
        for path in [format!("/v1/content/{cid}"), format!("/ipfs/{cid}")] {
            let answer = ask(&shelf.door.router, Request::get(&path), &Value::Null).await;
            assert_eq!((answer.status.as_u16(), answer.body == bytes), (200, true), "{path}");
            for (name, value) in [
                ("content-type", "application/octet-stream"),
                ("x-content-type-options", "nosniff"),
                ("content-disposition", "attachment"),
                ("content-security-policy", "default-src 'none'; sandbox; frame-ancestors 'none'"),
                ("cache-control", "public, max-age=31536000, immutable"),
            ] {
                assert_eq!(answer.header(name), Some(value), "{path}: {name}");
            }
        }
    }
    let request = Request::get(format!("/v1/content/{WEIGHTS}")).header("range", "bytes=251-260");
    let part = ask(&shelf.door.router, request, &Value::Null).await;
    assert_eq!((part.status.as_u16(), part.body), (206, (0..10).collect::<Vec<u8>>()));
}

#[tokio::test]
async fn who_is_not_signed_in_or_lacks_the_scope_uploads_nothing() {
    let shelf = Shelf::new(LIMITS).await;
    put(&shelf.door.router, Request::post("/v1/content"), "x").await.problem(401);
    // A cookie alone, as another site's form would send it.
    let cookie = Request::post("/v1/content").header("cookie", &shelf.wallet.cookie);
    put(&shelf.door.router, cookie, "x").await.problem(403);
    let (_, reads) = shelf.door.key(&shelf.wallet, json!({ "name": "a", "scopes": ["read"] })).await;
    put(&shelf.door.router, bearer(Request::post("/v1/content"), &reads), "x").await.problem(403);
    assert!(shelf.files().is_empty());
    let (_, key) = shelf.door.key(&shelf.wallet, json!({ "name": "b", "scopes": ["content"] })).await;
    let answer = put(&shelf.door.router, bearer(Request::post("/v1/content"), &key), "x").await;
    assert_eq!(answer.status, 201, "{}", answer.text());
}

#[tokio::test]
async fn what_is_too_large_is_refused_and_leaves_nothing() {
    let shelf = Shelf::new(LIMITS).await;
    let large = vec![0; 2_000_001];
    // Told beforehand, and found out on the way.
    let told = shelf.wallet.asks(Request::post("/v1/content")).header("content-length", "2000001");
    let problem = put(&shelf.door.router, told, large.clone()).await.problem(413);
    assert_eq!(problem["type"], "urn:stoa:problem:body-too-large");
    shelf.put(&shelf.wallet, pieces(&large)).await.problem(413);
    assert!(shelf.files().is_empty(), "{:?}", shelf.files());
    assert_eq!(
        shelf.put(&shelf.wallet, pieces(&large[1..])).await.status,
        201,
        "exactly as large as allowed"
    );
}

#[tokio::test]
async fn a_wallet_has_a_quota_for_the_day_and_the_server_one_for_all() {
    let shelf = Shelf::new(LIMITS).await;
    let file = |n: u8, size: usize| vec![n; size];
    assert_eq!(shelf.put(&shelf.wallet, file(1, 2_000_000)).await.status, 201);
    let kept = shelf.files();
    let refused = shelf.put(&shelf.wallet, pieces(&file(2, 1_000_001))).await.problem(429);
    assert_eq!(refused["limit"], "upload");
    let reset = refused["reset"].as_i64().expect("seconds");
    assert!((1..=86_400).contains(&reset), "{reset}");
    assert_eq!(shelf.files(), kept, "nothing of it is left");
    assert_eq!(shelf.put(&shelf.wallet, file(1, 2_000_000)).await.status, 200, "what is there costs nothing");
    assert_eq!(shelf.put(&shelf.wallet, file(3, 1_000_000)).await.status, 201);
    // Yesterday's count no more, but are there.
    shelf.door.stage.sql("UPDATE api.upload SET created_at = created_at - interval '1 day'").await;
    let other = shelf.door.wallet().await;
    assert_eq!(shelf.put(&other, file(4, 1_500_000)).await.status, 201);
    let full = shelf.put(&other, file(5, 500_001)).await.problem(507);
    assert_eq!(full["type"], "urn:stoa:problem:no-room");
    assert_eq!(shelf.put(&other, file(6, 500_000)).await.status, 201, "the last of the room");
}

#[tokio::test]
async fn several_at_once_do_not_share_the_last_of_a_quota() {
    let shelf = Shelf::new(Limits { file: 1_000, day: 2_500, all: 1_000_000 }).await;
    let bodies: Vec<Vec<u8>> = (0..3).map(|n| vec![n; 1_000]).collect();
    let answers =
        futures::future::join_all(bodies.iter().map(|body| shelf.put(&shelf.wallet, pieces(body)))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 201, 429]);
    assert_eq!(shelf.files().len(), 2);
}

#[tokio::test]
async fn a_body_that_is_not_what_its_digest_says_is_not_kept() {
    let shelf = Shelf::new(LIMITS).await;
    let right = alloy::hex::decode(HELLO_SHA256).expect("bytes");
    let digested =
        |digest: &str| shelf.wallet.asks(Request::post("/v1/content")).header("content-digest", digest);
    let value = format!("sha-256=:{}:", base64(&right));
    let problem = put(&shelf.door.router, digested(&value), "hello World").await.problem(422);
    assert_eq!(problem["type"], "urn:stoa:problem:wrong-digest");
    for wrong in ["sha-256=:AAAA:", "x", "sha-512=:AAAA:"] {
        let problem = put(&shelf.door.router, digested(wrong), "hello world").await.problem(400);
        assert_eq!(problem["parameter"], "Content-Digest");
    }
    assert!(shelf.files().is_empty());
    assert_eq!(put(&shelf.door.router, digested(&value), "hello world").await.status, 201);
    let form = shelf
        .wallet
        .asks(Request::post("/v1/content"))
        .header("content-type", "multipart/form-data; boundary=x");
    put(&shelf.door.router, form, "--x").await.problem(415);
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let shelf = Shelf::new(LIMITS).await;
    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(1);
    let body = Body::from_stream(futures::stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|piece| (piece, receiver))
    }));
    let request = shelf.wallet.asks(Request::post("/v1/content")).body(body).expect("a request");
    let router = shelf.door.router.clone();
    let asked = tokio::spawn(async move { send(&router, request).await });
    sender.send(Ok(Bytes::from(vec![7; 100_000]))).await.expect("is read");
    until("it is being written", async || shelf.files().len() == 1).await;
    // The connection ends in an error, or whoever asked is gone.
    sender.send(Err(std::io::Error::other("reset"))).await.expect("is read");
    asked.await.expect("answers").problem(400);
    until("nothing is left", async || shelf.files().is_empty()).await;

    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(1);
    let body = Body::from_stream(futures::stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|piece| (piece, receiver))
    }));
    let request = shelf.wallet.asks(Request::post("/v1/content")).body(body).expect("a request");
    let router = shelf.door.router.clone();
    let asked = tokio::spawn(async move { send(&router, request).await });
    sender.send(Ok(Bytes::from(vec![7; 100_000]))).await.expect("is read");
    until("it is being written", async || shelf.files().len() == 1).await;
    asked.abort();
    until("nothing is left", async || shelf.files().is_empty()).await;
    assert_eq!(shelf.door.count("SELECT count(*) FROM api.upload").await, 0);
}

#[tokio::test]
async fn no_name_leads_out_of_the_folder() {
    let shelf = Shelf::new(LIMITS).await;
    assert_eq!(shelf.put(&shelf.wallet, "hello world").await.status, 201);
    fs::write(shelf.folder.path().join("secret.txt"), "not for you").expect("a file");
    for name in [
        "..",
        "%2e%2e",
        "..%2fsecret.txt",
        "%2e%2e%2fsecret.txt",
        "bafkrei%2f..%2f..",
        "%2fetc%2fpasswd",
        "%00",
    ] {
        let answer = shelf.get(name).await;
        assert!(matches!(answer.status.as_u16(), 400 | 404), "{name}: {}", answer.status);
        assert!(!answer.text().contains("not for you"), "{name}");
    }
    shelf.get("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku").await.problem(404);
    let request = Request::builder().method(Method::DELETE).uri(format!("/v1/content/{HELLO}"));
    ask(&shelf.door.router, request, &Value::Null).await.problem(405);
}

#[tokio::test]
async fn metadata_that_was_uploaded_is_what_its_listing_shows() {
    let shelf = Shelf::new(LIMITS).await;
    let document = r#"{"name":"Harbour Forecast","description":"Berth times.","tags":["time-series"]}"#;
    let uri =
        shelf.put(&shelf.wallet, document).await.json()["data"]["uri"].as_str().expect("a URI").to_owned();
    let stage = &shelf.door.stage;
    Listing { uri, ..Listing::new(2) }.insert(&stage.pool).await;
    stage.curator(Places { content: shelf.content(), ..nowhere() }).pass().await.expect("a pass");
    let listing = stage.data(&format!("/v1/listings/{CHAIN}-2")).await;
    assert_eq!(listing["metadata"]["name"], "Harbour Forecast");
}

#[tokio::test]
async fn it_is_said_what_may_be_uploaded_and_where_nothing_may() {
    let shelf = Shelf::new(LIMITS).await;
    let told = ask(&shelf.door.router, Request::get("/v1/content"), &Value::Null).await.ok();
    assert_eq!(told["data"], json!({ "most": 2_000_000, "per_day": 3_000_000 }));
    let door = crate::gate::door::door(setup()).await;
    let wallet = door.wallet().await;
    let answer = put(&door.router, wallet.asks(Request::post("/v1/content")), "x").await;
    assert!(answer.problem(404)["detail"].as_str().expect("text").contains("STOA_UPLOAD_MIB"));
    let told = ask(&door.router, Request::get("/v1/content"), &Value::Null).await.ok();
    assert_eq!(told["data"], json!({ "most": 0, "per_day": 0 }));
}
