//! `stoa buy`

use alloy::primitives::U256;
use stoa_contracts::{Market::NewShareSale, RevenueShare, StoaToken};

use super::{
    Desk,
    shop::{MONTH, STOA, credits, licence, subscription},
};

/// What `stoa buy` says it paid from, and in how many transactions.
fn paid(answer: &serde_json::Value) -> (&str, usize) {
    (answer["paid_from"].as_str().unwrap(), answer["transactions"].as_array().unwrap().len())
}

#[tokio::test]
async fn the_first_source_that_has_all_of_the_price_pays() {
    let desk = Desk::open().await;
    let listing = desk.list().await;
    let plan = desk.plan(licence(listing, desk.at("StoaToken"), 10 * STOA)).await;
    desk.give_stoa(5, 60).await;

    let first = desk.does(5, &format!("buy {plan}"));
    assert_eq!(paid(&first), ("authorization", 1));
    assert_eq!(first["plan"], format!("31337-{plan}"));
    assert_eq!(first["amount"], (10 * STOA).to_string());
    assert_eq!(first["fee"], (STOA / 4).to_string(), "2.5 %");
    assert_eq!(first["balance"], "1");

    assert_eq!(paid(&desk.does(5, &format!("buy {plan} --from permit"))), ("permit", 1));
    assert_eq!(paid(&desk.does(5, &format!("buy 31337-{plan} --from allowance"))), ("allowance", 2));
    let stoa = StoaToken::new(desk.at("StoaToken"), desk.sender(5));
    let standing = stoa.approve(desk.at("Vault"), U256::from(10 * STOA)).send().await.unwrap();
    standing.get_receipt().await.unwrap();
    assert_eq!(paid(&desk.does(5, &format!("buy {plan}"))), ("allowance", 1));
    desk.does(5, "vault deposit 10 --token STOA");
    let last = desk.does(5, &format!("buy {plan}"));
    assert_eq!(paid(&last), ("balance", 1));
    assert_eq!(last["balance"], "5");
    let left = desk.asks(&format!("vault show {} --token STOA", desk.address(5)));
    assert_eq!((left["vault"].as_str(), left["wallet"].as_str()), (Some("0"), Some("10000000000000000000")));
}

#[tokio::test]
async fn a_token_without_signed_messages_takes_an_allowance_of_the_price_alone() {
    let desk = Desk::open().await;
    let plan = desk.plan(licence(desk.list().await, desk.at("DemoUSD"), 2_500_000)).await;
    desk.mint(5, 9_000_000).await;
    assert_eq!(paid(&desk.does(5, &format!("buy {plan} --quantity 2"))), ("allowance", 2));
    let dollar = StoaToken::new(desk.at("DemoUSD"), desk.sender(5));
    let (owner, vault) = (desk.address(5).parse().unwrap(), desk.at("Vault"));
    assert_eq!(dollar.allowance(owner, vault).call().await.unwrap(), U256::ZERO);
    for (source, reason) in [
        ("permit", "dUSD takes no permits (ERC-2612)"),
        ("authorization", "dUSD takes no authorizations (ERC-3009)"),
        ("native", "dUSD is not the chain's wrapped coin"),
    ] {
        let said = desk.refuses(5, &format!("buy {plan} --from {source}"));
        assert_eq!(said, format!("stoa: buying plan {plan} is refused: {reason}"));
    }
}

#[tokio::test]
async fn the_chain_s_coin_pays_where_the_price_is_in_it_wrapped() {
    let (desk, weth) = Desk::open_with_coin().await;
    let plan = desk.plan(licence(desk.list().await, weth, STOA / 10)).await;
    let bought = desk.does(5, &format!("buy {plan}"));
    assert_eq!(paid(&bought), ("native", 1));
    assert_eq!((&bought["amount"], &bought["symbol"]), (&(STOA / 10).to_string().into(), &"WETH".into()));
    // WETH accepts any call: that it does is no sign of a permit.
    for (source, reason) in [
        (
            "permit",
            "it takes 0.1 WETH from one source, and the vault balance has 0 WETH, the wallet has 0 WETH",
        ),
        (
            "balance",
            "the vault balance has 0 WETH, the wallet has 0 WETH (the Vault may take 0 WETH), and 99",
        ),
    ] {
        let said = desk.refuses(5, &format!("buy {plan} --from {source}"));
        assert!(said.contains(reason), "{said}");
    }
    desk.wrap(5, STOA).await;
    let said = desk.refuses(5, &format!("buy {plan} --from permit"));
    assert!(said.ends_with("WETH takes no permits (ERC-2612)"), "{said}");
    let order = desk.folder.path().join("order.json");
    let said = desk.refuses(5, &format!("order sign {plan} --from native --out {}", order.display()));
    assert!(said.ends_with("a signed payment cannot bring the chain's coin: deposit it first"), "{said}");
}

