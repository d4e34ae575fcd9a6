//! A plan as a listing shows it.

use std::collections::BTreeMap;

use serde::Serialize;
use stoa_schema::types::{Addr, Hash, Uint};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::db::chain::Chain;
use crate::db::plan::{PlanRow, RuleRow};
use crate::error::ApiError;
use crate::model::{GateKind, PlanKind, PublicId, Token, moment, open, word_of};

/// A way to buy a listing.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
#[graphql(name = "PlanRecord")]
pub struct Plan {
    /// Public id of the plan.
    #[schema(value_type = String, example = "31337-3")]
    pub id: PublicId,
    pub kind: PlanKind,
    /// What it is paid in.
    pub token: Token,
    /// Price of one, in base units of the token. 0 is free.
    #[schema(value_type = String, example = "1000000")]
    pub price: Uint,
    /// How many may be sold; null is no limit.
    #[schema(value_type = Option<String>, example = "100", required = true)]
    pub cap: Option<Uint>,
    /// How many were sold.
    #[schema(value_type = String, example = "3")]
    pub sold: Uint,
    /// Whether its owner has stopped it for now.
    pub paused: bool,
    /// Whether what it sells can be passed on.
    pub transferable: bool,
    /// Its version: an order names it, so that nobody buys on terms that changed meanwhile.
    #[schema(example = 1)]
    pub version: i64,
    /// Subscription: seconds of one period; null for other kinds.
    #[schema(example = 2_592_000, required = true)]
    pub period: Option<i64>,
    /// Credits: units in one pack, a whole number; null for other kinds.
    #[schema(value_type = Option<String>, example = "1000", required = true)]
    pub units: Option<Uint>,
    /// Credits: what one unit is called; null for other kinds.
    #[schema(example = "call", required = true)]
    pub unit: Option<String>,
    /// First second in which it sells (RFC 3339, UTC); null without such a bound, and beyond the year 9999.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-22T15:00:00Z", required = true)]
    pub sells_from: Option<OffsetDateTime>,
    /// First second in which it sells no more (RFC 3339, UTC); null without such a bound, and beyond the year 9999.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-12-22T15:00:00Z", required = true)]
    pub sells_until: Option<OffsetDateTime>,
    /// Contract that says who may buy; null for everybody.
    #[schema(value_type = Option<String>, example = "0x5FbDB2315678afecb367f032d93F642f64180aa3", required = true)]
    pub gate: Option<Addr>,
    /// What the gate asks of a buyer; null without a gate.
    #[schema(required = true)]
    pub gate_rule: Option<GateRule>,
    /// Whether the staking tier of the listing's owner lowers the protocol fee of its sales.
    pub tier_discount: bool,
    /// Whether it sells by the head's time: not paused, not sold out, inside of its window. The listing's status
    /// and the gate are another matter.
    pub on_sale: bool,
}

/// What a gate asks of a buyer. Of a gate that is not one of the deployment's nothing is known but its address.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct GateRule {
    pub kind: GateKind,
    /// `list`: root of the Merkle tree of those who may buy; null where nobody may yet, and for other kinds.
    #[schema(value_type = Option<String>, example = "0x9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", required = true)]
    pub root: Option<Hash>,
    /// `tier`: lowest staking tier of a buyer; null where nobody may buy yet, and for other kinds.
    #[schema(example = 1, minimum = 1, maximum = 4, required = true)]
    pub tier: Option<i16>,
    /// `holding`: contract of the token that a buyer must hold in its wallet; null where nobody may buy yet, and for
    /// other kinds.
    #[schema(value_type = Option<String>, example = "0x5FbDB2315678afecb367f032d93F642f64180aa3", required = true)]
    pub token: Option<Addr>,
    /// `holding`: how much of it, in its base units.
    #[schema(value_type = Option<String>, example = "1000000", required = true)]
    pub amount: Option<Uint>,
}

impl GateRule {
    /// Of the gate that a plan names, by the chain's contracts.
    fn of(gate: Addr, contracts: &BTreeMap<String, Addr>, told: Option<RuleRow>) -> Self {
        let is = |name: &str| contracts.get(name) == Some(&gate);
        let mut rule = Self { kind: GateKind::Other, root: None, tier: None, token: None, amount: None };
        if is("MerkleGate") {
            rule.kind = GateKind::List;
            rule.root = told.map(|told| told.root).filter(|root| *root != Hash::default());
        } else if is("TierGate") {
            rule.kind = GateKind::Tier;
            rule.tier = told.map(|told| told.tier).filter(|tier| *tier != 0);
        } else if is("TokenGate") {
            rule.kind = GateKind::Holding;
            let told = told.filter(|told| told.amount != Uint::default());
            (rule.token, rule.amount) = (told.map(|told| told.token), told.map(|told| told.amount));
        }
        rule
    }
}

impl Plan {
    /// A plan of a listing on this chain, judged by the head's time.
    pub(crate) fn of(listing: PublicId, row: PlanRow, chain: &Chain) -> Result<Self, ApiError> {
        let now = chain.head_time();
        let kind = word_of::<PlanKind>(row.kind, "kind of plan")?;
        let unlimited = row.cap == Uint::default();
        let on_sale =
            !row.paused && (unlimited || row.sold < row.cap) && open(row.sells_from, row.sells_until, now);
        Ok(Self {
            id: PublicId { number: row.plan, ..listing },
            kind,
            token: row.token,
            price: row.price,
            cap: (!unlimited).then_some(row.cap),
            sold: row.sold,
            paused: row.paused,
            transferable: row.transferable,
            version: row.version,
            period: (kind == PlanKind::Subscription).then_some(row.period),
            units: (kind == PlanKind::Credits).then_some(row.units),
            unit: (kind == PlanKind::Credits).then_some(row.unit),
            sells_from: moment(row.sells_from),
            sells_until: moment(row.sells_until),
            gate: (row.gate != Addr::default()).then_some(row.gate),
            gate_rule: (row.gate != Addr::default())
                .then(|| GateRule::of(row.gate, &chain.contracts, row.rule)),
            tier_discount: row.tier_discount,
            on_sale,
        })
    }
}
