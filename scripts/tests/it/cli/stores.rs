//! `stoa publish --store`: servers that take files by HTTP PUT. The S3 one checks signatures as AWS documents them.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::form_urlencoded;

use super::{
    Desk, said,
    servers::{Asked, Server},
};

const HELLO: &str = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";
const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_server_gets_the_file_and_readers_find_it_there() {
    let desk = Desk::open().await;
    let (file, listing) = (desk.write("hello.txt", "hello world"), desk.lists(1, "Model", ""));
    let server = Server::keeping().await;
    let store = format!("{}/models/", server.url);
    let line = format!("publish {file} --listing {listing} --store {store} --wallet demo:1 --yes --json");
    let output = desk.command(&line.split(' ').collect::<Vec<_>>()).env("STOA_STORE_TOKEN", "t0ken").output();
    let said = said(output.unwrap());
    assert_eq!(said.code, 0, "{}", said.err);
    let published: Value = serde_json::from_str(&said.out).unwrap();
    let url = format!("{}/models/{HELLO}", server.url);
    assert_eq!(published["uris"], json!([format!("ipfs://{HELLO}"), url]));
    let asked = &server.asked()[0];
    assert_eq!((asked.method.as_str(), asked.header("authorization")), ("PUT", "Bearer t0ken"));
    assert_eq!((asked.header("content-length"), asked.body.as_slice()), ("11", b"hello world".as_slice()));

    // Where the folder of this machine is lost, the server still has it.
    std::fs::remove_dir_all(desk.folder.path().join("content")).unwrap();
    let out = desk.folder.path().join("out");
    let fetched = desk.asks(&format!("listing fetch {listing} --out {}", out.display()));
    assert_eq!(fetched["from"], url);
    assert_eq!(std::fs::read(out).unwrap(), b"hello world");

    let refusing = Server::start(|_| (StatusCode::FORBIDDEN, b"no".to_vec())).await;
    let said = desk.says(&format!("publish {file} --store {}/x", refusing.url));
    assert!(said.code == 1 && said.err.contains("/x refuses it (403 Forbidden): no"), "{}", said.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_s3_store_gets_the_file_under_a_signature_that_it_can_check() {
    let desk = Desk::open().await;
    let file = desk.write("hello.txt", "hello world");
    let server = Server::start(|asked| match check(asked, "eu-central-1", SECRET) {
        Ok(()) => (StatusCode::OK, Vec::new()),
        Err(reason) => (StatusCode::FORBIDDEN, reason.into_bytes()),
    })
    .await;
    let store = format!("s3://models/harbour?region=eu-central-1&endpoint={}", server.url);
    let publish = |secret: &str| {
        let mut command = desk.command(&["publish", &file, "--store", &store, "--json"]);
        said(
            command
                .env("AWS_ACCESS_KEY_ID", KEY)
                .env("AWS_SECRET_ACCESS_KEY", secret)
                .env_remove("AWS_SESSION_TOKEN")
                .output()
                .unwrap(),
        )
    };
    let done = publish(SECRET);
    assert_eq!(done.code, 0, "{}", done.err);
    let published: Value = serde_json::from_str(&done.out).unwrap();
    let url = format!("{}/models/harbour/{HELLO}", server.url);
    assert_eq!(published["uris"][1], url, "without the signature");
    assert_eq!(server.asked()[0].body, b"hello world");

    let denied = publish("another secret");
    assert!(
        denied.code == 1 && denied.err.contains("refuses it (403 Forbidden): wrong signature"),
        "{}",
        denied.err
    );
    assert!(!denied.err.contains("X-Amz-Signature"), "{}", denied.err);
    let mut without = desk.command(&["publish", &file, "--store", &store]);
    let without = said(without.env_remove("AWS_ACCESS_KEY_ID").output().unwrap());
    assert!(without.err.contains("needs AWS_ACCESS_KEY_ID in the environment"), "{}", without.err);
}

/// The example in AWS's description of presigned addresses.
#[test]
fn the_check_agrees_with_the_documented_example() {
    let mut example = Asked {
        method: "GET".to_owned(),
        path: "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1\
            %2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
            &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
            .to_owned(),
        headers: [("host".to_owned(), "examplebucket.s3.amazonaws.com".to_owned())].into(),
        body: Vec::new(),
    };
    assert_eq!(check(&example, "us-east-1", SECRET), Ok(()));
    example.method = "PUT".to_owned();
    assert_eq!(check(&example, "us-east-1", SECRET), Err("wrong signature".to_owned()));
}

/// AWS Signature Version 4 in the query, over the host alone, the payload unsigned.
fn check(asked: &Asked, region: &str, secret: &str) -> Result<(), String> {
    let (path, query) = asked.path.split_once('?').ok_or("nothing is signed")?;
    let mut given: BTreeMap<String, String> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let signature = given.remove("X-Amz-Signature").ok_or("no signature")?;
    let time = given.get("X-Amz-Date").ok_or("no date")?.clone();
    let scope = format!("{}/{region}/s3/aws4_request", &time[..8]);
    if given.get("X-Amz-Credential") != Some(&format!("{KEY}/{scope}")) {
        return Err(format!("the credential is not for {scope}"));
    }
    let canonical: Vec<String> =
        given.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
    let request = format!(
        "{}\n{path}\n{}\nhost:{}\n\nhost\nUNSIGNED-PAYLOAD",
        asked.method,
        canonical.join("&"),
        asked.header("host")
    );
    let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(request)));
    let mut key = hmac(format!("AWS4{secret}").as_bytes(), &time.as_bytes()[..8]);
    for part in [region, "s3", "aws4_request"] {
        key = hmac(&key, part.as_bytes());
    }
    if hex(&hmac(&key, text.as_bytes())) == signature { Ok(()) } else { Err("wrong signature".to_owned()) }
}

/// Everything but letters, digits and four marks.
fn escaped(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// RFC 2104 with SHA-256.
fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; 64];
    match key.len() {
        0..=64 => block[..key.len()].copy_from_slice(key),
        _ => block[..32].copy_from_slice(&Sha256::digest(key)),
    }
    let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().into()
}
