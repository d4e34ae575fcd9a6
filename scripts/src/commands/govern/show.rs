//! `stoa govern show`

use alloy::primitives::{Address, B256};
use serde::Serialize;
use stoa_contracts::Revenue;
use stoa_scripts::cli::{Session, Table, show_duration, show_time};

use super::{
    change::{self, Owned},
    operation::{Operation, State},
};

#[derive(Debug, Serialize)]
struct Shown {
    timelock: Address,
    /// Seconds between a proposal and its execution, at least.
    delay: u64,
    fee_bps: u16,
    fee_tokens: Vec<Address>,
    /// In whole STOA.
    tiers: Vec<u32>,
    guardian: Option<Address>,
    /// Whether the guardian may pause.
    armed: bool,
    /// Nothing is sold before this time, in seconds since 1970; none where nothing is paused.
    paused_until: Option<u64>,
    owners: Vec<Owner>,
    operations: Vec<Waiting>,
}

#[derive(Debug, Serialize)]
struct Owner {
    contract: &'static str,
    owner: Address,
    /// Who may accept it.
    offered_to: Option<Address>,
}

#[derive(Debug, Serialize)]
struct Waiting {
    id: B256,
    what: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ready_at: Option<u64>,
}

pub(super) async fn run(session: &Session) -> anyhow::Result<()> {
    let shown = read(session).await?;
    session.output.answer(&shown, || shown.table())
}

async fn read(session: &Session) -> anyhow::Result<Shown> {
    let contracts = &session.contracts;
    let (revenue, staking) = (&contracts.revenue, &contracts.staking);
    let guardian = Some(revenue.guardian().call().await?).filter(|guardian| *guardian != Address::ZERO);
    let (paused, now) = (revenue.salesPausedUntil().call().await?, session.now().await?);
    let mut owners = Vec::new();
    for (contract, owned) in [("Revenue", Owned::Revenue), ("Staking", Owned::Staking)] {
        // Both answer alike.
        let owned = Revenue::new(owned.address(session), &session.provider);
        let offered = owned.pendingOwner().call().await?;
        let offered_to = (offered != Address::ZERO).then_some(offered);
        owners.push(Owner { contract, owner: owned.owner().call().await?, offered_to });
    }
    let operations = Operation::all(session).await?;
    Ok(Shown {
        timelock: *contracts.timelock.address(),
        delay: contracts.timelock.getMinDelay().call().await?.saturating_to(),
        fee_bps: revenue.feeBps().call().await?,
        fee_tokens: staking.tokens().call().await?,
        tiers: staking.tiers().call().await?.into(),
        armed: revenue.armed().call().await? && guardian.is_some(),
        guardian,
        paused_until: (paused > now).then_some(paused),
        owners,
        operations: operations.iter().map(|operation| waiting(session, operation)).collect(),
    })
}

fn waiting(session: &Session, operation: &Operation) -> Waiting {
    let mut what = change::words(session, operation.target, &operation.data);
    if operation.batched {
        what.push_str(", and more");
    }
    let (state, ready_at) = match operation.state {
        State::Cancelled => ("cancelled", None),
        State::Waiting(ready) => ("waits", Some(ready)),
        State::Ready => ("ready", None),
        State::Done => ("executed", None),
    };
    Waiting { id: operation.id, what, state, ready_at }
}

impl Shown {
    fn table(&self) -> String {
        let list = |all: Vec<String>| all.join(", ");
        let guardian = match self.guardian {
            None => "nobody".to_owned(),
            Some(guardian) if self.armed => format!("{guardian}, who may pause sales once"),
            Some(guardian) => format!("{guardian}, who has paused and may not again"),
        };
        let mut table = Table::of_pairs([
            ("Timelock", self.timelock.to_string()),
            ("delay", show_duration(self.delay)),
            ("protocol fee", format!("{}.{:02} %", self.fee_bps / 100, self.fee_bps % 100)),
            ("fee tokens", list(self.fee_tokens.iter().map(ToString::to_string).collect())),
            ("tiers from", format!("{} STOA", list(self.tiers.iter().map(ToString::to_string).collect()))),
            ("guardian", guardian),
            (
                "sales",
                self.paused_until.map_or("open".to_owned(), |end| format!("paused until {}", show_time(end))),
            ),
        ]);
        for owner in &self.owners {
            let offered = owner.offered_to.map_or_else(String::new, |to| format!(", offered to {to}"));
            table.row([format!("{} of", owner.contract), format!("{}{offered}", owner.owner)]);
        }
        for operation in &self.operations {
            let ready = operation.ready_at.map_or_else(String::new, |at| format!(" until {}", show_time(at)));
            table.row([
                operation.id.to_string(),
                format!("to {}: {}{ready}", operation.what, operation.state),
            ]);
        }
        table.to_string()
    }
}
