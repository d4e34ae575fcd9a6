//! `stoa vault`, and what all commands have in common.

use alloy::{primitives::U256, providers::Provider as _};
use stoa_scripts::testing::Anvil;

use super::{
    Desk,
    crashes::{Endpoint, Fault},
    said,
    shop::STOA,
};

#[tokio::test]
async fn money_goes_in_and_out_and_each_number_is_exact() {
    let desk = Desk::open().await;
    desk.mint(5, 10_000_000).await;
    let sent = desk.does(5, "vault deposit 2.5 --token dUSD");
    assert_eq!(sent.as_array().unwrap().len(), 2, "an allowance, and the deposit");
    let (buyer, other) = (desk.address(5), desk.address(6));
    let show = |account: &str| desk.asks(&format!("vault show {account} --token dUSD"));
    assert_eq!(show(&buyer)["vault"], "2500000");
    assert_eq!(show(&buyer)["wallet"], "7500000");

    desk.does(5, &format!("vault withdraw 0.000001 --token dUSD --to {other}"));
    assert_eq!(show(&buyer)["vault"], "2499999");
    assert_eq!(show(&other)["wallet"], "1");

    let table = desk.says(&format!("vault show {buyer} --token dUSD"));
    assert_eq!(table.out, " vault   2.499999 dUSD\n wallet  7.5 dUSD\n");
}

#[tokio::test]
async fn what_is_wrong_is_said_with_its_exit_code() {
    let desk = Desk::open().await;
    let buyer = desk.address(5);
    let said_by = |line: &str| desk.says(line);

    let refused = desk.refuses(5, "vault withdraw 1 --token dUSD");
    let dollar = desk.deployment.address("DemoUSD").unwrap();
    assert_eq!(
        refused,
        format!(
            "stoa: withdrawing 1 dUSD is refused: {buyer} has 0 of {dollar} in the Vault, and 1000000 are needed"
        )
    );
    let declined = said_by("vault withdraw 1 --token dUSD --wallet demo:5");
    // It is tried before anybody is asked.
    assert_eq!(declined.code, 3, "{}", declined.err);
    desk.mint(5, 1_000_000).await;
    let declined = said_by("vault deposit 1 --token dUSD --wallet demo:5");
    assert_eq!(declined.code, 4);
    assert_eq!(declined.err.trim(), "stoa: nothing was sent: there is no terminal to ask on: give --yes");

    let capped = said_by("vault deposit 1 --token dUSD --wallet demo:5 --yes --max-fee 0.000000001");
    assert_eq!(capped.code, 4, "{}", capped.err);
    assert!(capped.err.contains("more than --max-fee 0.000000001"), "{}", capped.err);

    for (line, code, expected) in [
        ("vault withdraw 1.0000001 --token dUSD --wallet demo:5 --yes", 1, "it has 7 decimals, the token 6"),
        (
            "vault withdraw 1 --token XYZ --wallet demo:5 --yes",
            1,
            "no token is called \"XYZ\" on local: give its address, or one of STOA, dUSD",
        ),
        ("vault withdraw 1 --token dUSD --yes", 1, "nobody signs: give --wallet NAME"),
        (
            "vault withdraw 1 --token dUSD --wallet demo:10 --yes",
            1,
            "there is no demo key 10: they are demo:0 to demo:9",
        ),
        ("vault withdraw 1 --token dUSD --wallet nobody --yes", 1, "there is no wallet nobody"),
        ("vault withdraw 1 --token dUSD --wallet demo:5 --network moon", 1, "no network is called \"moon\""),
        (
            "vault withdraw 1 --token dUSD --wallet demo:5 --network sepolia",
            1,
            "demo:5 is a well-known key, and network sepolia is no local chain",
        ),
        (
            "vault show 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --token dUSD --network sepolia",
            5,
            "network sepolia is chain 11155111, but the endpoint is chain 31337",
        ),
        (
            "vault show 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --token dUSD --rpc-url http://127.0.0.1:1",
            5,
            "no chain answers at http://127.0.0.1:1: Connection refused",
        ),
        ("vault show 0x7099 --token dUSD", 2, "invalid value '0x7099'"),
    ] {
        let said = said_by(line);
        assert!(said.err.contains(expected), "{line}: {}", said.err);
        assert_eq!(said.code, code, "{line}: {}", said.err);
        assert!(said.out.is_empty(), "{line}: {}", said.out);
    }
}

