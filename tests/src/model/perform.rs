//! Each action, done by the part of the model that it concerns.

use super::payment::Source;
use super::{Account, Action, Model, Outcome};

impl Action {
    /// What it is, for a report: of payments also what for and from where.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Pay { funding, errand, .. } => {
                format!("Pay{} by {:?}", errand.name(), Source::from(*funding))
            }
            Self::PayBySig(pay) => {
                format!("PayBySig{} by {:?}", pay.order.errand.name(), pay.order.source)
            }
            Self::SetGate { rule, .. } => format!("Set{}", first_word(&format!("{rule:?}"))),
            other => first_word(&format!("{other:?}")),
        }
    }

    pub(super) fn run(&self, model: &mut Model, by: Account) -> Outcome {
        match self {
            Self::Mint { token, to, amount } => model.mint(*token, *to, *amount),
            Self::AllowVault { token, amount } => model.allow_vault(by, *token, *amount),
            Self::Deposit { token, amount, to } => model.deposit(by, *token, *amount, *to),
            Self::Withdraw { token, amount, to } => model.withdraw(by, by, *token, *amount, *to),
            Self::Transfer { token, to, amount } => model.transfer(by, *token, by, *to, *amount),
            Self::TransferFrom { token, from, to, amount } => model.transfer(by, *token, *from, *to, *amount),
            Self::Approve { token, spender, amount } => model.approve(by, *spender, *token, *amount),
            Self::Describe { token } => model.describe(*token),
            Self::SetOperator { spender, approved } => model.set_operator(by, *spender, *approved),
            Self::MoveSub { salt, token, credits } => model.move_sub(by, pocket(by, *salt), *token, credits),
            Self::WithdrawSub { salt, token, to, amount } => {
                model.withdraw(by, pocket(by, *salt), *token, *amount, *to)
            }
            Self::DepositNative { to, amount } => model.deposit_native(by, *to, *amount),
            Self::WithdrawNative { to, amount } => model.withdraw_native(by, *to, *amount),
            Self::DepositWithAuthorization(deposit) => model.deposit_with_authorization(by, deposit),
            Self::Revoke(revocation) => model.revoke(revocation),
            Self::CancelNonces { keeper, word, mask } => model.cancel_nonces(*keeper, by, *word, *mask),
            Self::Pay { token, amount, funding, errand } => model.pay(by, *token, *amount, *funding, errand),
            Self::PayBySig(pay) => model.pay_by_sig(by, pay),
            _ => self.run_listings(model, by),
        }
    }

    fn run_listings(&self, model: &mut Model, by: Account) -> Outcome {
        match self {
            Self::CreateListing(new) => model.create_listing(by, new),
            Self::Publish { listing, content, uris } => model.publish(by, *listing, *content, *uris),
            Self::Rename { listing, name } => model.rename(by, *listing, *name),
            Self::SetStatus { listing, status } => model.set_status(by, *listing, *status),
            Self::TransferListing { listing, from, to } => model.transfer_listing(by, *listing, *from, *to),
            Self::ApproveListing { listing, to } => model.approve_listing(by, *listing, *to),
            Self::ApproveAllListings { operator, approved } => {
                model.approve_all_listings(by, *operator, *approved)
            }
            Self::CreatePlan(new) => model.create_plan(by, new),
            Self::ChangePlan { plan, price, cap } => model.change_plan(by, *plan, *price, *cap),
            Self::PausePlan { plan, paused } => model.pause_plan(by, *plan, *paused),
            Self::BoundPlan { plan, bounds } => model.bound_plan(by, *plan, *bounds),
            Self::SetGate { plan, rule } => model.set_gate(by, *plan, *rule),
            Self::Spend { plan, units, reference } => model.spend(by, by, *plan, *units, *reference),
            Self::SpendBySig(order) => model.spend_by_sig(by, order),
            Self::TransferPass { plan, from, to, amount } => {
                model.transfer_passes(by, *from, *to, &[(*plan, *amount)])
            }
            Self::TransferPasses { from, to, parts } => model.transfer_passes(by, *from, *to, parts),
            Self::ApprovePasses { operator, approved } => model.approve_passes(by, *operator, *approved),
            _ => self.run_revenue(model, by),
        }
    }

    fn run_revenue(&self, model: &mut Model, by: Account) -> Outcome {
        match self {
            Self::Settle { listing, earner, token } => model.settle(*listing, *earner, *token),
            Self::SetFee { bps } => model.set_fee(by, *bps),
            Self::OfferOwnership { what, to } => model.offer_ownership(by, *what, *to),
            Self::AcceptOwnership { what } => model.accept_ownership(by, *what),
            Self::SetGuardian { guardian } => model.set_guardian(by, *guardian),
            Self::PauseSales { seconds } => model.pause_sales(by, *seconds),
            Self::ResumeSales => model.resume_sales(by),
            Self::CreateShares { listing, supply, tokens } => {
                model.create_shares(by, *listing, *supply, tokens)
            }
            Self::AddPaymentToken { listing, token } => model.add_payment_token(by, *listing, *token),
            Self::TransferShares { listing, to, amount } => model.transfer_shares(*listing, by, *to, *amount),
            Self::AllowMarket { listing, amount } => model.allow_market(by, *listing, *amount),
            Self::ClaimRevenue { listing, token, wallet } => {
                model.claim_revenue(by, *listing, *token, *wallet)
            }
            Self::ClaimBySig(order) => model.claim_by_sig(order),
            Self::OpenShareSale(new) => model.open_share_sale(by, new),
            Self::CloseShareSale { sale } => model.close_share_sale(by, *sale),
            _ => self.run_staking(model, by),
        }
    }

    fn run_staking(&self, model: &mut Model, by: Account) -> Outcome {
        match self {
            Self::ExtendLock { term } => model.extend_lock(by, *term),
            Self::CancelLockNonce => model.cancel_lock_nonce(by),
            Self::WithdrawLock { wallet } => model.withdraw_lock(by, *wallet),
            Self::SetReinvest { enabled } => model.set_reinvest(by, *enabled),
            Self::Reinvest { account } => model.reinvest(by, *account),
            Self::Distribute { token } => model.distribute(*token),
            Self::ClaimFees { token, wallet } => model.claim_fees(by, *token, *wallet),
            Self::ListFeeToken { token } => model.list_fee_token(by, *token),
            Self::SetTiers { tiers } => model.set_tiers(by, *tiers),
            other => unreachable!("{other:?} has been done"),
        }
    }
}

fn first_word(text: &str) -> String {
    text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
}

/// A sub-account of whoever acts.
fn pocket(by: Account, salt: u8) -> Account {
    match by {
        Account::User(user) => Account::Pocket { user, salt },
        other => unreachable!("only users have pockets, not {other:?}"),
    }
}
