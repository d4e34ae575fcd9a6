//! A service manager's SIGTERM.

use std::time::{Duration, Instant};

use stoa_scripts::child::Child;
use stoa_tests::paper::Options;

use super::ground::{Ground, said, said_more};

const AT_MOST: Duration = Duration::from_secs(2);

async fn ends_in_time(child: &Child, doing: &str) {
    let started = Instant::now();
    child.signal("TERM");
    let status = child.wait().await;
    let took = started.elapsed();
    println!("SIGTERM while {doing}: ended after {:.2} s", took.as_secs_f64());
    assert!(status.success(), "while {doing}");
    assert!(took < AT_MOST, "while {doing}: {took:?}");
}

#[tokio::test]
async fn it_ends_within_two_seconds_whatever_it_does() {
    let mut ground = Ground::start(5, 600).await;
    // A node that takes its time: something is under way whenever the signal comes.
    ground.node.wire().set_options(Options { round_trip: Duration::from_millis(300), ..Options::default() });
    let database = ground.database().await;
    let filling = ground.filler(database.url(), "filling", 20);
    said_more(&filling, "archived", 3).await;
    ends_in_time(&filling, "filling the archive").await;

    ground.node.wire().set_options(Options::default());
    let building = ground.filler(database.url(), "building", 50);
    said(&building, "building the projections from the archive").await;
    ends_in_time(&building, "building the projections").await;

    let following = ground.indexer(database.url(), "following", &[]);
    said(&following, "following from here").await;
    ground.followed(database.url()).await;
    ground.world.grow(40);
    said(&following, "committed").await;
    ends_in_time(&following, "following").await;

    ground.node.close().await;
    let waiting = ground.indexer(database.url(), "waiting", &[]);
    said(&waiting, "starting over").await;
    ends_in_time(&waiting, "waiting for a node").await;
    ground.node.open().await;

    let writer = ground.indexer(database.url(), "writer", &[]);
    ground.followed(database.url()).await;
    let standby = ground.indexer(database.url(), "standby", &[]);
    said(&standby, "standing by").await;
    ends_in_time(&standby, "standing by").await;
    ends_in_time(&writer, "at the head").await;
    ground.compare(database.url()).await;
}
