//! `stoa listing`

use serde_json::{Value, json};

use super::Desk;

const HASH: &str = "0x0101010101010101010101010101010101010101010101010101010101010101";

#[tokio::test]
async fn a_listing_is_created_described_and_shown() {
    let desk = Desk::open().await;
    let base = desk.lists(1, "Base", "--derivatives 5");
    assert_eq!(base, "31337-1");
    let more = format!(
        "--hash {HASH} --uri https://a.example/1 --uri ipfs://bafy --parent {base}=7.5 --royalty 2 --derivatives 0"
    );
    let child = desk.lists(2, "Child", &more);

    let shown = desk.asks(&format!("listing show {child}"));
    for (key, expected) in [
        ("id", json!("31337-2")),
        ("kind", json!("model")),
        ("status", json!("active")),
        ("owner", json!(desk.address(2))),
        ("licence", json!("Apache-2.0")),
        ("metadata", json!({ "name": "Child", "licence": "Apache-2.0" })),
        ("derivatives", json!(true)),
        ("derivativeBps", json!(0)),
        ("parents", json!([{ "listing": "31337-1", "bps": 750 }])),
        ("versions", json!([{ "version": 1, "hash": HASH, "uris": ["https://a.example/1", "ipfs://bafy"] }])),
        ("shares", Value::Null),
        ("plans", json!([])),
    ] {
        assert_eq!(shown[key], expected, "{key}");
    }

    let other = HASH.replace("01", "02");
    let line = format!("listing publish 2 --hash {other} --uri https://a.example/2");
    assert_eq!(desk.does(2, &line)["version"], "2");
    let plan = desk.prices(2, &child, "1");
    let file = desk.write("new.json", r#"{ "name": "Child II" }"#);
    desk.does(2, &format!("listing describe {child} --metadata {file}"));
    let shown = desk.says(&format!("listing show {child}"));
    let lines: Vec<&str> = shown.out.lines().map(str::trim).collect();
    for line in [
        "listing       31337-2",
        "name          Child II",
        "derives from  31337-1, which gets 7.50 %",
        "derivatives   allowed, for 0.00 % of their revenue",
        &format!("plans         {plan}"),
        &format!("version 2     {other}"),
    ] {
        assert!(lines.contains(&line), "{line:?} in\n{}", shown.out);
    }
}

#[tokio::test]
async fn a_listing_is_paused_resumed_and_retired_for_good() {
    let desk = Desk::open().await;
    let id = desk.lists(1, "Model", "");
    let status = || desk.asks(&format!("listing show {id}"))["status"].clone();
    desk.does(1, &format!("listing pause {id}"));
    assert_eq!(status(), "paused");
    desk.does(1, &format!("listing resume {id}"));
    assert_eq!(status(), "active");
    let other = desk.refuses(2, &format!("listing retire {id}"));
    let stranger = desk.address(2);
    assert_eq!(
        other,
        format!("stoa: retiring for good listing 31337-1 is refused: {stranger} does not manage listing 1")
    );
    desk.does(1, &format!("listing retire {id}"));
    assert_eq!(status(), "retired");
    let refused = desk.refuses(1, &format!("listing resume {id}"));
    assert!(refused.ends_with("listing 1 is retired, which does not go with this"), "{refused}");
}

#[tokio::test]
async fn what_is_said_to_be_trained_on_is_compared_with_the_chain() {
    let desk = Desk::open().await;
    let data = desk.lists(1, "Data", &format!("--hash {HASH} --uri https://a.example/1"));
    let document = |listing: &str, version: u32, hash: &str| {
        let trained = json!([{ "listing": listing, "version": version, "hash": hash }]);
        desk.write("trained.json", json!({ "name": "Model", "trainedOn": trained }).to_string())
    };
    let create = |file: &str| format!("listing create --kind model --metadata {file}");
    desk.does(1, &create(&document(&data, 1, HASH)));
    // Of other chains nothing is known here.
    desk.does(1, &create(&document("8453-9", 4, HASH)));
    let wrong = HASH.replace("01", "ff");
    for (listing, version, hash, expected) in [
        (
            data.as_str(),
            1,
            wrong.as_str(),
            "trainedOn[0].hash: version 1 of listing 31337-1 has the content hash 0x0101",
        ),
        (&data, 2, HASH, "trainedOn[0]: listing 31337-1 has no version 2 with content"),
        ("31337-77", 1, HASH, "trainedOn[0]: listing 31337-77 has no version 1 with content"),
    ] {
        let said = desk.says(&format!("{} --wallet demo:1 --yes", create(&document(listing, version, hash))));
        assert!(said.code == 1 && said.err.contains(expected), "{}", said.err);
    }
}

#[tokio::test]
async fn a_listing_is_paid_and_handed_on() {
    let desk = Desk::open().await;
    let parent = desk.lists(1, "Parent", "--derivatives 10");
    let child = desk.lists(2, "Child", &format!("--parent {parent}=10"));
    desk.mint(5, 30_000_000).await;
    let paid = desk.does(5, &format!("listing pay {child} 20 --token dUSD --memo thanks"));
    assert_eq!((&paid["amount"], &paid["beneficiary"]), (&json!("20000000"), &json!(desk.address(2))));
    assert!(paid["memo"].as_str().unwrap().starts_with("0x7468616e6b73"), "{paid}");
    assert_eq!(
        desk.asks(&format!("revenue show {child}"))[0]["pending"],
        "18000000",
        "no fee, and the parent's part"
    );
    let poor = desk.refuses(5, &format!("listing pay {child} 20 --token dUSD --from balance"));
    assert!(poor.contains("paying listing 31337-2 is refused: it takes 20 dUSD from one source"), "{poor}");
    let none = desk.refuses(5, "listing pay 9 1 --token dUSD");
    assert!(none.contains("paying listing 31337-9 is refused"), "{none}");

    desk.does(2, &format!("listing transfer {child} --to {}", desk.address(4)));
    assert_eq!(desk.asks(&format!("listing show {child}"))["owner"], desk.address(4));
    let stranger = desk.refuses(2, &format!("listing transfer {child} --to {}", desk.address(2)));
    assert!(stranger.contains("giving listing 31337-2 to"), "{stranger}");
    // What was paid before stays the earlier owner's.
    desk.does(2, &format!("revenue claim {child}"));
    assert_eq!(desk.asks(&format!("vault show {} --token dUSD", desk.address(2)))["wallet"], "18000000");
}

/// Nothing is where others see it before the chain and the person agree.
#[tokio::test]
async fn what_is_refused_is_published_nowhere() {
    let desk = Desk::open().await;
    desk.lists(1, "Base", "");
    let long = json!({ "name": "Long", "description": "long ".repeat(800) }).to_string();
    let (long, model) = (desk.write("long.json", long), desk.write("model.bin", "weights"));
    let create = format!("listing create --kind model --metadata {long} --path {model}");
    let kept = || desk.folder.path().join("content").exists();

    let refused = desk.refuses(2, &format!("listing describe 1 --metadata {long}"));
    assert!(refused.ends_with("describing listing 31337-1 is refused: 0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC does not manage it"), "{refused}");
    let refused = desk.refuses(2, &format!("{create} --parent 1=5"));
    assert!(refused.ends_with("nothing may derive from listing 1"), "{refused}");
    for line in [
        format!("{create} --wallet demo:1"),
        format!("listing describe 1 --metadata {long} --wallet demo:1"),
        format!("publish {model} --listing 1 --wallet demo:1"),
    ] {
        let said = desk.says(&line);
        assert!(said.code == 4 && said.err.contains("there is no terminal to ask on"), "{}", said.err);
    }
    assert!(!kept(), "nothing was kept");

    desk.does(1, &create);
    desk.does(1, &format!("listing describe 1 --metadata {long}"));
    let shown = |n: u32| desk.asks(&format!("listing show {n}"));
    let uri = shown(1)["uri"].as_str().unwrap().to_owned();
    assert!(kept() && uri.starts_with("ipfs://") && shown(2)["uri"] == uri, "{uri}");
    let out = desk.folder.path().join("out");
    desk.asks(&format!("listing fetch 2 --out {}", out.display()));
    assert_eq!(std::fs::read_to_string(out).unwrap(), "weights");
}

#[tokio::test]
async fn bad_input_is_told_with_its_place() {
    let desk = Desk::open().await;
    desk.lists(1, "Base", "");
    let good = desk.write("good.json", r#"{ "name": "Good" }"#);
    let bad = desk.write("bad.json", r#"{ "name": "", "contextWindow": "8k", "licens": "MIT" }"#);
    let create = format!("listing create --kind model --metadata {good} --wallet demo:1 --yes");
    for (line, code, expected) in [
        (format!("listing check {bad}"), 1, "contextWindow: it is not of type \"integer\""),
        (format!("listing check {bad}"), 1, "name: it is shorter than 1 character"),
        (format!("listing check {bad}"), 1, "('licens' was unexpected)"),
        ("listing check /no/such.json".to_owned(), 1, "cannot read /no/such.json"),
        (create.replace(&good, &bad), 1, "bad.json is not valid:"),
        (create.replace("model", "toy"), 2, "[possible values: model, dataset, compute, agent, service]"),
        (format!("{create} --parent 1"), 1, "--parent 1: write a listing and a part, such as 31337-2=5"),
        (format!("{create} --parent 1=x"), 1, "--parent 1=x: write digits, with a point before decimals"),
        (format!("{create} --parent 1=5"), 3, "nothing may derive from listing 1"),
        (format!("{create} --parent 9=5"), 3, "there is no listing 9 to derive from"),
        (format!("{create} --parent 10-1=5"), 1, "listing 10-1 is not of chain 31337"),
        (format!("{create} --derivatives 30"), 3, "derivativeBps is 3000 bps, and at most 2500 are allowed"),
        (format!("{create} --derivatives 101"), 2, "it is more than 100 %"),
        (format!("{create} --hash {HASH}"), 2, "--uri"),
        (format!("{create} --hash {HASH} --uri x --path {good}"), 2, "cannot be used with"),
        (format!("{create} --royalty-to 0x70997970C51812dc3A010C7d01b50e0d17dc79C8"), 2, "--royalty"),
        ("listing show 9".to_owned(), 3, "showing listing 31337-9 is refused: there is no listing 9"),
        ("listing show x".to_owned(), 1, "\"x\" is no listing: write its number, such as 4 or 31337-4"),
        ("listing fetch 9 --out /tmp/x".to_owned(), 1, "there is no listing 31337-9"),
        (
            "listing fetch 1 --version 2 --out /tmp/x".to_owned(),
            1,
            "listing 31337-1 has no version 2: the newest is 1",
        ),
        (
            "listing fetch 1 --out /tmp/x".to_owned(),
            1,
            "version 1 of listing 31337-1 has no content to fetch",
        ),
    ] {
        let said = desk.says(&line);
        assert!(said.err.contains(expected), "{line}: {}", said.err);
        assert_eq!(said.code, code, "{line}: {}", said.err);
        assert!(said.out.is_empty(), "{line}: {}", said.out);
    }
    let checked = desk.says(&format!("listing check {good}"));
    assert_eq!((checked.code, checked.out), (0, format!("{good} is valid\n")));
    let schema: Value = serde_json::from_str(&desk.says("listing schema").out).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
}
