//! `stoa publish` and `stoa listing fetch`.

use std::{fs, path::Path};

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Desk, servers::Server};

/// Computed with ipfs-unixfs-importer 17.1.1 (JavaScript).
const MODEL: &str = "bafybeidrtdy373kghxwlblqovt4fldnma5345frgata6j2lmcdoqny7ilq";
const HELLO: &str = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";
const HELLO_HASH: &str = "0xb94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";

fn model(desk: &Desk) -> String {
    let weights: Vec<u8> = (0..1_000_000).map(|n| (n % 251) as u8).collect();
    desk.write("model/config.json", "{\"a\":1}\n");
    desk.write("model/weights.bin", weights);
    desk.write("model/sub/readme.md", "hello world");
    desk.write("model/sub/empty", "");
    desk.write("model/B.txt", "b");
    desk.write("model/ä.txt", "umlaut");
    desk.write("model/.env", "SECRET=1");
    desk.folder.path().join("model").display().to_string()
}

fn publish(desk: &Desk, line: &str) -> Value {
    let said = desk.says(&format!("publish {line} --json"));
    assert_eq!(said.code, 0, "{}", said.err);
    serde_json::from_str(&said.out).unwrap()
}

#[tokio::test]
async fn a_folder_is_published_as_a_version_and_fetched_again() {
    let desk = Desk::open().await;
    let (path, listing) = (model(&desk), desk.lists(1, "Model", ""));
    let line = format!(
        "publish {path} --listing {listing} --public-url https://stoa.example/ --wallet demo:1 --yes --json"
    );
    let said = desk.says(&line);
    assert!(said.err.contains("model/.env is left out: its name begins with a dot"), "{}", said.err);
    let published: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&published["cid"], &published["folder"]), (&json!(MODEL), &json!(true)));
    assert_eq!(published["size"], 1_000_026);
    assert_eq!(published["version"]["version"], "2");
    let uris = json!([format!("ipfs://{MODEL}"), format!("https://stoa.example/ipfs/{MODEL}")]);
    let shown = desk.asks(&format!("listing show {listing}"));
    assert_eq!(shown["versions"][1], json!({ "version": 2, "hash": published["hash"], "uris": uris }));

    let out = desk.folder.path().join("again");
    let fetched = desk.asks(&format!("listing fetch {listing} --out {}", out.display()));
    assert_eq!(fetched["folder"], true);
    assert_eq!(
        files(&out),
        files(Path::new(&path)).into_iter().filter(|(name, _)| name != ".env").collect::<Vec<_>>()
    );
    let again = desk.says(&format!("listing fetch {listing} --out {}", out.display()));
    assert_eq!(
        (again.code, again.err.trim()),
        (1, format!("stoa: {} exists: name another --out", out.display()).as_str())
    );
}

/// Names and contents, sorted.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let mut todo = vec![folder.to_owned()];
    while let Some(next) = todo.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => todo.push(path),
                false => {
                    let name = path.strip_prefix(folder).unwrap().display().to_string();
                    all.push((name, fs::read(path).unwrap()));
                }
            }
        }
    }
    all.sort();
    all
}

#[tokio::test]
async fn the_first_version_and_large_metadata_are_published_too() {
    let desk = Desk::open().await;
    let file = desk.write("hello.txt", "hello world");
    let long = json!({ "name": "Long", "description": "x".repeat(2_000) });
    let metadata = desk.write("long.json", long.to_string());
    let created = desk.does(1, &format!("listing create --kind model --metadata {metadata} --path {file}"));
    assert_eq!(
        (&created["hash"], &created["uris"][0]),
        (&json!(HELLO_HASH), &json!(format!("ipfs://{HELLO}")))
    );
    let uri = created["uri"].as_str().unwrap();
    let kept = desk.folder.path().join("content/files").join(uri.strip_prefix("ipfs://").unwrap());
    assert_eq!(serde_json::from_slice::<Value>(&fs::read(kept).unwrap()).unwrap(), long);
    let out = desk.folder.path().join("out.txt");
    desk.asks(&format!("listing fetch 1 --version 1 --out {}", out.display()));
    assert_eq!(fs::read(out).unwrap(), b"hello world");
}

