//! `stoa stake`

use alloy::primitives::U256;
use serde_json::Value;

use super::{Desk, shop::STOA};

const WEEK: u64 = 604_800;

impl Desk {
    /// Fees in STOA for the stakers, in whole ones, as Revenue gives them: a credit in Staking's balance.
    async fn bring_fees(&self, whole: u64) {
        self.does(0, &format!("vault deposit {whole} --token STOA --to {}", self.at("Staking")));
    }

    fn stake(&self, wallet: usize) -> Value {
        self.asks(&format!("stake show {}", self.address(wallet)))
    }
}

fn whole(text: &Value) -> f64 {
    text.as_str().unwrap().parse::<f64>().unwrap() / 1e18
}

#[tokio::test]
async fn a_lock_is_begun_raised_to_the_next_tier_extended_and_withdrawn() {
    let desk = Desk::open().await;
    desk.give_stoa(5, 5_000).await;
    let begun = desk.does(5, "stake lock 520 10");
    assert_eq!((whole(&begun["amount"]), whole(&begun["score"])), (520.0, 620.0));
    assert_eq!(begun["paid_from"], "authorization");
    assert_eq!(begun["end"].as_u64().unwrap(), (desk.now().await / WEEK + 11) * WEEK);

    let stake = desk.stake(5);
    assert_eq!(
        (&stake["tier"], &stake["weeks_left"], &stake["next_tier"]["tier"]),
        (&0.into(), &10.into(), &1.into())
    );
    // Exactly what it says is enough for the tier.
    let add: U256 = stake["next_tier"]["add"].as_str().unwrap().parse().unwrap();
    let add = stoa_scripts::cli::format_units(add, 18);
    let raised = desk.does(5, &format!("stake raise {add} --from permit"));
    assert_eq!((raised["paid_from"].as_str(), raised["end"].clone()), (Some("permit"), begun["end"].clone()));
    let stake = desk.stake(5);
    assert_eq!((&stake["tier"], &stake["next_tier"]["tier"]), (&1.into(), &2.into()));

    let shorter = desk.refuses(5, "stake extend 5");
    assert!(shorter.contains("would end at 20") && shorter.ends_with("choose a longer term"), "{shorter}");
    let longer = desk.does(5, "stake extend 52");
    assert_eq!(whole(&longer["score"]), 2.0 * whole(&longer["amount"]));

    let locked = desk.refuses(5, "stake withdraw");
    assert!(locked.contains("is locked until 20"), "{locked}");
    desk.wait(54 * WEEK).await;
    let table = desk.says(&format!("stake show {}", desk.address(5)));
    assert!(table.out.contains("ended 20") && table.out.contains("tier       0"), "{}", table.out);
    let back = desk.does(5, &format!("stake withdraw --to {}", desk.address(6)));
    assert_eq!(back["amount"], longer["amount"], "all of it");
    let wallet = desk.asks(&format!("vault show {} --token STOA", desk.address(6)));
    assert_eq!(wallet["wallet"], longer["amount"]);
    assert!(desk.refuses(5, "stake withdraw").contains("has nothing locked"));
}

#[tokio::test]
async fn fees_are_divided_claimed_and_reinvested() {
    let desk = Desk::open().await;
    for wallet in [5, 6] {
        desk.give_stoa(wallet, 1_000).await;
        desk.does(wallet, "stake lock 1000 20");
    }
    let early = desk.refuses(7, "stake distribute");
    assert!(early.ends_with("no fees have arrived since the last time"), "{early}");
    assert!(desk.refuses(5, "stake claim").contains("has earned nothing that is distributed"));
    desk.bring_fees(100).await;
    assert_eq!(whole(&desk.stake(5)["fees"][0]["undistributed"]), 100.0);
    let divided = desk.does(7, "stake distribute --token STOA");
    assert_eq!(whole(&divided["distributed"][0]["amount"]), 100.0);
    let claimable = desk.stake(5)["fees"][0]["claimable"].clone();
    assert!((whole(&claimable) - 50.0).abs() < 1e-9, "{claimable}");
    let claimed = desk.does(5, "stake claim");
    assert_eq!(
        (&claimed["claimed"][0]["amount"], &claimed["claimed"][0]["to"]),
        (&claimable, &desk.address(5).into())
    );

    let alone = desk.refuses(7, &format!("stake reinvest --account {}", desk.address(6)));
    assert!(alone.contains("does not let others reinvest for it"), "{alone}");
    assert_eq!(desk.does(6, "stake auto-reinvest on")["others_may_reinvest"], true);
    assert_eq!(desk.stake(6)["others_may_reinvest"], true);
    let reinvested = desk.does(7, &format!("stake reinvest --account {}", desk.address(6)));
    assert_eq!(reinvested["claimed"][0]["to"], desk.at("Staking").to_string());
    assert!((whole(&desk.stake(6)["amount"]) - 1_050.0).abs() < 1e-9);
    desk.does(6, "stake auto-reinvest off");
    assert_eq!(desk.stake(6)["others_may_reinvest"], false);

    desk.bring_fees(10).await;
    let both = desk.does(5, &format!("stake claim --distribute --to {}", desk.address(8)));
    assert_eq!(both["transactions"].as_array().unwrap().len(), 2, "divided, then claimed");
    let wallet = desk.asks(&format!("vault show {} --token STOA", desk.address(8)));
    assert_eq!(wallet["wallet"], both["claimed"][0]["amount"]);
    assert!(whole(&wallet["wallet"]) > 4.5);
}

