//! A nested page costs as many statements for a hundred listings as for ten.

use super::{data, fill};
use crate::rows::{self, CHAIN};
use crate::stage::Stage;
use crate::statements::sent;

async fn statements(stage: &Stage, query: &str, listings: usize) -> usize {
    // The first time on a connection also asks for types, and there may be more than one connection.
    let mut fewest = usize::MAX;
    for _ in 0..4 {
        sent();
        let answer = data(&stage.graphql(query).await);
        let nodes = answer.as_object().and_then(|root| root.values().next()).map(|page| &page["nodes"]);
        assert_eq!(nodes.and_then(|nodes| nodes.as_array()).map(Vec::len), Some(listings), "{query}");
        fewest = fewest.min(sent());
    }
    fewest
}

#[tokio::test]
async fn the_number_of_statements_does_not_grow_with_the_page() {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    fill(&stage, 100).await;
    let cases = [
        ("listings", "id plans(first: 3) { nodes { price } } purchases(first: 3) { nodes { amount } }"),
        (
            "listings",
            "versions(first: 2) { nodes { version } } children(first: 2) { totalCount nodes { bps } } revenue { gross } \
          shares { symbol } shareSales { id } parents { bps listing { id } }",
        ),
        (
            "purchases",
            "id listing { id plans(first: 2) { nodes { id } } purchases(first: 2) { nodes { listing { id } } } }",
        ),
    ];
    for (root, fields) in cases {
        let query = |first: usize| format!("{{ {root}(first: {first}) {{ nodes {{ {fields} }} }} }}");
        let ten = statements(&stage, &query(10), 10).await;
        let hundred = statements(&stage, &query(100), 100).await;
        assert_eq!(ten, hundred, "{root} {fields}");
        assert!((5..=18).contains(&hundred), "{root}: {hundred}");
    }
}
