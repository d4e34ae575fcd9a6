//! The contracts accept signatures of the digests that `ethers-core` came to: one of each kind of message.

use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use alloy::providers::DynProvider;
use alloy::signers::SignerSync as _;
use alloy::sol_types::SolValue;
use serde_json::{Value, json};
use stoa_contracts::{Market, Order, Revenue, RevenueShare, Staking, StoaToken, Vault};
use stoa_scripts::testing::Anvil;

use super::typed_data::{
    AUTHORIZATION, CANCEL, CLAIM, LISTING_PAYMENT, LOCK_FOR, LOCK_ORDER, ORDER, PERMIT, SHARE_ORDER, SPEND,
    Signs, digest, number, pay_digest, struct_hash,
};
use crate::support::{Actors, Stack, done};

/// Who pays, holds and stakes; who sends what it signed.
const SIGNER: usize = 0;
const SENDER: usize = 1;
/// Far enough for every test.
const LATER: u64 = u32::MAX as u64;
const STOA: u128 = 1_000_000_000_000_000_000;

/// A suite with money in the signer's balance.
struct Scene {
    _stack: Stack,
    actors: Actors,
    stoa: StoaToken::StoaTokenInstance<DynProvider>,
    staking: Staking::StakingInstance<DynProvider>,
    signer: Address,
    sender: Address,
}

fn sign(digest: B256) -> Bytes {
    Anvil::signer(SIGNER).sign_hash_sync(&digest).expect("a signature").as_bytes().into()
}

/// Sends it, and waits until it is done.
macro_rules! send {
    ($call:expr, $from:expr) => {
        done($call.from($from).send().await.expect("the contract takes it")).await
    };
}

impl Scene {
    async fn start() -> Self {
        let stack = Stack::start().await;
        let actors = Actors::of(&stack);
        let at = |name: &str| stack.deployment.contracts[name].address;
        let stoa = StoaToken::new(at("StoaToken"), actors.provider.clone());
        let staking = Staking::new(at("Staking"), actors.provider.clone());
        let (signer, sender) = (Actors::address(SIGNER), Actors::address(SENDER));
        let scene = Self { _stack: stack, actors, stoa, staking, signer, sender };
        let (vault, much) = (&scene.actors.vault, U256::from(1_000 * STOA));
        scene.actors.fund(SIGNER, 1_000_000).await;
        send!(vault.deposit(*scene.actors.dollar.address(), U256::from(1_000_000), signer), signer);
        send!(scene.stoa.approve(*vault.address(), much), signer);
        send!(vault.deposit(*scene.stoa.address(), much, signer), signer);
        scene
    }

    async fn balance(&self, account: Address, token: Address) -> U256 {
        let id = U256::from_be_slice(token.as_slice());
        self.actors.vault.balanceOf(account, id).call().await.expect("a balance")
    }

    /// A payment from the signer's balance that anyone may send. The kind of errand is the type's name.
    async fn pay(
        &self,
        nonce: u64,
        money: (Address, Address, u128),
        kind: (&str, &str),
        what: Value,
        data: Bytes,
    ) {
        let (target, token, amount) = money;
        let order = Vault::SignedPay {
            from: self.signer,
            target,
            token,
            amount: U256::from(amount),
            funding: 0,
            relayer: self.sender,
            relayerFee: U256::from(7),
            nonce: U256::from(nonce),
            deadline: U256::from(LATER),
        };
        let message = json!({
            "from": order.from, "target": target, "token": token, "amount": number(order.amount), "funding": 0,
            "relayer": order.relayer, "relayerFee": 7, "nonce": nonce, "deadline": LATER,
        });
        let vault = &self.actors.vault;
        let signature = sign(pay_digest(*vault.address(), kind, message, what.clone()));
        let witness = struct_hash(kind, &what);
        let (name, members) = kind;
        let kind = format!("{name} witness){name}({members})");
        let before = self.balance(self.sender, token).await;
        send!(vault.payBySig(order, witness, kind, data, Bytes::new(), signature), self.sender);
        assert_eq!(self.balance(self.sender, token).await, before + U256::from(7), "{name}: the fee");
    }

