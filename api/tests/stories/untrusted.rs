//! Bytes that anybody may send: each parser of them, and the test that gives it random ones.
//!
//! | what is read | where | tried at random in |
//! |---|---|---|
//! | query parameters, ids, paths | `params/value.rs` | `params/value.rs` |
//! | requests as a whole, by path and query | `routes` | `../tests/stories/property.rs` |
//! | cursors of pages | `cursor.rs` | `cursor.rs` |
//! | cursors of live messages | `live/place.rs` | `live/place.rs` |
//! | metadata documents | `metadata.rs` | `metadata.rs` |
//! | SQL | `sql/check.rs` | `sql/check/tests.rs` |
//! | GraphQL documents | `graphql/http.rs` | `../tests/stories/graphql/fuzz.rs` |
//! | API keys | `access/token.rs` | `access/token.rs` |
//! | sign-in messages | `access/siwe.rs` | `access/siwe.rs` |
//! | `Forwarded`, `X-Forwarded-For` | `access/client.rs` | `access/client.rs` |
//! | signatures' fields | `access/signature/base.rs` | `access/signature/base.rs` |
//! | access tokens | `access/oauth/jwt.rs` | `access/oauth/jwt.rs` |
//! | headers of all routes, among them `Range`, `Last-Event-ID`, `Idempotency-Key`, `Cookie` | `routes` | `../tests/stories/untrusted.rs` |
//! | bodies of POST and PATCH | `access/routes` | `../tests/stories/untrusted.rs` |
//! | frames of a WebSocket | `live/ws.rs` | `../tests/stories/untrusted.rs` |

use std::path::Path;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Request};
use futures::{SinkExt as _, StreamExt as _};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use crate::gate::door::{door, setup};
use crate::process::start_with;
use crate::rows::{self, CHAIN};
use crate::stage::{Stage, send};

#[test]
fn each_parser_in_the_table_is_where_it_says_and_its_test_is_random() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let rows = include_str!("untrusted.rs").lines().filter(|line| line.starts_with("//! | ")).skip(1);
    let mut seen = 0;
    for row in rows {
        let names: Vec<&str> = row.split('`').collect();
        let (parser, test) = (names[names.len() - 4], names[names.len() - 2]);
        assert!(sources.join(parser).exists(), "{parser}");
        let text =
            std::fs::read_to_string(sources.join(test)).unwrap_or_else(|error| panic!("{test}: {error}"));
        assert!(text.contains("proptest"), "{test} tries nothing at random");
        seen += 1;
    }
    assert!(seen >= 15, "the table has {seen} rows");
}

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() })
}

/// What a header may hold, often almost as it should.
fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        2 => "(bytes|items)=[0-9]{0,20}-[0-9]{0,20}(,[0-9]{0,3}-[0-9]{0,3}){0,3}",
        2 => "(latest|safe|x):[0-9]{1,20}-[0-9]{0,20}(-[0-9]{0,20})?(,[0-9]{1,5}-[0-9]{1,5})?",
        2 => "(Bearer|Basic|bearer|DPoP) (stoa_(live|test)_)?[0-9A-Za-z=+/.]{0,70}",
        2 => "(__Host-)?stoa_session=[0-9A-Za-z]{0,50}(; a=b)?",
        1 => "(for=)?\"?\\[?[0-9a-f.:]{0,40}\\]?:?[0-9]{0,6}\"?(;proto=https)?(, ?unknown)?",
        1 => "sig1?=\\(\"@(method|path|query)\"( \"content-digest\")?\\);created=[0-9]{0,12};keyid=\"[a-z0-9]{0,14}\"",
        1 => "sha-256=:[A-Za-z0-9+/=]{0,50}:",
        1 => "(W/)?\"?[0-9a-f]{0,40}\"?(, ?\\*)?",
        1 => "[ -~]{0,80}",
        1 => "[a-z0-9-]{250,300}",
    ]
    .prop_map(String::into_bytes)
    .boxed()
    .prop_union(prop::collection::vec(prop_oneof![Just(9_u8), 32..=126_u8, 128..=255_u8], 0..60).boxed())
}

fn headers() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
    let name = "(range|if-range|last-event-id|idempotency-key|authorization|cookie|forwarded|x-forwarded-for|origin|\
        x-stoa-csrf|if-none-match|if-match|accept|accept-encoding|content-type|signature|signature-input|content-digest|\
        sec-websocket-key|sec-websocket-version|upgrade|connection|content-length|expect)";
    prop::collection::vec((name, value()), 0..5)
}

