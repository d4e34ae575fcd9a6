use super::{
    Account, Amount, Bounds, ClaimOrder, Earner, Errand, Funding, GateRule, Governed, Keeper, ListingId,
    NewListing, NewPlan, NewShareSale, PlanId, RelayedPay, Revocation, SaleId, SignedDeposit, SpendOrder,
    Status, Token,
};

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
    /// A token's name is asked for and told.
    Describe {
        token: Token,
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
        /// Stands for what is published.
        content: u32,
        uris: u8,
    },
    /// A listing's description lies elsewhere from now on.
    Rename {
        listing: ListingId,
        name: u32,
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
    /// A payment through the Vault's one door.
    Pay {
        token: Token,
        amount: Amount,
        funding: Funding,
        errand: Errand,
    },
    /// One that its payer signed and somebody sends.
    PayBySig(RelayedPay),
    /// Coin into a balance, wrapped.
    DepositNative {
        to: Account,
        amount: Amount,
    },
    /// And back.
    WithdrawNative {
        to: Account,
        amount: Amount,
    },
    DepositWithAuthorization(SignedDeposit),
    Revoke(Revocation),
    /// A signed nonce is made void before it is used: bits of a word.
    CancelNonces {
        keeper: Keeper,
        word: u64,
        mask: Amount,
    },
    TransferPass {
        plan: PlanId,
        from: Account,
        to: Account,
        amount: Amount,
    },
    /// Of several plans at once.
    TransferPasses {
        from: Account,
        to: Account,
        parts: Vec<(PlanId, Amount)>,
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
    OfferOwnership {
        what: Governed,
        to: Account,
    },
    AcceptOwnership {
        what: Governed,
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
        bounds: Bounds,
    },
    SetGate {
        plan: PlanId,
        rule: GateRule,
    },
    Spend {
        plan: PlanId,
        units: Amount,
        reference: u32,
    },
    SpendBySig(SpendOrder),
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
    ClaimBySig(ClaimOrder),
    OpenShareSale(NewShareSale),
    CloseShareSale {
        sale: SaleId,
    },
    ExtendLock {
        term: u64,
    },
    CancelLockNonce,
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
