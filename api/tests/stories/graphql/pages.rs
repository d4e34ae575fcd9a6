//! Pages, and their cursors, which are those of the REST routes.

use super::{data, stage};

#[tokio::test]
async fn pages_follow_one_another_without_gap() {
    let stage = stage().await;
    for sort in ["NEWEST", "OLDEST", "BUYERS"] {
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let query = format!(
                "{{ listings(first: 2, sort: {sort}{after}) {{ edges {{ cursor node {{ id }} }} totalCount \
                 pageInfo {{ hasNextPage hasPreviousPage endCursor }} }} }}"
            );
            let page = data(&stage.graphql(&query).await)["listings"].take();
            assert_eq!(page["totalCount"], 3);
            assert_eq!(page["pageInfo"]["hasPreviousPage"], !after.is_empty());
            let edges = page["edges"].as_array().expect("edges");
            seen.extend(edges.iter().map(|edge| edge["node"]["id"].as_str().expect("an id").to_owned()));
            assert_eq!(page["pageInfo"]["endCursor"], edges.last().expect("an edge")["cursor"]);
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = format!(", after: {}", page["pageInfo"]["endCursor"]);
        }
        assert_eq!(seen, stage.ids(&format!("/v1/listings?sort={}", sort.to_lowercase())).await, "{sort}");
    }
}

#[tokio::test]
async fn a_cursor_of_the_routes_is_one_of_the_graph() {
    let stage = stage().await;
    let next = stage.get("/v1/purchases?limit=2").await.ok()["next"].as_str().expect("more").to_owned();
    let query = format!(
        r#"{{ purchases(first: 2, after: "{next}") {{ nodes {{ id }} pageInfo {{ endCursor }} }} }}"#
    );
    let page = data(&stage.graphql(&query).await)["purchases"].take();
    let rest = stage.get(&format!("/v1/purchases?limit=2&cursor={next}")).await.ok();
    assert_eq!(page["nodes"][0]["id"], rest["data"][0]["id"]);
    assert_eq!(page["pageInfo"]["endCursor"], rest["next"]);
}

#[tokio::test]
async fn a_listings_purchases_go_on_at_the_root() {
    let stage = stage().await;
    let query = r#"{ listing(id: "31337-1") { purchases(first: 1) { nodes { id } pageInfo { endCursor hasNextPage } } } }"#;
    let first = data(&stage.graphql(query).await)["listing"]["purchases"].take();
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    let query = format!(
        r#"{{ purchases(where: {{ listing: "31337-1" }}, after: {}) {{ nodes {{ id }} }} }}"#,
        first["pageInfo"]["endCursor"]
    );
    let rest = data(&stage.graphql(&query).await)["purchases"].take();
    let all = stage.ids("/v1/purchases?listing=31337-1").await;
    assert_eq!([&first["nodes"][0]["id"], &rest["nodes"][0]["id"]], [&all[0], &all[1]]);
}
