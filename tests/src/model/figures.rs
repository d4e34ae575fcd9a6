use std::collections::BTreeMap;

use super::{Account, Amount, Earner, Gate, Governed, Keeper, List, ListingId, PlanId, SaleId, Token};

/// Something that the contracts can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    Supply(Token),
    Wallet(Token, Account),
    /// Coin, not wrapped.
    Coin(Account),
    PermitNonce(Account),
    /// Whether an authorization that its giver numbered has been used, or one of a deposit.
    AuthorizationUsed(Account, u8),
    DepositUsed(Account, u8),
    /// 256 nonces, by bits.
    Nonces(Keeper, Account, u64),
    AllowedToVault(Token, Account),
    Described(Token),
    Balance(Token, Account),
    Operator {
        owner: Account,
        spender: Account,
    },
    Allowance {
        owner: Account,
        spender: Account,
        token: Token,
    },
    ListingCount,
    ListingOwner(ListingId),
    ListingApproved(ListingId),
    ListingOperator {
        owner: Account,
        operator: Account,
    },
    ListingStatus(ListingId),
    ListingVersions(ListingId),
    Parents(ListingId),
    Parent(ListingId, u8),
    ParentBps(ListingId, u8),
    PlanCount,
    PlanListing(PlanId),
    PlanToken(PlanId),
    PlanPrice(PlanId),
    PlanCap(PlanId),
    PlanSold(PlanId),
    PlanVersion(PlanId),
    PlanPaused(PlanId),
    PlanTransferable(PlanId),
    PlanFrom(PlanId),
    PlanUntil(PlanId),
    PlanGate(PlanId),
    GateList(PlanId),
    GateTier(PlanId),
    GateToken(PlanId),
    GateAmount(PlanId),
    Passes(PlanId, Account),
    PassOperator {
        owner: Account,
        operator: Account,
    },
    Owner(Governed),
    OfferedTo(Governed),
    FeeBps,
    FeeRecipient,
    Received(ListingId, Earner, Token),
    Settled(ListingId, Earner, Token),
    Pending(ListingId, Earner, Token),
    PausedUntil,
    Armed,
    ExpiresAt(PlanId, Account),
    IsActive(PlanId, Account),
    Shares(ListingId, Account),
    SharesOfMarket(ListingId, Account),
    SharesEarned(ListingId, Token),
    ShareClaim(ListingId, Account, Token),
    ClaimNonce(ListingId, Account),
    ShareSold(SaleId),
    ShareSaleClosed(SaleId),
    LockAmount(Account),
    LockScore(Account),
    LockEnd(Account),
    LockReinvests(Account),
    Tier(Account),
    LockNonce(Account),
    TotalScore,
    PastScore(Account, u64),
    PastTotalScore(u64),
    FeeIndex(Token),
    FeeClaim(Account, Token),
    Undistributed(Token),
}

/// What the answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    Number(Amount),
    Account(Account),
    Token(Token),
    Gate(Option<Gate>),
    List(List),
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Number(Amount::from(u8::from(value)))
    }
}

macro_rules! from_number {
    ($($number:ty),*) => {$(
        impl From<$number> for Value {
            fn from(value: $number) -> Self {
                Self::Number(Amount::from(value))
            }
        }
    )*};
}
from_number!(u8, u16, u32, u64, u128, usize, Amount);

/// All figures with their values.
pub type Figures = BTreeMap<Figure, Value>;
