//! Signed orders as files.

use std::path::Path;

use super::claim::ClaimFile;
use alloy::primitives::{Address, B256, Bytes, U256};
use anyhow::bail;
use serde::{Deserialize, Serialize};
use stoa_contracts::{Market::SpendOrder, Vault::SignedPay};
use stoa_scripts::cli::{
    Session, Source,
    signed::{self, decimal},
    typed::{Wanted, plan::Order, shares::ShareOrder},
};

/// A purchase.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PayFile {
    pub(super) kind: PayKind,
    pub(super) chain_id: u64,
    pub(super) contract: Address,
    pub(super) pay: Pay,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) order: Option<PlanOrder>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) share_order: Option<LotOrder>,
    pub(super) grant: Bytes,
    pub(super) signature: Bytes,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum PayKind {
    #[serde(rename = "pay")]
    Pay,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Pay {
    pub(super) from: Address,
    pub(super) target: Address,
    pub(super) token: Address,
    #[serde(with = "decimal")]
    pub(super) amount: U256,
    pub(super) funding: Source,
    pub(super) relayer: Address,
    #[serde(with = "decimal")]
    pub(super) relayer_fee: U256,
    #[serde(with = "decimal")]
    pub(super) nonce: U256,
    #[serde(with = "decimal")]
    pub(super) deadline: U256,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PlanOrder {
    #[serde(with = "decimal")]
    plan: U256,
    version: u32,
    quantity: u64,
    recipient: Address,
    gate_data: Bytes,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct LotOrder {
    #[serde(with = "decimal")]
    sale: U256,
    quantity: u64,
    recipient: Address,
}

/// A spending of credits.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SpendFile {
    pub(super) kind: SpendKind,
    pub(super) chain_id: u64,
    pub(super) contract: Address,
    pub(super) spend: Spend,
    pub(super) signature: Bytes,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum SpendKind {
    #[serde(rename = "spend")]
    Spend,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Spend {
    pub(super) holder: Address,
    #[serde(with = "decimal")]
    pub(super) plan: U256,
    #[serde(with = "decimal")]
    pub(super) units: U256,
    pub(super) spender: Address,
    #[serde(rename = "ref")]
    pub(super) reference: B256,
    #[serde(with = "decimal")]
    pub(super) nonce: U256,
    #[serde(with = "decimal")]
    pub(super) deadline: U256,
}

#[derive(Debug)]
pub(super) enum OrderFile {
    Pay(Box<PayFile>),
    Spend(Box<SpendFile>),
    Claim(Box<ClaimFile>),
}

impl OrderFile {
    /// Reads a file that is for the session's chain.
    pub(super) fn read(session: &Session, path: &Path) -> anyhow::Result<Self> {
        let (kind, value) = signed::kind_of(path)?;
        let file = match kind.as_str() {
            "pay" => Self::Pay(Box::new(signed::parse(path, value)?)),
            "spend" => Self::Spend(Box::new(signed::parse(path, value)?)),
            "claim" => Self::Claim(Box::new(signed::parse(path, value)?)),
            other => {
                let shown = path.display();
                bail!("{shown} is of kind {other:?}, and orders are \"pay\", \"spend\" or \"claim\"")
            }
        };
        let chain = match &file {
            Self::Pay(file) => file.chain_id,
            Self::Spend(file) => file.chain_id,
            Self::Claim(file) => file.chain_id,
        };
        session.check_chain(path, chain)?;
        if let Self::Pay(file) = &file {
            file.wanted()?;
        }
        Ok(file)
    }
}

impl PayFile {
    pub(super) fn new(session: &Session, pay: &SignedPay, funding: Source, wanted: &Wanted) -> Self {
        let (order, share_order) = match wanted.clone() {
            Wanted::Plan(Order { plan, version, quantity, recipient, gateData: gate_data }) => {
                (Some(PlanOrder { plan, version, quantity, recipient, gate_data }), None)
            }
            Wanted::Shares(ShareOrder { sale, quantity, recipient }) => {
                (None, Some(LotOrder { sale, quantity, recipient }))
            }
        };
        Self {
            kind: PayKind::Pay,
            chain_id: session.network.chain_id,
            contract: *session.contracts.vault.address(),
            pay: Pay {
                from: pay.from,
                target: pay.target,
                token: pay.token,
                amount: pay.amount,
                funding,
                relayer: pay.relayer,
                relayer_fee: pay.relayerFee,
                nonce: pay.nonce,
                deadline: pay.deadline,
            },
            order,
            share_order,
            grant: Bytes::new(),
            signature: Bytes::new(),
        }
    }

    pub(super) fn signed(&self) -> SignedPay {
        SignedPay {
            from: self.pay.from,
            target: self.pay.target,
            token: self.pay.token,
            amount: self.pay.amount,
            funding: self.pay.funding as u8,
            relayer: self.pay.relayer,
            relayerFee: self.pay.relayer_fee,
            nonce: self.pay.nonce,
            deadline: self.pay.deadline,
        }
    }

    pub(super) fn wanted(&self) -> anyhow::Result<Wanted> {
        match (&self.order, &self.share_order) {
            (Some(order), None) => Ok(Wanted::Plan(Order {
                plan: order.plan,
                version: order.version,
                quantity: order.quantity,
                recipient: order.recipient,
                gateData: order.gate_data.clone(),
            })),
            (None, Some(order)) => {
                let LotOrder { sale, quantity, recipient } = *order;
                Ok(Wanted::Shares(ShareOrder { sale, quantity, recipient }))
            }
            _ => bail!("a payment has either an \"order\" or a \"shareOrder\""),
        }
    }
}

impl SpendFile {
    pub(super) fn signed(&self) -> SpendOrder {
        SpendOrder {
            holder: self.spend.holder,
            plan: self.spend.plan,
            units: self.spend.units,
            spender: self.spend.spender,
            r#ref: self.spend.reference,
            nonce: self.spend.nonce,
            deadline: self.spend.deadline,
        }
    }
}
