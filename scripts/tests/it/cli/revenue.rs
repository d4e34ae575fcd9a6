//! `stoa revenue`

use alloy::{primitives::B256, sol_types::SolValue as _};
use serde_json::{Value, json};

use super::Desk;

/// A parent of wallet 1 and its child of wallet 2, which gives it 10 %; both have earned 100 dollars less 2.5 % fee.
async fn family(desk: &Desk) -> (String, String) {
    let parent = desk.lists(1, "Parent", "--derivatives 10");
    let child = desk.lists(2, "Child", &format!("--parent {parent}=10"));
    let plan = desk.prices(2, &child, "100");
    desk.mint(5, 1_000_000_000).await;
    desk.buys(5, &plan, 1, 100_000_000).await;
    (parent, child)
}

fn wallet(desk: &Desk, n: usize, kind: &str) -> Value {
    desk.asks(&format!("vault show {} --token dUSD", desk.address(n)))[kind].clone()
}

#[tokio::test]
async fn an_owner_is_paid_and_the_parents_get_their_part() {
    let desk = Desk::open().await;
    let (parent, child) = family(&desk).await;
    let of = |listing: &str| desk.asks(&format!("revenue show {listing}"));
    let dollar = desk.deployment.address("DemoUSD").unwrap().to_string();
    assert_eq!(
        of(&child),
        json!([{
            "beneficiary": desk.address(2), "shares": false, "token": dollar, "symbol": "dUSD", "decimals": 6,
            "received": "97500000", "settled": "0", "pending": "87750000"
        }])
    );
    assert_eq!(of(&parent), json!([]));
    let paid = desk.does(2, &format!("revenue claim {child}"));
    assert_eq!(paid["paid"][0]["amount"], "87750000");
    assert_eq!(wallet(&desk, 2, "wallet"), "87750000");
    assert_eq!(of(&child)[0]["pending"], "0");

    // What came from the child is the parent's own to claim, though it never sold anything.
    assert_eq!(of(&parent)[0]["pending"], "9750000");
    desk.does(1, &format!("revenue claim {parent} --keep"));
    assert_eq!((wallet(&desk, 1, "vault"), wallet(&desk, 1, "wallet")), (json!("9750000"), json!("0")));
    let none = desk.says(&format!("revenue claim {parent} --wallet demo:1 --yes"));
    assert_eq!(none.out, format!("{} has nothing to claim of listing {parent}\n", desk.address(1)));
    let table = desk.says(&format!("revenue show {child}")).out;
    let cells: Vec<&str> =
        table.lines().nth(1).unwrap().split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    assert_eq!(cells[1..], ["97.5 dUSD", "97.5 dUSD", "0 dUSD"]);
}

#[tokio::test]
async fn anybody_settles_and_what_was_sold_before_stays_the_seller_s() {
    let desk = Desk::open().await;
    let (parent, child) = family(&desk).await;
    let settled = desk.does(9, &format!("revenue settle {child}"));
    assert_eq!(settled.as_array().unwrap().len(), 1);
    assert_eq!((wallet(&desk, 2, "vault"), wallet(&desk, 2, "wallet")), (json!("87750000"), json!("0")));
    let again = desk.says(&format!("revenue settle {child} --wallet demo:9 --yes"));
    assert_eq!(again.out, format!("listing {child} has nothing to settle\n"));

    // A gift to the parent, which then divides its revenue: what came before is still the owner's.
    let revenue = desk.deployment.address("Revenue").unwrap();
    let data = (alloy::primitives::U256::from(1), B256::ZERO).abi_encode();
    desk.pays(5, revenue, 7_000_000, data.into()).await;
    desk.does(1, &format!("shares issue {parent} --name P --symbol P --supply 100 --token dUSD"));
    desk.does(1, &format!("shares transfer {parent} 25 --to {}", desk.address(3)));
    let plan = desk.prices(1, &parent, "100");
    desk.buys(5, &plan, 1, 100_000_000).await;
    let keys = desk.asks(&format!("revenue show {parent}"));
    assert_eq!((&keys[0]["shares"], &keys[0]["pending"]), (&json!(false), &json!("16750000")));
    assert_eq!((&keys[1]["shares"], &keys[1]["received"]), (&json!(true), &json!("97500000")));

    // The owner claims as owner and as holder of three quarters; another holder the rest.
    let paid = desk.does(1, &format!("revenue claim {parent}"));
    let amounts: Vec<_> =
        paid["paid"].as_array().unwrap().iter().map(|one| one["amount"].as_str().unwrap()).collect();
    assert_eq!(amounts, ["16750000", "73125000"]);
    assert_eq!(wallet(&desk, 1, "wallet"), "89875000");
    let to = desk.address(4);
    desk.does(3, &format!("revenue claim {parent} --to {to}"));
    assert_eq!(wallet(&desk, 4, "wallet"), "24375000");
}

#[tokio::test]
async fn bad_input_is_told() {
    let desk = Desk::open().await;
    let listing = desk.lists(1, "Model", "");
    for (line, code, expected) in [
        ("revenue show 9", 3, "showing the revenue of listing 31337-9 is refused: there is no listing 9"),
        ("revenue claim 9 --wallet demo:1 --yes", 3, "there is no listing 9"),
        ("revenue show 1 --of 0x12", 2, "--of"),
        ("revenue claim 1 --keep --to 0x70997970C51812dc3A010C7d01b50e0d17dc79C8", 2, "cannot be used with"),
        ("revenue settle 1", 1, "nobody signs"),
    ] {
        let said = desk.says(line);
        assert!(said.err.contains(expected), "{line}: {}", said.err);
        assert_eq!(said.code, code, "{line}: {}", said.err);
    }
    assert_eq!(
        desk.says(&format!("revenue show {listing}")).out,
        format!("listing {listing} has earned nothing\n")
    );
}
