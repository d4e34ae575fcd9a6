//! Each way in which an answer can be broken: told in words, and asked for elsewhere.

use std::time::Duration;

use serde_json::{Value, json};
use stoa_indexer::fetch::{Detail, Doubt, FetchError, Pool, PoolConfig, Range, Trouble};

use crate::fetch_node::{Act, Chain, FakeNode, OURS, born, config, hasty, log, pool, time, trouble};

async fn range(pool: &Pool) -> Result<Range, FetchError> {
    pool.range(1, 10, &[], born, Detail::Ends).await
}

/// What is in blocks 1 to 10.
fn is_whole(range: &Range) {
    let places: Vec<_> = range.logs.iter().map(|log| (log.block_number, log.log_index)).collect();
    assert_eq!(places, [(3, 0), (3, 2), (6, 0), (6, 2), (9, 0), (9, 2)]);
    assert!(range.logs.iter().all(|log| log.time == time(log.block_number) && log.inner.address == OURS));
    assert_eq!((range.first.number, range.last.number), (1, 10));
}

/// The act's trouble at a single node that is asked once; then another node helps out.
async fn meets(act: impl Fn() -> Act) -> Trouble {
    let bad = FakeNode::start().await;
    let single = hasty(&bad).await;
    bad.next("eth_getLogs", act());
    let told = trouble(range(&single).await);
    let good = FakeNode::start().await;
    let both = pool(&[&bad, &good]).await;
    bad.next("eth_getLogs", act());
    let answer = range(&both).await.expect("the other node answers");
    is_whole(&answer);
    assert_eq!(answer.endpoint, 1);
    let report = both.report();
    assert!(report[0].score < report[1].score, "{report:?}");
    assert!(report[0].failures > 0 && report[0].trouble.is_some() && report[1].failures == 0, "{report:?}");
    told
}

fn changed(change: impl Fn(&mut Vec<Value>) + Clone + Send + 'static) -> impl Fn() -> Act {
    move || Act::logs(change.clone())
}

#[tokio::test]
async fn a_good_answer_is_whole() {
    let node = FakeNode::start().await;
    is_whole(&range(&pool(&[&node]).await).await.expect("an answer"));
    assert_eq!(node.requests("eth_getLogs"), 1, "logs and headers travel together");
}

#[tokio::test]
async fn a_zipped_answer_is_whole() {
    let node = FakeNode::start().await;
    node.next("eth_getLogs", Act::Zip);
    is_whole(&range(&pool(&[&node]).await).await.expect("an answer"));
}

#[tokio::test]
async fn times_come_from_headers_where_logs_have_none() {
    let node = FakeNode::with(Chain { timestamps: false, ..Chain::new() }).await;
    is_whole(&range(&pool(&[&node]).await).await.expect("an answer"));
}

#[tokio::test]
async fn a_truncated_answer_is_asked_for_again() {
    let told = meets(|| Act::Truncate).await;
    assert!(matches!(&told, Trouble::Malformed(text) if text.contains("EOF")), "{told}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_asked_for_again() {
    let told = meets(|| Act::Break).await;
    assert!(matches!(told, Trouble::Broken(_)), "{told}");
}

#[tokio::test]
async fn a_node_that_never_answers_is_given_up() {
    let bad = FakeNode::start().await;
    let good = FakeNode::start().await;
    let config = PoolConfig { timeout: Duration::from_millis(500), max_range: 10, ..config(&[&bad, &good]) };
    let both = Pool::connect(config).await.expect("a pool");
    bad.next("eth_getLogs", Act::Hang);
    is_whole(&range(&both).await.expect("the other node answers"));
    let report = both.report();
    assert_eq!(report[0].range, 5, "it may have been too much at once: {report:?}");
    let told = report[0].trouble.as_deref().expect("trouble");
    assert_eq!(told, "no answer within 500 ms");
}

#[tokio::test]
async fn a_socket_that_is_accepted_and_ignored_is_given_up() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", silent.local_addr().expect("an address"));
    let accepting = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((socket, _)) = silent.accept().await {
            held.push(socket);
        }
    });
    let good = FakeNode::start().await;
    let mut config = PoolConfig { timeout: Duration::from_millis(500), ..config(&[&good]) };
    config.endpoints.insert(0, url.parse::<url::Url>().expect("a URL").into());
    let both = Pool::connect(config).await.expect("one is enough");
    is_whole(&range(&both).await.expect("the other node answers"));
    accepting.abort();
}