#[tokio::test]
async fn money_comes_in_by_every_way_that_a_token_takes() {
    let desk = Desk::open().await;
    desk.give_stoa(5, 100).await;
    let (buyer, other) = (desk.address(5), desk.address(6));
    let has = |account: &str| desk.asks(&format!("vault show {account} --token STOA"))["vault"].clone();
    let deposits =
        |line: &str| desk.does(5, &format!("vault deposit 10 --token STOA {line}")).as_array().unwrap().len();
    assert_eq!(deposits("--from authorization"), 1);
    assert_eq!(deposits("--from permit"), 2, "the permit, and the deposit");
    assert_eq!(deposits("--from allowance"), 2);
    assert_eq!(deposits("--network local"), 1, "an authorization, where nothing is said");
    assert_eq!(has(&buyer), (40 * STOA).to_string());
    assert_eq!(deposits(&format!("--to {other}")), 2, "an authorization fills the signer's own balance only");
    assert_eq!(has(&other), (10 * STOA).to_string());

    desk.does(5, &format!("vault transfer 2.5 --token STOA --to {other}"));
    assert_eq!(
        (has(&buyer), has(&other)),
        ((STOA * 75 / 2).to_string().into(), (STOA * 25 / 2).to_string().into())
    );
    desk.mint(5, 1_000_000).await;
    for (line, reason) in [
        (
            "deposit 1 --token dUSD --from permit",
            "depositing 1 dUSD is refused: dUSD takes no permits (ERC-2612)",
        ),
        ("deposit 1 --token dUSD --from authorization", "dUSD takes no authorizations (ERC-3009)"),
        ("deposit 1 --token dUSD --from native", "dUSD is not the chain's wrapped coin"),
        (
            "withdraw 1 --token dUSD --native",
            "withdrawing 1 dUSD is refused: dUSD is not the chain's wrapped coin",
        ),
    ] {
        let said = desk.refuses(5, &format!("vault {line}"));
        assert!(said.ends_with(reason), "{said}");
    }
    let elsewhere =
        desk.refuses(5, &format!("vault deposit 1 --token STOA --from authorization --to {other}"));
    assert!(elsewhere.ends_with("fills the signer's own balance only: leave --to away"), "{elsewhere}");
    let much = desk.refuses(5, &format!("vault transfer 1000 --token STOA --to {other}"));
    assert!(much.contains("are needed"), "{much}");
}

#[tokio::test]
async fn coin_goes_in_and_out() {
    let (desk, _) = Desk::open_with_real_coin().await;
    desk.does(5, "vault deposit 0.5 --token WETH --from native");
    let coin = desk.sender(0).get_balance(Anvil::signer(6).address()).await.unwrap();
    let other = desk.address(6);
    desk.does(5, &format!("vault withdraw 0.25 --token WETH --native --to {other}"));
    let more = desk.sender(0).get_balance(Anvil::signer(6).address()).await.unwrap() - coin;
    assert_eq!(more, U256::from(STOA / 4));
    let left = desk.asks(&format!("vault show {} --token WETH", desk.address(5)));
    assert_eq!((&left["vault"], &left["wallet"]), (&(STOA / 4).to_string().into(), &"0".into()));
    desk.does(5, "vault withdraw 0.25 --token WETH");
}

