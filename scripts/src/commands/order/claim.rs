//! What shares earned, claimed by somebody else.

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    sol_types::SolStruct as _,
};
use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use stoa_contracts::RevenueShare;
use stoa_scripts::cli::{
    Failure, Sent, Session, Step, refused, show_time,
    signed::{check_free, decimal, write_new},
    typed,
};

use super::{
    SignClaim,
    check::{expired, not_signed},
    relay::first,
};

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ClaimFile {
    kind: Kind,
    pub(super) chain_id: u64,
    contract: Address,
    claim: Claim,
    signature: Bytes,
}

#[derive(Debug, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "claim")]
    Claim,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claim {
    account: Address,
    token: Address,
    to: Address,
    payout: Payout,
    #[serde(with = "decimal")]
    nonce: U256,
    #[serde(with = "decimal")]
    deadline: U256,
}

/// `ClaimPayout`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Payout {
    Balance = 0,
    Wallet = 1,
}

#[derive(Debug, Serialize)]
struct Signed {
    file: String,
    share: Address,
    account: Address,
    token: Address,
    to: Address,
    payout: Payout,
    deadline: u64,
}

#[derive(Debug, Serialize)]
struct Claimed {
    share: Address,
    account: Address,
    token: Address,
    to: Address,
    /// In base units.
    amount: String,
    transactions: Vec<Sent>,
}

impl Claim {
    fn message(&self) -> typed::Claim {
        let Self { account, token, to, payout, nonce, deadline } = *self;
        typed::Claim { account, token, to, payout: payout as u8, nonce, deadline }
    }
}

pub(super) async fn sign(session: &Session, args: &SignClaim) -> anyhow::Result<()> {
    check_free(&args.out)?;
    let (listing, account) = (session.number("listing", &args.id)?, session.account()?);
    let what = format!("ordering a claim of listing {listing}");
    let revenue = &session.contracts.revenue;
    let share = revenue.shareOf(listing).call().await.map_err(|error| refused(&what, &error))?;
    let token = session.token(&args.token).await?;
    let refuse = |reason: String| Err(Failure::Refused { what: what.clone(), reason }.into());
    if share == Address::ZERO {
        return refuse(format!("the revenue of listing {listing} is not divided into shares"));
    }
    let contract = session.contracts.shares(share);
    if !contract.isPaymentToken(token.address).call().await? {
        return refuse(format!("{} is none of the shares' payment tokens", token.symbol));
    }
    let deadline = session.now().await?.saturating_add(args.valid_for);
    let claim = Claim {
        account,
        token: token.address,
        to: args.to_wallet.or(args.to).unwrap_or(account),
        payout: if args.to_wallet.is_some() { Payout::Wallet } else { Payout::Balance },
        nonce: contract.nonces(account).call().await?,
        deadline: U256::from(deadline),
    };
    let (chain_id, signature) = (session.network.chain_id, Bytes::new());
    let mut file = ClaimFile { kind: Kind::Claim, chain_id, contract: share, claim, signature };
    session.agree(&[file.step(session, &what).await], "Sign?")?;
    let domain = session.token_domain(share).await.context("the shares do not tell their domain")?;
    file.signature = session.sign(&file.claim.message(), &domain).await?;
    write_new(&args.out, &file)?;
    let Claim { to, payout, .. } = file.claim;
    let (path, token) = (args.out.display().to_string(), token.address);
    let record = Signed { file: path, share, account, token, to, payout, deadline };
    session.output.answer(&record, || {
        format!("{}: anyone may claim for {account} until {}", record.file, show_time(deadline))
    })
}

impl ClaimFile {
    /// All that is found, the plainest first.
    pub(super) async fn problems(&self, session: &Session) -> anyhow::Result<Vec<String>> {
        let (claim, contract) = (&self.claim, session.contracts.shares(self.contract));
        // A file can name any contract; only one that Revenue made is called.
        let listing = contract.listing().call().await.unwrap_or_default();
        let made = session.contracts.revenue.shareOf(listing).call().await.unwrap_or_default();
        if listing.is_zero() || made != self.contract {
            return Ok(vec![format!("{} is no share contract of this deployment", self.contract)]);
        }
        let mut problems = Vec::new();
        let digest = self.digest(session).await?;
        if !session.is_signed(claim.account, digest, &self.signature).await? {
            problems.push(not_signed(claim.account));
        }
        problems.extend(expired(session, claim.deadline).await?);
        let next = contract.nonces(claim.account).call().await?;
        if claim.nonce != next {
            let (account, nonce) = (claim.account, claim.nonce);
            problems.push(format!(
                "the next nonce of {account} is {next}, not {nonce}: it was sent before, or is void"
            ));
        }
        if contract.claimable(claim.account, claim.token).call().await?.is_zero() {
            problems.push(format!("{} has nothing to claim now", claim.account));
        }
        Ok(problems)
    }

    async fn digest(&self, session: &Session) -> anyhow::Result<B256> {
        let domain =
            session.token_domain(self.contract).await.context("the shares do not tell their domain")?;
        Ok(self.claim.message().eip712_signing_hash(&domain))
    }

    pub(super) async fn rows(&self, session: &Session) -> Vec<(&'static str, String)> {
        let claim = &self.claim;
        let shares = session.contracts.shares(self.contract);
        let earned = shares.claimable(claim.account, claim.token).call().await.unwrap_or_default();
        let earned = match session.token_at(claim.token).await {
            Ok(token) => token.show(earned),
            Err(_) => earned.to_string(),
        };
        let place = if claim.payout == Payout::Wallet { "the wallet" } else { "the vault balance of" };
        vec![
            ("shares", self.contract.to_string()),
            ("holder", claim.account.to_string()),
            ("earned now", earned),
            ("paid to", format!("{place} {}", claim.to)),
            ("good until", show_time(claim.deadline.saturating_to())),
        ]
    }

    async fn step(&self, session: &Session, what: &str) -> Step {
        let Claim { account, token, to, payout, deadline, .. } = self.claim;
        let order = RevenueShare::ClaimOrder { account, token, to, payout: payout as u8, deadline };
        let call = RevenueShare::claimBySigCall { order, signature: self.signature.clone() };
        let rows = self.rows(session).await;
        rows.iter()
            .fold(Step::new(what, self.contract, &call), |step, (name, value)| step.with_row(name, value))
    }
}

pub(super) async fn relay(session: &Session, file: &ClaimFile) -> anyhow::Result<()> {
    let what = format!("claiming for {}", file.claim.account);
    first(&what, file.problems(session).await?)?;
    let sent = session.send(file.step(session, &what).await).await?;
    let event = sent.receipt.decoded_log::<RevenueShare::RevenueClaimed>();
    let RevenueShare::RevenueClaimed { account, token, to, amount, .. } =
        event.context("the transaction tells of no claim")?.data;
    let (share, paid) = (file.contract, session.token_at(token).await?.show(amount));
    let record = Claimed { share, account, token, to, amount: amount.to_string(), transactions: vec![sent] };
    session.output.answer(&record, || format!("{paid} of {account} paid to {to}"))
}
