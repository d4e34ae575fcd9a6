//! `stoa plan gate`

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use alloy::primitives::{Address, B256, U256};
use anyhow::{Context as _, bail, ensure};
use serde::Serialize;
use stoa_contracts::{Market, MerkleGate, TierGate, TokenGate};
use stoa_scripts::cli::{ChainArgs, MerkleList, Offer, Session, SignerArgs, Step, Token};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  stoa plan gate 31337-7 --list buyers.txt --wallet me        # one address a line; writes buyers.proofs/0x….json
  stoa plan gate 31337-7 --tier 2 --wallet me
  stoa plan gate 31337-7 --token STOA --amount 100 --wallet me
  stoa plan gate 31337-7 --token 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --amount 1 --wallet me

Each account of a list needs its own file to buy: `stoa buy 31337-7 --proof 0x….json`. `stoa plan bound 31337-7 --gate
none` sells to everybody again.")]
pub(super) struct Args {
    /// The plan.
    id: String,
    #[command(flatten)]
    rule: RuleArgs,
    /// How much of the token a buyer must hold, in its own unit, or how many NFTs.
    #[arg(long, value_name = "AMOUNT", requires = "token")]
    amount: Option<String>,
    /// With --list: the folder for the proofs, a file for each account [default: beside the list, as <name>.proofs].
    #[arg(long, value_name = "DIR", requires = "list")]
    out: Option<PathBuf>,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    signing: SignerArgs,
}

/// To whom the plan sells.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct RuleArgs {
    /// To the accounts of this file, one address a line; what follows a # is left out.
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
    /// To stakers of this tier and up, 1 to 4.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=4))]
    tier: Option<u8>,
    /// To who holds enough of this token: its symbol, where the network names it, or its address; NFTs too.
    #[arg(long, value_name = "TOKEN", requires = "amount")]
    token: Option<String>,
}

#[derive(Debug, Serialize)]
struct Gated {
    plan: String,
    gate: Address,
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<B256>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proofs: Option<String>,
    transactions: Vec<B256>,
}

/// What is beside the proofs.
#[derive(Debug, Serialize)]
struct Root {
    plan: String,
    root: B256,
    accounts: usize,
}

#[derive(Debug, Serialize)]
struct Proof {
    plan: String,
    account: String,
    proof: Vec<B256>,
}

