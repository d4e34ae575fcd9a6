//! `stoa order` for what is no purchase: credits spent, and shares' earnings claimed, by somebody else.

use super::{
    Desk,
    shop::{credits, licence},
};

#[tokio::test]
async fn credits_are_spent_by_whom_the_holder_named() {
    let desk = Desk::open().await;
    let plan = desk.plan(credits(desk.list().await, desk.at("DemoUSD"), 1_000_000)).await;
    desk.mint(5, 1_000_000).await;
    desk.does(5, &format!("buy {plan}"));
    let (spender, path) = (desk.address(6), desk.file("spend.json"));
    let line = format!("order sign {plan} --credits 25 --spender {spender} --ref job-117 --out");
    desk.does(5, &format!("{line} {path}"));
    assert_eq!(desk.problems(&path), Vec::<String>::new());

    let stranger = desk.refuses(7, &format!("order relay {path}"));
    assert!(stranger.contains(&format!("only {spender} may send it")), "{stranger}");
    let more = desk.altered("spend.json", "/spend/units", "26".into());
    assert!(desk.refuses(6, &format!("order relay {more}")).contains("the signature is not of"));
    let spent = desk.does(6, &format!("order relay {path}"));
    assert_eq!((&spent["holder"], &spent["remaining"]), (&desk.address(5).into(), &"75".into()));
    assert!(desk.refuses(6, &format!("order relay {path}")).contains("has used or cancelled"));

    let (second, third) = (desk.file("second.json"), desk.file("third.json"));
    desk.does(5, &format!("{line} {second}"));
    assert_eq!(desk.does(5, &format!("order cancel {second}"))["contract"], desk.at("Market").to_string());
    assert!(desk.refuses(6, &format!("order relay {second}")).contains("has used or cancelled"));
    desk.does(5, &format!("{line} {third}"));
    desk.does(5, &format!("credits spend {plan} 60"));
    let left = desk.refuses(6, &format!("order relay {third}"));
    assert!(left.ends_with("has 15 call, and it takes 25"), "{left}");
    let poor = desk.refuses(5, &format!("order sign {plan} --credits 16 --spender {spender} --out x.json"));
    assert!(poor.ends_with("has 15 call"), "{poor}");
}

#[tokio::test]
async fn what_shares_earned_is_claimed_by_another_to_where_the_holder_signed() {
    let desk = Desk::open().await;
    let listing = desk.list().await;
    let share = desk.divide(listing).await;
    let plan = desk.plan(licence(listing, desk.at("DemoUSD"), 40_000_000)).await;
    let (path, wallet) = (desk.file("claim.json"), desk.address(8));
    let line = format!("order sign-claim {listing} --token dUSD --to-wallet {wallet} --out");
    desk.does(1, &format!("{line} {path}"));
    let early = desk.refuses(6, &format!("order relay {path}"));
    assert!(early.contains("has nothing to claim now"), "{early}");
    desk.mint(5, 40_000_000).await;
    desk.does(5, &format!("buy {plan}"));
    assert_eq!(desk.problems(&path), Vec::<String>::new());
    let thief = desk.altered("claim.json", "/claim/to", desk.address(6).into());
    assert!(desk.refuses(6, &format!("order relay {thief}")).contains("the signature is not of"));
    let other = desk.altered("claim.json", "/contract", desk.at("Vault").to_string().into());
    assert!(
        desk.refuses(6, &format!("order relay {other}")).contains("is no share contract of this deployment")
    );

    let claimed = desk.does(6, &format!("order relay {path}"));
    assert_eq!((&claimed["amount"], &claimed["to"]), (&"39000000".into(), &wallet.clone().into()));
    assert_eq!(claimed["share"], share.to_string());
    let paid = desk.asks(&format!("vault show {wallet} --token dUSD"));
    assert_eq!(paid["wallet"], "39000000");
    let again = desk.refuses(6, &format!("order relay {path}"));
    assert!(again.contains("is 1, not 0: it was sent before, or is void"), "{again}");
    assert!(desk.refuses(1, &format!("order cancel {path}")).contains("a claim cannot be cancelled"));

    let token = desk.refuses(1, &format!("order sign-claim {listing} --token STOA --out x.json"));
    assert!(token.ends_with("STOA is none of the shares' payment tokens"), "{token}");
    let plain = desk.list().await;
    let none = desk.refuses(1, &format!("order sign-claim {plain} --token dUSD --out x.json"));
    assert!(none.ends_with("is not divided into shares"), "{none}");
}
