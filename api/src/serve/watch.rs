//! Whether anything is being answered on a connection, and since when not.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use tokio::time::{Instant, sleep_until};

/// What runs on one connection. Clones share it. A request costs no timer: the clock is looked at now and then.
#[derive(Clone, Debug)]
pub(super) struct Watch(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    opened: Instant,
    running: AtomicUsize,
    /// Milliseconds from `opened` to the last answer's end; 0 before the first request.
    answered: AtomicU64,
}

/// A request from its last header to its answer's last byte.
#[derive(Debug)]
pub(super) struct Running(Watch);

/// An answer's body, which tells when it ends.
#[derive(Debug)]
pub(super) struct Watched {
    body: Body,
    _running: Running,
}

impl Watch {
    pub(super) fn new() -> Self {
        Self(Arc::new(Inner {
            opened: Instant::now(),
            running: AtomicUsize::new(0),
            answered: AtomicU64::new(0),
        }))
    }

    pub(super) fn begin(&self) -> Running {
        self.0.running.fetch_add(1, Ordering::AcqRel);
        Running(self.clone())
    }

    /// Ends when the connection's first request did not come within `first`, or no further one within `next`.
    pub(super) async fn idle(&self, first: Duration, next: Duration) {
        let mut look = self.0.opened + first;
        loop {
            sleep_until(look).await;
            // Before the time: who has just been answered is seen with it.
            let running = self.0.running.load(Ordering::Acquire) > 0;
            let answered = self.0.answered.load(Ordering::Acquire);
            let until = match answered {
                0 => self.0.opened + first,
                at => self.0.opened + Duration::from_millis(at) + next,
            };
            if !running && until <= Instant::now() {
                return;
            }
            look = if running { Instant::now() + next.min(first) } else { until };
        }
    }
}

impl Running {
    pub(super) fn until_sent(self, body: Body) -> Watched {
        Watched { body, _running: self }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let Watch(inner) = &self.0;
        // Half a billion years fit.
        let now = u64::try_from(inner.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        // Upwards: nobody is idle before the time.
        inner.answered.store(now.saturating_add(1), Ordering::Release);
        inner.running.fetch_sub(1, Ordering::AcqRel);
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Duration = Duration::from_millis(200);
    const NEXT: Duration = Duration::from_millis(500);

    #[tokio::test]
    async fn who_asks_nothing_is_idle_sooner_than_who_was_answered_and_who_is_being_answered_never() {
        let took = async |watch: &Watch| {
            let from = Instant::now();
            watch.idle(FIRST, NEXT).await;
            from.elapsed()
        };
        let mute = took(&Watch::new()).await;
        assert!(mute >= FIRST && mute < NEXT, "{mute:?}");
        let asked = Watch::new();
        drop(asked.begin());
        assert!(took(&asked).await >= NEXT);
        let asking = Watch::new();
        let running = asking.begin();
        assert!(tokio::time::timeout(3 * NEXT, asking.idle(FIRST, NEXT)).await.is_err());
        drop(running);
        assert!(took(&asking).await >= NEXT);
    }
}
