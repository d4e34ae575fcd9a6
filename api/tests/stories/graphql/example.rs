//! The example of api/README.md, run as it stands there.

use super::{data, stage};

#[tokio::test]
async fn the_example_of_the_readme_answers() {
    let readme = include_str!("../../../README.md");
    let example = readme.split("```graphql\n").nth(1).and_then(|rest| rest.split("```").next());
    let answer = data(&stage().await.graphql(example.expect("an example")).await);
    let listings = answer["listings"]["nodes"].as_array().expect("listings");
    assert_eq!(listings.len(), 3);
    assert_eq!(listings[0]["plans"]["nodes"][0]["price"], "5");
}
