//! The figures that stand at the root, against the routes that tell the same.

use serde_json::{Value, json};

use super::data;
use crate::chronicle::{self, bytes, event};
use crate::rows::{self, Listing, address};
use crate::stage::Stage;
use crate::statements::sent;

/// A listing with a family, owners, prices and sales.
async fn stage() -> Stage {
    let stage = chronicle::market().await;
    let (zero, token, owner) = (bytes(0), bytes(0x77), bytes(1));
    for n in [4, 5] {
        Listing::new(n).insert(&stage.pool).await;
        rows::parent(&stage.pool, n, n - 1, 1_000).await;
    }
    event(&stage, "listings_transfer", 13, 0, 0xa1, &format!("{zero}, {owner}, 3")).await;
    event(&stage, "listings_transfer", 15, 0, 0xa1, &format!("{owner}, {}, 3", bytes(5))).await;
    let created = format!("7, 3, {token}, 1, 100, 0, false, 1, 3600, 0, '', 0, 0, {zero}, false");
    event(&stage, "market_plan_created", 12, 0, 0xa1, &created).await;
    let settled = format!("4, {owner}, {token}, 1000, 900, ARRAY[3], ARRAY[{owner}]::bytea[], ARRAY[100]");
    event(&stage, "revenue_settled", 20, 0, 0xa1, &settled).await;
    let listed =
        "3, '\\x0101010101010101010101010101010101010101', 0, '', 'MIT', true, 0, '{}', '{}', '\\x01', 0";
    event(&stage, "listings_listing_created", 13, 5, 0xa1, listed).await;
    chronicle::sale(&stage, 30, 0xa2).await;
    rows::Purchase { listing: 3, ..rows::Purchase::new(30, 2) }.insert(&stage.pool).await;
    stage.curate().await;
    stage
}

/// A route's members in the graph's spelling; words of closed sets in capitals.
fn spelled(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(spelled).collect(),
        Value::Object(members) => {
            let camel = |name: &str| {
                let mut parts = name.split('_');
                let first = parts.next().unwrap_or_default().to_owned();
                parts.fold(first, |text, part| text + &part[..1].to_uppercase() + &part[1..])
            };
            members.iter().map(|(name, value)| (camel(name), spelled(value))).collect()
        }
        other => other.clone(),
    }
}

#[tokio::test]
async fn details_say_what_the_routes_say() {
    let stage = stage().await;
    let who = address(2);
    for (query, name, route) in [
        (
            r#"ancestors(listing: "31337-5") { nodes { id name depth revenuePpm links { id bps } } }"#.to_owned(),
            "nodes",
            "listings/31337-5/ancestors".to_owned(),
        ),
        (
            r#"descendants(listing: "31337-3") { nodes { id name depth revenuePpm links { id bps } } }"#.to_owned(),
            "nodes",
            "listings/31337-3/descendants".to_owned(),
        ),
        (
            r#"flow(listing: "31337-4") { nodes { blockNumber logIndex blockTime txHash beneficiary received
                beneficiaryAmount royalties { parent beneficiary amount } } }"#
                .to_owned(),
            "nodes",
            "listings/31337-4/flow".to_owned(),
        ),
        (
            r#"owners(listing: "31337-3") { nodes { owner fromBlock fromTime txHash untilBlock untilTime } }"#.to_owned(),
            "nodes",
            "listings/31337-3/owners".to_owned(),
        ),
        (
            r#"priceHistory(listing: "31337-3") { plan price token { address symbol name decimals } fromBlock
                fromTime txHash untilBlock untilTime }"#
                .to_owned(),
            "",
            "listings/31337-3/prices".to_owned(),
        ),
        (r#"yields(listing: "31337-3") { share }"#.to_owned(), "", "listings/31337-3/yield".to_owned()),
        (
            r#"attribution(listing: "31337-3") { listing child count amount fee net }"#.to_owned(),
            "",
            "market/attribution?listing=31337-3".to_owned(),
        ),
        (
            "retention(months: 3) { chainId month buyers again { month buyers } }".to_owned(),
            "",
            "market/retention?months=3".to_owned(),
        ),
        (
            format!(r#"history(account: "{who}") {{ nodes {{ id words roles amount contract event }} }}"#),
            "nodes",
            format!("accounts/{who}/history"),
        ),
    ] {
        let found = data(&stage.graphql(&format!("{{ it: {query} }}")).await)["it"].take();
        let found = if name.is_empty() { found } else { found[name].clone() };
        let told = spelled(&stage.data(&format!("/v1/{route}")).await);
        let (found, told) = (found.as_array().expect("rows"), told.as_array().expect("rows"));
        assert_eq!(found.len(), told.len(), "{query}: {found:?} {told:?}");
        assert!(!found.is_empty() || query.starts_with("yields"), "{query} tells nothing");
        for (found, told) in found.iter().zip(told) {
            for (member, value) in found.as_object().expect("an object") {
                assert_eq!(value, &told[member], "{query}: {member}");
            }
        }
    }
    let grades = r#"{ grades(listing: "31337-3") { countedBlock longTerm { score growth { points buyers } age { days }
        revenue { tokens { rank } } formulas } ignored { reason sales } } }"#;
    let grades = data(&stage.graphql(grades).await)["grades"].take();
    let told = stage.data("/v1/listings/31337-3/grades").await;
    assert_eq!(grades["countedBlock"], told["counted_block"]);
    assert_eq!(grades["longTerm"]["growth"]["buyers"], told["long_term"]["growth"]["buyers"]);
    assert_eq!(grades["longTerm"]["formulas"], told["long_term"]["formulas"]);
    let facets = "{ facets(of: [KIND, LICENCE], where: { chain: 31337 }) { facet values { value count } } }";
    assert_eq!(
        data(&stage.graphql(facets).await)["facets"],
        json!([
            {"facet": "KIND", "values": [{"value": "model", "count": 3}]},
            {"facet": "LICENCE", "values": [{"value": "MIT", "count": 3}]}
        ])
    );
}

