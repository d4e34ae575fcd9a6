use super::{Account, Amount, Earner, Funding, ListingId, Model, NewListing, NewPlan, Order};
use super::{NewShareSale, SaleId};
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
    SetGuardian {
        guardian: Account,
    },
    PauseSales {
        seconds: u32,
    },
    ResumeSales,
    BoundPlan {
        plan: PlanId,
        window: (u64, u64),
    },
    Spend {
        plan: PlanId,
        units: Amount,
    },
    PayListing {
        listing: ListingId,
        token: Token,
        amount: Amount,
        funding: Funding,
    },
    CreateShares {
        listing: ListingId,
        supply: Amount,
        tokens: Vec<Token>,
    },
    AddPaymentToken {
        listing: ListingId,
        token: Token,
    },
    TransferShares {
        listing: ListingId,
        to: Account,
        amount: Amount,
    },
    AllowMarket {
        listing: ListingId,
        amount: Amount,
    },
    /// To the balance, or to a wallet.
    ClaimRevenue {
        listing: ListingId,
        token: Token,
        wallet: Option<Account>,
    },
    OpenShareSale(NewShareSale),
    CloseShareSale {
        sale: SaleId,
    },
    BuyShares {
        token: Token,
        amount: Amount,
        funding: Funding,
        sale: SaleId,
        quantity: u64,
        recipient: Account,
    },
    Lock {
        token: Token,
        amount: Amount,
        funding: Funding,
        term: u64,
    },
    ExtendLock {
        term: u64,
    },
    WithdrawLock {
        wallet: Option<Account>,
    },
    SetReinvest {
        enabled: bool,
    },
    Reinvest {
        account: Account,
    },
    Distribute {
        token: Token,
    },
    ClaimFees {
        token: Token,
        wallet: Option<Account>,
    },
    ListFeeToken {
        token: Token,
    },
    SetTiers {
        tiers: [u32; 4],
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
            Self::SetGuardian { guardian } => model.set_guardian(by, *guardian),
            Self::PauseSales { seconds } => model.pause_sales(by, *seconds),
            Self::ResumeSales => model.resume_sales(by),
            Self::BoundPlan { plan, window } => model.bound_plan(by, *plan, *window),
            Self::Spend { plan, units } => model.spend(by, *plan, *units),
            _ => self.run_sharing(model, by),
        }
    }
}

/// Shares and stakes.
impl Action {
    fn run_sharing(&self, model: &mut Model, by: Account) -> Outcome {
        match self {
            Self::PayListing { listing, token, amount, funding } => {
                model.take_payment(by, *token, *amount, *funding)?;
                model.pay_listing(*listing, *token, *amount)
            }
            Self::CreateShares { listing, supply, tokens } => {
                model.create_shares(by, *listing, *supply, tokens)
            }
            Self::AddPaymentToken { listing, token } => model.add_payment_token(by, *listing, *token),
            Self::TransferShares { listing, to, amount } => model.transfer_shares(*listing, by, *to, *amount),
            Self::AllowMarket { listing, amount } => model.allow_market(by, *listing, *amount),
            Self::ClaimRevenue { listing, token, wallet } => {
                model.claim_revenue(by, *listing, *token, *wallet)
            }
            Self::OpenShareSale(new) => model.open_share_sale(by, new),
            Self::CloseShareSale { sale } => model.close_share_sale(by, *sale),
            Self::BuyShares { token, amount, funding, sale, quantity, recipient } => {
                model.take_payment(by, *token, *amount, *funding)?;
                let price = model.sell_shares(*token, *amount, *sale, *quantity, *recipient)?;
                model.return_rest(by, *token, *amount - price)
            }
            Self::Lock { token, amount, funding, term } => model.lock(by, *token, *amount, *funding, *term),
            Self::ExtendLock { term } => model.extend_lock(by, *term),
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

/// A sub-account of whoever acts.
fn pocket(by: Account, salt: u8) -> Account {
    match by {
        Account::User(user) => Account::Pocket { user, salt },
        other => unreachable!("only users have pockets, not {other:?}"),
    }
}
