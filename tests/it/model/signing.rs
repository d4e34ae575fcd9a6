//! The model's seals as real signatures.

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::sol_types::{SolStruct, SolValue as _};
use stoa_contracts::Vault;
use stoa_tests::logs::texts;
use stoa_tests::model::{Account, Amount, Authorization, ClaimOrder, Errand, LockOrder, Permit, Seal};
use stoa_tests::model::{SignedPay, Source, SpendOrder, Token};

use super::chain::Chain;
use crate::support::typed::{self, domain, listing_payment, lock_order, order, share_order};

/// What is signed for a payment: its digest, the hash of its errand, and the errand's type.
pub(super) struct Signable {
    pub(super) digest: B256,
    pub(super) witness: B256,
    pub(super) witness_type: String,
}

/// Where the money comes from, as the Vault numbers it.
pub(super) fn source(source: Source) -> u8 {
    match source {
        Source::Balance => 0,
        Source::Allowance => 1,
        Source::Permit => 2,
        Source::Authorization => 3,
        Source::Native => 4,
    }
}

pub(super) fn payment(chain: &Chain, pay: &SignedPay, errand: &Errand) -> Signable {
    macro_rules! of {
        ($module:ident, $witness:expr) => {{
            let witness = $witness;
            let hash = witness.eip712_hash_struct();
            let pay = $module::Pay {
                from: chain.account(pay.from),
                target: chain.target(&pay.errand),
                token: chain.token(pay.token),
                amount: pay.amount,
                funding: source(pay.source),
                relayer: pay.relayer.map_or(Address::ZERO, |relayer| chain.account(relayer)),
                relayerFee: pay.relayer_fee,
                nonce: U256::from(pay.nonce),
                deadline: U256::from(pay.deadline),
                witness,
            };
            signable(chain, &pay, hash)
        }};
    }
    match errand {
        Errand::Order(wanted) => {
            let recipient = chain.account(wanted.recipient);
            let (plan, version, quantity) = (U256::from(wanted.plan), wanted.version, wanted.quantity);
            let gate_data = super::gates::data(chain, wanted.gate_data);
            of!(order, order::Order { plan, version, quantity, recipient, gateData: gate_data })
        }
        Errand::Shares { sale, quantity, recipient } => {
            let (sale, recipient) = (U256::from(*sale), chain.account(*recipient));
            of!(share_order, share_order::ShareOrder { sale, quantity: *quantity, recipient })
        }
        Errand::Lock(wanted) => {
            let (account, signature) = (chain.account(wanted.account), lock_signature(chain, wanted));
            let (term, nonce) = (U256::from(wanted.term), U256::from(wanted.nonce));
            let deadline = U256::from(wanted.deadline);
            of!(lock_order, lock_order::LockOrder { account, term, nonce, deadline, signature })
        }
        Errand::Listing { listing, memo } => {
            let (listing, memo) = (U256::from(*listing), texts::word(*memo));
            of!(listing_payment, listing_payment::ListingPayment { listing, memo })
        }
    }
}

fn signable<P: SolStruct>(chain: &Chain, pay: &P, witness: B256) -> Signable {
    let digest = pay.eip712_signing_hash(&domain("Stoa Vault", chain.contract("Vault")));
    Signable { digest, witness, witness_type: typed::witness_type::<P>() }
}

/// What the account of a lock signs, if it does; over the amount that it means to be locked.
pub(super) fn lock_signature(chain: &Chain, wanted: &LockOrder) -> Bytes {
    let Some(seal) = wanted.seal else { return Bytes::new() };
    let signed = typed::LockFor {
        account: chain.account(wanted.account),
        amount: wanted.amount,
        term: U256::from(wanted.term),
        nonce: U256::from(wanted.nonce),
        deadline: U256::from(wanted.deadline),
    };
    let domain = domain("Stoa Staking", chain.contract("Staking"));
    sign(chain, seal, signed.eip712_signing_hash(&domain))
}

pub(super) fn spend_signature(chain: &Chain, wanted: &SpendOrder) -> Bytes {
    let signed = typed::Spend {
        holder: chain.account(wanted.holder),
        plan: U256::from(wanted.plan),
        units: wanted.units,
        spender: chain.account(wanted.spender),
        reference: texts::word(wanted.reference),
        nonce: U256::from(wanted.nonce),
        deadline: U256::from(wanted.deadline),
    };
    let domain = domain("Stoa Market", chain.contract("Market"));
    sign(chain, wanted.seal, typed::spend_digest(&signed, &domain))
}

pub(super) fn claim_signature(chain: &Chain, wanted: &ClaimOrder) -> Bytes {
    let signed = typed::Claim {
        account: chain.account(wanted.account),
        token: chain.token(wanted.token),
        to: chain.account(wanted.to),
        payout: u8::from(wanted.to_wallet),
        nonce: U256::from(wanted.nonce),
        deadline: U256::from(wanted.deadline),
    };
    let domain = domain("Stoa Revenue Share", chain.shares(wanted.listing));
    sign(chain, wanted.seal, signed.eip712_signing_hash(&domain))
}

/// A signed allowance to the Vault, as a payment carries it.
pub(super) fn permit(chain: &Chain, token: Token, owner: Account, given: &Permit) -> Bytes {
    let deadline = U256::from(given.deadline);
    let signed = typed::Permit {
        owner: chain.account(owner),
        spender: chain.contract("Vault"),
        value: given.value,
        nonce: U256::from(given.nonce),
        deadline,
    };
    let digest = signed.eip712_signing_hash(&domain("Stoa", chain.token(token)));
    let signature = sign(chain, given.seal, digest);
    let (r, s) = (B256::from_slice(&signature[..32]), B256::from_slice(&signature[32..64]));
    (given.value, deadline, U256::from(signature[64]), r, s).abi_encode().into()
}

/// A signed transfer to the Vault under a nonce. What is sent along names the nonce only where its giver chose it.
pub(super) fn authorization(
    chain: &Chain,
    money: (Token, Account, Amount),
    given: &Authorization,
    derived: Option<B256>,
) -> Vault::Authorization {
    let (token, from, value) = money;
    let nonce = B256::with_last_byte(given.nonce);
    let (after, before) = (U256::from(given.after), U256::from(given.before));
    let signed = typed::ReceiveWithAuthorization {
        from: chain.account(from),
        to: chain.contract("Vault"),
        value,
        validAfter: after,
        validBefore: before,
        nonce: derived.unwrap_or(nonce),
    };
    let digest = signed.eip712_signing_hash(&domain("Stoa", chain.token(token)));
    let signature = sign(chain, given.seal, digest);
    Vault::Authorization { validAfter: after, validBefore: before, nonce, signature }
}

/// That an authorization shall not count.
pub(super) fn revocation(chain: &Chain, authorizer: Address, nonce: B256, seal: Seal) -> Bytes {
    let signed = typed::CancelAuthorization { authorizer, nonce };
    let digest = signed.eip712_signing_hash(&domain("Stoa", chain.token(Token::Stoa)));
    sign(chain, seal, digest)
}

/// The nonce of a deposit's authorization.
pub(super) fn deposit_nonce(salt: B256) -> B256 {
    typed::Deposit { salt }.eip712_hash_struct()
}

/// 65 bytes by the signer's key: of the digest, or else of something that is not shown.
pub(super) fn sign(chain: &Chain, seal: Seal, digest: B256) -> Bytes {
    let signed = if seal.whole { digest } else { alloy::primitives::keccak256(digest) };
    chain.sign(seal.signer, signed)
}
