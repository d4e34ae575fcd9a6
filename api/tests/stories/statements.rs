//! A page costs a constant number of statements.

use std::cell::Cell;
use std::sync::Once;

use stoa_schema::types::Addr;
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use crate::rows::{self, CHAIN, Listing, Plan, Purchase, address};
use crate::stage::Stage;

thread_local! {
    /// A test with a runtime of one thread does all its work on that thread.
    static SENT: Cell<usize> = const { Cell::new(0) };
}

/// Counts what the database driver says it has sent.
struct Count;

impl<S: Subscriber> Layer<S> for Count {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            SENT.set(SENT.get() + 1);
        }
    }
}

/// Statements sent on this thread since the last time.
pub(crate) fn sent() -> usize {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Count))
            .expect("the only one");
    });
    SENT.replace(0)
}

async fn statements(stage: &Stage, path: &str, rows: usize) -> usize {
    // The first time on a connection also asks for types, and there may be more than one connection.
    let mut fewest = usize::MAX;
    for _ in 0..4 {
        sent();
        let answer = stage.get(path).await.ok();
        let data = answer["data"].as_array().or_else(|| answer["data"]["chains"][0]["passes"].as_array());
        assert_eq!(data.map(Vec::len), Some(rows), "{path}");
        fewest = fewest.min(sent());
    }
    fewest
}

#[tokio::test]
async fn the_number_of_statements_does_not_grow_with_the_page() {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    for n in 1..=60 {
        Listing { uri: r#"data:application/json,{"name":"A"}"#.to_owned(), ..Listing::new(n) }
            .insert(&stage.pool)
            .await;
        Plan::new(n, n, 5).insert(&stage.pool).await;
        Purchase { listing: n, ..Purchase::new(n, 1) }.insert(&stage.pool).await;
    }
    for (route, most) in [("listings", 9), ("purchases", 7)] {
        let one = statements(&stage, &format!("/v1/{route}?limit=1"), 1).await;
        let many = statements(&stage, &format!("/v1/{route}?limit=60"), 60).await;
        assert_eq!(one, many, "{route}");
        assert!((3..=most).contains(&many), "{route}: {many}");
    }
}

#[tokio::test]
async fn the_number_of_statements_does_not_grow_with_what_an_account_has() {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    let few = address(2);
    let many = address(3);
    for n in 1..=40_u8 {
        let plan = i64::from(n);
        Listing::new(plan).insert(&stage.pool).await;
        Plan::new(plan, plan, 5).insert(&stage.pool).await;
        for holder in if n == 1 { vec![few, many] } else { vec![many] } {
            hold(&stage, plan, address(100 + n), holder).await;
        }
    }
    let one = statements(&stage, &format!("/v1/accounts/{few}"), 1).await;
    let all = statements(&stage, &format!("/v1/accounts/{many}"), 40).await;
    assert_eq!(one, all);
    assert!((3..=20).contains(&all), "{all}");
}

/// A pass of the plan, and a share of its listing.
async fn hold(stage: &Stage, plan: i64, share: Addr, holder: Addr) {
    let statements = [
        "INSERT INTO market.pass VALUES (31337, $1, $3, 1 + 0 * length($2))",
        "INSERT INTO market.share VALUES (31337, $2, $1, $2, 'A', 'A', length($3), 10000, 20, '2026-11-22T15:00:40Z')
         ON CONFLICT DO NOTHING",
        "INSERT INTO market.share_token VALUES (31337, $2, $2, 0 * $1::bigint * length($3), 0) ON CONFLICT DO NOTHING",
        "INSERT INTO market.share_balance VALUES (31337, $2, $3, 1 + 0 * $1::bigint)",
    ];
    for sql in statements {
        let query = sqlx::query(sql).bind(plan).bind(share).bind(holder);
        query.execute(&stage.pool).await.expect(sql);
    }
}
