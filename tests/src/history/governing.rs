//! What the owner does, whoever it is.

use rand::Rng as _;

use super::player::{Moves, Player};
use crate::model::{Account, Action, Governed, Model, Token};

impl Player {
    pub(super) fn list_fee_token(&mut self, model: &Model) -> Option<Moves> {
        let listed = model.fee_tokens();
        let token = Token::REAL.into_iter().find(|token| !listed.contains(token))?;
        Some(vec![(model.owner(Governed::Staking), Action::ListFeeToken { token })])
    }

    pub(super) fn set_tiers(&mut self, model: &Model) -> Option<Moves> {
        let first = self.random.random_range(500..2_000);
        let tiers = [first, first * 10, first * 100, first * 1_000];
        Some(vec![(model.owner(Governed::Staking), Action::SetTiers { tiers })])
    }

    pub(super) fn set_fee(&mut self, model: &Model) -> Option<Moves> {
        let bps = self.random.random_range(100..=500);
        Some(vec![(model.owner(Governed::Revenue), Action::SetFee { bps })])
    }

    /// Sales stop, and go on when all is well.
    pub(super) fn pause_sales(&mut self, model: &Model) -> Option<Moves> {
        let (owner, guardian) = (model.owner(Governed::Revenue), self.relayer());
        let seconds = self.random.random_range(60..600_000);
        Some(vec![
            (owner, Action::SetGuardian { guardian }),
            (guardian, Action::PauseSales { seconds }),
            (owner, Action::ResumeSales),
        ])
    }

    /// From the Timelock to somebody and back.
    pub(super) fn hand_over(&mut self, model: &Model) -> Option<Moves> {
        let mut moves = Moves::new();
        for what in [Governed::Revenue, Governed::Staking] {
            let owner = model.owner(what);
            let to = if owner == Account::Timelock { self.relayer() } else { Account::Timelock };
            moves.push((owner, Action::OfferOwnership { what, to }));
            moves.push((to, Action::AcceptOwnership { what }));
        }
        Some(moves)
    }
}
