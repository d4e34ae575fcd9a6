use std::fs;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::json;
use stoa_content::{Options, Store, Tree, cid};
use stoa_scripts::content::{self, ReaderArgs, Wanted};

use crate::stage::{Answer, send, with_content};

/// Computed with ipfs-unixfs-importer 17.1.1 (JavaScript).
const HELLO: &str = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";
const WEIGHTS: &str = "bafybeibx62obrkybp46hx3ivh53q4rnptgkunpgtwiib5lfelfgt2ekihm";

struct Shelf {
    folder: tempfile::TempDir,
    router: Router,
    /// The name of the folder that was published.
    root: String,
}

/// A folder with `readme.md`, `page.html` and `sub/weights.bin`, published.
fn shelf() -> Shelf {
    let folder = tempfile::tempdir().expect("a folder");
    let model = folder.path().join("model");
    fs::create_dir_all(model.join("sub")).expect("a folder");
    fs::write(folder.path().join("secret.txt"), "not for you").expect("a file");
    fs::write(model.join("readme.md"), "hello world").expect("a file");
    fs::write(model.join("page.html"), "<script>alert(1)</script>").expect("a file");
    fs::write(model.join("sub/weights.bin"), weights()).expect("a file");
    let store = Store::new(folder.path().join("content"));
    let tree = Tree::scan(&model, Options::default()).expect("is readable");
    let root = tree.name(Some(&store), &mut |_| {}).expect("is kept").cid.to_string();
    Shelf { router: with_content(store.folder().to_owned()), root, folder }
}

fn weights() -> Vec<u8> {
    (0..1_000_000).map(|n| (n % 251) as u8).collect()
}

impl Shelf {
    async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request =
            headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
        send(&self.router, request.body(Body::empty()).expect("a request")).await
    }
}

#[tokio::test]
async fn a_file_is_served_under_its_name_for_good_and_never_as_a_page() {
    let shelf = shelf();
    let page = format!("/ipfs/{}/page.html", shelf.root);
    for (path, expected) in [
        (format!("/ipfs/{HELLO}"), b"hello world".to_vec()),
        (format!("/ipfs/{}/readme.md", shelf.root), b"hello world".to_vec()),
        (format!("/ipfs/{WEIGHTS}"), weights()),
        (format!("/ipfs/{}/sub/weights.bin", shelf.root), weights()),
        (page, b"<script>alert(1)</script>".to_vec()),
    ] {
        let answer = shelf.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.body == expected, "{path}");
        for (name, value) in [
            ("content-type", "application/octet-stream"),
            ("x-content-type-options", "nosniff"),
            ("content-disposition", "attachment"),
            ("cache-control", "public, max-age=31536000, immutable"),
            ("access-control-allow-origin", "*"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}: {name}");
        }
        assert!(answer.header("content-security-policy").expect("a policy").contains("sandbox"), "{path}");
    }
}

#[tokio::test]
async fn a_part_of_a_file_can_be_asked_for_and_an_unchanged_one_is_not_sent() {
    let shelf = shelf();
    let path = format!("/ipfs/{WEIGHTS}");
    let part = shelf.get_with(&path, &[("range", "bytes=251-260")]).await;
    assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.header("content-range"), Some("bytes 251-260/1000000"));
    assert_eq!(part.body, (0..10).collect::<Vec<u8>>());
    // As it lies there, also for those who would take it compressed.
    let whole = shelf.get_with(&path, &[("accept-encoding", "gzip, zstd")]).await;
    assert_eq!((whole.header("content-length"), whole.header("content-encoding")), (Some("1000000"), None));
    let beyond = shelf.get_with(&path, &[("range", "bytes=1000000-")]).await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    let tag = format!("\"{WEIGHTS}\"");
    assert_eq!(part.header("etag"), Some(tag.as_str()));
    let again = shelf.get_with(&path, &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
}

