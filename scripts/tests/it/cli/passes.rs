//! `stoa passes` and `stoa credits`

use super::{
    Desk,
    shop::{MONTH, credits, licence, subscription},
};

#[tokio::test]
async fn passes_of_every_kind_are_found_and_judged() {
    let desk = Desk::open().await;
    let (listing, other, dollar) = (desk.list().await, desk.list().await, desk.at("DemoUSD"));
    let never = desk.plan(licence(listing, dollar, 0)).await;
    let owned = desk.plan(licence(listing, dollar, 0)).await;
    let month = desk.plan(subscription(listing, dollar, 0)).await;
    let calls = desk.plan(credits(other, dollar, 1_000_000)).await;
    desk.mint(5, 1_000_000).await;
    let (buyer, empty) = (desk.address(5), desk.address(6));
    // What is free is sold one at a time.
    for plan in [&owned, &owned, &month, &calls] {
        desk.does(5, &format!("buy {plan}"));
    }
    let answer = desk.asks(&format!("passes {buyer}"));
    let passes = answer["passes"].as_array().unwrap();
    assert_eq!(passes.len(), 3, "none of plan {never}: {passes:?}");
    assert_eq!(
        (&passes[0]["plan"], &passes[0]["kind"], &passes[0]["quantity"], &passes[0]["valid"]),
        (&format!("31337-{owned}").into(), &"licence".into(), &"2".into(), &true.into())
    );
    let end = passes[1]["expires_at"].as_u64().unwrap();
    assert!(end.abs_diff(desk.now().await + u64::from(MONTH)) < 60);
    assert_eq!((&passes[2]["quantity"], &passes[2]["unit"]), (&"100".into(), &"call".into()));

    desk.wait(u64::from(MONTH) + 60).await;
    let table = desk.says(&format!("passes {buyer}"));
    let lines: Vec<&str> = table.out.lines().collect();
    assert_eq!(lines.len(), 4, "{}", table.out);
    assert!(lines[1].ends_with("for good") && lines[2].contains("ended 20"), "{}", table.out);
    let valid = desk.asks(&format!("passes {buyer} --valid"));
    assert_eq!(valid["passes"].as_array().unwrap().len(), 2);
    let of_other = desk.asks(&format!("passes {buyer} --listing 31337-{other}"));
    assert_eq!(of_other["passes"][0]["plan"], format!("31337-{calls}"));
    assert_eq!(desk.says(&format!("passes {empty}")).out, format!("{empty} has no passes\n"));
    assert_eq!(desk.asks("passes --wallet demo:5")["account"], buyer);
    let nobody = desk.says("passes");
    assert!(nobody.code == 1 && nobody.err.contains("nobody signs"), "{}", nobody.err);
}

#[tokio::test]
async fn credits_are_spent_for_a_reference() {
    let desk = Desk::open().await;
    let (listing, dollar) = (desk.list().await, desk.at("DemoUSD"));
    let calls = desk.plan(credits(listing, dollar, 1_000_000)).await;
    let right = desk.plan(licence(listing, dollar, 0)).await;
    desk.mint(5, 1_000_000).await;
    desk.does(5, &format!("buy {calls}"));
    let buyer = desk.address(5);

    let spent = desk.does(5, &format!("credits spend {calls} 30 --ref job-117"));
    assert_eq!((spent["remaining"].as_str(), spent["units"].as_str()), (Some("70"), Some("30")));
    let reference = format!("0x{:0<64}", alloy::hex::encode("job-117"));
    assert_eq!(spent["ref"].as_str(), Some(reference.as_str()));
    assert_eq!((&spent["holder"], &spent["spender"]), (&buyer.clone().into(), &buyer.clone().into()));
    let word = format!("0x{}", "ab".repeat(32));
    assert_eq!(desk.does(5, &format!("credits spend {calls} 1 --ref {word}"))["ref"], word);
    assert_eq!(desk.says(&format!("credits show {calls} {buyer}")).out, "69 call\n");

    let many = desk.refuses(5, &format!("credits spend {calls} 70"));
    assert_eq!(
        many,
        format!(
            "stoa: spending 70 credits of plan {calls} is refused: {buyer} has 69 of plan {calls}, and 70 are needed"
        )
    );
    let none = desk.refuses(5, &format!("credits spend {right} 1"));
    assert!(none.ends_with(&format!("plan {right} sells no credits")), "{none}");
    for (line, expected) in [
        (format!("credits spend {calls} 0"), "write at least 1 unit"),
        (format!("credits spend {calls} 1.5"), "\"1.5\" is no whole number of units"),
        (format!("credits spend {calls} 1 --ref 0x12"), "\"0x12\" is no word of 32 bytes"),
    ] {
        let said = desk.says(&format!("{line} --wallet demo:5 --yes"));
        assert!(said.code == 2 && said.err.contains(expected), "{line}: {}", said.err);
    }
}