#[tokio::test]
async fn html_is_no_answer() {
    let told = meets(|| Act::text(200, "<html>Sign in\0</html>")).await;
    let expected = "not a JSON-RPC answer (text/html): <html>Sign in </html>";
    assert_eq!(told.to_string(), expected);
    let told = meets(|| Act::text(502, "<html>Bad Gateway</html>")).await;
    assert_eq!(told.to_string(), "HTTP status 502: <html>Bad Gateway</html>");
    let told = meets(|| Act::text(200, "")).await;
    assert!(told.to_string().contains("an empty body"), "{told}");
}

#[tokio::test]
async fn a_wrong_content_type_does_not_matter_where_the_answer_is_right() {
    let node = FakeNode::start().await;
    let id = json!({ "jsonrpc": "2.0", "id": 1, "result": "0x4d" }).to_string();
    node.next("eth_chainId", Act::text(200, &id));
    is_whole(&range(&pool(&[&node]).await).await.expect("an answer"));
}

#[tokio::test]
async fn malformed_replies_are_named() {
    let told = meets(|| Act::text(200, "[{\"id\":1,\"result\":nul}]")).await;
    assert!(matches!(told, Trouble::Malformed(_)), "{told}");
    let told = meets(|| Act::Whole(Box::new(|answer| *answer = json!([])))).await;
    assert_eq!(told.to_string(), "malformed JSON: 3 of 3 calls were not answered");
    let told = meets(|| Act::Change("eth_getLogs", Box::new(|reply| reply["result"] = Value::Null))).await;
    assert!(told.to_string().contains("invalid type: null, expected a list of logs"), "{told}");
    let told = meets(|| {
        Act::Change(
            "eth_getLogs",
            Box::new(|reply| drop(reply.as_object_mut().map(|reply| reply.remove("result")))),
        )
    })
    .await;
    assert!(told.to_string().contains("neither result nor error"), "{told}");
    let told = meets(changed(|logs| logs[0]["data"] = "0xzz".into())).await;
    assert!(told.to_string().contains("expected bytes in hex"), "{told}");
}

#[tokio::test]
async fn null_bytes_are_no_data() {
    let told = meets(changed(|logs| logs[0]["data"] = "0x00\0".into())).await;
    assert!(matches!(&told, Trouble::Malformed(text) if !text.contains('\0')), "{told:?}");
    // Unescaped, as a broken proxy may send it.
    let told = meets(|| Act::text(200, "[{\"id\":1,\"result\":\"a\0b\"}]")).await;
    assert!(matches!(told, Trouble::Malformed(_)), "{told}");
    let told = meets(|| Act::refuse("eth_getLogs", -32_603, "boom\0bang")).await;
    assert_eq!(told, Trouble::Rpc { code: -32_603, message: "boom bang".to_owned() });
}

#[tokio::test]
async fn answers_to_other_questions_are_refused() {
    let told = meets(|| Act::Change("eth_getLogs", Box::new(|reply| reply["id"] = 999_999.into()))).await;
    assert_eq!(told.to_string(), "it answered a question that was not asked (id 999999)");
    let twice = |answer: &mut Value| {
        let first = answer[0].clone();
        answer.as_array_mut().expect("a batch").push(first);
    };
    let told = meets(|| Act::Whole(Box::new(twice))).await;
    assert!(matches!(told, Trouble::WrongId(_)), "{told}");
}

#[tokio::test]
async fn ids_may_come_back_as_text() {
    let node = FakeNode::start().await;
    let pool = pool(&[&node]).await;
    node.next(
        "eth_getLogs",
        Act::Change("eth_getLogs", Box::new(|reply| reply["id"] = reply["id"].to_string().into())),
    );
    is_whole(&range(&pool).await.expect("an answer"));
}

#[tokio::test]
async fn an_error_is_told_in_its_own_words() {
    let told = meets(|| Act::refuse("eth_getLogs", -32_603, "internal error")).await;
    assert_eq!(told.to_string(), "it refused (code -32603): internal error");
    let told = meets(|| Act::Whole(Box::new(|answer| *answer = json!({ "error": "overloaded" })))).await;
    assert_eq!(told.to_string(), "it refused (code 0): overloaded");
}

