//! What is done beside requests: counts are stored, notices heard, and what has ended is thrown away.

use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use super::key::{signing_secret_set, signing_secrets};
use super::{Access, signature};

const BEAT: Duration = Duration::from_secs(2);
const SWEEP: Duration = Duration::from_secs(60);
/// Told when a key, a session or a ban changes, and when the indexer has read a block.
const CHANNELS: [&str; 2] = ["stoa_access", "stoa"];

const ENDED: [&str; 7] = [
    "DELETE FROM api.session WHERE expires_at < now()",
    "DELETE FROM api.used_nonce WHERE expires_at < now()",
    "DELETE FROM api.signature_nonce WHERE expires_at < now()",
    "DELETE FROM api.revoked_token WHERE expires_at < now()",
    "DELETE FROM api.idempotency WHERE created_at < now() - interval '24 hours'",
    // Longer than any window.
    "DELETE FROM api.quota WHERE since < now() - interval '40 days' OR (name = 'minute' AND since < now() - interval '1 hour')",
    "DELETE FROM api.ban WHERE until < now() - interval '2 days'",
];

impl Access {
    /// Works until told to stop, then stores what is left and gives back what was leased.
    pub async fn run(self, stop: CancellationToken) {
        let listening = async {
            loop {
                if let Err(error) = self.listen().await {
                    tracing::debug!(%error, "no notices of access: looking more often");
                }
                self.lookups.forget_all();
                sleep(BEAT).await;
            }
        };
        let beating = async {
            let mut beat = interval(BEAT);
            beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut swept = Instant::now();
            loop {
                beat.tick().await;
                let mut done = self.flush().await;
                if swept.elapsed() > SWEEP {
                    swept = Instant::now();
                    done = done.and(self.sweep().await);
                }
                if let Err(error) = done {
                    tracing::debug!(%error, "counts of access are stored later");
                }
            }
        };
        // Large, and kept for as long as the server lives.
        let working = Box::pin(async { tokio::join!(listening, beating) });
        stop.run_until_cancelled(working).await;
        let rest = async { self.flush().await.and(self.quotas.tidy(true).await) };
        match tokio::time::timeout(BEAT, rest).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "counts of access were not stored"),
            Err(_) => tracing::debug!("counts of access were not stored in time"),
        }
        self.pool.close().await;
    }

    /// Stores what was counted and refused, and reads what other replicas have banned.
    pub async fn flush(&self) -> sqlx::Result<()> {
        if self.setup.tiers.is_none() && self.setup.pepper.is_none() {
            return Ok(());
        }
        self.usage.flush().await?;
        self.refusals.flush(&self.pool).await?;
        self.bans.read().await
    }

    /// Throws away what has ended, and seals anew what is sealed under a master key that is to go.
    pub async fn sweep(&self) -> sqlx::Result<()> {
        self.quotas.tidy(false).await?;
        self.reseal().await?;
        for sql in ENDED {
            sqlx::query(sql).execute(&self.pool).await?;
        }
        Ok(())
    }

    /// Seals anew what is sealed under a master key that is to go.
    async fn reseal(&self) -> sqlx::Result<()> {
        let Some(master) = &self.setup.master else { return Ok(()) };
        for (id, sealed) in signing_secrets(&self.pool).await? {
            if !master.is_old(&sealed) {
                continue;
            }
            let place = signature::place(&id);
            match master.open(&place, &sealed).and_then(|secret| master.seal(&place, &secret)) {
                Ok(anew) => signing_secret_set(&self.pool, &id, &sealed, &anew).await?,
                Err(error) => tracing::warn!(key = id, %error, "a signing secret is not sealed anew"),
            }
        }
        Ok(())
    }

    async fn listen(&self) -> sqlx::Result<()> {
        let mut listener = PgListener::connect_with(&self.pool).await?;
        listener.listen_all(CHANNELS).await?;
        self.lookups.forget_all();
        // Nothing for a connection that broke: notices may have been missed.
        while let Some(notice) = listener.try_recv().await? {
            match notice.channel() {
                "stoa" => self.tiers.block(notice.payload()),
                _ if notice.payload().starts_with("ban:") => self.bans.read().await?,
                _ => self.lookups.forget(notice.payload()),
            }
        }
        Ok(())
    }
}