#[tokio::test]
async fn a_stranger_is_told_before_anything_is_published() {
    let desk = Desk::open().await;
    let (file, listing) = (desk.write("hello.txt", "hello world"), desk.lists(1, "Model", ""));
    let refused = desk.refuses(2, &format!("publish {file} --listing {listing}"));
    let stranger = desk.address(2);
    assert_eq!(
        refused,
        format!("stoa: publishing a version of listing 31337-1 is refused: {stranger} does not manage it")
    );
    assert!(!desk.folder.path().join("content").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ipfs_node_adds_and_pins_it_and_must_name_it_alike() {
    let desk = Desk::open().await;
    let path = model(&desk);
    let node = Server::start(|_| {
        let line =
            |name: &str, hash: &str| format!("{{\"Name\":\"{name}\",\"Hash\":\"{hash}\",\"Size\":\"1\"}}\n");
        (StatusCode::OK, (line("model/sub/readme.md", HELLO) + &line("model", MODEL)).into_bytes())
    })
    .await;
    let published = publish(&desk, &format!("{path} --ipfs-api {}", node.url));
    assert_eq!(published["uris"], json!([format!("ipfs://{MODEL}")]));
    assert!(!desk.folder.path().join("content").exists(), "the node keeps it, not this folder");
    let asked = &node.asked()[0];
    assert_eq!(asked.method, "POST");
    for part in ["/api/v0/add?", "cid-version=1", "raw-leaves=true", "pin=true", "chunker=size-262144"] {
        assert!(asked.path.contains(part), "{}", asked.path);
    }
    let body = String::from_utf8_lossy(&asked.body);
    for name in
        ["model", "model%2Fsub", "model%2Fsub%2Freadme.md", "model%2F%C3%A4.txt", "model%2Fweights.bin"]
    {
        assert!(body.contains(&format!("filename=\"{name}\"")), "{name}");
    }
    assert_eq!(body.matches("application/x-directory").count(), 2);
    assert!(body.contains("\r\n\r\nhello world\r\n") && !body.contains("SECRET"));
    assert!(asked.body.len() > 1_000_000);

    for (answer, expected) in [
        (format!("{{\"Name\":\"model\",\"Hash\":\"{HELLO}\"}}"), "names it bafkreifz"),
        ("{\"Message\":\"disk full\",\"Code\":0,\"Type\":\"error\"}".to_owned(), "refuses it: disk full"),
        ("<html>".to_owned(), "answers what cannot be read: <html>"),
        (String::new(), "does not say what it added"),
    ] {
        let other = Server::start(move |_| (StatusCode::OK, answer.clone().into_bytes())).await;
        let said = desk.says(&format!("publish {path} --ipfs-api {}", other.url));
        assert!(said.code == 1 && said.err.contains(expected), "{}", said.err);
    }
    let refusing = Server::start(|_| (StatusCode::FORBIDDEN, b"403 - Forbidden".to_vec())).await;
    let said = desk.says(&format!("publish {path} --ipfs-api {}", refusing.url));
    assert!(said.err.contains("refuses it (403 Forbidden): 403 - Forbidden"), "{}", said.err);
    let said = desk.says(&format!("publish {path} --ipfs-api http://127.0.0.1:9"));
    assert!(said.err.contains("the IPFS node at http://127.0.0.1:9/ does not answer"), "{}", said.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_something_else_is_not_believed() {
    let desk = Desk::open().await;
    let wrong = Server::start(|_| (StatusCode::OK, b"hello w0rld".to_vec())).await;
    let gone = Server::start(|_| (StatusCode::NOT_FOUND, Vec::new())).await;
    let right = Server::start(|_| (StatusCode::OK, b"hello world".to_vec())).await;
    let (wrong, gone, right) =
        (format!("{}/a", wrong.url), format!("{}/b", gone.url), format!("{}/c", right.url));
    let first =
        desk.lists(1, "Model", &format!("--hash {HELLO_HASH} --uri {wrong} --uri {gone} --uri ftp://x"));
    let out = desk.folder.path().join("out");
    let fetch = format!("listing fetch {first} --out {}", out.display());
    let said = desk.says(&fetch);
    assert_eq!(said.code, 1);
    for expected in [
        "no place has it:",
        &format!("{wrong}: what is there is something else: its sha-256 is 0x"),
        &format!("and the chain says {HELLO_HASH}"),
        &format!("{gone}: HTTP status client error (404 Not Found)"),
        "ftp://x: only ipfs, https and http addresses are read",
    ] {
        assert!(said.err.contains(expected), "{expected} in {}", said.err);
    }
    assert!(!out.exists());
    let kept: Vec<_> =
        fs::read_dir(desk.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!kept.iter().any(|name| name.to_string_lossy().starts_with(".tmp")), "{kept:?}");

    let line = format!(
        "listing publish {first} --hash {HELLO_HASH} --uri {wrong} --uri ipfs://{HELLO} --uri {right}"
    );
    desk.does(1, &line);
    let fetched = desk.asks(&fetch);
    assert_eq!(fetched["from"], right);
    assert_eq!(fs::read(&out).unwrap(), b"hello world");
}

#[tokio::test]
async fn bad_input_is_told() {
    let desk = Desk::open().await;
    let (file, folder) = (desk.write("hello.txt", "hello world"), model(&desk));
    for (line, code, expected) in [
        ("publish /no/such/model".to_owned(), 1, "/no/such/model cannot be read: "),
        (format!("publish {file} --listing 9 --wallet demo:1 --yes"), 3, "is refused"),
        (format!("publish {file} --listing 1"), 1, "nobody signs: give --wallet"),
        (
            format!("publish {file} --store ftp://a.example"),
            1,
            "ftp is no kind of store; there are https and s3",
        ),
        (format!("publish {file} --store http://a.example"), 1, "http is for this machine only; use https"),
        (format!("publish {file} --store https://me:pw@a.example"), 1, "--store holds a password"),
        (format!("publish {file} --store s3://models"), 1, "add ?region=NAME"),
        (
            format!("publish {file} --store s3://models?region=x&endpoint=http://a.example"),
            1,
            "http is for this machine only",
        ),
        (
            format!("publish {folder} --store https://a.example"),
            1,
            "takes single files: pack it into one file",
        ),
        (format!("publish {file} --ipfs-api nowhere"), 2, "--ipfs-api"),
    ] {
        let said = desk.says(&line);
        assert!(said.err.contains(expected), "{line}: {}", said.err);
        assert_eq!(said.code, code, "{line}: {}", said.err);
        assert!(!said.err.contains("pw"), "a password is not repeated: {}", said.err);
    }
    let said = desk.says(&format!("publish {file}"));
    let cells: Vec<&str> = said.out.split_whitespace().collect();
    assert_eq!(
        cells,
        [
            "cid",
            HELLO,
            "content",
            "hash",
            HELLO_HASH,
            "size",
            "11",
            "bytes",
            "uri",
            &format!("ipfs://{HELLO}")
        ]
    );
}
