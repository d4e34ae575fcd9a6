//! Clients that leave before they are answered.

use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use tower::ServiceExt as _;

use crate::rows::{self, CHAIN, Listing};
use crate::stage::{Stage, router, send};

/// Whoever comes next gets the one connection, wherever the question on it was dropped.
#[tokio::test]
async fn a_question_that_was_left_harms_no_other() {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    Listing::new(1).insert(&stage.pool).await;
    stage.curate().await;
    let one = router(&stage.database, "/nonexistent".into(), 1);
    let request = || Request::get("/v1/listings").body(Body::empty()).expect("a request");
    for steps in 0..40 {
        {
            let mut asked = pin!(one.clone().oneshot(request()));
            for _ in 0..steps {
                let mut context = Context::from_waker(Waker::noop());
                if asked.as_mut().poll(&mut context).is_ready() {
                    break;
                }
                tokio::time::sleep(Duration::from_micros(200)).await;
            }
        }
        let answer = send(&one, request()).await;
        assert_eq!(answer.status, StatusCode::OK, "left after {steps} steps: {}", answer.text());
    }
}
