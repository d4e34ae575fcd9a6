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

/// What a provider writes is what buyers take.
#[tokio::test]
async fn a_provider_gates_a_plan_by_list_tier_and_token() {
    let desk = Desk::open().await;
    let plan = desk.plan(licence(desk.list().await, desk.at("DemoUSD"), 0)).await;
    let accounts: Vec<String> = [5, 6, 7].map(|n| desk.address(n)).into();
    let list = desk
        .write("buyers.txt", format!("# friends\n{}\n\n{}  # last\n", accounts[..2].join("\n"), accounts[2]));
    let gated = desk.does(1, &format!("plan gate {plan} --list {list}"));
    assert_eq!(gated["transactions"].as_array().unwrap().len(), 2, "the root, and the gate");
    assert_eq!(gated["gate"], desk.at("MerkleGate").to_string());
    let folder = desk.folder.path().join("buyers.proofs");
    assert_eq!(gated["proofs"], folder.display().to_string());
    let root: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(folder.join("root.json")).unwrap()).unwrap();
    assert_eq!((&root["root"], &root["accounts"]), (&gated["root"], &3.into()));
    let buy = |n: usize| format!("buy {plan} --proof {}/{}.json", folder.display(), desk.address(n));
    for n in [5, 6, 7] {
        assert_eq!(desk.does(n, &buy(n))["balance"], "1");
    }
    assert!(desk.refuses(8, &buy(7)).contains(&format!("does not let {} buy", desk.address(8))));

    // The gate stands already: a new list is one transaction.
    let one = desk.write("one.txt", desk.address(8));
    let gated = desk.does(1, &format!("plan gate {plan} --list {one} --out {}", folder.display()));
    assert_eq!(gated["transactions"].as_array().unwrap().len(), 1);
    assert_eq!(desk.does(8, &buy(8))["balance"], "1");
    assert!(desk.refuses(5, &buy(5)).contains("does not let"));

    desk.does(1, &format!("plan gate {plan} --tier 2"));
    assert!(desk.refuses(5, &format!("buy {plan}")).contains("sells to stakers of tier 2 and up"));
    desk.does(1, &format!("plan gate {plan} --token dUSD --amount 2.5"));
    assert!(desk.refuses(5, &format!("buy {plan}")).contains("does not let"));
    desk.mint(5, 2_500_000).await;
    assert_eq!(desk.does(5, &format!("buy {plan}"))["balance"], "2");
    // The listing's owner holds its NFT.
    desk.does(1, &format!("plan gate {plan} --token {} --amount 1", desk.at("Listings")));
    assert!(desk.refuses(5, &format!("buy {plan}")).contains("does not let"));
    assert_eq!(desk.does(1, &format!("buy {plan}"))["balance"], "1");
}

#[tokio::test]
async fn bad_gates_are_told_with_their_place() {
    let desk = Desk::open().await;
    desk.plan(licence(desk.list().await, desk.at("DemoUSD"), 0)).await;
    let (empty, bad) = (desk.write("empty.txt", "# nobody\n"), desk.write("bad.txt", "\n0x12\n"));
    for (line, code, expected) in [
        ("--tier 5".to_owned(), 2, "5 is not in 1..=4"),
        ("--tier 1 --token dUSD".to_owned(), 2, "cannot be used with"),
        ("--token dUSD".to_owned(), 2, "--amount"),
        (String::new(), 2, "--list"),
        ("--token dUSD --amount 0".to_owned(), 1, "--amount 0 would let nobody buy"),
        (format!("--token {} --amount 1", desk.address(3)), 1, "is no token: it does not tell"),
        (format!("--list {empty}"), 1, "lists nobody"),
        (format!("--list {bad}"), 1, "bad.txt, line 2: \"0x12\" is no address"),
    ] {
        let line = format!("plan gate 1 {line} --wallet demo:1 --yes").replace("  ", " ");
        let said = desk.says(&line);
        assert!(said.code == code && said.err.contains(expected), "{line}: {} {}", said.code, said.err);
    }
    let stranger = desk.refuses(2, "plan gate 1 --tier 1");
    assert!(stranger.contains("gating plan 31337-1 is refused"), "{stranger}");
    let none = desk.refuses(1, "plan gate 9 --tier 1");
    assert!(none.contains("there is no plan 9"), "{none}");
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
