//! Shares: they come to be and change hands.

use rand::Rng as _;

use super::player::{Moves, Player};
use crate::model::{Action, Amount, Figure, Model, Token};

/// One listing in so many has shares.
const SHARED: u64 = 8;

impl Player {
    pub(super) fn create_shares(&mut self, model: &Model) -> Option<Moves> {
        let (listing, owner) = self.owned_listing(model)?;
        let enough = self.scene.shared.len() as u64 > model.listing_count() / SHARED;
        if enough || model.has_shares(listing) {
            return None;
        }
        let most = self.random.random_range(1..=2);
        let tokens = [Token::Dollar, Token::Coin, Token::Stoa].into_iter().take(most).collect();
        let supply = Amount::from(10).pow(Amount::from(self.random.random_range(18..25)));
        Some(vec![(owner, Action::CreateShares { listing, supply, tokens })])
    }

    pub(super) fn add_payment_token(&mut self, model: &Model) -> Option<Moves> {
        let (listing, token) = (self.scene.shared.pick(&mut self.random)?, self.token());
        let tokens = model.payment_tokens(listing);
        let owner = model.listing(listing)?.owner;
        let new = tokens.len() < 4 && !tokens.contains(&token);
        new.then(|| vec![(owner, Action::AddPaymentToken { listing, token })])
    }

    pub(super) fn transfer_shares(&mut self, model: &Model) -> Option<Moves> {
        let (listing, by) = self.holder(model)?;
        let amount = self.part(model.holding(Figure::Shares(listing, by)));
        Some(vec![(by, Action::TransferShares { listing, to: self.someone(), amount })])
    }
}
