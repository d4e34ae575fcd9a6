use std::collections::BTreeSet;

use crate::rows::{self, CHAIN, Listing, Plan, Purchase, address};
use crate::stage::{Stage, ids};

async fn stage() -> Stage {
    let stage = Stage::new().await;
    for chain in [CHAIN, 1] {
        rows::chain(&stage.pool, chain).await;
        Listing { chain_id: chain, ..Listing::new(1) }.insert(&stage.pool).await;
        Plan { chain_id: chain, ..Plan::new(1, 1, 5) }.insert(&stage.pool).await;
    }
    stage
}

fn next(answer: &serde_json::Value) -> Option<String> {
    answer["next"].as_str().map(str::to_owned)
}

/// Reads a collection to its end; between pages `meanwhile` writes.
async fn walk(stage: &Stage, path: &str, meanwhile: impl AsyncFn(usize)) -> Vec<String> {
    let mut seen = Vec::new();
    let mut cursor: Option<String> = None;
    for page in 0.. {
        let query = cursor.as_deref().map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let answer = stage.get(&format!("{path}{query}")).await.ok();
        seen.extend(ids(&answer["data"]));
        cursor = next(&answer);
        if cursor.is_none() {
            break;
        }
        meanwhile(page).await;
    }
    seen
}

/// 40 purchases on two chains, several in one block and several at one time.
async fn purchases(stage: &Stage) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for n in 0..20 {
        for chain_id in [CHAIN, 1] {
            let purchase = Purchase { chain_id, ..Purchase::new(20 + n / 3, (n % 3) as i32) };
            purchase.insert(&stage.pool).await;
            all.insert(format!("{chain_id}-{}-{}", purchase.block, purchase.log_index));
        }
    }
    all
}

#[tokio::test]
async fn pages_of_purchases_neither_lose_nor_repeat_while_rows_are_added() {
    let stage = stage().await;
    let before = purchases(&stage).await;
    let newer = async |page: usize| {
        for chain_id in [CHAIN, 1] {
            Purchase { chain_id, ..Purchase::new(60 + page as i64, 1) }.insert(&stage.pool).await;
        }
    };
    let seen = walk(&stage, "/v1/purchases?limit=3", newer).await;
    let distinct: BTreeSet<String> = seen.iter().cloned().collect();
    assert_eq!(seen.len(), distinct.len(), "nothing twice");
    assert_eq!(distinct, before, "newest first: what came meanwhile is behind the reader");
}

#[tokio::test]
async fn readers_of_the_oldest_meet_what_is_added() {
    let stage = stage().await;
    let before = purchases(&stage).await;
    let newer = async |page: usize| {
        if page < 3 {
            Purchase::new(60 + page as i64, 1).insert(&stage.pool).await;
        }
    };
    let seen = walk(&stage, "/v1/purchases?limit=7&sort=oldest", newer).await;
    assert_eq!(seen.len(), before.len() + 3);
    assert_eq!(seen[seen.len() - 3..], ["31337-60-1", "31337-61-1", "31337-62-1"]);
}

#[tokio::test]
async fn every_page_size_gives_the_same_order() {
    let stage = stage().await;
    purchases(&stage).await;
    let account = address(2);
    for query in ["sort=newest".to_owned(), "sort=oldest".to_owned(), format!("account={account}")] {
        let whole = stage.ids(&format!("/v1/purchases?limit=100&{query}")).await;
        assert_eq!(whole.len(), 40);
        for limit in [1, 2, 7, 39, 40] {
            let pages = walk(&stage, &format!("/v1/purchases?limit={limit}&{query}"), async |_| {}).await;
            assert_eq!(pages, whole, "{query} by {limit}");
        }
    }
}

#[tokio::test]
async fn pages_of_listings_neither_lose_nor_repeat_while_rows_are_added() {
    let stage = stage().await;
    for listing in 2..=12 {
        for chain_id in [CHAIN, 1] {
            Listing { chain_id, ..Listing::new(listing) }.insert(&stage.pool).await;
        }
    }
    let before: BTreeSet<_> = stage.ids("/v1/listings?limit=100").await.into_iter().collect();
    assert_eq!(before.len(), 24);
    let newer = async |page: usize| Listing::new(13 + page as i64).insert(&stage.pool).await;
    let seen = walk(&stage, "/v1/listings?limit=5", newer).await;
    assert_eq!(seen.len(), 24, "nothing twice");
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), before);
}

#[tokio::test]
async fn a_chain_that_appears_meanwhile_disturbs_nobody() {
    let stage = stage().await;
    let before = purchases(&stage).await;
    let appears = async |page: usize| {
        if page == 0 {
            rows::chain(&stage.pool, 5).await;
        }
    };
    let seen: BTreeSet<_> = walk(&stage, "/v1/purchases?limit=9", appears).await.into_iter().collect();
    assert_eq!(seen, before);
}

#[tokio::test]
async fn a_cursor_holds_only_for_the_question_that_it_answered() {
    let stage = stage().await;
    purchases(&stage).await;
    Listing::new(2).insert(&stage.pool).await;
    let first = stage.get("/v1/purchases?limit=2&chain=1").await.ok();
    let cursor = next(&first).expect("more");
    stage.get(&format!("/v1/purchases?limit=50&chain=1&cursor={cursor}")).await.ok();
    stage.get(&format!("/v1/purchases?chain=eip155:1&sort=newest&cursor={cursor}")).await.ok();
    for other in [
        "/v1/purchases?",
        "/v1/purchases?chain=31337&",
        "/v1/purchases?chain=1&sort=oldest&",
        "/v1/purchases?chain=1&listing=1-1&",
        "/v1/purchases?chain=1&payer=0x0202020202020202020202020202020202020202&",
        "/v1/listings?chain=1&",
    ] {
        let problem = stage.get(&format!("{other}cursor={cursor}")).await.problem(400);
        assert_eq!(problem["parameter"], "cursor", "{other}");
        assert!(
            problem["detail"].as_str().expect("text").contains("same sort, filters and chain"),
            "{problem}"
        );
    }
}
