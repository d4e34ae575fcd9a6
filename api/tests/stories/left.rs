//! Clients that leave before they are answered.

use std::path::PathBuf;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use stoa_api::app::{App, app};
use stoa_api::config;
use stoa_api::live::{Live, Settings};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::rows::{self, CHAIN, Listing};
use crate::stage::{Stage, silent, unlimited};

/// Polls: more than it takes to have begun.
const STEPS: usize = 40;

/// Wherever the question was dropped, whoever gets the one connection next is in no transaction of another.
#[tokio::test]
async fn a_question_that_was_left_leaves_no_transaction() {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    Listing::new(1).insert(&stage.pool).await;
    let timeout = Duration::from_secs(10);
    let pool = config::pool(stage.database.url().parse().expect("an address"), 1, timeout);
    let live = Live::new(&pool, Settings::default(), &CancellationToken::new());
    let (access, nowhere) = (unlimited(&pool), PathBuf::from("/nonexistent"));
    let (web, content) = (nowhere.clone(), nowhere);
    let hooks = silent(&pool, &access, &live);
    let router = app(App {
        pool: pool.clone(),
        web,
        content,
        sql: None,
        access,
        timeout,
        live,
        uploads: None,
        relay: None,
        hot: None,
        hooks,
    });
    for steps in 0..STEPS {
        {
            let request = Request::get("/v1/staking").body(Body::empty()).expect("a request");
            let mut asked = pin!(router.clone().oneshot(request));
            for _ in 0..steps {
                if asked.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
                    break;
                }
                // The driver's turn.
                tokio::task::yield_now().await;
            }
        }
        let write = sqlx::query("UPDATE market.listing SET kind = kind").execute(&pool).await;
        assert!(write.is_ok(), "left after {steps} polls: {write:?}");
        let state: String = sqlx::query_scalar("SELECT current_setting('transaction_read_only')")
            .fetch_one(&pool)
            .await
            .expect("a setting");
        assert_eq!(state, "off", "left after {steps} polls");
    }
}
