//! `stoa govern`

use alloy::primitives::Address;
use serde_json::{Value, json};
use stoa_contracts::Revenue;
use stoa_scripts::{deploy::Parameters, testing::Anvil};

use super::{Desk, shop::licence};

const DELAY: u64 = 172_800;

/// As `open`, with a delay of two days, and wallet 3 as the one proposer.
async fn governed() -> Desk {
    let proposers = vec![Anvil::signer(3).address()];
    let local = Parameters::local(Anvil::signer(0).address());
    Desk::closed().await.deploy(Some(Parameters { timelock_delay: DELAY, proposers, ..local })).await
}

impl Desk {
    fn proposes(&self, change: &str) -> String {
        self.does(3, &format!("govern propose {change}"))["operation"].as_str().unwrap().to_owned()
    }

    /// Proposes, waits out the delay, and has anybody execute it.
    async fn enacts(&self, change: &str) -> Value {
        let id = self.proposes(change);
        self.wait(DELAY + 1).await;
        self.does(9, &format!("govern execute {id}"))
    }
}

#[tokio::test]
async fn the_owner_s_calls_go_through_the_timelock_and_its_delay() {
    let desk = governed().await;
    let shown = || desk.asks("govern show");
    assert_eq!((&shown()["fee_bps"], &shown()["delay"]), (&json!(250), &json!(DELAY)));
    let id = desk.proposes("--fee 4");
    let early = desk.refuses(9, &format!("govern execute {id}"));
    assert!(
        early.starts_with(&format!("stoa: executing operation {id} is refused: it waits until 20")),
        "{early}"
    );
    assert_eq!(shown()["operations"][0]["state"], "waits");
    assert_eq!(shown()["operations"][0]["what"], "set the protocol fee to 4.00 %");
    desk.wait(DELAY + 1).await;
    assert_eq!(shown()["operations"][0]["state"], "ready");
    desk.does(9, &format!("govern execute {id}"));
    assert_eq!((&shown()["fee_bps"], &shown()["operations"][0]["state"]), (&json!(400), &json!("executed")));
    let again = desk.refuses(9, &format!("govern execute {id}"));
    assert!(again.contains("is not in the right state"), "{again}");

    desk.enacts("--list-token dUSD").await;
    assert_eq!(
        shown()["fee_tokens"],
        json!([desk.at("StoaToken").to_string(), desk.at("DemoUSD").to_string()])
    );
    desk.enacts("--tiers 5,50,500,5000").await;
    assert_eq!(shown()["tiers"], json!([5, 50, 500, 5000]));

    let id = desk.proposes("--fee 5 --delay 30d");
    desk.does(3, &format!("govern cancel {id}"));
    assert_eq!(shown()["operations"][3]["state"], "cancelled");
    let table = desk.says("govern show").out;
    for part in ["4.00 %", "5, 50, 500, 5000 STOA", "nobody", "to set the protocol fee to 5.00 %: cancelled"]
    {
        assert!(table.contains(part), "{part} is not in\n{table}");
    }
}

#[tokio::test]
async fn the_guardian_pauses_sales_once_and_the_owner_resumes_them() {
    let desk = governed().await;
    let plan = desk.plan(licence(desk.list().await, desk.at("DemoUSD"), 0)).await;
    let buy = format!("buy {plan}");
    let nobody = desk.refuses(4, "govern pause 2d");
    assert!(nobody.ends_with(&format!("{} is not the guardian", desk.address(4))), "{nobody}");
    let name = format!("--guardian {}", desk.address(4));
    desk.enacts(&name).await;
    let long = desk.refuses(4, "govern pause 8d");
    assert!(long.ends_with("a pause lasts at most 604800 seconds, not 691200"), "{long}");
    desk.does(4, "govern pause 7d");
    let shown = desk.asks("govern show");
    assert_eq!((&shown["armed"], &shown["guardian"]), (&json!(false), &json!(desk.address(4))));
    assert!(shown["paused_until"].as_u64().unwrap() > desk.now().await);
    assert!(desk.refuses(5, &buy).contains("sales are paused already, until 20"));
    let twice = desk.refuses(4, "govern pause 1d");
    assert!(twice.ends_with("the guardian has paused once and is not armed again"), "{twice}");
    desk.enacts("--resume-sales").await;
    assert_eq!(desk.does(5, &buy)["balance"], "1");
    assert_eq!(desk.asks("govern show")["paused_until"], Value::Null);
    desk.enacts(&name).await;
    assert_eq!(desk.asks("govern show")["armed"], true);
    desk.enacts("--guardian none").await;
    assert_eq!(desk.asks("govern show")["guardian"], Value::Null);
}

#[tokio::test]
async fn a_contract_is_handed_over_and_accepted_again() {
    let desk = governed().await;
    let owner = desk.address(6);
    desk.enacts(&format!("--hand-over revenue={owner}")).await;
    let revenue_of = || desk.asks("govern show")["owners"][0].clone();
    assert_eq!(revenue_of()["offered_to"], owner);
    let contract = Revenue::new(desk.at("Revenue"), desk.sender(6));
    contract.acceptOwnership().send().await.unwrap().get_receipt().await.unwrap();
    assert_eq!((&revenue_of()["owner"], &revenue_of()["offered_to"]), (&json!(owner), &Value::Null));
    let back: Address = desk.at("Timelock");
    contract.transferOwnership(back).send().await.unwrap().get_receipt().await.unwrap();
    desk.enacts("--accept revenue").await;
    assert_eq!(revenue_of()["owner"], back.to_string());
}

#[tokio::test]
async fn bad_input_is_told_with_its_place() {
    let desk = governed().await;
    let stranger = desk.refuses(2, "govern propose --fee 1");
    assert!(stranger.contains("lacks the role"), "{stranger}");
    let hasty = desk.refuses(3, "govern propose --fee 1 --delay 1h");
    assert!(hasty.ends_with("the delay is at least 172800 seconds, not 3600"), "{hasty}");
    let unknown = format!("govern execute 0x{}", "ab".repeat(32));
    for (line, code, expected) in [
        ("govern propose", 2, "--fee"),
        ("govern propose --fee 6", 2, "it is more than 5 %"),
        ("govern propose --fee 1 --resume-sales", 2, "cannot be used with"),
        ("govern propose --tiers 4,3,2,1", 2, "each tier begins above the one before"),
        ("govern propose --hand-over vault=0x12", 2, "--hand-over"),
        ("govern propose --list-token XYZ", 1, "no token is called \"XYZ\""),
        (&unknown, 1, "the Timelock knows no operation"),
        ("govern pause soon", 2, "is no duration"),
    ] {
        let said = desk.says(&format!("{line} --wallet demo:3 --yes"));
        assert!(said.code == code && said.err.contains(expected), "{line}: {} {}", said.code, said.err);
    }
}
