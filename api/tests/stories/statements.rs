//! A page costs a constant number of statements.

use std::cell::Cell;
use std::sync::Once;

use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use crate::rows::{self, CHAIN, Listing, Plan, Purchase};
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

async fn statements(stage: &Stage, path: &str, rows: usize) -> usize {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Count))
            .expect("the only one");
    });
    // The first time on a connection also asks for types.
    stage.get(path).await.ok();
    SENT.set(0);
    let answer = stage.get(path).await.ok();
    assert_eq!(answer["data"].as_array().map(Vec::len), Some(rows), "{path}");
    SENT.get()
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
    for (route, most) in [("listings", 7), ("purchases", 7)] {
        let one = statements(&stage, &format!("/v1/{route}?limit=1"), 1).await;
        let many = statements(&stage, &format!("/v1/{route}?limit=60"), 60).await;
        assert_eq!(one, many, "{route}");
        assert!((3..=most).contains(&many), "{route}: {many}");
    }
}
