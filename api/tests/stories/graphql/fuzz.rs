//! No document makes a server error: made ones, and broken ones.

use std::cell::RefCell;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::stage;

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "-?[0-9]{1,22}",
        "\"[0-9]{1,6}-[0-9]{1,20}\"",
        "\"31337-[1-4]\"",
        "\"0x[0-9a-f]{40}\"",
        "\"0x[0-9a-fA-F]{0,66}\"",
        "\"[A-Za-z0-9_-]{0,60}\"",
        "\"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:00:00Z\"",
        "(NEWEST|OLDEST|REVENUE|TRENDING|RELEVANCE|MODEL|ACTIVE|HOUR|MONTH|ALL|PROVIDERS|null|true|false|\\$v)",
        "\\{(chain|listing|payer|account|q|ids|tag|free|priceMin|token|kind|plan): (\"31337-1\"|31337|true|\"5\"|\"a b\"|MODEL|null)\\}",
        "\\[\"31337-[0-9]\"(, \"31337-[0-9]\")?\\]",
        "\"\\PC{0,6}\"",
    ]
}

fn arguments() -> impl Strategy<Value = String> {
    let name = "(first|after|where|sort|id|address|chain|listing|account|interval|from|until|of|by|window)";
    prop::collection::vec((name, value()), 0..3).prop_map(|pairs| {
        let pairs: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
        if pairs.is_empty() { String::new() } else { format!("({})", pairs.join(", ")) }
    })
}

fn selection() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => "(id|kind|price|amount|name|totalCount|cursor|bps|symbol|sales|__typename|chainId|score)",
        1 => "(\\.\\.\\.f|\\.\\.\\. on Listing \\{ id \\}|a: id|id @skip\\(if: true\\))",
    ];
    leaf.prop_recursive(5, 24, 3, |inner| {
        let name = "(listings|purchases|payments|spendings|listing|nodes|edges|node|pageInfo|plans|versions|children|parents|\
             revenue|shares|token|account|chains|balances|access|staking|market|series|leaders|meta|__schema|types|fields)";
        (name, arguments(), prop::collection::vec(inner, 1..3))
            .prop_map(|(name, arguments, inside)| format!("{name}{arguments} {{ {} }}", inside.join(" ")))
    })
}

/// Documents that are valid more often than not.
fn sound() -> impl Strategy<Value = String> {
    let page = "(\\(first: [1-3]\\)|\\(first: [1-3], sort: OLDEST\\)|)";
    let parts = prop::sample::subsequence(
        vec![
            "id",
            "kind",
            "sales",
            "metadata { name }",
            "plans(first: 2) { totalCount nodes { price token { symbol } } }",
            "purchases { edges { cursor node { amount listing { id } } } }",
            "revenue { gross }",
            "shares { supply }",
            "versions { nodes { version } }",
            "parents { bps }",
            "children(first: 1) { totalCount }",
        ],
        1..6,
    );
    (page, parts).prop_map(|(page, parts)| {
        format!("{{ listings{page} {{ nodes {{ {} }} totalCount }} }}", parts.join(" "))
    })
}

fn document() -> impl Strategy<Value = String> {
    let made =
        prop::collection::vec(selection(), 1..4).prop_map(|parts| format!("{{ {} }}", parts.join(" ")));
    let whole = prop_oneof![
        3 => sound(),
        4 => made,
        1 => selection().prop_map(|part| format!("query Q($v: Int) {{ {part} }} fragment f on Query {{ {part} ...f }}")),
    ];
    let broken = (whole, any::<prop::sample::Index>(), "[ -~é\\n]{0,3}", 0..4_usize).prop_map(
        |(text, at, put, kind)| {
            let at = at.index(text.len());
            let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            match kind {
                0 => format!("{}{put}{}", &text[..at], &text[at..]),
                1 => text[..at].to_owned(),
                _ => text,
            }
        },
    );
    prop_oneof![12 => broken, 1 => "\\PC{0,80}", 1 => "[{}()\\[\\]\":.a$!@|&#, ]{0,80}"]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_document_makes_a_server_error() {
    let stage = stage().await;
    let handle = tokio::runtime::Handle::current();
    let (stage, answered) = (&stage, RefCell::new([0_u32; 2]));
    tokio::task::block_in_place(|| {
        let config = ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() };
        let variables =
            prop_oneof![Just(json!({})), Just(json!({ "v": 2 })), Just(json!({ "v": [1e300, null, {}] }))];
        TestRunner::new(config).run(&(document(), variables), |(query, variables): (String, Value)| {
            let body = json!({ "query": query, "variables": variables });
            let answer = handle.block_on(stage.post("/graphql", &body));
            let status = answer.status.as_u16();
            prop_assert!(status < 500, "{query}: {status} {}", String::from_utf8_lossy(&answer.body));
            let told = answer.json();
            for error in told["errors"].as_array().into_iter().flatten() {
                let code = error["extensions"]["code"].as_str().unwrap_or_default();
                prop_assert!(!code.is_empty() && code != "INTERNAL", "{query}: {error}");
            }
            answered.borrow_mut()[usize::from(told.get("errors").is_some())] += 1;
            Ok(())
        })
    })
    .expect("no server error");
    let answered = answered.into_inner();
    assert!(answered[0] > 50 && answered[1] > 200, "both kinds were tried: {answered:?}");
}
