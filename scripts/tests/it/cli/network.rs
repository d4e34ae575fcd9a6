//! `stoa network`

use std::process::Command;

use serde_json::Value;
use stoa_scripts::testing::{Anvil, AnvilOptions, Bin};

use super::{Said, said, servers::Server};

fn network(args: &[&str], environment: &[(&str, &str)]) -> Said {
    let mut command = Command::new(Bin::path("stoa"));
    command.arg("network").args(args).env_remove("STOA_NETWORKS");
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("STOA_RPC_URL")) {
        command.env_remove(name);
    }
    said(command.envs(environment.iter().copied()).output().unwrap())
}

#[test]
fn known_networks_are_listed_with_where_their_endpoint_comes_from() {
    let set = [("STOA_RPC_URL_BASE_SEPOLIA", "https://example.org/secret-key")];
    let json = network(&["list", "--json"], &set);
    assert_eq!(json.code, 0, "{}", json.err);
    assert!(!json.out.contains("secret-key"), "an endpoint is never shown");
    let list: Value = serde_json::from_str(&json.out).unwrap();
    let found = list.as_array().unwrap().iter().find(|network| network["name"] == "base-sepolia").unwrap();
    assert_eq!(found["chain_id"], 84_532);
    assert_eq!(found["variable"], "STOA_RPC_URL_BASE_SEPOLIA");
    assert_eq!(found["has_endpoint"], true);
    let table = network(&["list"], &set).out;
    assert!(table.contains("STOA_RPC_URL_BASE (not set)"), "{table}");
    assert!(!table.contains("STOA_RPC_URL_BASE_SEPOLIA (not set)"), "{table}");
}

#[tokio::test]
async fn an_endpoint_is_checked_for_its_chain() {
    let options = AnvilOptions { chain_id: Some(84_532), ..AnvilOptions::default() };
    let chain = Anvil::start_with(options).await;
    let url = chain.rpc_url();
    let good = network(&["check", "base-sepolia", "--json"], &[("STOA_RPC_URL_BASE_SEPOLIA", url)]);
    assert_eq!(good.code, 0, "{}", good.err);
    let answer: Value = serde_json::from_str(&good.out).unwrap();
    assert_eq!(answer[0]["block"], 0);
    assert_eq!(answer[0]["problem"], Value::Null);

    let wrong = network(&["check", "base", "--rpc-url", url], &[]);
    assert_eq!(wrong.code, 5);
    assert!(
        wrong.err.contains("network base is chain 8453, but the endpoint is chain 84532"),
        "{}",
        wrong.err
    );

    // Without a name all that have an endpoint are asked, and each says what is wrong with it.
    let local = "http://127.0.0.1:1";
    let all = network(&["check"], &[("STOA_RPC_URL_BASE_SEPOLIA", url), ("STOA_RPC_URL_LOCAL", local)]);
    assert_eq!(all.code, 5);
    assert!(all.out.contains("no chain answers at http://127.0.0.1:1: Connection refused"), "{}", all.out);
    assert!(all.out.contains("is as it should be"), "{}", all.out);
}

/// Its path, its query and its user: whoever names them, this program, its HTTP client, or the node.
#[tokio::test(flavor = "multi_thread")]
async fn the_key_in_an_endpoint_is_never_repeated() {
    const KEY: &str = "0123456789abcdef";
    let forbidden = Server::start(|asked| {
        let body = format!("no access to {} for {KEY}", asked.path);
        (axum::http::StatusCode::FORBIDDEN, body.into())
    });
    let refusing = Server::start(|asked| {
        let id = serde_json::from_slice::<Value>(&asked.body).unwrap()["id"].clone();
        let error =
            serde_json::json!({ "code": -32000, "message": format!("the key {KEY} is over its limit") });
        let answer = serde_json::json!({ "jsonrpc": "2.0", "id": id, "error": error });
        (axum::http::StatusCode::OK, answer.to_string().into())
    });
    let options = AnvilOptions { chain_id: Some(10), ..AnvilOptions::default() };
    let other = Anvil::start_with(options).await;
    let account = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
    let ask: &[&[&str]] = &[
        &["vault", "show", account, "--token", account, "--network", "base"],
        &["deploy", "--network", "base"],
        &["network", "check", "base"],
    ];
    let (forbidden, refusing) = (forbidden.await.url, refusing.await.url);
    let with_key = |origin: &str| format!("{origin}/v2/{KEY}?token={KEY}");
    for (url, expected) in [
        (with_key("http://127.0.0.1:1"), "Connection refused"),
        (with_key(&forbidden), "HTTP error 403 with body: no access to /v2/…?… for …"),
        (with_key(&refusing), "the key … is over its limit"),
        (format!("{}/?token={KEY}", other.rpc_url()), "8453"),
    ] {
        for args in ask {
            let output = Command::new(Bin::path("stoa"))
                .args(*args)
                .env_remove("STOA_NETWORK")
                .env_remove("STOA_RPC_URL")
                .env("STOA_RPC_URL_BASE", &url)
                .output()
                .unwrap();
            let said = said(output);
            assert_eq!(said.code, 5, "{args:?}: {}", said.err);
            assert!(said.err.contains(expected), "{args:?}: {}", said.err);
            assert!(
                !said.err.contains(KEY) && !said.out.contains(KEY),
                "{args:?}: {} {}",
                said.err,
                said.out
            );
        }
    }
}

#[test]
fn what_cannot_be_checked_is_said() {
    for (args, code, expected) in [
        (&["check", "moon"][..], 1, "no network is called \"moon\""),
        (&["check", "base"], 1, "network base has no endpoint: give --rpc-url or set STOA_RPC_URL_BASE"),
        (&["list", "--networks", "/nowhere.toml"], 1, "cannot read /nowhere.toml"),
        (&["check", "--rpc-url", "http://127.0.0.1:1"], 2, "<NETWORK>"),
    ] {
        let said = network(args, &[]);
        assert!(said.err.contains(expected) && said.code == code, "{args:?}: {} {}", said.code, said.err);
    }
    let said = network(&["check", "base"], &[("STOA_RPC_URL_BASE", "not a URL")]);
    assert!(said.err.contains("STOA_RPC_URL_BASE is no URL"), "{}", said.err);
}
