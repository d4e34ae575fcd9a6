//! Money comes in, moves and leaves.

use rand::Rng as _;

use super::HOLDER;
use super::player::{Moves, Player, deadline, seal};
use crate::model::{Account, Action, Amount, Authorization, Figure, Keeper, Model, SignedDeposit, Token};

/// Somebody's wallet or balance, and how much is to be in it.
pub(super) type Need = (Account, Token, Amount);

impl Player {
    /// What it takes for a wallet to hold so much, and the Vault to be allowed to take it.
    pub(super) fn fill_wallet(&mut self, model: &Model, (by, token, amount): Need) -> Option<Moves> {
        let mut moves = Moves::new();
        if model.holding(Figure::Wallet(token, by)) < amount {
            let more = amount * Amount::from(self.random.random_range(1..20_u64));
            match token {
                Token::Dollar | Token::Colossal => {
                    moves.push((by, Action::Mint { token, to: by, amount: more }))
                }
                _ => {
                    moves = self.fill_balance(model, (by, token, more))?;
                    moves.push((by, Action::Withdraw { token, amount: more, to: by }));
                }
            }
        }
        if model.holding(Figure::AllowedToVault(token, by)) < amount {
            moves.push((by, Action::AllowVault { token, amount: Amount::MAX }));
        }
        Some(moves)
    }

    /// What it takes for a balance to be so large.
    pub(super) fn fill_balance(&mut self, model: &Model, (by, token, amount): Need) -> Option<Moves> {
        if model.holding(Figure::Balance(token, by)) >= amount {
            return Some(Moves::new());
        }
        let amount = amount * Amount::from(self.random.random_range(1..10_u64));
        match token {
            Token::Stoa => {
                if model.holding(Figure::Wallet(token, HOLDER)) < amount {
                    return None;
                }
                let mut moves = Moves::new();
                if model.holding(Figure::AllowedToVault(token, HOLDER)) < amount {
                    moves.push((HOLDER, Action::AllowVault { token, amount: Amount::MAX }));
                }
                moves.push((HOLDER, Action::Deposit { token, amount, to: by }));
                Some(moves)
            }
            Token::Coin if model.coin(by) < amount => None,
            Token::Coin => Some(vec![(by, Action::DepositNative { to: by, amount })]),
            _ => {
                let mut moves = self.fill_wallet(model, (by, token, amount))?;
                moves.push((by, Action::Deposit { token, amount, to: by }));
                Some(moves)
            }
        }
    }

    /// Always possible: somebody comes with dollars.
    pub(super) fn fund(&mut self, _: &Model) -> Moves {
        let (by, token) = (self.someone(), Token::Dollar);
        let amount = self.amount(token);
        vec![
            (by, Action::Mint { token, to: by, amount }),
            (by, Action::AllowVault { token, amount: Amount::MAX }),
            (by, Action::Deposit { token, amount, to: by }),
        ]
    }

    pub(super) fn deposit(&mut self, model: &Model) -> Option<Moves> {
        let (by, token) = (self.someone(), self.token());
        let amount = self.amount(token);
        let mut moves = self.fill_wallet(model, (by, token, amount))?;
        let to = if self.sometimes(10) { self.someone() } else { by };
        moves.push((by, Action::Deposit { token, amount, to }));
        Some(moves)
    }

    /// Somebody with a balance, and part of it.
    fn fund_holder(&mut self, model: &Model) -> Option<Need> {
        let has = |(account, token)| !model.holding(Figure::Balance(token, account)).is_zero();
        let (account, token) = self.scene.funds.find(&mut self.random, has)?;
        Some((account, token, self.part_of_balance(model, account, token)))
    }

    pub(super) fn withdraw(&mut self, model: &Model) -> Option<Moves> {
        let (by, token, amount) = self.fund_holder(model)?;
        let to = if self.sometimes(10) { self.someone() } else { by };
        Some(vec![(by, Action::Withdraw { token, amount, to })])
    }

    pub(super) fn transfer(&mut self, model: &Model) -> Option<Moves> {
        let (by, token, amount) = self.fund_holder(model)?;
        Some(vec![(by, Action::Transfer { token, to: self.someone(), amount })])
    }

    pub(super) fn approve(&mut self, _: &Model) -> Option<Moves> {
        let (by, spender, token) = (self.someone(), self.someone(), self.token());
        let amount = if self.sometimes(30) { Amount::MAX } else { self.amount(token) };
        Some(vec![(by, Action::Approve { token, spender, amount })])
    }

