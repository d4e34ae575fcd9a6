//! A signed order, as it is sent to this server, and what of it is checked before a node is asked.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256, Bytes, Signature};
use alloy::sol_types::{SolCall as _, SolStruct as _};
use axum::http::StatusCode;
use serde::Deserialize;
use stoa_contracts::Market::{SpendOrder, spendBySigCall};
use stoa_contracts::Vault::SignedPay;
use stoa_contracts::typed::plan::Order as PlanOrder;
use stoa_contracts::typed::shares::ShareOrder;
use stoa_contracts::typed::{Spend, Wanted, domain};
use stoa_schema::types::{Addr, Hash, Uint};
use utoipa::ToSchema;

use crate::access::routes::told;
use crate::error::ApiError;

/// A signed order, as `stoa order sign` writes it. Addresses and bytes are hexadecimal, amounts decimal strings.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SignedOrder {
    /// What it is: a purchase, or a spending of credits.
    #[schema(example = "pay")]
    pub(super) kind: OrderKind,
    /// The chain.
    #[schema(example = 31337)]
    pub(super) chain_id: i64,
    /// Who checks the signature: the Vault for `pay`, the Market for `spend`.
    #[schema(value_type = String, example = "0x5FbDB2315678afecb367f032d93F642f64180aa3")]
    pub(super) contract: Address,
    /// The payment, of `pay`.
    #[serde(default)]
    pub(super) pay: Option<OrderPayment>,
    /// What it buys: of a plan. Either this or `shareOrder`.
    #[serde(default)]
    pub(super) order: Option<OrderOfPlan>,
    /// What it buys: lots of a sale of shares.
    #[serde(default)]
    pub(super) share_order: Option<OrderOfShares>,
    /// The spending, of `spend`.
    #[serde(default)]
    pub(super) spend: Option<OrderSpending>,
    /// The ABI-encoded permit or authorization that the funding asks for; else `0x` or left out.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "0x")]
    pub(super) grant: Bytes,
    /// The signer's, of the EIP-712 struct; `0x` where an authorization is the signature.
    #[schema(value_type = String, example = "0x…")]
    pub(super) signature: Bytes,
}

/// What an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OrderKind {
    Pay,
    Spend,
}

/// Where the money of a payment comes from, with the Vault's number for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub(crate) enum OrderFunding {
    Balance = 0,
    Allowance = 1,
    Permit = 2,
    Authorization = 3,
}

/// The struct `Pay`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OrderPayment {
    /// Who pays, and signs.
    #[schema(value_type = String, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    from: Address,
    /// Who is paid: the Market.
    #[schema(value_type = String, example = "0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0")]
    target: Address,
    /// In which token.
    #[schema(value_type = String, example = "0x5FbDB2315678afecb367f032d93F642f64180aa3")]
    token: Address,
    /// All that leaves the payer, in base units.
    #[schema(value_type = String, example = "20000000")]
    amount: Uint,
    /// Where it comes from.
    funding: OrderFunding,
    /// Who may send it: the zero address for anyone, else this server's relayer.
    #[schema(value_type = String, example = "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720")]
    relayer: Address,
    /// What the sender gets out of `amount`, in base units.
    #[schema(value_type = String, example = "0")]
    relayer_fee: Uint,
    /// The payment's number, used once.
    #[schema(value_type = String, example = "1")]
    nonce: Uint,
    /// Until when it is good, in Unix seconds.
    #[schema(value_type = String, example = "1795474427")]
    deadline: Uint,
}

/// The struct `Order`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OrderOfPlan {
    /// The plan's number on its chain.
    #[schema(value_type = String, example = "4")]
    plan: Uint,
    /// The plan's version: its terms.
    #[schema(example = 1)]
    version: u32,
    /// How many licences, periods or packs.
    #[schema(example = 1)]
    quantity: u64,
    /// Who gets the pass.
    #[schema(value_type = String, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    recipient: Address,
    /// What the plan's gate asks for, else `0x`.
    #[schema(value_type = String, example = "0x")]
    gate_data: Bytes,
}

/// The struct `ShareOrder`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OrderOfShares {
    /// The sale's number on its chain.
    #[schema(value_type = String, example = "1")]
    sale: Uint,
    /// How many lots.
    #[schema(example = 1)]
    quantity: u64,
    /// Who gets the shares.
    #[schema(value_type = String, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    recipient: Address,
}

/// The struct `Spend`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct OrderSpending {
    /// Whose credits, and who signs.
    #[schema(value_type = String, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    holder: Address,
    /// The plan's number on its chain.
    #[schema(value_type = String, example = "3")]
    plan: Uint,
    /// How many.
    #[schema(value_type = String, example = "25")]
    units: Uint,
    /// Who may spend them: this server's relayer, since it sends the order.
    #[schema(value_type = String, example = "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720")]
    spender: Address,
    /// What they are spent for.
    #[serde(rename = "ref")]
    #[schema(value_type = String, example = "0x0000000000000000000000000000000000000000000000000000000000000000")]
    reference: B256,
    /// The spending's number, used once.
    #[schema(value_type = String, example = "1")]
    nonce: Uint,
    /// Until when it is good, in Unix seconds.
    #[schema(value_type = String, example = "1795474427")]
    deadline: Uint,
}

