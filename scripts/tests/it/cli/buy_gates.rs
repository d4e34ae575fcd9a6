//! `stoa buy` from plans with a gate.

use alloy::{
    primitives::{Address, B256, keccak256},
    sol_types::SolValue as _,
};

use super::{Desk, shop::licence};

/// As OpenZeppelin's StandardMerkleTree makes leaves.
fn leaf(account: &str) -> B256 {
    keccak256(keccak256(account.parse::<Address>().unwrap().abi_encode()))
}

#[tokio::test]
async fn a_list_lets_in_who_proves_to_be_on_it() {
    let desk = Desk::open().await;
    let plan = desk.plan(licence(desk.list().await, desk.at("DemoUSD"), 0)).await;
    desk.gate(plan, "MerkleGate").await;
    let (ours, other) = (leaf(&desk.address(5)), leaf(&desk.address(6)));
    let (low, high) = if ours < other { (ours, other) } else { (other, ours) };
    desk.set_root(plan, keccak256([low.as_slice(), high.as_slice()].concat())).await;
    let file = desk.folder.path().join("proof.json");
    let line = format!("buy {plan} --proof {}", file.display());
    let write = |text: String| std::fs::write(&file, text).unwrap();

    let missing = desk.says(&format!("buy {plan} --wallet demo:5 --yes"));
    assert!(missing.code == 1 && missing.err.contains("sells to a list of accounts"), "{}", missing.err);
    write("[\"0x12\"]".to_owned());
    let malformed = desk.says(&format!("{line} --wallet demo:5 --yes"));
    assert!(
        malformed.code == 1 && malformed.err.contains("no JSON array of 32-byte words"),
        "{}",
        malformed.err
    );
    write(format!("[\"{other}\"]"));
    let outsider = desk.refuses(7, &line);
    assert!(outsider.contains(&format!("does not let {} buy", desk.address(7))), "{outsider}");
    assert_eq!(desk.does(5, &line)["balance"], "1");
    write(format!("{{\"proof\": [\"{ours}\"]}}"));
    assert_eq!(desk.does(6, &line)["balance"], "1");
}

#[tokio::test]
async fn a_plan_for_stakers_tells_the_tier_that_it_takes() {
    let desk = Desk::open().await;
    let plan = desk.plan(licence(desk.list().await, desk.at("DemoUSD"), 0)).await;
    desk.gate(plan, "TierGate").await;
    let closed = desk.refuses(5, &format!("buy {plan}"));
    assert!(closed.contains("its gate names no tier yet, so it sells to nobody"), "{closed}");
    desk.set_tier(plan, 1).await;
    let low = desk.refuses(5, &format!("buy {plan}"));
    assert!(low.contains("sells to stakers of tier 1 and up"), "{low}");
    desk.give_stoa(5, 1_000).await;
    desk.does(5, "stake lock 1000 1");
    assert_eq!(desk.does(5, &format!("buy {plan}"))["balance"], "1");
}
