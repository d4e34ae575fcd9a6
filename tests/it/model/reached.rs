//! What a run has come by: a refusal that never happens proves nothing.

use std::collections::{BTreeMap, BTreeSet};

use stoa_tests::model::{Account, Action, Errand, Model, Order, Seal};

/// What a run of full length with the usual seed must come by, each a part of an outcome's name, or several of which
/// one will do.
const REQUIRED: [&str; 55] = [
    "PayBySigOrder by Balance done",
    "PayBySigOrder by Allowance done",
    "PayBySigOrder by Permit done",
    "PayBySigOrder by Authorization done",
    "PayBySigLock by Balance done",
    "PayBySigLock by Authorization done",
    "PayBySigListing by Balance done",
    "PayOrder by Native done",
    "PayOrder by Permit done",
    "PayOrder by Authorization done|PayLock by Authorization done|PayListing by Authorization done",
    "DepositWithAuthorization done",
    "SpendBySig done",
    "ClaimBySig done",
    "CancelNonces done",
    "CancelLockNonce done",
    "Revoke done",
    "Revoke ERC3009UsedAuthorization",
    "Vault_Expired",
    "Vault_WrongRelayer",
    "Vault_RelayerFeeTooHigh",
    "Vault_ZeroWitness",
    "Vault_WrongSignature",
    "Vault_NonceNotZero",
    "Vault_GrantMalformed",
    "Vault_WrongFunding",
    "Vault_NothingArrived",
    "PayBySigOrder by Balance Nonces_Used",
    "SpendBySig Nonces_Used",
    "ERC3009UsedAuthorization",
    "ERC3009InvalidSignature",
    "ERC3009InvalidAuthorizationTime",
    "Market_FreeQuantity",
    "ChangePlan Market_TokenNotAllowed|BoundPlan Market_TokenNotAllowed|PausePlan Market_TokenNotAllowed",
    "Market_WrongWitness",
    "Market_Expired",
    "Market_NotSpender",
    "Market_WrongSignature",
    "RevenueShare_BadSignature",
    "RevenueShare_SignatureExpired",
    "Staking_BadSignature",
    "Staking_SignatureExpired",
    "Staking_WrongNonce",
    "(gate) List done",
    "(gate) List Market_GateClosed",
    "(gate) Tier done",
    "(gate) Tier Market_GateClosed",
    "(gate) Token done",
    "(gate) Token Market_GateClosed",
    "Gate_NotManager",
    "Market_GateWithoutCode",
    "Market_GateDataWithoutGate",
    "(signed by code) PayBySigOrder done",
    "(signed by code) ClaimBySig done",
    "(signed by code) PayBySigLock done",
    "(discount) tier 4",
];

/// The action's and the outcome's name, and what else is worth counting.
pub(super) fn names(model: &Model, action: &Action, outcome: &Result<(), String>) -> Vec<String> {
    let outcome = outcome.as_ref().err().map_or("done", |error| error.as_str());
    let mut names = vec![format!("{} {outcome}", action.name())];
    if let Some(order) = order(action) {
        names.extend(at_gate(model, order, outcome));
        names.extend(with_discount(model, order, outcome));
    }
    if signature(action).is_some_and(|seal| seal.whole && seal.signer == Account::CONTRACT_WALLET) {
        let word = action.name().split(' ').next().unwrap_or_default().to_owned();
        names.push(format!("(signed by code) {word} {}", if outcome == "done" { "done" } else { "refused" }));
    }
    names
}

fn order(action: &Action) -> Option<&Order> {
    let errand = match action {
        Action::Pay { errand, .. } => errand,
        Action::PayBySig(pay) => &pay.order.errand,
        _ => return None,
    };
    match errand {
        Errand::Order(order) => Some(order),
        _ => None,
    }
}

fn signature(action: &Action) -> Option<Seal> {
    match action {
        Action::PayBySig(pay) => Some(pay.seal),
        Action::SpendBySig(order) => Some(order.seal),
        Action::ClaimBySig(order) => Some(order.seal),
        Action::Pay { errand: Errand::Lock(order), .. } => order.seal,
        _ => None,
    }
}

/// Whether the plan's gate let somebody in.
fn at_gate(model: &Model, order: &Order, outcome: &str) -> Option<String> {
    let gate = model.plan(order.plan)?.terms.bounds.gate?;
    let asked = ["done", "Market_GateClosed"].contains(&outcome);
    asked.then(|| format!("(gate) {gate:?} {outcome}"))
}

/// The owner's tier, where it lowered a fee.
fn with_discount(model: &Model, order: &Order, outcome: &str) -> Option<String> {
    let terms = &model.plan(order.plan)?.terms;
    let tier = model.tier(model.listing(terms.listing)?.owner);
    (terms.discount && outcome == "done").then(|| format!("(discount) tier {tier}"))
}

/// Every event that the indexer keeps has been told.
///
/// # Panics
/// When one has not.
pub(super) fn require_tables(told: impl Iterator<Item = &'static str>) {
    let told: BTreeSet<&str> = told.collect();
    let all = stoa_schema::events::tables().map(|table| table.name);
    let missing: Vec<&str> = all.filter(|table| *table != "raw_log" && !told.contains(table)).collect();
    assert!(missing.is_empty(), "never told: {missing:?}");
}

/// # Panics
/// When one has not been come by.
pub(super) fn require_all(outcomes: &BTreeMap<String, usize>) {
    let reached = |parts: &str| parts.split('|').any(|part| outcomes.keys().any(|name| name.contains(part)));
    let missing: Vec<_> = REQUIRED.iter().filter(|parts| !reached(parts)).collect();
    assert!(missing.is_empty(), "never reached: {missing:?}");
}
