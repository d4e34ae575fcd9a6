//! The binary itself: its command line, its start and its end.

use std::process::Stdio;

use alloy::signers::local::PrivateKeySigner;
use serde_json::{Value, json};
use sqlx::Row as _;
use stoa_schema::archive;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::gate::door;
use crate::rows::{self, CHAIN};
use crate::stage::Stage;

pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stoa-api"));
    for key in [
        "STOA_DATABASE_URL",
        "STOA_LISTEN",
        "STOA_WEB_DIR",
        "STOA_SQL_DATABASE_URL",
        "STOA_ACCESS_SECRET",
        "STOA_MASTER_KEYS",
        "STOA_LIMITS",
        "RUST_LOG",
        "NO_COLOR",
    ] {
        command.env_remove(key);
    }
    command.env("NO_COLOR", "1").kill_on_drop(true).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

pub(crate) async fn refused(command: &mut Command) -> String {
    let output = command.output().await.expect("runs");
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).expect("text")
}

/// Starts a server on a free port; what it logs later can be read on.
pub(crate) async fn start(
    url: &str,
) -> (Child, String, tokio::io::Lines<BufReader<tokio::process::ChildStderr>>) {
    start_with(url, &[]).await
}

/// The same, with more arguments.
pub(crate) async fn start_with(
    url: &str,
    more: &[&str],
) -> (Child, String, tokio::io::Lines<BufReader<tokio::process::ChildStderr>>) {
    let mut command = command();
    let mut child =
        command.args(["--database-url", url, "--listen", "127.0.0.1:0"]).args(more).spawn().expect("starts");
    let mut log = BufReader::new(child.stderr.take().expect("piped")).lines();
    while let Some(line) = log.next_line().await.expect("a log") {
        if let Some((_, rest)) = line.split_once("address=") {
            let address = rest.split_whitespace().next().expect("an address").to_owned();
            return (child, address, log);
        }
    }
    panic!("the server ended before it served");
}

async fn signal(child: &Child, name: &str) {
    let id = child.id().expect("running").to_string();
    let status = Command::new("kill").args([&format!("-{name}"), &id]).status().await.expect("runs");
    assert!(status.success());
}

#[tokio::test]
async fn the_document_is_printed_without_a_database() {
    let output = command().arg("openapi").output().await.expect("runs");
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).expect("text"), include_str!("../../openapi.json"));
}

