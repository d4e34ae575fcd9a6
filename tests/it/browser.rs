//! A visitor opens the page in a real browser and sees the purchase that was just made.

use std::process::Command;

use stoa_scripts::checkout;

use crate::support::{Actors, Stack, eventually};

const PRICE: u128 = 19_990_000;

#[tokio::test]
async fn the_page_shows_a_purchase() {
    let web = checkout::root().join("api/web");
    assert!(
        web.join("dist/index.html").is_file() && web.join("node_modules").is_dir(),
        "the page is not built: run `npm ci && npm run build` in api/web, or `cargo verify`"
    );
    let stack = Stack::start().await;
    let actors = Actors::of(&stack);
    let _indexer = stack.index_into(&stack.database, "indexer");
    let (_api, url) = stack.api("api").await;
    let listing = actors.list(1, "Tidal 7B", &[]).await;
    let plan = actors.plan(1, listing, PRICE).await;
    actors.fund(2, PRICE).await;
    let sale = actors.buy(2, plan, 1, PRICE).await;
    let purchase = format!("31337-{}-{}", sale.block, sale.log_index);
    eventually(&format!("{url}/v1/purchases"), "the purchase", |body| body["data"][0]["id"] == purchase)
        .await;

    let mut browser = Command::new("node");
    browser
        .current_dir(&web)
        .args(["test/browser.mjs", "--url", &url, "--listing", &format!("31337-{listing}")])
        .args(["--purchase", &purchase, "--screenshots"])
        .arg(checkout::root().join("tests/screenshots"));
    let output =
        tokio::task::spawn_blocking(move || browser.output()).await.expect("it ended").expect("Node runs");
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    println!("{said}");
    assert!(output.status.success(), "{said}");
}
