//! `stoa plan`

use serde_json::json;

use super::Desk;

#[tokio::test]
async fn plans_of_each_kind_are_created_and_shown() {
    let desk = Desk::open().await;
    let listing = desk.lists(1, "Model", "");
    let create = format!("plan create {listing} --token dUSD");
    desk.does(1, &format!("{create} --sells licence --price 49.5 --cap 10 --transferable"));
    desk.does(
        1,
        &format!("{create} --sells subscription --period 30d --price 12 --until 2030-01-01T00:00:00Z"),
    );
    desk.does(1, &format!("{create} --sells credits --units 1000 --unit call --price 2"));

    let plan = desk.asks("plan show 31337-1");
    assert_eq!(
        plan,
        json!({
            "id": "31337-1", "listing": "31337-1", "sells": "licence", "price": "49500000",
            "token": desk.deployment.address("DemoUSD").unwrap().to_string(), "symbol": "dUSD", "decimals": 6,
            "cap": 10, "sold": 0, "version": 1, "paused": false, "transferable": true, "tierDiscount": false,
            "period": 0, "units": 0, "unit": "", "from": 0, "until": 0, "gate": null
        })
    );
    let subscription = desk.asks("plan show 2");
    assert_eq!(subscription["period"], 2_592_000);
    assert_eq!(subscription["until"], 1_893_456_000);
    assert_eq!(desk.asks("plan show 3")["unit"], "call");
    let list = desk.says(&format!("plan list {listing}"));
    let lines: Vec<Vec<&str>> = list
        .out
        .lines()
        .map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect())
        .collect();
    assert_eq!(lines[0], ["PLAN", "GIVES", "PRICE", "SOLD", "STATE"], "{}", list.out);
    assert_eq!(
        lines[1],
        ["31337-1", "a licence, for good, may be passed on", "49.5 dUSD", "0 of 10", "sells"]
    );
    assert_eq!(lines[2], ["31337-2", "a subscription, 30 days", "12 dUSD", "0", "sells"]);
    assert_eq!(lines[3], ["31337-3", "1000 credits of \"call\"", "2 dUSD", "0", "sells"]);
}

#[tokio::test]
async fn a_change_keeps_what_it_does_not_name_and_makes_a_new_version() {
    let desk = Desk::open().await;
    let listing = desk.lists(1, "Model", "");
    desk.does(1, &format!("plan create {listing} --token dUSD --sells licence --price 49 --cap 10"));
    let of = |key: &str| desk.asks("plan show 1")[key].clone();
    desk.does(1, "plan price 1 --price 39");
    assert_eq!((of("price"), of("cap"), of("version")), (json!("39000000"), json!(10), json!(2)));
    desk.does(1, "plan price 1 --cap 0");
    assert_eq!((of("price"), of("cap"), of("version")), (json!("39000000"), json!(0), json!(3)));
    let gate = desk.deployment.address("TierGate").unwrap();
    desk.does(1, &format!("plan bound 1 --gate {gate}"));
    desk.does(1, "plan bound 1 --until 2031-01-01T00:00:00Z");
    assert_eq!((of("gate"), of("until")), (json!(gate.to_string()), json!(1_924_992_000)));
    desk.does(1, "plan bound 1 --gate none --until always");
    assert_eq!((of("gate"), of("until")), (json!(null), json!(0)));
    desk.does(1, "plan pause 1");
    assert_eq!(of("paused"), true);
    assert!(desk.refuses(1, "plan pause 1").ends_with("pausing plan 31337-1 is refused: plan 1 is paused"));
    desk.does(1, "plan resume 1");
    assert_eq!(of("paused"), false);
}

#[tokio::test]
async fn bad_plans_are_told_with_their_place() {
    let desk = Desk::open().await;
    desk.lists(1, "Model", "");
    let as_owner = "--wallet demo:1 --yes";
    let create = |more: &str| format!("plan create 1 --token dUSD --price 1 {more} {as_owner}");
    for (line, code, expected) in [
        (create("--sells subscription"), 2, "--period"),
        (create("--sells credits --units 5"), 2, "--unit"),
        (create("--sells toys"), 2, "[possible values: licence, subscription, credits]"),
        (create("--sells subscription --period 30"), 2, "is no duration"),
        (create("--sells licence --until tomorrow"), 2, "\"tomorrow\" is no date"),
        (create("--sells licence --gate 0x12"), 2, "--gate"),
        (create("--sells licence --period 1d"), 3, "nothing else has one (86400)"),
        (
            create("--sells subscription --period 1d --transferable"),
            3,
            "a subscription cannot be transferable",
        ),
        (
            create("--sells licence").replace("--price 1", "--price 0.0000001"),
            1,
            "it has 7 decimals, the token 6",
        ),
        (
            create("--sells licence").replace("--price 1", "--price 400000000000000000000000000000000"),
            1,
            "the price is larger than any token has",
        ),
        (
            create("--sells credits --units 5 --unit call").replace("--price 1", "--price 0"),
            3,
            "credits cannot be free",
        ),
        (
            create("--sells licence").replace("create 1", "create 9"),
            3,
            "creating a plan of listing 31337-9 is refused: there is no listing 9",
        ),
        (create("--sells licence").replace("demo:1", "demo:2"), 3, "does not manage listing 1"),
        (format!("plan price 1 {as_owner}"), 2, "--price"),
        (
            format!("plan price 1 --price 2 {as_owner}"),
            3,
            "changing plan 31337-1 is refused: there is no plan 1",
        ),
        (format!("plan bound 1 {as_owner}"), 1, "nothing would change: give --gate, --from or --until"),
        ("plan show 1".to_owned(), 3, "showing plan 31337-1 is refused: there is no plan 1"),
    ] {
        let said = desk.says(&line);
        assert!(said.err.contains(expected), "{line}: {}", said.err);
        assert_eq!(said.code, code, "{line}: {}", said.err);
    }
    assert_eq!(desk.says("plan list 1").out, "listing 31337-1 has no plans\n");
}