/// An order that is of this deployment and may be sent by this relayer. Its signature is not known to be good.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) kind: &'static str,
    pub(super) chain_id: i64,
    pub(super) signer: Address,
    pub(super) contract: Address,
    pub(super) call: Bytes,
    pub(super) digest: Hash,
    /// Unix seconds.
    pub(super) deadline: u64,
    /// Over the digest; none where an authorization, which the token checks, is the signature.
    signature: Option<Bytes>,
}

impl SignedOrder {
    /// Reads it for a deployment and the relayer that is to send it.
    pub(super) fn check(
        &self,
        contracts: &BTreeMap<String, Addr>,
        relayer: Address,
    ) -> Result<Order, ApiError> {
        let at = |name: &str| {
            let found = contracts.get(name).map(|Addr(address)| *address);
            found.ok_or_else(|| ApiError::NotReady(format!("The indexer does not tell where the {name} is.")))
        };
        let (vault, market) = (at("Vault")?, at("Market")?);
        match (self.kind, &self.pay, &self.spend) {
            (OrderKind::Pay, Some(pay), None) => self.payment(pay, vault, market, relayer),
            (OrderKind::Spend, None, Some(spend)) => self.spending(spend, market, relayer),
            (OrderKind::Pay, ..) => Err(ApiError::bad("kind", "pay", "`pay` beside it, and no `spend`")),
            (OrderKind::Spend, ..) => Err(ApiError::bad("kind", "spend", "`spend` beside it, and no `pay`")),
        }
    }

    fn payment(
        &self,
        pay: &OrderPayment,
        vault: Address,
        market: Address,
        relayer: Address,
    ) -> Result<Order, ApiError> {
        is("contract", self.contract, vault, "the Vault")?;
        is("pay.target", pay.target, market, "the Market")?;
        if pay.relayer != Address::ZERO {
            is("pay.relayer", pay.relayer, relayer, "the zero address, or this server's relayer")?;
        }
        let wanted = match (&self.order, &self.share_order) {
            (Some(order), None) => Wanted::Plan(PlanOrder {
                plan: order.plan.0,
                version: order.version,
                quantity: order.quantity,
                recipient: order.recipient,
                gateData: order.gate_data.clone(),
            }),
            (None, Some(order)) => Wanted::Shares(ShareOrder {
                sale: order.sale.0,
                quantity: order.quantity,
                recipient: order.recipient,
            }),
            _ => return Err(ApiError::missing("order", "either `order` or `shareOrder` beside `pay`")),
        };
        let signed = SignedPay {
            from: pay.from,
            target: pay.target,
            token: pay.token,
            amount: pay.amount.0,
            funding: pay.funding as u8,
            relayer: pay.relayer,
            relayerFee: pay.relayer_fee.0,
            nonce: pay.nonce.0,
            deadline: pay.deadline.0,
        };
        let digest = wanted.digest(&signed, &domain("Stoa Vault", self.chain_id.unsigned_abs(), vault));
        let call = wanted.call(&signed, self.grant.clone(), self.signature.clone());
        Ok(Order {
            kind: "pay",
            chain_id: self.chain_id,
            signer: pay.from,
            contract: vault,
            call: call.abi_encode().into(),
            digest: Hash(digest),
            deadline: pay.deadline.0.saturating_to(),
            signature: (pay.funding != OrderFunding::Authorization).then(|| self.signature.clone()),
        })
    }

    fn spending(&self, spend: &OrderSpending, market: Address, relayer: Address) -> Result<Order, ApiError> {
        is("contract", self.contract, market, "the Market")?;
        is("spend.spender", spend.spender, relayer, "this server's relayer, who sends the order")?;
        if self.order.is_some() || self.share_order.is_some() || !self.grant.is_empty() {
            return Err(ApiError::bad(
                "kind",
                "spend",
                "neither `order`, `shareOrder` nor `grant` beside it",
            ));
        }
        let order = SpendOrder {
            holder: spend.holder,
            plan: spend.plan.0,
            units: spend.units.0,
            spender: spend.spender,
            r#ref: spend.reference,
            nonce: spend.nonce.0,
            deadline: spend.deadline.0,
        };
        let domain = domain("Stoa Market", self.chain_id.unsigned_abs(), market);
        let digest = Spend::from(order.clone()).eip712_signing_hash(&domain);
        Ok(Order {
            kind: "spend",
            chain_id: self.chain_id,
            signer: spend.holder,
            contract: market,
            call: spendBySigCall { order, signature: self.signature.clone() }.abi_encode().into(),
            digest: Hash(digest),
            deadline: spend.deadline.0.saturating_to(),
            signature: Some(self.signature.clone()),
        })
    }
}

/// Whether an address is the one that it must be.
fn is(name: &str, read: Address, wanted: Address, what: &str) -> Result<(), ApiError> {
    if read == wanted {
        return Ok(());
    }
    Err(ApiError::bad(name, &read.to_string(), format!("{what}: {wanted}")))
}

impl Order {
    /// Whether a key's signature is the signer's. Contracts' are left to their contracts.
    pub(super) fn is_signed_by_key(&self) -> bool {
        let Some(signature) = &self.signature else { return true };
        let signer = Signature::from_raw(signature)
            .and_then(|signature| signature.recover_address_from_prehash(&self.digest.0));
        signer.is_ok_and(|signer| signer == self.signer)
    }

    pub(super) fn not_signed(&self) -> ApiError {
        let signer = self.signer;
        let detail = format!(
            "The signature is not of {signer} over these values: they were altered, or somebody else signed."
        );
        told(StatusCode::UNPROCESSABLE_ENTITY, "wrong-signature", &detail)
    }
}
