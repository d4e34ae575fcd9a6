use std::path::Path;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};

use crate::stage::{Answer, Stage, send};

const PAGE: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, text).expect("a file");
}

async fn get(router: &Router, path: &str, accept: &str) -> Answer {
    send(router, Request::get(path).header("accept", accept).body(Body::empty()).expect("a request")).await
}

struct Site {
    _stage: Stage,
    _folder: tempfile::TempDir,
    router: Router,
}

async fn site() -> Site {
    let stage = Stage::bare().await;
    let folder = tempfile::tempdir().expect("a folder");
    let dist = folder.path().join("dist");
    write(folder.path(), "secret.txt", "not for you");
    write(&dist, "index.html", "<!doctype html><title>Stoa</title>");
    write(&dist, "assets/index-4f2a.js", "console.log(1)");
    write(&dist, "favicon.svg", "<svg/>");
    Site { router: stage.with_web(dist), _stage: stage, _folder: folder }
}

#[tokio::test]
async fn pages_are_served_with_the_app_and_checked_each_time() {
    let site = site().await;
    for path in ["/", "/index.html", "/listings/31337-1", "/purchases?account=0x1", "/a.b/c"] {
        let answer = get(&site.router, path, PAGE).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.text().contains("<title>Stoa</title>"), "{path}");
        assert_eq!(answer.header("content-type"), Some("text/html"), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-cache"), "{path}");
    }
}

#[tokio::test]
async fn hashed_files_are_kept_forever_and_others_are_not() {
    let site = site().await;
    let script = get(&site.router, "/assets/index-4f2a.js", "*/*").await;
    assert_eq!(script.status, StatusCode::OK);
    assert_eq!(script.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(script.header("content-type"), Some("text/javascript"));
    let icon = get(&site.router, "/favicon.svg", "image/*").await;
    assert_eq!(icon.header("cache-control"), Some("no-cache"));
}

#[tokio::test]
async fn a_missing_file_is_not_the_page() {
    let site = site().await;
    for (path, accept) in
        [("/assets/old-0000.js", "*/*"), ("/assets/old-0000.js", PAGE), ("/data.json", "*/*")]
    {
        let answer = get(&site.router, path, accept).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "a miss is not kept: {path}");
    }
}

#[tokio::test]
async fn nothing_outside_of_the_folder_is_served() {
    let site = site().await;
    let long = format!("/{}", "x".repeat(5_000));
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/../../secret.txt",
        "//secret.txt",
        "/%00",
        "/%ff",
        "/index.html/x",
        "/assets",
        &long,
    ] {
        for accept in ["*/*", PAGE] {
            let answer = get(&site.router, path, accept).await;
            assert!(!answer.text().contains("not for you"), "{path}");
            assert!(answer.status.as_u16() < 500, "{path:.40}: {}", answer.status);
        }
    }
}

#[tokio::test]
async fn every_page_carries_the_security_headers() {
    let site = site().await;
    for path in ["/", "/assets/index-4f2a.js", "/nothing.js"] {
        let answer = get(&site.router, path, "*/*").await;
        let policy = answer.header("content-security-policy").expect("a policy");
        for rule in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(rule), "{rule} in {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("strict-origin-when-cross-origin"));
    }
}

#[tokio::test]
async fn only_reading_is_allowed() {
    let site = site().await;
    let request = Request::builder().method(Method::POST).uri("/").body(Body::empty()).expect("a request");
    let answer = send(&site.router, request).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.header("allow"), Some("GET, HEAD"));
}

#[tokio::test]
async fn an_absent_app_says_how_to_make_it() {
    let stage = Stage::bare().await;
    let answer = stage.get("/").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    for hint in ["cargo dev", "npm ci && npm run build", "--web DIR"] {
        assert!(answer.text().contains(hint), "{}", answer.text());
    }
    // The folder is looked for at each request: a build that ends later is served.
    let folder = tempfile::tempdir().expect("a folder");
    let router = stage.with_web(folder.path().to_owned());
    assert_eq!(get(&router, "/", PAGE).await.status, StatusCode::SERVICE_UNAVAILABLE);
    write(folder.path(), "index.html", "there");
    assert_eq!(get(&router, "/", PAGE).await.text(), "there");
}
