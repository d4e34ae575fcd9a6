//! What can wait until the projections are read goes on beside following.

use sqlx::postgres::PgConnectOptions;
use tracing::warn;

use super::backoff::Backoff;
use super::task::Task;
use crate::store::settle;

/// The work, before, while and after it is done.
#[derive(Debug, Default)]
pub(super) struct Settling {
    fresh: bool,
    begun: bool,
    task: Option<Task<()>>,
}

impl Settling {
    /// The projections were just built.
    pub(super) const fn fresh(&mut self) {
        self.fresh = true;
    }

    /// The archive is filled first: what fills it drops the indexes that this would make.
    pub(super) fn put_off(&mut self) {
        self.begun = false;
        self.task = None;
    }

    /// Once.
    pub(super) fn begin(&mut self, options: &PgConnectOptions) {
        if self.begun {
            return;
        }
        self.begun = true;
        let (options, fresh) = (options.clone(), std::mem::take(&mut self.fresh));
        self.task = Some(Task::spawn(async move { settle_at_last(&options, fresh).await }));
    }

    /// Waits until all is done.
    pub(super) async fn done(&mut self) {
        if let Some(task) = &mut self.task {
            task.await;
            self.task = None;
        }
    }
}

/// Nothing is lost without it: reading is slower. So it is tried until it succeeds.
async fn settle_at_last(options: &PgConnectOptions, fresh: bool) {
    let mut backoff = Backoff::default();
    while let Err(error) = settle::settle(options, fresh).await {
        let pause = backoff.next();
        warn!(%error, pause_ms = pause.as_millis(), "indexes or statistics are missing still");
        tokio::time::sleep(pause).await;
    }
}
