//! Whose things a question is about.

use alloy::primitives::Address;

use super::{ChainArgs, Session, SignerArgs};

impl ChainArgs {
    /// Connects to look at an account: the one given, else the wallet's own.
    ///
    /// # Errors
    /// When there is neither, or as [`Self::connect`].
    pub async fn connect_for(
        &self,
        account: Option<Address>,
        signing: &SignerArgs,
    ) -> anyhow::Result<(Session, Address)> {
        if let Some(account) = account {
            return Ok((self.connect().await?, account));
        }
        let session = self.connect_to_send(signing).await?;
        let account = session.account()?;
        Ok((session, account))
    }
}
