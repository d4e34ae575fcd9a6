//! At the head: waiting for it to move, and what is said where no answer comes.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::{Engine, IndexError, Step};
use crate::fetch::{FetchError, Head};
use crate::store::Cursor;

/// Blocks by which finality moves before it is written down while blocks come fast.
const FINALIZE_EVERY: i64 = 32;
/// For so long a head may be waited for without a word.
const SILENCE: Duration = Duration::from_secs(3);

impl Engine<'_> {
    /// Waits until the head may have moved, and asks for it.
    pub(super) async fn wait(&mut self, stop: &CancellationToken) -> Result<(), IndexError> {
        if let Some(head) = self.head {
            let mut heads = self.pool.heads();
            let moved = heads.wait_for(|announced| *announced > head.latest.number);
            stop.run_until_cancelled(tokio::time::timeout(self.settings.poll, moved)).await;
        }
        match stop.run_until_cancelled(self.aloud(self.pool.head())).await {
            None => Ok(()),
            Some(Ok(head)) => self.heard(head, stop).await,
            Some(Err(error)) => self.ask_again(error, stop).await,
        }
    }

    /// Waits for the nodes' answer, and says so where none comes: the pool tries for long before it gives up.
    async fn aloud<T>(&self, question: impl Future<Output = T>) -> T {
        let mut question = std::pin::pin!(question);
        if let Ok(answer) = tokio::time::timeout(SILENCE, &mut question).await {
            return answer;
        }
        let trouble = format!("no endpoint has answered for {} s; they are asked again", SILENCE.as_secs());
        warn!(chain_id = self.cursor.chain_id, "{trouble}");
        let endpoints = self.pool.report();
        self.status.send_modify(|status| {
            status.trouble = Some(trouble);
            status.endpoints = endpoints;
        });
        question.await
    }

    pub(super) async fn heard(&mut self, head: Head, stop: &CancellationToken) -> Result<(), IndexError> {
        self.head_told &= self.head == Some(head);
        self.head = Some(head);
        if head.latest.number.cast_signed() < self.cursor.stored.number {
            self.check_cursor().await?;
        }
        self.finalize(stop).await?;
        // Where blocks come next, their transaction tells the head as well.
        if !self.head_told && self.state().next() == Step::Wait {
            self.writer.set_head(self.deployment.chain_id, &head).await?;
            self.head_told = true;
        }
        self.tell();
        Ok(())
    }

    /// Takes stored blocks for final once the block that a node calls final is among them.
    async fn finalize(&mut self, stop: &CancellationToken) -> Result<(), IndexError> {
        let Some(head) = self.head else { return Ok(()) };
        let (finalized, Cursor { stored, projected, .. }) = (head.finalized.cast_signed(), self.cursor);
        // Not for each block by itself while blocks come fast.
        let due = finalized >= self.cursor.finalized + FINALIZE_EVERY || self.state().next() == Step::Wait;
        if projected != stored || finalized <= self.cursor.finalized || finalized > stored.number || !due {
            return Ok(());
        }
        let block = self.final_block().await?;
        let known = self.writer.known_block(self.deployment.chain_id, head.finalized).await?;
        match known.filter(|known| known.number == finalized) {
            Some(known) if known.hash.0 == block.hash => {
                self.cursor = self.writer.finalize(self.cursor, finalized).await?;
                Ok(())
            }
            // What is stored is on a branch that lost, and its end has not been told yet.
            Some(_) => self.reorganise(None, stop).await,
            None => Ok(()),
        }
    }

    /// What the nodes could not tell is asked for again, after a pause; what asking cannot mend is an error.
    pub(super) async fn ask_again(
        &mut self,
        error: FetchError,
        stop: &CancellationToken,
    ) -> Result<(), IndexError> {
        if !error.is_retryable() {
            return Err(error.into());
        }
        self.rest("no answer", &error, stop).await;
        Ok(())
    }

    /// What went wrong is told, and waited out.
    pub(super) async fn rest(
        &mut self,
        what: &'static str,
        error: &(dyn std::error::Error + Send + Sync),
        stop: &CancellationToken,
    ) {
        self.ahead = None;
        let pause = self.trouble.next();
        warn!(chain_id = self.cursor.chain_id, %error, pause_ms = pause.as_millis(), "{what}");
        let endpoints = self.pool.report();
        self.status.send_modify(|status| {
            status.trouble = Some(error.to_string());
            status.endpoints = endpoints;
        });
        stop.run_until_cancelled(tokio::time::sleep(pause)).await;
        // What the nodes told of their head may no longer hold.
        self.head = None;
    }
}
