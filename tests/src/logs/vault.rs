use alloy::primitives::Log;
use stoa_contracts::Vault;

use super::{Book, emit, id};
use crate::model::VaultEvent;

pub(super) fn log(book: &Book, event: &VaultEvent) -> Log {
    let vault = book.contracts.vault;
    let a = |account| book.account(account);
    match *event {
        VaultEvent::Transfer { caller, from, to, token, amount } => emit(
            vault,
            &Vault::Transfer {
                caller: a(caller),
                sender: a(from),
                receiver: a(to),
                id: id(book, token),
                amount,
            },
        ),
        VaultEvent::OperatorSet { owner, spender, approved } => {
            emit(vault, &Vault::OperatorSet { owner: a(owner), spender: a(spender), approved })
        }
        VaultEvent::Approval { owner, spender, token, amount } => emit(
            vault,
            &Vault::Approval { owner: a(owner), spender: a(spender), id: id(book, token), amount },
        ),
        VaultEvent::Described(token) => {
            let text = book.token_text(token);
            let (token, name, symbol) = (book.token(token), text.name, text.symbol);
            emit(vault, &Vault::TokenDescribed { token, name, symbol, decimals: text.decimals })
        }
    }
}