#[tokio::test]
async fn a_folder_names_its_entries_and_its_block_proves_them() {
    let shelf = shelf();
    let path = format!("/ipfs/{}", shelf.root);
    for path in [path.clone(), format!("{path}/")] {
        let folder = shelf.get(&path).await.ok();
        assert_eq!(folder["cid"], shelf.root);
        let entries = folder["entries"].as_array().expect("entries");
        let names: Vec<_> = entries.iter().map(|entry| entry["name"].as_str().expect("a name")).collect();
        assert_eq!(names, ["page.html", "readme.md", "sub"]);
        assert_eq!(entries[1], json!({ "name": "readme.md", "cid": HELLO, "size": 11 }));
    }
    for asked in [
        shelf.get(&format!("{path}?format=raw")).await,
        shelf.get_with(&path, &[("accept", "application/vnd.ipld.raw")]).await,
    ] {
        assert_eq!(asked.header("content-type"), Some("application/vnd.ipld.raw"));
        assert_eq!(cid::of(cid::DAG_PB, &asked.body).to_string(), shelf.root);
    }
    let block = shelf.get(&format!("/ipfs/{WEIGHTS}?format=raw")).await;
    assert_eq!(cid::of(cid::DAG_PB, &block.body).to_string(), WEIGHTS);
    assert_eq!(shelf.get(&format!("/ipfs/{HELLO}?format=raw")).await.body, b"hello world");
}

#[tokio::test]
async fn a_bad_name_and_missing_content_are_told_apart() {
    let shelf = shelf();
    for name in ["nothing", "..", "%2e%2e", "bafkrei%2f..", "0x12", "%00", "%ff"] {
        let answer = shelf.get(&format!("/ipfs/{name}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}: {:?}", answer.status);
    }
    let problem = shelf.get("/ipfs/nothing").await.problem(400);
    assert_eq!(problem["parameter"], "cid");
    let root = &shelf.root;
    let empty = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";
    for path in [
        empty.to_owned(),
        format!("{root}/nothing"),
        format!("{root}/readme.md/x"),
        format!("{root}/sub/../readme.md"),
        format!("{root}/%2e%2e/%2e%2e/secret.txt"),
        format!("{root}/..%2f..%2fsecret.txt"),
        format!("{root}/%2fetc%2fpasswd"),
        format!("{root}/{}", "x/".repeat(3_000)),
    ] {
        let answer = shelf.get(&format!("/ipfs/{path}")).await;
        let problem = answer.problem(404);
        assert!(
            problem["detail"].as_str().expect("text").starts_with("This server does not have baf"),
            "{path:.99}"
        );
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    shelf.get(&format!("/ipfs/{root}?format=car")).await.problem(400);
    shelf.get(&format!("/ipfs/{root}?x=1")).await.problem(400);
    let post = Request::builder().method(Method::POST).uri(format!("/ipfs/{root}"));
    let answer = send(&shelf.router, post.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.header("allow"), Some("GET,HEAD"));
    answer.problem(405);
}

#[tokio::test]
async fn what_the_api_serves_is_fetched_whole_and_only_if_it_is_right() {
    let shelf = shelf();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let gateway = format!("http://{}", listener.local_addr().expect("an address")).parse().expect("a URL");
    let router = shelf.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let elsewhere = tempfile::tempdir().expect("a folder");
    let readers = ReaderArgs { content: Some(elsewhere.path().join("none")), gateways: vec![gateway] };
    let cid = cid::parse(&shelf.root).expect("a name");
    let wanted = Wanted { hash: cid::digest(&cid).into(), uris: vec![format!("ipfs://{}", shelf.root)] };
    let out = elsewhere.path().join("model");
    content::fetch(&wanted, &readers, &out).await.expect("is there");
    assert_eq!(fs::read(out.join("readme.md")).expect("a file"), b"hello world");
    assert!(fs::read(out.join("sub/weights.bin")).expect("a file") == weights());
    assert_eq!(fs::read_dir(&out).expect("a folder").count(), 3);

    // One byte of one file in it, and nothing is believed.
    let file = shelf.folder.path().join("content/files").join(WEIGHTS);
    let mut changed = weights();
    changed[500_000] ^= 1;
    fs::write(file, changed).expect("is writable");
    let out = elsewhere.path().join("again");
    let error = content::fetch(&wanted, &readers, &out).await.expect_err("is wrong").to_string();
    assert!(error.contains(&format!("what came for {WEIGHTS} is bafybei")), "{error}");
    assert!(!out.exists());
}