#[tokio::test]
async fn bad_settings_are_named_in_one_sentence() {
    let error = refused(&mut command()).await;
    assert!(error.contains("--database-url (STOA_DATABASE_URL) is missing"), "{error}");
    let error = refused(command().env("STOA_DATABASE_URL", "mysql://root:hunter2@localhost/x")).await;
    assert!(error.contains("--database-url (STOA_DATABASE_URL)") && error.contains("`mysql`"), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
}

#[tokio::test]
async fn an_archive_of_a_newer_version_is_refused_at_start() {
    let stage = Stage::new().await;
    stage.sql("INSERT INTO archive.migration SELECT version + 1000, '', now(), true, '', 0 FROM archive.migration").await;
    let error =
        refused(command().args(["--database-url", stage.database.url(), "--listen", "127.0.0.1:0"])).await;
    let known = archive::version();
    assert!(error.contains(&format!("knows only {known}")), "{error}");
    assert!(error.contains("Run the stoa-api that belongs to the indexer"), "{error}");
}

#[tokio::test]
async fn a_taken_address_is_named() {
    let stage = Stage::new().await;
    let (_child, address, _log) = start(stage.database.url()).await;
    let error = refused(command().args(["--database-url", stage.database.url(), "--listen", &address])).await;
    assert!(error.contains(&format!("--listen (STOA_LISTEN): {address}")), "{error}");
}

#[tokio::test]
async fn the_apis_own_schema_is_made_and_made_only_once() {
    let stage = Stage::bare().await;
    for _ in 0..2 {
        let output =
            command().args(["migrate", "--database-url", stage.database.url()]).output().await.expect("runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let row = sqlx::query("SELECT count(*), bool_and(success) FROM api.migration")
        .fetch_one(&stage.pool)
        .await
        .expect("bookkeeping of its own");
    let all =
        std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).expect("a folder").count();
    assert_eq!((row.get::<i64, _>(0), row.get::<bool, _>(1)), (all.cast_signed() as i64, true));
}

#[tokio::test]
async fn both_signals_end_it_after_what_was_asked_is_answered() {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    for name in ["TERM", "INT"] {
        let (mut child, address, mut log) = start(stage.database.url()).await;
        // A rebuild holds the tables: the request waits for it inside of the server.
        let mut holder = stage.pool.begin().await.expect("a transaction");
        sqlx::raw_sql("LOCK TABLE market.token IN ACCESS EXCLUSIVE MODE")
            .execute(&mut *holder)
            .await
            .expect("a lock");
        let mut socket = TcpStream::connect(&address).await.expect("connects");
        socket.write_all(b"GET /v1/listings HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("asks");
        waiting_for_a_lock(&stage).await;

        signal(&child, name).await;
        loop {
            let line = log.next_line().await.expect("a log").expect("still running");
            if line.contains("stopping") {
                break;
            }
        }
        holder.rollback().await.expect("released");
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.expect("the connection is ended after the answer");
        assert!(answer.starts_with("HTTP/1.1 "), "{name}: {answer}");
        assert!(
            answer.contains("\"data\":[]") || answer.contains("not-ready") || answer.contains("busy"),
            "{answer}"
        );
        let status = child.wait().await.expect("ends");
        assert_eq!(status.code(), Some(0), "{name}");
        assert!(TcpStream::connect(&address).await.is_err(), "nothing listens any more");
    }
}

#[tokio::test]
async fn what_is_secret_is_read_from_files_and_is_in_no_log() {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    };
    let pepper = "pepper-that-nobody-must-ever-see-0123456789";
    let master = "5e".repeat(32);
    let mut child = command()
        .args(["--listen", "127.0.0.1:0"])
        .env("STOA_DATABASE_URL_FILE", file("url", stage.database.url()))
        .env("STOA_ACCESS_SECRET_FILE", file("pepper", pepper))
        .env("STOA_MASTER_KEYS_FILE", file("master", &format!("one:{master}")))
        .env("STOA_AUTH_RPC_FILE", file("nodes", "31337=http://user:node-password@127.0.0.1:1"))
        .env("RUST_LOG", "debug,stoa_api=trace,tower_http=trace,sqlx=trace,reqwest=trace")
        .spawn()
        .expect("starts");
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    let mut log = String::new();
    let address = loop {
        let line = lines.next_line().await.expect("a log").expect("still running");
        log.push_str(&line);
        if let Some((_, rest)) = line.split_once("address=") {
            break rest.split_whitespace().next().expect("an address").to_owned();
        }
    };
    // The log is read while it is written, or the server would wait for its reader.
    let reading = tokio::spawn(async move {
        let mut log = String::new();
        while let Ok(Some(line)) = lines.next_line().await {
            log.push_str(&line);
            log.push('\n');
        }
        log
    });
    let (secrets, wrong) = use_everything(&address).await;
    signal(&child, "TERM").await;
    assert_eq!(child.wait().await.expect("ends").code(), Some(0));
    log.push_str(&reading.await.expect("read"));
    assert!(log.contains("/v1/keys") && log.contains("INSERT INTO api.api_key"), "it logs what is done");
    for secret in secrets.iter().chain([&wrong, &master, &pepper.to_owned(), &"node-password".to_owned()]) {
        assert!(!log.contains(secret.as_str()), "{secret} is in the log");
    }
}

/// Signs in, makes a key, uses it, and one that is not good. What of it was secret.
async fn use_everything(address: &str) -> (Vec<String>, String) {
    let (api, http) = (format!("http://{address}"), reqwest::Client::new());
    let ask = async |request: reqwest::RequestBuilder| request.send().await.expect("answers");
    let nonce: Value = ask(http.post(format!("{api}/v1/auth/nonce"))).await.json().await.expect("JSON");
    let nonce = nonce["data"]["nonce"].as_str().expect("a nonce").to_owned();
    let signer = PrivateKeySigner::random();
    let message = door::message(&signer, &nonce).replace("127.0.0.1:8080", address);
    let signature = door::sign(&signer, &message);
    // One that the node is asked about first.
    for signature in ["0x01", signature.as_str()] {
        let body = json!({ "message": message, "signature": signature }).to_string();
        let answer = ask(http.post(format!("{api}/v1/auth/session")).body(body)).await;
        if signature == "0x01" {
            assert_eq!(answer.status(), 503);
            continue;
        }
        assert_eq!(answer.status(), 201);
        let cookie = answer.headers()["set-cookie"].to_str().expect("text").to_owned();
        let cookie = cookie.split(';').next().expect("a pair").to_owned();
        let body = json!({ "name": "x", "scopes": ["read"] }).to_string();
        let request = http.post(format!("{api}/v1/keys")).body(body).header("cookie", &cookie);
        let answer = ask(request.header("origin", &api).header("x-stoa-csrf", "1")).await;
        let key: Value = answer.json().await.expect("JSON");
        let key = key["data"]["secret"].as_str().expect("a secret").to_owned();
        assert_eq!(ask(http.get(format!("{api}/v1/status")).bearer_auth(&key)).await.status(), 200);
        let wrong = format!("stoa_live_{}", "Wrong".repeat(10));
        assert_eq!(ask(http.get(format!("{api}/v1/status")).bearer_auth(&wrong)).await.status(), 401);
        let cookie = cookie.split('=').next_back().expect("a value").to_owned();
        return (vec![key[22..].to_owned(), cookie, signature[2..].to_owned()], wrong);
    }
    panic!("nobody signed in");
}

async fn waiting_for_a_lock(stage: &Stage) {
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'stoa-api' \
        AND datname = current_database() AND wait_event_type = 'Lock'";
    for _ in 0..2_000 {
        if sqlx::query_scalar::<_, i64>(sql).fetch_one(&stage.pool).await.expect("a count") > 0 {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the request never reached the database");
}
