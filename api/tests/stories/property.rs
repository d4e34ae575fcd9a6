//! Nothing in a request makes a server error.

use axum::http::Uri;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::rows::{self, CHAIN, Listing, Plan, Purchase};
use crate::stage::Stage;

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[0-9]{1,20}",
        "(eip155:)?[0-9]{1,20}",
        "[0-9]{1,6}-[0-9]{1,20}",
        "0x[0-9a-fA-F]{0,42}",
        "0x[0-9a-f]{40}",
        "(model|dataset|compute|agent|service|active|paused|retired|newest|oldest|revenue|buyers|trending|relevance)",
        "(true|false|kind,tag|tag,status,licence,task|31337-1,31337-2)",
        "eip155:[0-9]{1,5}(:|/erc721:)0x[0-9a-f]{40}(/[0-9]{1,3})?",
        "[A-Za-z0-9_-]{0,120}",
        "(hour|day|week|month|year|all|listings|providers|revenue|sales)",
        "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:00:00(Z|[+-]23:59)",
        "(%[0-9a-f]{2}){0,8}",
        "0x[0-9a-f]{64}",
        "-?[0-9]{1,20},-?[0-9]{1,20}(,0x[0-9a-f]{0,4})?",
        "(Market|Vault|Unknown|Transfer|Purchased|csv|parquet)",
        "[ -~]{0,30}",
        "\\PC{0,10}",
        Just("' OR 1=1; DROP TABLE market.listing --".to_owned()),
    ]
}

fn query() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        8 => "(chain|kind|status|owner|sort|limit|cursor|listing|payer|recipient|account|plan|holder|spender|of|by|token|window|interval|from|until|provider|q|ids|tag|price_min|price_max|free|facets|total|parent|licence|contract|event|tx|from_block|to_block|block|after|rows|format|level)",
        1 => "[a-z%\\[\\]=&]{0,8}",
    ];
    prop::collection::vec((name, value(), any::<bool>()), 0..4).prop_map(|pairs| {
        let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = |(name, value, raw): (String, String, bool)| {
            format!("{name}={}", if raw { value } else { encoded(&value) })
        };
        pairs.into_iter().map(pair).collect::<Vec<_>>().join("&")
    })
}

fn path() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just("/v1/listings".to_owned()),
        4 => Just("/v1/purchases".to_owned()),
        2 => Just("/v1/payments".to_owned()),
        2 => Just("/v1/spendings".to_owned()),
        1 => Just("/v1/market".to_owned()),
        2 => Just("/v1/market/series".to_owned()),
        2 => Just("/v1/market/leaders".to_owned()),
        2 => Just("/v1/events".to_owned()),
        2 => value().prop_map(|hash| {
            let hash: String = url::form_urlencoded::byte_serialize(hash.as_bytes()).collect();
            format!("/v1/transactions/{hash}")
        }),
        2 => "/v1/export/(purchases|balances|plans|events|share_transfer)\\.(csv|ndjson|parquet|x)",
        2 => "/v1/export/(purchases|balances|events|nothing)/manifest",
        1 => Just("/v1/sql".to_owned()),
        1 => Just("/v1/status".to_owned()),
        1 => Just("/v1/access".to_owned()),
        1 => "/v1/listings/31337-1/(ancestors|descendants|flow)",
        1 => Just("/v1/staking".to_owned()),
        // Without topics: with them, an answer has no end.
        1 => Just("/v1/stream".to_owned()),
        1 => Just("/v1/live".to_owned()),
        2 => value().prop_map(|account| {
            let account: String = url::form_urlencoded::byte_serialize(account.as_bytes()).collect();
            format!("/v1/accounts/{account}")
        }),
        2 => value().prop_map(|id| {
            let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
            format!("/v1/listings/{id}")
        }),
        1 => "/v1/[a-z/%0-9.]{0,20}",
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_query_makes_a_server_error() {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    Listing::new(1).insert(&stage.pool).await;
    Plan::new(1, 1, 5).insert(&stage.pool).await;
    Purchase::new(20, 1).insert(&stage.pool).await;

    let mut answered = [0_u32; 6];
    let handle = tokio::runtime::Handle::current();
    let stage = &stage;
    tokio::task::block_in_place(|| {
        let config = ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() };
        let answered = std::cell::RefCell::new(&mut answered);
        TestRunner::new(config).run(&(path(), query()), |(path, query)| {
            let address = format!("{path}?{query}");
            // What is no address never reaches the server.
            prop_assume!(address.parse::<Uri>().is_ok());
            let answer = handle.block_on(stage.get(&address));
            let status = answer.status.as_u16();
            prop_assert!(status < 500, "{address}: {status} {}", String::from_utf8_lossy(&answer.body));
            if status >= 400 {
                answer.problem(status);
            }
            answered.borrow_mut()[usize::from(status / 100)] += 1;
            Ok(())
        })
    })
    .expect("no server error");
    assert!(answered[2] > 20 && answered[4] > 200, "both kinds were tried: {answered:?}");
}

/// Cursors that are well formed and say nonsense.
#[tokio::test]
async fn a_forged_cursor_makes_no_server_error() {
    use base64::Engine as _;
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    for n in 1..4 {
        Listing::new(n).insert(&stage.pool).await;
    }
    let answer = stage.get("/v1/listings?limit=1").await.ok();
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let honest = engine.decode(answer["next"].as_str().expect("more")).expect("base64");
    let (head, entry) = honest.split_at(9);
    for filler in [0x00, 0x7f, 0x80, 0xff] {
        let position = [&entry[..8], &[filler; 12]].concat();
        for forged in [head.to_vec(), [head, &position].concat(), [head, &[filler; 20]].concat()] {
            let cursor = engine.encode(forged);
            let status = stage.get(&format!("/v1/listings?limit=1&cursor={cursor}")).await.status;
            assert!(status.as_u16() < 500, "{cursor}: {status}");
        }
    }
}