    pub(super) fn set_operator(&mut self, model: &Model) -> Option<Moves> {
        let (from, token, amount) = self.fund_holder(model)?;
        let (spender, to) = (self.someone(), self.someone());
        let mut moves = vec![
            (from, Action::SetOperator { spender, approved: true }),
            (spender, Action::TransferFrom { token, from, to, amount }),
        ];
        if self.sometimes(50) {
            moves.push((from, Action::SetOperator { spender, approved: false }));
        }
        Some(moves)
    }

    pub(super) fn transfer_from(&mut self, model: &Model) -> Option<Moves> {
        let (from, token, amount) = self.fund_holder(model)?;
        let (spender, to) = (self.someone(), self.someone());
        Some(vec![
            (from, Action::Approve { token, spender, amount }),
            (spender, Action::TransferFrom { token, from, to, amount }),
        ])
    }

    pub(super) fn fill_pocket(&mut self, model: &Model) -> Option<Moves> {
        let (by, token, amount) = self.fund_holder(model)?;
        let Account::User(user) = by else { return None };
        let to = Account::Pocket { user, salt: self.random.random_range(0..4) };
        Some(vec![(by, Action::Transfer { token, to, amount })])
    }

    /// A pocket with something in it: whose, which, and part of what.
    fn pocket(&mut self, model: &Model) -> Option<(Account, u8, Token, Amount)> {
        let has = |(account, token)| !model.holding(Figure::Balance(token, account)).is_zero();
        let (account, token) = self.scene.pockets.find(&mut self.random, has)?;
        let Account::Pocket { user, salt } = account else { return None };
        Some((Account::User(user), salt, token, self.part_of_balance(model, account, token)))
    }

    pub(super) fn move_from_pocket(&mut self, model: &Model) -> Option<Moves> {
        let (by, salt, token, amount) = self.pocket(model)?;
        let half = amount / Amount::from(2);
        let credits = vec![(self.someone(), half), (self.someone(), amount - half)];
        Some(vec![(by, Action::MoveSub { salt, token, credits })])
    }

    pub(super) fn withdraw_from_pocket(&mut self, model: &Model) -> Option<Moves> {
        let (by, salt, token, amount) = self.pocket(model)?;
        Some(vec![(by, Action::WithdrawSub { salt, token, to: by, amount })])
    }

    pub(super) fn deposit_native(&mut self, model: &Model) -> Option<Moves> {
        let (to, amount) = (self.someone(), self.amount(Token::Coin));
        (model.coin(to) >= amount).then(|| vec![(to, Action::DepositNative { to, amount })])
    }

    pub(super) fn withdraw_native(&mut self, model: &Model) -> Option<Moves> {
        let (by, amount) = (self.someone(), self.amount(Token::Coin));
        let mut moves = self.fill_balance(model, (by, Token::Coin, amount))?;
        moves.push((by, Action::WithdrawNative { to: by, amount }));
        Some(moves)
    }

    /// An authorization of which an account's number makes one of a kind. Contracts cannot give any.
    pub(super) fn authorization(&mut self, model: &Model, from: Account) -> Option<(u8, Authorization)> {
        if from == Account::CONTRACT_WALLET {
            return None;
        }
        let number = self.scene.numbers.entry(from).or_default();
        *number = number.checked_add(1)?;
        Some((*number, Authorization { seal: seal(from), nonce: 0, after: 0, before: deadline(model) }))
    }

    pub(super) fn deposit_signed(&mut self, model: &Model) -> Option<Moves> {
        let (from, token) = (self.someone(), Token::Stoa);
        let amount = self.amount(token);
        let (salt, given) = self.authorization(model, from)?;
        let mut moves = self.fill_wallet(model, (from, token, amount))?;
        let deposit = SignedDeposit { token, from, amount, salt, given };
        moves.push((self.relayer(), Action::DepositWithAuthorization(deposit)));
        Some(moves)
    }

    /// Far from those that are used.
    pub(super) fn cancel_nonces(&mut self, _: &Model) -> Option<Moves> {
        let keeper = if self.sometimes(50) { Keeper::Vault } else { Keeper::Market };
        let (word, mask) =
            (1_000_000 + self.random.random_range(0..4), Amount::from(self.random.random::<u64>()));
        Some(vec![(self.someone(), Action::CancelNonces { keeper, word, mask })])
    }

    /// It tells something only the first time.
    pub(super) fn describe(&mut self, _: &Model) -> Option<Moves> {
        Some(vec![(self.someone(), Action::Describe { token: self.token() })])
    }

    /// The next nonce that an account signs with.
    pub(super) fn nonce(&mut self, keeper: Keeper, account: Account) -> u64 {
        let next = self.scene.nonces.entry((keeper, account)).or_default();
        *next += 1;
        *next - 1
    }
}
