use super::{Account, Amount, Earner, Funding, ListingId, Model, NewListing, NewPlan, Order};
use super::{Outcome, PlanId, Status, Token};

/// What someone can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Mint {
        token: Token,
        to: Account,
        amount: Amount,
    },
    AllowVault {
        token: Token,
        amount: Amount,
    },
    Deposit {
        token: Token,
        amount: Amount,
        to: Account,
    },
    Withdraw {
        token: Token,
        amount: Amount,
        to: Account,
    },
    Transfer {
        token: Token,
        to: Account,
        amount: Amount,
    },
    TransferFrom {
        token: Token,
        from: Account,
        to: Account,
        amount: Amount,
    },
    Approve {
        token: Token,
        spender: Account,
        amount: Amount,
    },
    SetOperator {
        spender: Account,
        approved: bool,
    },
    MoveSub {
        salt: u8,
        token: Token,
        credits: Vec<(Account, Amount)>,
    },
    WithdrawSub {
        salt: u8,
        token: Token,
        to: Account,
        amount: Amount,
    },
    CreateListing(NewListing),
    Publish {
        listing: ListingId,
        uris: u8,
    },
    SetStatus {
        listing: ListingId,
        status: Status,
    },
    TransferListing {
        listing: ListingId,
        from: Account,
        to: Account,
    },
    ApproveListing {
        listing: ListingId,
        to: Account,
    },
    ApproveAllListings {
        operator: Account,
        approved: bool,
    },
    CreatePlan(NewPlan),
    ChangePlan {
        plan: PlanId,
        price: u128,
        cap: u64,
    },
    PausePlan {
        plan: PlanId,
        paused: bool,
    },
    Buy {
        token: Token,
        amount: Amount,
        funding: Funding,
        order: Order,
    },
    TransferPass {
        plan: PlanId,
        from: Account,
        to: Account,
        amount: Amount,
    },
    ApprovePasses {
        operator: Account,
        approved: bool,
    },
    /// Without an earner: for the zero address.
    Settle {
        listing: ListingId,
        earner: Option<Earner>,
        token: Token,
    },
    SetFee {
        bps: u16,
    },
}

impl Action {
    pub(super) fn run(&self, model: &mut Model, by: Account) -> Outcome {
        match self {
            Self::Mint { token, to, amount } => model.mint(*token, *to, *amount),
            Self::AllowVault { token, amount } => model.allow_vault(by, *token, *amount),
            Self::Deposit { token, amount, to } => model.deposit(by, *token, *amount, *to),
            Self::Withdraw { token, amount, to } => model.withdraw(by, *token, *amount, *to),
            Self::Transfer { token, to, amount } => model.transfer(by, *token, by, *to, *amount),
            Self::TransferFrom { token, from, to, amount } => model.transfer(by, *token, *from, *to, *amount),
            Self::Approve { token, spender, amount } => model.approve(by, *spender, *token, *amount),
            Self::SetOperator { spender, approved } => model.set_operator(by, *spender, *approved),
            Self::MoveSub { salt, token, credits } => model.move_sub(pocket(by, *salt), *token, credits),
            Self::WithdrawSub { salt, token, to, amount } => {
                model.withdraw(pocket(by, *salt), *token, *amount, *to)
            }
            Self::CreateListing(new) => model.create_listing(by, new),
            Self::Publish { listing, uris } => model.publish(by, *listing, *uris),
            Self::SetStatus { listing, status } => model.set_status(by, *listing, *status),
            Self::TransferListing { listing, from, to } => model.transfer_listing(by, *listing, *from, *to),
            Self::ApproveListing { listing, to } => model.approve_listing(by, *listing, *to),
            Self::ApproveAllListings { operator, approved } => {
                model.approve_all_listings(by, *operator, *approved)
            }
            Self::CreatePlan(new) => model.create_plan(by, new),
            Self::ChangePlan { plan, price, cap } => model.change_plan(by, *plan, *price, *cap),
            Self::PausePlan { plan, paused } => model.pause_plan(by, *plan, *paused),
            Self::Buy { token, amount, funding, order } => model.buy(by, *token, *amount, *funding, order),
            Self::TransferPass { plan, from, to, amount } => {
                model.transfer_pass(by, *plan, *from, *to, *amount)
            }
            Self::ApprovePasses { operator, approved } => model.approve_passes(by, *operator, *approved),
            Self::Settle { listing, earner, token } => model.settle(*listing, *earner, *token),
            Self::SetFee { bps } => model.set_fee(by, *bps),
        }
    }
}

/// A sub-account of whoever acts.
fn pocket(by: Account, salt: u8) -> Account {
    match by {
        Account::User(user) => Account::Pocket { user, salt },
        other => unreachable!("only users have pockets, not {other:?}"),
    }
}