fn target() -> impl Strategy<Value = (&'static str, String)> {
    let read = "/(v1/status|v1/listings|v1/stream|v1/live|v1/keys|v1/usage|v1/audit|v1/market|ipfs/[a-z0-9]{1,60}|live|docs|)";
    let written = "/(v1/auth/nonce|v1/auth/session|v1/keys|v1/keys/[a-z0-9]{1,12}/rotate|v1/oauth/token|\
        v1/oauth/revoke|v1/oauth/introspect|v1/sql|graphql)";
    prop_oneof![
        (Just("GET"), read),
        (Just("POST"), written),
        (Just("PATCH"), "/v1/keys/[A-Za-z0-9]{1,14}"),
        (Just("DELETE"), "/v1/(keys/[A-Za-z0-9]{1,14}|auth/session)"),
    ]
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let word = "(message|signature|name|scopes|networks|expires_at|environment|limits|query|variables|sql|token|grant_type|\
        client_id|client_secret|scope|signing)";
    let scalar = "(null|true|-?[0-9]{1,20}|[0-9]e[0-9]{1,3}|\"[ -!#-\\[\\]-~]{0,30}\"|\\[\"read\",\"[a-z]{0,8}\"\\]|\\{\\}|\\[\\[\\[)";
    prop_oneof![
        3 => prop::collection::vec((word, scalar), 0..5).prop_map(|pairs| {
            let pairs: Vec<String> = pairs.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
            format!("{{{}}}", pairs.join(",")).into_bytes()
        }),
        2 => prop::collection::vec((word, "[ -~]{0,30}"), 0..5).prop_map(|pairs| {
            let pairs: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
            pairs.join("&").into_bytes()
        }),
        1 => prop::collection::vec(any::<u8>(), 0..200),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_header_and_no_body_makes_a_server_error() {
    let door = door(setup()).await;
    let (router, handle) = (&door.router, tokio::runtime::Handle::current());
    let mut refused = 0_u32;
    tokio::task::block_in_place(|| {
        let refused = std::cell::RefCell::new(&mut refused);
        runner(1_500).run(&(target(), headers(), body()), |((method, path), headers, body)| {
            let mut request = Request::builder().method(method).uri(&path);
            for (name, value) in &headers {
                let Ok(value) = HeaderValue::from_bytes(value) else { continue };
                request = request.header(name.parse::<HeaderName>().expect("a name"), value);
            }
            let body = if method == "GET" { Body::empty() } else { Body::from(body.clone()) };
            let answer = handle.block_on(send(router, request.body(body).expect("a request")));
            let status = answer.status.as_u16();
            // Without the web app its pages say that they are not built; without a node nobody asks contracts.
            let missing = status == 503 && matches!(path.as_str(), "/" | "/docs");
            prop_assert!(status < 500 || missing, "{method} {path} {headers:?}: {status} {}", answer.text());
            **refused.borrow_mut() += u32::from((400..500).contains(&status));
            Ok(())
        })
    })
    .expect("no server error");
    assert!(refused > 300, "{refused} were refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_frame_of_a_websocket_ends_more_than_its_connection() {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    let (_child, address, _log) = start_with(stage.database.url(), &["--limits", "off"]).await;
    let url = format!("ws://{address}/v1/live?topics=blocks");
    let frame = prop_oneof![
        "\\{\"op\": ?\"(subscribe|unsubscribe|x)\", ?\"topics\": ?\\[\"(purchases|listing:[0-9]{1,6}-[0-9]{1,20}|account:0x[0-9a-f]{0,42}|[ !#-~]{0,12})\"\\]\\}?",
        "[\\[{\"]{0,200}",
        "\\PC{0,60}",
    ];
    let frame = prop_oneof![
        4 => frame.prop_map(Message::text),
        1 => prop::collection::vec(any::<u8>(), 0..100).prop_map(Message::binary),
        1 => prop::collection::vec(any::<u8>(), 0..100).prop_map(|bytes| Message::Ping(bytes.into())),
    ];
    let handle = tokio::runtime::Handle::current();
    tokio::task::block_in_place(|| {
        runner(60).run(&prop::collection::vec(frame, 1..30), |frames| {
            handle.block_on(async {
                let (mut socket, _) = connect_async(&url).await.expect("it is let in");
                for frame in &frames {
                    // After twenty mistakes it ends.
                    if socket.send(frame.clone()).await.is_err() {
                        break;
                    }
                }
                let _ = socket.close(None).await;
                while let Some(Ok(message)) = socket.next().await {
                    if let Message::Text(text) = message {
                        let told: serde_json::Value = serde_json::from_str(&text).expect("JSON");
                        assert!(told.is_object(), "{told}");
                    }
                }
            });
            Ok(())
        })
    })
    .expect("it goes on");
    let (mut socket, _) = connect_async(&url).await.expect("it still lets in");
    assert!(socket.next().await.expect("open").is_ok());
}