    /// A listing of the signer's with a plan of credits.
    async fn credits(&self) -> (u64, U256) {
        let listing = self.actors.list(SIGNER, "Signed", &[]).await;
        let plan = Market::NewPlan {
            listing: U256::from(listing),
            kind: 2,
            token: *self.actors.dollar.address(),
            price: 100,
            cap: 0,
            transferable: false,
            period: 0,
            units: 10,
            unit: "call".to_owned(),
            from: 0,
            until: 0,
            gate: Address::ZERO,
            tierDiscount: false,
        };
        send!(self.actors.market.createPlan(plan), self.signer);
        (listing, self.actors.market.count().call().await.expect("a count"))
    }
}

#[tokio::test]
async fn tokens_take_what_ethers_hashed() {
    let scene = Scene::start().await;
    let Scene { stoa, signer, sender, .. } = &scene;
    let (vault, token) = (*scene.actors.vault.address(), Signs("Stoa", *stoa.address()));
    let value = U256::from(5 * STOA);
    let message = json!({
        "owner": signer, "spender": vault, "value": number(value), "nonce": 0, "deadline": LATER,
    });
    let signature = sign(digest(token, &[("Permit", PERMIT)], message));
    let (r, s) = (B256::from_slice(&signature[..32]), B256::from_slice(&signature[32..64]));
    let later = U256::from(LATER);
    send!(stoa.permit(*signer, vault, value, later, signature[64], r, s), *sender);
    assert_eq!(stoa.allowance(*signer, vault).call().await.expect("an allowance"), value);

    let mark = keccak256("a transfer");
    let message = json!({
        "from": signer, "to": sender, "value": number(value), "validAfter": 0, "validBefore": LATER, "nonce": mark,
    });
    let signature = sign(digest(token, &[("TransferWithAuthorization", AUTHORIZATION)], message));
    let (r, s) = (B256::from_slice(&signature[..32]), B256::from_slice(&signature[32..64]));
    let call =
        stoa.transferWithAuthorization(*signer, *sender, value, U256::ZERO, later, mark, signature[64], r, s);
    send!(call, *sender);
    assert_eq!(stoa.balanceOf(*sender).call().await.expect("a balance"), value);

    let mark = keccak256("a mistake");
    let message = json!({ "authorizer": signer, "nonce": mark });
    let signature = sign(digest(token, &[("CancelAuthorization", CANCEL)], message));
    let (r, s) = (B256::from_slice(&signature[..32]), B256::from_slice(&signature[32..64]));
    send!(stoa.cancelAuthorization(*signer, mark, signature[64], r, s), *sender);
    assert!(stoa.authorizationState(*signer, mark).call().await.expect("a state"), "it is void");

    let salt = keccak256("a deposit");
    let nonce = struct_hash(("Deposit", "bytes32 salt"), &json!({ "salt": salt }));
    let message = json!({
        "from": signer, "to": vault, "value": number(value), "validAfter": 0, "validBefore": LATER, "nonce": nonce,
    });
    let signature = sign(digest(token, &[("ReceiveWithAuthorization", AUTHORIZATION)], message));
    let given =
        Vault::Authorization { validAfter: U256::ZERO, validBefore: later, nonce: B256::ZERO, signature };
    let before = scene.balance(*signer, *stoa.address()).await;
    let call = scene.actors.vault.depositWithAuthorization(*stoa.address(), *signer, value, salt, given);
    send!(call, *sender);
    assert_eq!(scene.balance(*signer, *stoa.address()).await, before + value);
}

#[tokio::test]
async fn market_takes_what_ethers_hashed() {
    let scene = Scene::start().await;
    let Scene { actors, signer, sender, .. } = &scene;
    let (market, dollar) = (*actors.market.address(), *actors.dollar.address());
    let (_, plan) = scene.credits().await;
    let what = json!({
        "plan": number(plan), "version": 1, "quantity": 2, "recipient": signer, "gateData": "0x",
    });
    let data = Order { plan, version: 1, quantity: 2, recipient: *signer }.abi_encode();
    scene.pay(1, (market, dollar, 207), ("Order", ORDER), what, data.into()).await;
    assert_eq!(actors.market.balanceOf(*signer, plan).call().await.expect("credits"), U256::from(20));

    let order = Market::SpendOrder {
        holder: *signer,
        plan,
        units: U256::from(3),
        spender: *sender,
        r#ref: keccak256("a task"),
        nonce: U256::from(9),
        deadline: U256::from(LATER),
    };
    let message = json!({
        "holder": signer, "plan": number(plan), "units": 3, "spender": sender, "ref": order.r#ref, "nonce": 9,
        "deadline": LATER,
    });
    let signature = sign(digest(Signs("Stoa Market", market), &[("Spend", SPEND)], message));
    send!(actors.market.spendBySig(order, signature), *sender);
    assert_eq!(actors.market.balanceOf(*signer, plan).call().await.expect("credits"), U256::from(17));
}

