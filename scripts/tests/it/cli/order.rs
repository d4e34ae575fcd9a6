//! `stoa order`

use alloy::{primitives::U256, providers::Provider as _};
use serde_json::Value;

use super::{
    Desk,
    shop::{STOA, licence},
};

impl Desk {
    /// A path in the test's folder.
    pub(super) fn file(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn read(&self, name: &str) -> Value {
        serde_json::from_str(&std::fs::read_to_string(self.file(name)).unwrap()).unwrap()
    }

    /// A copy of a file with one value changed.
    pub(super) fn altered(&self, name: &str, pointer: &str, value: Value) -> String {
        let mut order = self.read(name);
        *order.pointer_mut(pointer).unwrap() = value;
        let path = self.file("altered.json");
        std::fs::write(&path, order.to_string()).unwrap();
        path
    }

    pub(super) fn problems(&self, path: &str) -> Vec<String> {
        let shown = self.asks(&format!("order show {path}"));
        let problems: Vec<String> = serde_json::from_value(shown["problems"].clone()).unwrap();
        assert_eq!(shown["sendable"], problems.is_empty());
        problems
    }

    fn vault_stoa(&self, wallet: usize) -> String {
        let shown = self.asks(&format!("vault show {} --token STOA", self.address(wallet)));
        shown["vault"].as_str().unwrap().to_owned()
    }

    /// A plan for 10 STOA, and 100 STOA in wallet 5.
    async fn with_buyer(&self) -> U256 {
        let plan = self.plan(licence(self.list().await, self.at("StoaToken"), 10 * STOA)).await;
        self.give_stoa(5, 100).await;
        plan
    }
}

#[tokio::test]
async fn an_order_of_each_funding_is_relayed_once_and_pays_the_relayer() {
    let desk = Desk::open().await;
    let plan = desk.with_buyer().await;
    desk.does(5, "vault deposit 30 --token STOA");
    for (n, source) in ["balance", "authorization", "permit"].into_iter().enumerate() {
        let path = desk.file(&format!("{source}.json"));
        let signed =
            desk.does(5, &format!("order sign {plan} --relayer-fee 0.5 --from {source} --out {path}"));
        assert_eq!(signed["amount"], (10 * STOA + STOA / 2).to_string());
        assert_eq!(desk.problems(&path), Vec::<String>::new());
        let relayed = desk.does(6, &format!("order relay {path}"));
        assert_eq!(relayed["payer"], desk.address(5));
        assert_eq!(relayed["relayer_fee"], (STOA / 2).to_string());
        let fees = STOA / 2 * (n as u128 + 1);
        assert_eq!(desk.vault_stoa(6), fees.to_string());
        let replayed = desk.refuses(7, &format!("order relay {path}"));
        assert!(replayed.contains("has used or cancelled its nonce"), "{source}: {replayed}");
        assert!(desk.problems(&path)[0].contains("it was sent before, or is void"));
    }
    assert_eq!(desk.vault_stoa(5), (30 * STOA - (10 * STOA + STOA / 2)).to_string());
    let passes = desk.asks(&format!("passes {}", desk.address(5)));
    assert_eq!(passes["passes"][0]["quantity"], "3");
}

#[tokio::test]
async fn any_altered_value_voids_the_order() {
    let desk = Desk::open().await;
    let plan = desk.with_buyer().await;
    desk.does(5, "vault deposit 50 --token STOA");
    let thief = desk.address(7);
    for source in ["balance", "authorization"] {
        let name = format!("{source}.json");
        desk.does(5, &format!("order sign {plan} --from {source} --out {}", desk.file(&name)));
        for (pointer, value) in [
            ("/order/recipient", Value::from(thief.clone())),
            ("/order/quantity", 2.into()),
            ("/order/plan", "2".into()),
            ("/pay/amount", (20 * STOA).to_string().into()),
            ("/pay/relayerFee", "1".into()),
            ("/pay/relayer", thief.clone().into()),
            ("/pay/deadline", "99999999999".into()),
            ("/pay/nonce", "7".into()),
        ] {
            let path = desk.altered(&name, pointer, value);
            let said = desk.refuses(7, &format!("order relay {path}"));
            let expected = format!("the signature is not of {} over these values", desk.address(5));
            let other_plan = pointer == "/order/plan" && said.contains("there is no plan 2");
            assert!(said.contains(&expected) || other_plan, "{source} {pointer}: {said}");
        }
    }
    let path = desk.altered("balance.json", "/contract", thief.clone().into());
    assert!(desk.problems(&path)[0].starts_with(&format!("it is for a Vault at {thief}")));
    let path = desk.altered("balance.json", "/pay/target", thief.clone().into());
    assert!(desk.problems(&path)[0].contains("which is not this deployment's Market"));
    let path = desk.altered("balance.json", "/chainId", 8453.into());
    let said = desk.says(&format!("order relay {path} --wallet demo:7 --yes"));
    assert_eq!(said.code, 5, "{}", said.err);
    let expected = "is signed for chain 8453, and this is chain 31337: give --network 8453";
    assert!(said.err.trim().ends_with(expected), "{}", said.err);
}

#[tokio::test]
async fn an_order_ends_with_its_deadline_its_relayer_or_a_changed_plan() {
    let desk = Desk::open().await;
    let plan = desk.with_buyer().await;
    desk.does(5, "vault deposit 50 --token STOA");
    let (named, short, stale) = (desk.file("named.json"), desk.file("short.json"), desk.file("stale.json"));
    desk.does(5, &format!("order sign {plan} --relayer {} --out {named}", desk.address(6)));
    let wrong = desk.refuses(7, &format!("order relay {named}"));
    assert!(
        wrong.contains(&format!("only {} may send it, not {}", desk.address(6), desk.address(7))),
        "{wrong}"
    );
    desk.does(6, &format!("order relay {named}"));

    desk.does(5, &format!("order sign {plan} --valid-for 1m --out {short}"));
    desk.wait(120).await;
    let late = desk.refuses(7, &format!("order relay {short}"));
    assert!(late.contains("it was good until 20"), "{late}");

    desk.does(5, &format!("order sign {plan} --out {stale}"));
    let changed = desk.market(1).changePlan(plan, 9 * STOA, 0).send().await.unwrap();
    changed.get_receipt().await.unwrap();
    let said = desk.refuses(7, &format!("order relay {stale}"));
    assert!(
        said.ends_with(&format!("plan {plan} has changed: version 1 was ordered, and it is at 2")),
        "{said}"
    );
    assert_eq!(desk.problems(&stale).len(), 1);
}

#[tokio::test]
async fn a_permit_that_another_made_void_is_found_before_it_is_sent() {
    let desk = Desk::open().await;
    let plan = desk.with_buyer().await;
    let (first, second) = (desk.file("first.json"), desk.file("second.json"));
    for path in [&first, &second] {
        desk.does(5, &format!("order sign {plan} --from permit --out {path}"));
        assert_eq!(desk.problems(path), Vec::<String>::new());
    }
    desk.does(6, &format!("order relay {first}"));
    let void = "its permit is void, as another was used since, and the Vault may take 0 STOA";
    assert_eq!(desk.problems(&second), [void]);
    assert!(desk.refuses(6, &format!("order relay {second}")).ends_with(void));
}

#[tokio::test]
async fn a_wallet_that_is_a_contract_says_itself_what_it_signed() {
    let desk = Desk::open().await;
    let plan = desk.with_buyer().await;
    desk.does(5, "vault deposit 10 --token STOA");
    desk.does(5, &format!("order sign {plan} --out {}", desk.file("order.json")));
    // Answers every question with the word that EIP-1271 wants.
    let agrees = format!("0x7f1626ba7e{}5f5260205ff3", "00".repeat(28));
    let wallet = desk.address(9).replace("0x", "").to_lowercase();
    let wallet = format!("0x{}", wallet.chars().rev().collect::<String>());
    let provider = desk.sender(0);
    let _: Value = provider.raw_request("anvil_setCode".into(), (&wallet, agrees)).await.unwrap();
    desk.does(5, &format!("vault deposit 10 --token STOA --to {wallet}"));
    let path = desk.altered("order.json", "/pay/from", wallet.clone().into());
    let relayed = desk.does(6, &format!("order relay {path}"));
    assert!(relayed["payer"].as_str().unwrap().eq_ignore_ascii_case(&wallet));
    let path = desk.altered("order.json", "/pay/from", desk.at("DemoUSD").to_string().into());
    assert!(desk.refuses(6, &format!("order relay {path}")).contains("the signature is not of"));
}

#[tokio::test]
async fn a_cancelled_order_cannot_be_sent() {
    let desk = Desk::open().await;
    let plan = desk.with_buyer().await;
    desk.does(5, "vault deposit 20 --token STOA");
    for source in ["balance", "authorization"] {
        let path = desk.file(&format!("{source}.json"));
        desk.does(5, &format!("order sign {plan} --from {source} --out {path}"));
        let other = desk.refuses(6, &format!("order cancel {path}"));
        assert!(other.contains("who alone can cancel it"), "{other}");
        let cancelled = desk.does(5, &format!("order cancel {path}"));
        let contract = if source == "balance" { "Vault" } else { "StoaToken" };
        assert_eq!(cancelled["contract"], desk.at(contract).to_string());
        assert!(desk.refuses(6, &format!("order relay {path}")).contains("has used or cancelled"));
        assert!(desk.refuses(5, &format!("order cancel {path}")).contains("it was sent or cancelled before"));
    }
    let (path, other) = (desk.file("numbered.json"), desk.file("other.json"));
    desk.does(5, &format!("order sign {plan} --nonce 300 --out {path}"));
    desk.does(5, "order cancel --nonce 300");
    assert!(desk.problems(&path)[0].contains("used or cancelled its nonce 300"));
    let used = desk.says(&format!("order sign {plan} --nonce 300 --out {other} --wallet demo:5 --yes"));
    assert!(
        used.code == 1 && used.err.contains("the nonce 300 is used or cancelled already"),
        "{}",
        used.err
    );
    desk.does(5, &format!("order sign {plan} --nonce 301 --out {other}"));
    assert_eq!(desk.problems(&other), Vec::<String>::new(), "its neighbour is free");
}

#[tokio::test]
async fn what_cannot_be_paid_is_not_signed() {
    let desk = Desk::open().await;
    let listing = desk.list().await;
    let plan = desk.plan(licence(listing, desk.at("DemoUSD"), 10_000_000)).await;
    desk.mint(5, 10_000_000).await;
    let path = desk.file("order.json");
    let said = desk.refuses(5, &format!("order sign {plan} --out {path}"));
    let expected = "it takes 10 dUSD from one source, and the vault balance has 0 dUSD, the wallet has 10 dUSD (the \
                    Vault may take 0 dUSD)";
    assert!(said.contains(expected), "{said}");
    desk.does(5, "vault deposit 10 --token dUSD");
    let fee = desk.refuses(5, &format!("order sign {plan} --relayer-fee 0.1 --out {path}"));
    assert!(fee.contains("it takes 10.1 dUSD from one source"), "{fee}");
    assert!(!std::path::Path::new(&path).exists());
    desk.does(5, &format!("order sign {plan} --out {path}"));
    desk.does(5, "vault withdraw 4 --token dUSD");
    let poor = desk.refuses(6, &format!("order relay {path}"));
    assert!(poor.contains("cannot pay: it takes 10 dUSD") && poor.contains("has 6 dUSD"), "{poor}");

    std::fs::write(desk.file("text.json"), "no json").unwrap();
    std::fs::write(desk.file("kindless.json"), "{}").unwrap();
    std::fs::write(desk.file("lock.json"), "{\"kind\": \"lockFor\"}").unwrap();
    std::fs::write(desk.file("part.json"), "{\"kind\": \"pay\", \"chainId\": 31337}").unwrap();
    let twice = format!("order sign {plan} --out {path}");
    let number = desk.altered("order.json", "/pay/amount", 5.into());
    for (line, code, expected) in [
        (twice, 1, "exists already: name another file with --out"),
        (format!("order relay {}", desk.file("gone.json")), 1, "cannot be read"),
        (format!("order relay {}", desk.file("text.json")), 1, "is no JSON"),
        (format!("order relay {}", desk.file("kindless.json")), 1, "it has no \"kind\""),
        (
            format!("order relay {}", desk.file("lock.json")),
            1,
            "and orders are \"pay\", \"spend\" or \"claim\"",
        ),
        (format!("order relay {}", desk.file("part.json")), 1, "malformed: missing field `contract`"),
        (format!("order relay {number}"), 1, "invalid type: number, expected a string"),
        ("order cancel".to_owned(), 2, "the following required arguments"),
        (format!("order sign {plan} --credits 5 --out x.json"), 2, "--spender"),
    ] {
        let said = desk.says(&format!("{line} --wallet demo:6 --yes"));
        assert!(said.code == code && said.err.contains(expected), "{line}: {} {}", said.code, said.err);
    }
    let unsure = desk.says(&format!("order sign {plan} --out {} --wallet demo:5", desk.file("new.json")));
    assert!(unsure.code == 3 || unsure.code == 4, "{}", unsure.err);
    assert!(!std::path::Path::new(&desk.file("new.json")).exists(), "nothing is signed without a yes");
}
