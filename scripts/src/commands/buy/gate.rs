//! What an order carries for a plan's gate.

use std::path::Path;

use alloy::{
    primitives::{Address, B256, Bytes},
    sol_types::SolValue as _,
};
use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;
use stoa_scripts::cli::{Failure, Offer, Session};

/// The two ways in which a proof is written.
#[derive(Deserialize)]
#[serde(untagged)]
enum ProofFile {
    Plain(Vec<B256>),
    Named { proof: Vec<B256> },
}

/// The data for the gate; empty for a plan without one.
///
/// # Errors
/// When a proof is missing or of no use, or the buyer's tier is too low.
pub(crate) async fn data_for(
    session: &Session,
    what: &str,
    offer: &Offer,
    proof: Option<&Path>,
) -> anyhow::Result<Bytes> {
    let (plan, gate) = (offer.id, offer.plan.gate);
    let refused = |reason: String| Err(Failure::Refused { what: what.to_owned(), reason }.into());
    if gate == Address::ZERO {
        ensure!(proof.is_none(), "plan {plan} has no gate: leave --proof away");
        return Ok(Bytes::new());
    }
    if let Some(file) = proof {
        return Ok(read(file)?.abi_encode().into());
    }
    if session.contracts.merkle_gate.address() == &gate {
        bail!(
            "plan {plan} sells to a list of accounts: give --proof FILE with your proof, which the provider has"
        );
    }
    if session.contracts.tier_gate.address() == &gate {
        let (contracts, account) = (&session.contracts, session.account()?);
        let needed = contracts.tier_gate.tierOf(plan).call().await?;
        let tier = contracts.staking.tierOf(account).call().await?;
        if needed == 0 {
            return refused(format!("its gate names no tier yet, so it sells to nobody (plan {plan})"));
        }
        if tier < needed {
            return refused(format!(
                "plan {plan} sells to stakers of tier {needed} and up, and {account} has tier {tier}: `stoa stake \
                 show` tells what the next one takes"
            ));
        }
    }
    Ok(Bytes::new())
}

fn read(file: &Path) -> anyhow::Result<Vec<B256>> {
    let shown = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("--proof {shown} cannot be read"))?;
    match serde_json::from_str(&text) {
        Ok(ProofFile::Plain(proof) | ProofFile::Named { proof }) => Ok(proof),
        Err(_) => bail!(
            "--proof {shown} is no JSON array of 32-byte words in hex, nor an object with one as \"proof\""
        ),
    }
}