/// Proofs that are to be written, and where.
struct Proofs {
    list: MerkleList,
    folder: PathBuf,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<()> {
    let session = args.chain.connect_to_send(&args.signing).await?;
    let plan = session.number("plan", &args.id)?;
    let id = session.public_id(plan);
    let what = format!("gating plan {id}");
    let offer = session.offer(&what, plan).await?;
    let (gate, step, proofs) = rule(&session, args, plan, &what).await?;
    let mut steps = vec![step];
    if offer.plan.gate != gate {
        steps.push(put_before(&session, &offer, gate, &id));
    }
    session.prepare(&steps).await?;
    if let Some(proofs) = &proofs {
        proofs.write(&id)?;
    }
    let sent = session.send_agreed(&steps).await?;
    let record = Gated {
        plan: id.clone(),
        gate,
        root: proofs.as_ref().map(|proofs| proofs.list.root()),
        proofs: proofs.map(|proofs| proofs.folder.display().to_string()),
        transactions: sent.iter().map(|sent| sent.transaction).collect(),
    };
    session.output.answer(&record, || match &record.proofs {
        Some(folder) => format!("plan {id} sells to the accounts of the list; their proofs are in {folder}"),
        None => format!("plan {id} sells to whom the gate {gate} lets"),
    })
}

/// The gate, the transaction that sets its rule, and the proofs that go with it.
async fn rule(
    session: &Session,
    args: &Args,
    plan: U256,
    what: &str,
) -> anyhow::Result<(Address, Step, Option<Proofs>)> {
    let contracts = &session.contracts;
    if let Some(tier) = args.rule.tier {
        let gate = *contracts.tier_gate.address();
        let step = Step::new(what, gate, &TierGate::setTierCall { plan, tier });
        return Ok((gate, step.with_row("sells to", format!("stakers of tier {tier} and up")), None));
    }
    if let (Some(token), Some(amount)) = (&args.rule.token, &args.amount) {
        let token = holding(session, token).await?;
        let amount = token.parse(amount).map_err(anyhow::Error::msg)?;
        ensure!(!amount.is_zero(), "--amount 0 would let nobody buy: `stoa plan pause` does that");
        let gate = *contracts.token_gate.address();
        let call = TokenGate::setHoldingCall { plan, token: token.address, amount };
        let step = Step::new(what, gate, &call);
        return Ok((gate, step.with_row("sells to", format!("who holds {}", token.show(amount))), None));
    }
    let file = args.rule.list.as_ref().context("one of --list, --tier and --token is needed")?;
    let accounts = read(file)?;
    let list = MerkleList::new(&accounts).with_context(|| {
        format!("{} lists nobody: `stoa plan pause` stops sales to everybody", file.display())
    })?;
    let gate = *contracts.merkle_gate.address();
    let step = Step::new(what, gate, &MerkleGate::setRootCall { plan, root: list.root() })
        .with_row("sells to", format!("{} accounts of {}", accounts.len(), file.display()))
        .with_row("root", list.root());
    let folder = args.out.clone().unwrap_or_else(|| file.with_extension("proofs"));
    ensure!(&folder != file, "--out must be another place than the list");
    Ok((gate, step, Some(Proofs { list, folder })))
}

/// A token by its name or address; of an NFT there are whole ones.
async fn holding(session: &Session, name: &str) -> anyhow::Result<Token> {
    let Ok(address) = name.parse::<Address>() else { return session.token(name).await };
    if let Ok(token) = session.token_at(address).await {
        return Ok(token);
    }
    let contract = session.contracts.token(address);
    // What the gate will ask of it.
    let asked = contract.balanceOf(session.account()?).call().await;
    asked.with_context(|| format!("{address} is no token: it does not tell what an account holds"))?;
    let symbol = contract.symbol().call().await.unwrap_or_else(|_| address.to_string());
    Ok(Token { address, symbol, decimals: 0 })
}

fn put_before(session: &Session, offer: &Offer, gate: Address, id: &str) -> Step {
    let (plan, from, until) = (offer.id, offer.plan.from, offer.plan.until);
    let call = Market::boundPlanCall { plan, gate, from, until };
    Step::new(format!("putting the gate before plan {id}"), *session.contracts.market.address(), &call)
        .with_row("gate", gate)
}

fn read(file: &Path) -> anyhow::Result<BTreeSet<Address>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut accounts = BTreeSet::new();
    for (n, line) in (1..).zip(text.lines()) {
        let entry = line.split('#').next().unwrap_or_default().trim();
        match entry.parse::<Address>() {
            _ if entry.is_empty() => {}
            Ok(account) => {
                accounts.insert(account);
            }
            Err(_) => bail!("{}, line {n}: {entry:?} is no address", file.display()),
        }
    }
    Ok(accounts)
}

impl Proofs {
    /// A file for each account: whoever gets his own learns of no other.
    fn write(&self, plan: &str) -> anyhow::Result<()> {
        let folder = self.folder.display();
        std::fs::create_dir_all(&self.folder).with_context(|| format!("cannot use {folder}"))?;
        let mut accounts = 0;
        for (account, proof) in self.list.proofs() {
            let account = account.to_string();
            let proof = Proof { plan: plan.to_owned(), account: account.clone(), proof };
            self.put(&account, &proof)?;
            accounts += 1;
        }
        self.put("root", &Root { plan: plan.to_owned(), root: self.list.root(), accounts })
    }

    fn put(&self, name: &str, document: &impl Serialize) -> anyhow::Result<()> {
        let file = self.folder.join(format!("{name}.json"));
        let text = serde_json::to_string_pretty(document)? + "\n";
        std::fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))
    }
}
