//! The relay on a real chain: buyers sign, the server sends, and nothing is sent twice.

mod ground;
mod wire;

use alloy::primitives::U256;
use alloy::providers::Provider as _;
use serde_json::{Value, json};

use crate::support::{Actors, done, eventually};
use ground::{BUYER, Ground, PRICE, relayer};
use wire::Mode;

#[tokio::test]
async fn a_buyer_signs_and_the_operator_sends_and_pays() {
    let ground = Ground::new().await;
    let api = ground.api("api", &[]).await;
    let coin = ground.actors.provider.get_balance(Actors::address(BUYER)).await.expect("a balance");
    let before = relay(&ground, &api).await;
    assert_eq!((&before["chain_id"], &before["anyone"]), (&json!(31_337), &json!(true)));
    assert_eq!(
        (&before["relayer"], &before["left"]),
        (&json!(relayer().to_string()), &json!("50000000000000000"))
    );
    let (status, answer) = ground.submit(&api, "a", &ground.order(1).await).await;
    assert_eq!(status, 202, "{answer:#}");
    let id = answer["data"]["id"].as_str().expect("an id");
    let order = ground.until(&api, id, "included").await;
    assert_eq!(ground.sender(&order["tx_hash"]).await, (relayer(), true));
    assert_eq!(ground.licences().await, 1);
    let after = ground.actors.provider.get_balance(Actors::address(BUYER)).await.expect("a balance");
    assert_eq!(after, coin, "the buyer pays no gas");
    let paid: u128 = order["paid"].as_str().expect("wei").parse().expect("wei");
    let left: u128 = relay(&ground, &api).await["left"].as_str().expect("wei").parse().expect("wei");
    assert_eq!(left, 50_000_000_000_000_000 - paid, "what was reserved beyond the cost is free again");
    println!("a relayed purchase by allowance cost {paid} wei");
    ground.rpc("anvil_mine", json!(["0x80"])).await;
    ground.until(&api, id, "final").await;
    // The indexer tells of it as of any other purchase.
    eventually(&format!("{}/v1/purchases", api.url), "the purchase", |body| {
        body["data"][0]["payer"] == Actors::address(BUYER).to_string()
            && body["data"][0]["amount"] == PRICE.to_string()
    })
    .await;

    // A holder's credits are spent by the relayer, whom the holder names.
    let plan = ground.credits(100).await;
    let wrong = ground.spending(plan, 25, Actors::address(3)).await;
    let (status, problem) = ground.submit(&api, "s0", &wrong).await;
    assert_eq!((status, &problem["parameter"]), (400, &json!("spend.spender")));
    let id = ground.taken(&api, "s", &ground.spending(plan, 25, relayer()).await).await;
    ground.until(&api, &id, "included").await;
    let held = ground.actors.market.balanceOf(Actors::address(BUYER), U256::from(plan)).call().await;
    assert_eq!(held.expect("a balance"), U256::from(75));
}

async fn relay(ground: &Ground, api: &ground::Api) -> Value {
    let answer = ground.http.get(format!("{}/v1/relay", api.url)).send().await.expect("answers");
    answer.json::<Value>().await.expect("JSON")["data"]["chains"][0].take()
}

