//! What listings earned is divided.

use super::player::{Moves, Player, deadline, seal};
use crate::model::{Account, Action, ClaimOrder, Figure, ListingId, Model, Token};

impl Player {
    /// What has been earned since it was settled the last time, if ever.
    pub(super) fn settle(&mut self, model: &Model) -> Option<Moves> {
        let unsettled = |(listing, earner, token)| model.is_unsettled(listing, earner, token);
        let (listing, earner, token) = self.scene.earning.find(&mut self.random, unsettled)?;
        Some(vec![(self.relayer(), Action::Settle { listing, earner: Some(earner), token })])
    }

    /// A holder of shares.
    pub(super) fn holder(&mut self, model: &Model) -> Option<(ListingId, Account)> {
        let holds = |(listing, account)| !model.holding(Figure::Shares(listing, account)).is_zero();
        self.scene.holders.find(&mut self.random, holds)
    }

    pub(super) fn claim_revenue(&mut self, model: &Model) -> Option<Moves> {
        let (listing, by) = self.holder(model)?;
        let earned = |token: &Token| !model.claimable_revenue(listing, by, *token).is_zero();
        let token = model.payment_tokens(listing).into_iter().find(earned)?;
        let to_wallet = self.sometimes(40);
        if self.sometimes(25) {
            let (nonce, deadline) = (model.claim_nonce(listing, by), deadline(model));
            let (account, to, seal) = (by, by, seal(by));
            let order = ClaimOrder { listing, account, token, to, to_wallet, nonce, deadline, seal };
            return Some(vec![(self.relayer(), Action::ClaimBySig(order))]);
        }
        let wallet = to_wallet.then_some(by);
        Some(vec![(by, Action::ClaimRevenue { listing, token, wallet })])
    }
}