/// Where there is a terminal, nothing is sent before a yes, and what is agreed to stands there.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_person_sees_what_is_agreed_to() {
    let desk = Desk::open().await;
    let plan = desk.plan(subscription(desk.list().await, desk.at("DemoUSD"), 4_000_000)).await;
    desk.mint(5, 20_000_000).await;
    let line = format!("buy {plan} --quantity 2");
    let (code, screen) = desk.asked(5, &line, "n");
    assert_eq!(code, 4, "{screen}");
    assert!(screen.contains("nothing was sent: you did not say yes"), "{screen}");
    let until = stoa_scripts::cli::show_time(desk.now().await + 2 * u64::from(MONTH));
    for row in [
        "network             local".to_owned(),
        format!("from                {}", desk.address(5)),
        "→                   allowing the Vault to take 8 dUSD".to_owned(),
        "→                   buying plan 1".to_owned(),
        "listing             31337-1 (model, \"Atlas\")".to_owned(),
        "plan                31337-1, version 1".to_owned(),
        "you get             a subscription, 2 × 30 days".to_owned(),
        format!("valid until         {}", &until[..14]),
        "price               2 × 4 dUSD = 8 dUSD".to_owned(),
        "of it fee           0.2 dUSD".to_owned(),
        format!("of it earned by     {} (7.8 dUSD)", desk.address(1)),
        "paid from           the wallet, by allowance".to_owned(),
        "at most leaves you  8 dUSD".to_owned(),
        "Send? [y/N]".to_owned(),
    ] {
        assert!(screen.contains(&row), "{row:?} is not in\n{screen}");
    }
    let (code, screen) = desk.asked(5, &line, "y");
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("a subscription, 2 × 30 days for 8 dUSD: "), "{screen}");
    let out = desk.folder.path().join("order.json");
    desk.does(5, "vault deposit 5 --token dUSD");
    let sign = format!("order sign {plan} --relayer-fee 0.5 --out {}", out.display());
    let (code, screen) = desk.asked(5, &sign, "no");
    assert!(code == 4 && screen.contains("Sign? [y/N]") && !out.exists(), "{screen}");
    for row in ["sent by             anyone", "who gets            0.5 dUSD", "at most leaves you  4.5 dUSD"]
    {
        assert!(screen.contains(row), "{row:?} is not in\n{screen}");
    }
}

#[tokio::test]
async fn subscriptions_credits_and_free_plans_say_what_they_give() {
    let desk = Desk::open().await;
    let (listing, dollar) = (desk.list().await, desk.at("DemoUSD"));
    let month = desk.plan(subscription(listing, dollar, 1_000_000)).await;
    let free = desk.plan(subscription(listing, dollar, 0)).await;
    let calls = desk.plan(credits(listing, dollar, 1_000_000)).await;
    desk.mint(5, 10_000_000).await;
    desk.does(5, "vault deposit 10 --token dUSD");

    let first = desk.does(5, &format!("buy {month} --quantity 2"));
    let end = first["expires_at"].as_u64().unwrap();
    assert!(end.abs_diff(desk.now().await + 2 * u64::from(MONTH)) < 60);
    let longer = desk.does(5, &format!("buy {month}"));
    assert_eq!(longer["expires_at"].as_u64().unwrap(), end + u64::from(MONTH));

    let gift = desk.does(5, &format!("buy {calls} --quantity 3 --to {}", desk.address(6)));
    assert_eq!(
        (gift["recipient"].as_str(), gift["balance"].as_str()),
        (Some(&*desk.address(6)), Some("300"))
    );
    // Wallet 7 has nothing at all.
    let nothing = desk.does(7, &format!("buy {free}"));
    assert_eq!((nothing["amount"].as_str(), paid(&nothing)), (Some("0"), ("balance", 1)));
    assert_eq!(
        desk.refuses(7, &format!("buy {free} --quantity 2")),
        format!("stoa: buying plan {free} is refused: plan {free} is free and sells one at a time, not 2")
    );

    let words = desk.says(&format!("buy {calls} --wallet demo:5 --yes"));
    let buyer = desk.address(5);
    assert_eq!(
        words.out,
        format!("100 credits of \"call\", may be passed on for 1 dUSD: {buyer} has it\n"),
        "{}",
        words.err
    );
    let ahead = desk.refuses(5, &format!("buy {month} --quantity 60"));
    assert!(ahead.contains("it would be paid until 20"), "{ahead}");
}

#[tokio::test]
async fn too_little_money_is_told_source_by_source() {
    let desk = Desk::open().await;
    let plan = desk.plan(licence(desk.list().await, desk.at("DemoUSD"), 10_000_000)).await;
    desk.mint(5, 7_500_000).await;
    desk.does(5, "vault deposit 3 --token dUSD");
    for line in
        [format!("buy {plan}"), format!("buy {plan} --from balance"), format!("buy {plan} --from allowance")]
    {
        assert_eq!(
            desk.refuses(5, &line),
            format!(
                "stoa: buying plan {plan} is refused: it takes 10 dUSD from one source, and the vault balance has 3 \
                 dUSD, the wallet has 4.5 dUSD (the Vault may take 0 dUSD)"
            )
        );
    }
}

