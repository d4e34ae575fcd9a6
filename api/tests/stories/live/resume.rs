//! Whoever comes back misses nothing and is told nothing twice, however long the server was away.

use stoa_api::live::Settings;

use super::chain::Chain;
use super::stream::{Stream, router};
use crate::stage::Stage;

/// The cursors of the next events: `+` a message, `-` a retraction, and the sale.
async fn told(stream: &mut Stream, count: usize) -> Vec<String> {
    let mut all = Vec::new();
    for _ in 0..count {
        let event = stream.next().await;
        let sign = match event.event.as_str() {
            "message" => '+',
            "retract" => '-',
            other => panic!("{other}: {event:?}"),
        };
        all.push(format!("{sign}{}", event.data["data"]["id"].as_str().expect("an id")));
    }
    all
}

#[tokio::test]
async fn a_restart_and_a_reorganisation_later_nothing_is_missed_or_doubled() {
    let stage = Stage::new().await;
    let mut chain = Chain::new(&stage).await;
    let first = router(&stage, Settings::default());
    let mut stream = Stream::on(&first, "topics=purchases", None).await;
    chain.commit(101, 0xa1, &[1, 2]).await;
    chain.commit(102, 0xa2, &[3]).await;
    assert_eq!(told(&mut stream, 2).await, ["+31337-101-1", "+31337-101-2"]);
    let sale = stream.next().await;
    assert_eq!(sale.data["data"]["id"], "31337-102-3");
    let cursor = sale.id.expect("a cursor");
    drop((stream, first));

    // Meanwhile: block 102 is replaced, its replacement too, and the chain goes on.
    chain.take_back(102, 0xa2).await;
    chain.commit(102, 0xb2, &[4]).await;
    chain.take_back(102, 0xb2).await;
    chain.commit(102, 0xc2, &[5]).await;
    chain.commit(103, 0xc3, &[]).await;

    let second = router(&stage, Settings::default());
    let mut stream = Stream::on(&second, "topics=purchases", Some(&cursor)).await;
    assert_eq!(told(&mut stream, 2).await, ["-31337-102-3", "+31337-102-5"]);
    chain.commit(104, 0xc4, &[6]).await;
    assert_eq!(told(&mut stream, 1).await, ["+31337-104-6"]);
    // What was never told is not taken back either; what was told is.
    chain.take_back(104, 0xc4).await;
    assert_eq!(told(&mut stream, 1).await, ["-31337-104-6"]);
}

#[tokio::test]
async fn a_block_is_resumed_in_its_middle() {
    let stage = Stage::new().await;
    let mut chain = Chain::new(&stage).await;
    chain.commit(101, 0xa1, &[1, 2, 3]).await;
    let router = router(&stage, Settings::default());
    let mut all = Stream::on(&router, "topics=purchases", Some("latest:31337-0")).await;
    assert_eq!(all.message().await["data"]["id"], "31337-101-1");
    let middle = all.next().await.id.expect("a cursor");
    assert_eq!(middle, "latest:31337-1-3");
    let mut stream = Stream::on(&router, "topics=purchases", Some(&middle)).await;
    assert_eq!(told(&mut stream, 1).await, ["+31337-101-3"]);
    chain.commit(102, 0xa2, &[1]).await;
    assert_eq!(told(&mut stream, 1).await, ["+31337-102-1"]);
}

#[tokio::test]
async fn what_is_too_old_for_memory_is_read_from_the_outbox() {
    let stage = Stage::new().await;
    let mut chain = Chain::new(&stage).await;
    // More than a server reads at its start.
    for block in 101..461_i64 {
        chain.commit(block, 0xa1, if block % 50 == 0 { &[1] } else { &[] }).await;
    }
    chain.finalize(430).await;
    let router = router(&stage, Settings::default());
    let mut latest = Stream::on(&router, "topics=purchases", Some("latest:31337-0")).await;
    let mut last = Stream::on(&router, "topics=purchases&level=finalized", Some("finalized:31337-0")).await;
    for block in [150, 200, 250, 300, 350, 400] {
        assert_eq!(latest.message().await["block"]["number"], block);
        let told = last.message().await;
        assert_eq!((&told["block"]["number"], &told["finality"]), (&block.into(), &"finalized".into()));
    }
    assert_eq!(latest.message().await["block"]["number"], 450);
    chain.finalize(455).await;
    assert_eq!(last.message().await["block"]["number"], 450);
}