#[tokio::test]
async fn pages_of_details_go_on_where_they_ended() {
    let stage = stage().await;
    let first =
        data(&stage.graphql(r#"{ ancestors(listing: "31337-5", first: 1) { nodes { id } next } }"#).await);
    assert_eq!(first["ancestors"]["nodes"], json!([{"id": "31337-4"}]));
    let next = first["ancestors"]["next"].as_str().expect("a cursor");
    let query = format!(
        r#"{{ ancestors(listing: "31337-5", first: 1, after: "{next}") {{ nodes {{ id }} next }} }}"#
    );
    let second = data(&stage.graphql(&query).await);
    assert_eq!(second["ancestors"], json!({"nodes": [{"id": "31337-3"}], "next": null}));
}

#[tokio::test]
async fn a_detail_is_told_of_wrong_arguments_and_missing_listings() {
    let stage = stage().await;
    for (query, code) in [
        (r#"{ ancestors(listing: "31337-9") { next } }"#, "NOT_FOUND"),
        (r#"{ grades(listing: "31337-9") { countedBlock } }"#, "NOT_FOUND"),
        (r#"{ retention(months: 37) { month } }"#, "INVALID_ARGUMENT"),
        (r#"{ attribution { amount } }"#, "INVALID_ARGUMENT"),
        (r#"{ facets(of: []) { facet } }"#, "INVALID_ARGUMENT"),
        (r#"{ flow(listing: "31337-3", first: 101) { next } }"#, "INVALID_ARGUMENT"),
    ] {
        let body = stage.graphql(query).await.json();
        assert_eq!(body["errors"][0]["extensions"]["code"], code, "{query}: {body}");
    }
    Listing::new(6).insert(&stage.pool).await;
    let fresh = data(
        &stage
            .graphql(r#"{ grades(listing: "31337-6") { countedBlock } listing(id: "31337-6") { id } }"#)
            .await,
    );
    assert_eq!(fresh, json!({"grades": null, "listing": {"id": "31337-6"}}), "not counted yet");
}

#[tokio::test]
async fn a_detail_costs_a_few_statements_whatever_it_holds() {
    let stage = stage().await;
    for query in [
        r#"{ descendants(listing: "31337-3") { nodes { id links { id } } } }"#,
        r#"{ priceHistory(listing: "31337-3") { price } }"#,
        r#"{ retention { buyers } }"#,
        r#"{ facets(of: [KIND]) { values { count } } }"#,
    ] {
        let mut fewest = usize::MAX;
        for _ in 0..4 {
            sent();
            data(&stage.graphql(query).await);
            fewest = fewest.min(sent());
        }
        assert!((3..=9).contains(&fewest), "{query}: {fewest}");
    }
}

#[tokio::test]
async fn a_block_that_was_not_read_is_waited_for() {
    let stage = stage().await;
    let body = json!({ "query": "{ market { sales } }" });
    let read = stage.post("/graphql?min_block=31337-100", &body).await;
    assert!(data(&read)["market"][0]["sales"].is_string());
    assert_eq!(stage.post("/graphql?min_block=x", &body).await.problem(400)["parameter"], "min_block");
}