#[tokio::test]
async fn what_cannot_be_bought_is_refused_before_anything_is_sent() {
    let desk = Desk::open().await;
    let (listing, dollar) = (desk.list().await, desk.at("DemoUSD"));
    let plan = desk.plan(licence(listing, dollar, 1_000_000)).await;
    desk.mint(5, 50_000_000).await;
    let market = desk.market(1);
    let changed = market.changePlan(plan, 2_000_000, 3).send().await.unwrap();
    changed.get_receipt().await.unwrap();
    let stale = desk.refuses(5, &format!("buy {plan} --plan-version 1"));
    assert!(stale.ends_with("you have seen version 1, and it is at 2, for 2 dUSD each"), "{stale}");
    let cap = desk.refuses(5, &format!("buy {plan} --quantity 4"));
    assert!(cap.contains("sells 3 in all, 0 are sold, and 4 are too many"), "{cap}");
    let declined = desk.says(&format!("buy {plan} --wallet demo:5"));
    assert_eq!((declined.code, declined.out.as_str()), (4, ""), "{}", declined.err);
    market.pausePlan(plan).send().await.unwrap().get_receipt().await.unwrap();
    assert_eq!(
        desk.refuses(5, &format!("buy {plan}")),
        format!("stoa: buying plan {plan} is refused: plan {plan} is paused")
    );
    let token = StoaToken::new(dollar, desk.sender(5));
    let allowed = token.allowance(desk.address(5).parse().unwrap(), desk.at("Vault")).call().await.unwrap();
    assert_eq!(allowed, U256::ZERO, "no allowance was given on the way");

    assert_eq!(desk.refuses(5, "buy 99"), "stoa: buying plan 99 is refused: there is no plan 99");
    assert_eq!(
        desk.refuses(5, "buy --shares 99"),
        "stoa: buying from share sale 99 is refused: there is no share sale 99"
    );
    for (line, code, expected) in [
        ("buy 1-4", 1, "plan 1-4 is not of chain 31337"),
        ("buy four", 1, "\"four\" is no plan: write its number, such as 4 or 31337-4"),
        ("buy 1 --quantity 0", 2, "0 is not in 1.."),
        ("buy 1 --from purse", 2, "invalid value 'purse'"),
        ("buy --shares 1 --proof x.json", 2, "cannot be used with"),
        ("buy 1 --proof /nowhere/proof.json", 1, "plan 1 has no gate: leave --proof away"),
    ] {
        let said = desk.says(&format!("{line} --wallet demo:5 --yes"));
        assert!(said.code == code && said.err.contains(expected), "{line}: {} {}", said.code, said.err);
    }
}

#[tokio::test]
async fn shares_are_bought_from_their_seller() {
    let desk = Desk::open().await;
    let (listing, dollar) = (desk.list().await, desk.at("DemoUSD"));
    let share = desk.divide(listing).await;
    let contract = RevenueShare::new(share, desk.sender(1));
    let allowed = contract.approve(desk.at("Market"), U256::from(100 * STOA)).send().await.unwrap();
    allowed.get_receipt().await.unwrap();
    let (lot, price) = (10 * STOA, 4_000_000);
    let sale = NewShareSale { listing, token: dollar, lot, price, cap: 5, from: 0, until: 0 };
    desk.market(1).openShareSale(sale).send().await.unwrap().get_receipt().await.unwrap();

    desk.mint(5, 8_000_000).await;
    let bought = desk.does(5, "buy --shares 1 --quantity 2");
    assert_eq!(bought["shares"], (20 * STOA).to_string());
    assert_eq!(bought["amount"], "8000000");
    assert_eq!(bought["share"], share.to_string());
    assert_eq!(bought["balance"], (20 * STOA).to_string());
    let seller = desk.asks(&format!("vault show {} --token dUSD", desk.address(1)));
    assert_eq!(seller["vault"], "8000000", "without a fee");
    desk.mint(5, 5_000_000).await;
    desk.does(5, "vault deposit 5 --token dUSD");
    let order = desk.folder.path().join("order.json");
    desk.does(5, &format!("order sign --shares 1 --relayer-fee 1 --out {}", order.display()));
    let relayed = desk.does(6, &format!("order relay {}", order.display()));
    assert_eq!((&relayed["sale"], &relayed["amount"]), (&"31337-1".into(), &"4000000".into()));
    let held = contract.balanceOf(desk.address(5).parse().unwrap()).call().await.unwrap();
    assert_eq!(held, U256::from(30 * STOA));
    let many = desk.refuses(5, "buy --shares 1 --quantity 4");
    assert!(many.contains("sells 5 in all, 3 are sold, and 4 are too many"), "{many}");
}