#[tokio::test]
async fn an_answer_beyond_the_limit_is_cut_off() {
    let mut chain = Chain::new();
    chain.logs.insert(4, vec![log(OURS, OURS.into_word(), 9); 200]);
    let node = FakeNode::with(chain).await;
    let config = PoolConfig { max_body: 40_000, max_range: 10, tries: 1, ..config(&[&node]) };
    let small = Pool::connect(config).await.expect("a pool");
    assert_eq!(trouble(range(&small).await), Trouble::Oversized(40_000));
    assert_eq!(small.range_limit(), 5, "the next range is smaller");
    node.next("eth_getLogs", Act::Zip);
    let zipped = small.range(1, 5, &[], born, Detail::Ends).await;
    assert_eq!(trouble(zipped), Trouble::Oversized(40_000), "unpacked, it counts as well");
}

#[tokio::test]
async fn logs_that_cannot_stand_are_doubted() {
    let doubt = |told: Trouble| match told {
        Trouble::Doubt(doubt) => doubt,
        other => panic!("{other}"),
    };
    let removed = changed(|logs| logs[1]["removed"] = true.into());
    assert_eq!(doubt(meets(removed).await), Doubt::Removed { block: 3, index: 2 });
    let pending = changed(|logs| logs[2]["blockHash"] = Value::Null);
    assert_eq!(doubt(meets(pending).await), Doubt::Incomplete { place: 2, field: "blockHash" });
    let fieldless = changed(|logs| drop(logs[0].as_object_mut().map(|log| log.remove("logIndex"))));
    assert_eq!(doubt(meets(fieldless).await), Doubt::Incomplete { place: 0, field: "logIndex" });
    let foreign = changed(|logs| logs[0]["address"] = json!(alloy::primitives::Address::ZERO));
    assert!(matches!(doubt(meets(foreign).await), Doubt::WrongContract(_)));
    let early = changed(|logs| logs[0]["blockNumber"] = "0x0".into());
    assert_eq!(doubt(meets(early).await), Doubt::OutOfRange { block: 0, from: 1, to: 10 });
    let disordered = changed(|logs| logs.swap(0, 1));
    assert_eq!(doubt(meets(disordered).await), Doubt::Disorder { block: 3, index: 0 });
    let double = changed(|logs| logs.insert(0, logs[0].clone()));
    assert_eq!(doubt(meets(double).await), Doubt::Disorder { block: 3, index: 0 });
    let torn = changed(|logs| logs[1]["blockHash"] = json!(alloy::primitives::B256::ZERO));
    assert_eq!(doubt(meets(torn).await), Doubt::Torn(3));
}

#[tokio::test]
async fn logs_of_another_fork_than_the_headers_are_doubted() {
    let node = FakeNode::start().await;
    let single = hasty(&node).await;
    node.next(
        "eth_getLogs",
        Act::logs(|logs| {
            for log in logs.iter_mut().filter(|log| log["blockNumber"] == "0x9") {
                log["blockHash"] = json!(alloy::primitives::B256::ZERO);
            }
        }),
    );
    let told = trouble(single.range(1, 9, &[], born, Detail::Ends).await);
    assert!(matches!(told, Trouble::Doubt(Doubt::Hash { block: 9, .. })), "{told}");
    // With every header at hand, forks in the middle are noticed too.
    node.next(
        "eth_getLogs",
        Act::logs(|logs| {
            for log in logs.iter_mut().filter(|log| log["blockNumber"] == "0x6") {
                log["blockHash"] = json!(alloy::primitives::B256::ZERO);
            }
        }),
    );
    let told = trouble(single.range(1, 9, &[], born, Detail::EveryBlock).await);
    assert!(matches!(told, Trouble::Doubt(Doubt::Hash { block: 6, .. })), "{told}");
    node.next(
        "eth_getLogs",
        Act::logs(|logs| {
            for log in logs.iter_mut().filter(|log| log["blockNumber"] == "0x9") {
                log["blockTimestamp"] = "0x1".into();
            }
        }),
    );
    let told = trouble(single.range(1, 9, &[], born, Detail::Ends).await);
    assert!(matches!(told, Trouble::Doubt(Doubt::Time { block: 9, log: 1, .. })), "{told}");
}