#[tokio::test]
async fn staking_takes_what_ethers_hashed() {
    let scene = Scene::start().await;
    let Scene { staking, stoa, signer, sender, .. } = &scene;
    let (target, token) = (*staking.address(), *stoa.address());
    let what = json!({ "account": signer, "term": 3, "nonce": 0, "deadline": 0, "signature": "0x" });
    let data = (*signer, U256::from(3), U256::ZERO, U256::ZERO, Bytes::new()).abi_encode();
    scene.pay(1, (target, token, STOA + 7), ("LockOrder", LOCK_ORDER), what, data.into()).await;
    let lock = staking.lockOf(*signer).call().await.expect("a lock");
    assert_eq!(lock.amount, U256::from(STOA));

    // The sender pays for more of the signer's lock.
    let amount = U256::from(2 * STOA);
    send!(stoa.transfer(*sender, amount), *signer);
    send!(stoa.approve(*scene.actors.vault.address(), amount), *sender);
    let message = json!({
        "account": signer, "amount": number(amount), "term": 0, "nonce": 0, "deadline": LATER,
    });
    let signature = sign(digest(Signs("Stoa Staking", target), &[("LockFor", LOCK_FOR)], message));
    let data = (*signer, U256::ZERO, U256::ZERO, U256::from(LATER), signature).abi_encode();
    send!(scene.actors.vault.pay(target, token, amount, 1, data.into()), *sender);
    let lock = staking.lockOf(*signer).call().await.expect("a lock");
    assert_eq!(lock.amount, U256::from(3 * STOA));
}

#[tokio::test]
async fn revenue_and_shares_take_what_ethers_hashed() {
    let scene = Scene::start().await;
    let Scene { actors, signer, sender, .. } = &scene;
    let (market, dollar) = (*actors.market.address(), *actors.dollar.address());
    let (listing, _) = scene.credits().await;
    let listing = U256::from(listing);
    let (name, symbol) = ("Shares".to_owned(), "SHARE".to_owned());
    let shares = Revenue::NewShares { name, symbol, supply: U256::from(1_000), tokens: vec![dollar] };
    send!(actors.revenue.createShares(listing, shares), *signer);
    let share = actors.revenue.shareOf(listing).call().await.expect("the shares");
    let share = RevenueShare::new(share, actors.provider.clone());

    let memo = keccak256("thanks");
    let what = json!({ "listing": number(listing), "memo": memo });
    let data = (listing, memo).abi_encode();
    let kind = ("ListingPayment", LISTING_PAYMENT);
    scene.pay(1, (*actors.revenue.address(), dollar, 1_007), kind, what, data.into()).await;
    assert_eq!(share.earned(dollar).call().await.expect("earnings"), U256::from(1_000));

    send!(share.approve(market, U256::from(50)), *signer);
    let terms = Market::NewShareSale { listing, token: dollar, lot: 10, price: 3, cap: 0, from: 0, until: 0 };
    send!(actors.market.openShareSale(terms), *signer);
    let what = json!({ "sale": 1, "quantity": 2, "recipient": sender });
    let kind = keccak256(format!("ShareOrder({SHARE_ORDER})"));
    let data = (kind, U256::from(1), 2_u64, *sender).abi_encode();
    scene.pay(2, (market, dollar, 13), ("ShareOrder", SHARE_ORDER), what, data.into()).await;
    assert_eq!(share.balanceOf(*sender).call().await.expect("shares"), U256::from(20));

    let message = json!({
        "account": signer, "token": dollar, "to": sender, "payout": 0, "nonce": 0, "deadline": LATER,
    });
    let signature = sign(digest(Signs("Stoa Revenue Share", *share.address()), &[("Claim", CLAIM)], message));
    let (account, to, deadline) = (*signer, *sender, U256::from(LATER));
    let order = RevenueShare::ClaimOrder { account, token: dollar, to, payout: 0, deadline };
    let before = scene.balance(*sender, dollar).await;
    send!(share.claimBySig(order, signature), *sender);
    assert_eq!(scene.balance(*sender, dollar).await, before + U256::from(1_000));
}