/// The next block is what counts, not the headroom above it.
#[tokio::test]
async fn a_cap_below_the_headroom_is_no_reason_to_send_nothing() {
    let desk = Desk::open().await;
    desk.mint(5, 10_000_000).await;
    let chain = desk.sender(0);
    let offered = chain.estimate_eip1559_fees().await.unwrap();
    let base = u128::from(desk.newest_block().await.header.base_fee_per_gas.unwrap());
    let most = base + base / 10 + offered.max_priority_fee_per_gas;
    assert!(most < offered.max_fee_per_gas, "twice the base fee is what is offered without a cap");
    let cap = stoa_scripts::cli::format_units(U256::from(most), 9);
    let sent = desk.does(5, &format!("vault deposit 1 --token dUSD --max-fee {cap}"));
    assert_eq!(sent.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_stays_in_no_block_is_told_with_its_hash_and_a_code() {
    let desk = Desk::open().await;
    desk.mint(5, 10_000_000).await;
    let chain = desk.sender(0);
    let _: serde_json::Value = chain.raw_request("evm_setAutomine".into(), (false,)).await.unwrap();
    let line = "vault deposit 1 --token dUSD --wallet demo:5 --yes --timeout 1";
    let said = desk.says(line);
    let waiting: serde_json::Value = chain.raw_request("txpool_content".into(), ()).await.unwrap();
    let account = &waiting["pending"].as_object().unwrap().values().next().unwrap();
    let hash = account.as_object().unwrap().values().next().unwrap()["hash"].as_str().unwrap().to_owned();
    assert_eq!(said.code, 6, "{}", said.err);
    assert_eq!(
        said.err.lines().collect::<Vec<_>>(),
        [
            format!("allowing the Vault to take 1 dUSD: sent as {hash}"),
            format!(
                "stoa: allowing the Vault to take 1 dUSD is still pending after 1 s: transaction {hash}; look whether it \
                 is in a block before you send it again"
            )
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_node_has_dropped_is_told_so() {
    let desk = Desk::open().await;
    desk.mint(5, 10_000_000).await;
    let endpoint = Endpoint::before(desk.chain.rpc_url()).await;
    endpoint.arm(Fault::Forgotten, 1);
    let line = ["vault", "deposit", "1", "--token", "dUSD", "--wallet", "demo:5", "--yes", "--timeout", "1"];
    let said = said(desk.command(&line).env("STOA_RPC_URL", &endpoint.url).output().unwrap());
    assert_eq!(said.code, 6, "{}", said.err);
    assert!(said.err.contains(", which the node no longer knows: it was probably dropped;"), "{}", said.err);
}

#[tokio::test]
async fn programs_are_told_what_went_wrong_in_json() {
    let desk = Desk::open().await;
    for (line, code, expected) in [
        ("vault withdraw 1 --token dUSD --wallet demo:5 --yes", 3, "withdrawing 1 dUSD is refused: "),
        ("vault deposit 1 --token XYZ --wallet demo:5 --yes", 1, "no token is called \"XYZ\""),
        ("vault show 0x7099 --token dUSD", 2, "invalid value '0x7099'"),
        ("vault shw", 2, "unrecognized subcommand 'shw'"),
    ] {
        let said = desk.says(&format!("{line} --json"));
        assert_eq!((said.code, said.out.as_str()), (code, ""), "{line}: {}", said.err);
        let told: serde_json::Value = serde_json::from_str(said.err.lines().last().unwrap()).unwrap();
        assert_eq!(told["code"], code, "{told}");
        assert!(told["error"].as_str().unwrap().contains(expected), "{told}");
    }
    let helps = desk.says("vault --help --json");
    assert!(helps.code == 0 && helps.out.contains("Usage: stoa vault"), "{}", helps.err);
}

#[test]
fn completions_are_written_for_each_shell() {
    for shell in ["bash", "zsh", "fish"] {
        let output = std::process::Command::new(stoa_scripts::testing::Bin::path("stoa"))
            .args(["completions", shell])
            .output()
            .unwrap();
        let said = said(output);
        assert!(said.code == 0 && said.out.contains("vault"), "{shell}: {}", said.err);
    }
}