#[tokio::test]
async fn what_would_not_go_well_is_refused_and_nothing_is_sent() {
    let ground = Ground::new().await;
    let api = ground.api("api", &["--relay-wei-per-day", "1000"]).await;
    let before = ground.relayed().await;
    let refused = async |what: &str, body: &Value, status: u16, kind: &str| {
        let (got, problem) = ground.submit(&api, what, body).await;
        assert_eq!(
            (got, &problem["type"]),
            (status, &json!(format!("urn:stoa:problem:{kind}"))),
            "{what} {problem:#}"
        );
        problem["detail"].as_str().expect("text").to_owned()
    };
    let later = ground.later().await;
    let order = ground.order(1).await;

    // By the chain.
    let mut dear = ground.pay(2, later);
    dear.amount = U256::from(PRICE - 1);
    refused("too little", &ground.signed(&dear, BUYER), 422, "would-revert").await;

    // Before the chain is asked.
    let told =
        refused("other signer", &ground.signed(&ground.pay(1, later), 3), 422, "wrong-signature").await;
    assert!(told.contains(&Actors::address(BUYER).to_string()), "{told}");
    let mut altered = order.clone();
    altered["pay"]["amount"] = json!("1");
    refused("altered", &altered, 422, "wrong-signature").await;
    refused("expired", &ground.signed(&ground.pay(1, later - 7_200), BUYER), 422, "order-expired").await;
    let mut others = ground.pay(1, later);
    others.relayer = Actors::address(4);
    refused("another's to send", &ground.signed(&others, BUYER), 400, "invalid-parameter").await;
    for (what, pointer, value) in [
        ("chain", "/chainId", json!(1)),
        ("vault", "/contract", json!(Actors::address(4))),
        ("target", "/pay/target", json!(Actors::address(4))),
    ] {
        let mut body = order.clone();
        *body.pointer_mut(pointer).expect(pointer) = value;
        refused(what, &body, 400, "invalid-parameter").await;
    }
    for (what, text) in [
        ("no JSON", "{"),
        ("no object", "[]"),
        ("nothing", "{}"),
        ("too much", r#"{"kind": "pay", "colour": "red"}"#),
        ("a number", r#"{"kind": 7}"#),
    ] {
        let (status, problem, _) = ground.post(&api, Some(what), text.to_owned()).await;
        assert_eq!(
            (status, &problem["type"]),
            (400, &json!("urn:stoa:problem:invalid-body")),
            "{what} {problem}"
        );
    }
    let mut body = order.clone();
    body["pay"]["amount"] = json!("1e6");
    refused("a float", &body, 400, "invalid-body").await;
    body["pay"]["amount"] = json!("5000000");
    body["order"] = Value::Null;
    refused("for nothing", &body, 400, "invalid-parameter").await;
    let (status, problem, _) = ground.post(&api, None, order.to_string()).await;
    assert_eq!((status, &problem["parameter"]), (400, &json!("Idempotency-Key")));

    // By the budget, which is less than any order costs; and this is not kept for the key.
    let told = refused("budget", &order, 503, "relay-exhausted").await;
    assert!(told.contains("in a day"), "{told}");
    assert_eq!(ground.relayed().await, before, "nothing was sent");
    assert_eq!(ground.wire.sent(), Vec::<String>::new());
    let generous = ground.api("generous", &[]).await;
    let id = ground.taken(&generous, "budget", &order).await;
    ground.until(&generous, &id, "included").await;
    // A key that the operator did not give opens nothing, unless it says so.
    let closed = ground.start("closed", &[]).await;
    let (status, _) = ground.submit(&closed, "closed", &ground.order(9).await).await;
    assert_eq!(status, 401);
    assert_eq!(ground.licences().await, 1);

    // In the contract's words: to pause a plan changes it.
    let order = ground.order(3).await;
    ground.pause_plan().await;
    let (status, problem) = ground.submit(&generous, "paused", &order).await;
    let told = problem["detail"].as_str().expect("text");
    assert_eq!(status, 422, "{told}");
    assert!(told.contains(&format!("plan {} has changed", ground.plan)), "{told}");
    assert!(told.contains("Market_StaleVersion"), "{told}");
    assert_eq!(ground.relayed().await, before + 1);
}

#[tokio::test]
async fn one_order_however_often_it_comes_is_sent_once() {
    let ground = Ground::new().await;
    let api = ground.api("api", &[]).await;
    let other = ground.api("other", &[]).await;
    let order = ground.order(1).await;
    // At once, to two servers, with one key and with others.
    let asked = (0..12).map(|n| {
        let (api, key) =
            (if n % 2 == 0 { &api } else { &other }, if n < 8 { "same".to_owned() } else { format!("k{n}") });
        let (ground, order) = (&ground, &order);
        async move { ground.post(api, Some(&key), order.to_string()).await }
    });
    let answers = futures::future::join_all(asked).await;
    let id = &answers[0].1["data"]["id"];
    assert!(id.is_string(), "{:#}", answers[0].1);
    for (status, answer, _) in &answers {
        assert!(matches!(status, 200 | 202), "{status} {answer:#}");
        assert_eq!(&answer["data"]["id"], id);
    }
    assert_eq!(answers.iter().filter(|(status, _, told)| *status == 202 && !told).count(), 1, "taken once");
    let (status, again, told) = ground.post(&other, Some("same"), order.to_string()).await;
    assert_eq!((status, told), (answers[0].0, true), "{again}");
    let (status, problem) = ground.submit(&api, "same", &ground.order(2).await).await;
    assert_eq!((status, &problem["type"]), (422, &json!("urn:stoa:problem:idempotency-key-reused")));
    ground.until(&api, id.as_str().expect("an id"), "included").await;
    assert_eq!((ground.licences().await, ground.relayed().await), (1, 1));

    // Different orders at once get numbers without a gap.
    let mut orders = Vec::new();
    for nonce in 10..20 {
        orders.push(ground.order(nonce).await);
    }
    let asked = orders.iter().enumerate().map(|(n, order)| {
        let (ground, api) = (&ground, if n % 2 == 0 { &api } else { &other });
        async move { ground.taken(api, &format!("many-{n}"), order).await }
    });
    for id in futures::future::join_all(asked).await {
        ground.until(&api, &id, "included").await;
    }
    assert_eq!((ground.licences().await, ground.relayed().await), (11, 11));
}

/// However slow this machine is, nothing is sent for more.
const PATIENT: [&str; 2] = ["--relay-bump-seconds", "3600"];

#[tokio::test]
async fn a_server_killed_while_it_sends_sends_the_same_bytes_and_nothing_else() {
    let ground = Ground::new().await;
    for (round, mode) in [Mode::Silent, Mode::Lost, Mode::Silent, Mode::Lost].into_iter().enumerate() {
        let api = ground.api(&format!("killed-{round}"), &PATIENT).await;
        ground.wire.set(mode);
        let (order, key) = (ground.order(100 + round as u64).await, format!("k{round}"));
        let sent = ground.wire.sent().len();
        let request = ground.http.post(format!("{}/v1/orders", api.url)).header("idempotency-key", &key);
        let asked = tokio::spawn(request.body(order.to_string()).send());
        while ground.wire.sent().len() == sent {
            tokio::task::yield_now().await;
        }
        api.child.signal("KILL");
        api.child.wait().await;
        asked.await.expect("a task").expect_err("nobody answers");
        ground.wire.set(Mode::Pass);
        let api = ground.api(&format!("next-{round}"), &PATIENT).await;
        // Whoever asked asks again, with the same key or another.
        let id = ground.taken(&api, &format!("again-{round}"), &order).await;
        let order = ground.until(&api, &id, "included").await;
        assert_eq!(order["transactions"].as_array().map(Vec::len), Some(1), "{order:#}");
        let all = ground.wire.sent();
        assert!(all[sent..].iter().all(|raw| raw == &all[sent]), "{mode:?}: other bytes were sent");
        let times = u64::try_from(round).expect("fits") + 1;
        assert_eq!((ground.licences().await, ground.relayed().await), (times, times), "{mode:?}");
    }
}

#[tokio::test]
async fn what_waits_too_long_is_sent_for_more_and_what_would_revert_by_then_gives_its_number_back() {
    let ground = Ground::new().await;
    let api = ground.api("api", &["--relay-bump-seconds", "1"]).await;
    ground.rpc("evm_setAutomine", json!([false])).await;
    let id = ground.taken(&api, "a", &ground.order(1).await).await;
    let url = format!("{}/v1/orders/{id}", api.url);
    let waiting = eventually(&url, "replaced twice", |body| {
        body["data"]["transactions"].as_array().is_some_and(|all| all.len() >= 3)
    })
    .await;
    assert_eq!(waiting["data"]["state"], "sent");
    ground.rpc("evm_mine", json!([])).await;
    let order = ground.until(&api, &id, "included").await;
    assert_eq!(ground.sender(&order["tx_hash"]).await, (relayer(), true));
    assert_eq!((ground.licences().await, ground.relayed().await), (1, 1));

    ground.rpc("evm_setAutomine", json!([true])).await;

    // Two more, which the node does not take; meanwhile the buyer cancels the first.
    ground.wire.set(Mode::Refuse);
    let first = ground.taken(&api, "b", &ground.order(2).await).await;
    let second = ground.taken(&api, "c", &ground.order(3).await).await;
    let cancel = ground.actors.vault.cancelNonces(U256::ZERO, U256::from(1 << 2));
    done(cancel.from(Actors::address(BUYER)).send().await.expect("is taken")).await;
    let url = format!("{}/v1/orders/{first}", api.url);
    eventually(&url, "it is found out", |body| body["data"]["reason"].is_string()).await;
    assert_eq!((ground.licences().await, ground.relayed().await), (1, 1), "nothing was sent");
    ground.wire.set(Mode::Pass);
    let dropped = ground.until(&api, &first, "dropped").await;
    assert!(
        dropped["reason"].as_str().is_some_and(|reason| reason.starts_with("It would revert by now: ")),
        "{dropped:#}"
    );
    ground.until(&api, &second, "included").await;
    assert_eq!((ground.licences().await, ground.relayed().await), (2, 3));
}

#[tokio::test]
async fn an_order_whose_block_is_gone_is_sent_again() {
    let ground = Ground::new().await;
    let api = ground.api("api", &[]).await;
    let before = ground.rpc("evm_snapshot", json!([])).await;
    let id = ground.taken(&api, "a", &ground.order(1).await).await;
    ground.until(&api, &id, "included").await;
    ground.rpc("evm_setAutomine", json!([false])).await;
    assert_eq!(ground.rpc("evm_revert", json!([before])).await, json!(true));
    assert_eq!(ground.licences().await, 0);
    ground.until(&api, &id, "reorged").await;
    ground.rpc("evm_setAutomine", json!([true])).await;
    ground.rpc("evm_mine", json!([])).await;
    let order = ground.until(&api, &id, "included").await;
    assert_eq!(order["transactions"].as_array().map(Vec::len), Some(1), "the same bytes");
    assert_eq!((ground.licences().await, ground.relayed().await), (1, 1));
}

// The wire answers while the command line is waited for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_signs_submits_and_asks() {
    let ground = Ground::new().await;
    let api = ground.api("api", &[]).await;
    let file = ground.folder.path().join("order.json");
    let stoa = |args: &[&str]| {
        let output = ground.stack.command(args).env("STOA_API", &api.url).output().expect("runs");
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    let (file, plan) = (file.display().to_string(), ground.plan.to_string());
    stoa(&["order", "sign", &plan, "--out", &file, "--wallet", "demo:2", "--yes"]);
    let taken: Value = serde_json::from_str(&stoa(&["order", "submit", &file, "--json"])).expect("JSON");
    let id = taken["id"].as_str().expect("an id");
    ground.until(&api, id, "included").await;
    let shown: Value = serde_json::from_str(&stoa(&["order", "status", id, "--json"])).expect("JSON");
    assert_eq!(shown["state"], "included");
    assert!(stoa(&["order", "status", id]).contains("included"));
    // Once more is the same order.
    let again: Value = serde_json::from_str(&stoa(&["order", "submit", &file, "--json"])).expect("JSON");
    assert_eq!(again["id"], taken["id"]);
    assert_eq!(ground.licences().await, 1);
}
