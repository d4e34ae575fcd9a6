//! `stoa shares`

use serde_json::json;

use super::Desk;

fn issue(desk: &Desk, listing: &str) {
    desk.does(
        1,
        &format!(
            "shares issue {listing} --name Harbour --symbol HARB --supply 1000000 --token dUSD --token STOA"
        ),
    );
}

#[tokio::test]
async fn revenue_is_divided_offered_and_passed_on() {
    let desk = Desk::open().await;
    let listing = desk.lists(1, "Model", "");
    issue(&desk, &listing);
    let (owner, friend) = (desk.address(1), desk.address(2));
    desk.does(1, &format!("shares offer {listing} --lot 1000 --lots 100 --price 25 --token dUSD"));
    // A second offer comes on top of the first one's allowance.
    let second = desk.does(1, &format!("shares offer {listing} --lot 10 --lots 5 --price 1 --token STOA"));
    assert_eq!(second["sale"], "2");
    desk.does(1, &format!("shares transfer {listing} 250.5 --to {friend}"));
    desk.does(1, "shares close 2");

    let shown = desk.asks(&format!("shares show {listing} --account {friend}"));
    let share = shown["share"].as_str().unwrap();
    assert_eq!(shown["supply"], "1000000000000000000000000");
    assert_eq!((&shown["ownBps"], &shown["balance"]), (&json!(10_000), &json!("250500000000000000000")));
    assert_eq!(shown["tokens"][0]["claimable"], "0");
    let dollar = desk.deployment.address("DemoUSD").unwrap().to_string();
    assert_eq!(
        shown["offers"][0],
        json!({
            "sale": "1", "seller": owner, "lot": "1000000000000000000000", "price": "25000000", "token": dollar,
            "left": 100, "closed": false
        })
    );
    assert_eq!(shown["offers"][1]["closed"], true);
    let market = desk.deployment.address("Market").unwrap();
    assert_eq!(allowance(&desk, share, market).await, "100050000000000000000000");
    let table = desk.says(&format!("shares show {listing} --account {friend}")).out;
    for line in ["earn", "100.00 % of its revenue", "250.5 HARB", "offer 1", "100 lots left", "claimable"] {
        assert!(table.contains(line), "{line:?} in\n{table}");
    }
    assert!(!table.contains("offer 2"), "closed offers are not shown:\n{table}");
}

async fn allowance(desk: &Desk, share: &str, market: alloy::primitives::Address) -> String {
    use alloy::providers::ProviderBuilder;
    use stoa_contracts::RevenueShare;
    use stoa_scripts::testing::Anvil;
    let provider = ProviderBuilder::new().connect_http(desk.chain.rpc_url().parse().unwrap());
    let share = RevenueShare::new(share.parse().unwrap(), provider);
    share.allowance(Anvil::signer(1).address(), market).call().await.unwrap().to_string()
}

#[tokio::test]
async fn a_payment_token_can_be_added_once() {
    let desk = Desk::open().await;
    let listing = desk.lists(1, "Model", "");
    desk.does(1, &format!("shares issue {listing} --name H --symbol H --supply 1 --token dUSD"));
    let price = format!("plan create {listing} --sells licence --price 1 --token STOA");
    let stoa = desk.deployment.address("StoaToken").unwrap();
    let refused = desk.refuses(1, &price);
    assert!(refused.ends_with(&format!("{stoa} is none of their payment tokens")), "{refused}");
    desk.does(1, &format!("shares add-token {listing} STOA"));
    desk.does(1, &price);
    let again = desk.refuses(1, &format!("shares add-token {listing} STOA"));
    assert!(again.starts_with("stoa: adding STOA to the shares of listing 31337-1 is refused: "), "{again}");
}

#[tokio::test]
async fn bad_shares_are_told_with_their_place() {
    let desk = Desk::open().await;
    let listing = desk.lists(1, "Model", "");
    let as_owner = "--wallet demo:1 --yes";
    let friend = desk.address(2);
    let none = "the revenue of listing 31337-1 is not divided into shares";
    for (line, code, expected) in [
        (format!("shares show {listing}"), 1, none),
        (format!("shares offer {listing} --lot 1 --lots 1 --price 1 --token dUSD {as_owner}"), 1, none),
        (format!("shares transfer {listing} 1 --to {friend} {as_owner}"), 1, none),
        (format!("shares issue {listing} --name H --symbol H --supply 1 {as_owner}"), 2, "--token"),
        (
            format!("shares issue {listing} --name H --symbol H --supply 0 --token dUSD {as_owner}"),
            3,
            "dividing the revenue of listing 31337-1 is refused: ",
        ),
        (
            format!(
                "shares issue {listing} --name H --symbol H --supply 1 --token dUSD --wallet demo:2 --yes"
            ),
            3,
            "dividing the revenue of listing 31337-1 is refused: ",
        ),
        (format!("shares close 7 {as_owner}"), 3, "closing offer 7 is refused: there is no share sale 7"),
    ] {
        let said = desk.says(&line);
        assert!(said.err.contains(expected), "{line}: {}", said.err);
        assert_eq!(said.code, code, "{line}: {}", said.err);
    }
    issue(&desk, &listing);
    let offer = format!("shares offer {listing} --price 1 --token dUSD {as_owner}");
    for (line, code, expected) in [
        (format!("{offer} --lot 1000000 --lots 2"), 1, "has 1000000 HARB, and 2000000 HARB are offered"),
        (format!("{offer} --lot 1 --lots 0"), 2, "--lots"),
        (format!("{offer} --lot x --lots 1"), 1, "\"x\" is no amount of HARB"),
        (
            format!("shares transfer {listing} 1000001 --to {friend} {as_owner}"),
            3,
            "passing on 1000001 HARB is refused",
        ),
    ] {
        let said = desk.says(&line);
        assert!(said.err.contains(expected), "{line}: {}", said.err);
        assert_eq!(said.code, code, "{line}: {}", said.err);
    }
}