#[tokio::test]
async fn a_lock_is_paid_by_another_only_as_its_account_signed() {
    let desk = Desk::open().await;
    desk.give_stoa(6, 2_000).await;
    let file = desk.folder.path().join("lock.json");
    let path = file.display();
    desk.does(5, &format!("stake sign 500 --weeks 10 --out {path}"));
    let again = desk.says(&format!("stake sign 500 --weeks 10 --out {path} --wallet demo:5 --yes"));
    assert!(again.code == 1 && again.err.contains("exists already"), "{}", again.err);

    let signed = std::fs::read_to_string(&file).unwrap();
    let altered = desk.folder.path().join("altered.json");
    std::fs::write(&altered, signed.replace("\"term\": 10", "\"term\": 52")).unwrap();
    let refused = desk.refuses(6, &format!("stake lock-for {}", altered.display()));
    assert!(refused.contains("they were altered, or are for another contract"), "{refused}");
    std::fs::write(&altered, signed.replace("31337", "1")).unwrap();
    let elsewhere = desk.says(&format!("stake lock-for {} --wallet demo:6 --yes", altered.display()));
    assert!(elsewhere.code == 5 && elsewhere.err.contains("is signed for chain 1"), "{}", elsewhere.err);

    let locked = desk.does(6, &format!("stake lock-for {path}"));
    assert_eq!((&locked["account"], &locked["payer"]), (&desk.address(5).into(), &desk.address(6).into()));
    assert_eq!(locked["amount"], (500 * STOA).to_string());
    let replayed = desk.refuses(6, &format!("stake lock-for {path}"));
    assert!(replayed.contains("the next nonce of") && replayed.ends_with("is 1, not 0"), "{replayed}");

    let second = desk.folder.path().join("second.json");
    desk.does(5, &format!("stake sign 10 --out {}", second.display()));
    assert_eq!(desk.does(5, "stake cancel")["next_nonce"], "2");
    assert!(desk.refuses(6, &format!("stake lock-for {}", second.display())).ends_with("is 2, not 1"));
    let third = desk.folder.path().join("third.json");
    desk.does(5, &format!("stake sign 10 --valid-for 1m --out {}", third.display()));
    desk.wait(120).await;
    let late = desk.refuses(6, &format!("stake lock-for {}", third.display()));
    assert!(late.contains("was good until"), "{late}");
}

#[tokio::test]
async fn bad_locks_are_refused_in_words() {
    let desk = Desk::open().await;
    desk.give_stoa(5, 100).await;
    let small = desk.refuses(5, "stake lock 0.5 4");
    assert!(small.contains("a lock takes at least 1000000000000000000"), "{small}");
    assert!(desk.refuses(5, "stake raise 5").contains("has no lock that runs"));
    assert!(desk.refuses(5, "stake extend 5").contains("has nothing locked"));
    let poor = desk.refuses(5, "stake lock 101 4");
    assert!(
        poor.contains("it takes 101 STOA from one source") && poor.contains("the wallet has 100 STOA"),
        "{poor}"
    );
    desk.does(5, "stake lock 50 4");
    assert!(desk.refuses(5, "stake lock 10 4").contains("has a lock until"));
    let alone = desk.refuses(6, "stake reinvest --account 0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
    assert!(alone.contains("does not let others reinvest"), "{alone}");
    for (line, code, expected) in [
        ("stake lock 10 53", 2, "53 is not in 1..=52"),
        ("stake lock ten 5", 1, "\"ten\" is no amount of STOA"),
        ("stake sign 1 --valid-for soon --out x.json", 2, "\"soon\" is no duration"),
        ("stake lock-for /nowhere.json", 1, "/nowhere.json cannot be read"),
        ("stake claim --token dUSD", 3, "dUSD is no fee token"),
    ] {
        let said = desk.says(&format!("{line} --wallet demo:5 --yes"));
        assert!(said.code == code && said.err.contains(expected), "{line}: {} {}", said.code, said.err);
    }
}
