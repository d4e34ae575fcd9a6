//! One request, one snapshot; and for what stands inside of a collection, one question for all of it.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::Context;
use sqlx::PgPool;
use tokio::sync::OnceCell;

use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::PublicId;
use crate::snapshot::{Held, Question, Snapshot};

/// What a request reads. The snapshot is taken with the first question: what needs none costs no statement.
#[derive(Debug)]
pub(super) struct Read {
    pool: PgPool,
    anew: bool,
    state: tokio::sync::Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    held: Option<Held>,
    /// The database failed: its transaction is of no more use.
    failed: bool,
    overtaken: bool,
}

impl Read {
    /// `anew` where a rebuild overtook the first attempt.
    pub(super) fn new(pool: PgPool, anew: bool) -> Self {
        Self { pool, anew, state: tokio::sync::Mutex::default() }
    }

    /// Asks the request's snapshot.
    pub(super) async fn ask<Q: Question>(&self, question: &Q) -> Result<Q::Answer, ApiError> {
        let mut state = self.state.lock().await;
        if state.failed {
            return Err(ApiError::NotReady("Another part of this request failed. Ask again.".to_owned()));
        }
        let answer = async {
            let held = match &mut state.held {
                Some(held) => held,
                none => none.insert(Held::take(&self.pool, self.anew).await?),
            };
            question.answer(&mut held.snapshot()).await
        };
        let answer = answer.await;
        if let Err(error) = &answer {
            state.overtaken |= matches!(error, ApiError::Overtaken(_));
            state.failed = matches!(
                error,
                ApiError::Overtaken(_)
                    | ApiError::Unavailable(_)
                    | ApiError::Internal(_)
                    | ApiError::NotReady(_)
            );
        }
        answer
    }

    pub(super) async fn overtaken(&self) -> bool {
        self.state.lock().await.overtaken
    }

    /// How far the chains were read, where anything was asked.
    pub(super) async fn meta(&self) -> Option<Meta> {
        let mut state = self.state.lock().await;
        let snapshot = state.held.as_mut()?.snapshot();
        let all: Vec<i64> = snapshot.chains.iter().map(|chain| chain.chain_id).collect();
        Some(snapshot.meta(&all))
    }
}

/// Asks the snapshot of a resolver's request.
pub(super) async fn ask<Q: Question>(context: &Context<'_>, question: &Q) -> Result<Q::Answer, ApiError> {
    let read = context.data::<Arc<Read>>();
    let read = read.map_err(|_| ApiError::Internal("a request without a snapshot".to_owned()))?;
    read.ask(question).await
}

/// All chains of the snapshot.
pub(super) struct MetaQuestion;

impl Question for MetaQuestion {
    type Answer = Meta;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Meta, ApiError> {
        Ok(snapshot.meta(&snapshot.chains_of(None)?))
    }
}

type Loaded = Arc<dyn Any + Send + Sync>;

/// Listings that stand in one collection. What one of them is asked for is read for all, once: as many statements for
/// a hundred as for one.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) ids: Vec<PublicId>,
    loaded: Mutex<HashMap<String, Arc<OnceCell<Loaded>>>>,
}

impl Group {
    pub(super) fn of(ids: impl Iterator<Item = PublicId>) -> Arc<Self> {
        let mut ids: Vec<PublicId> = ids.collect();
        ids.sort_unstable();
        ids.dedup();
        Arc::new(Self { ids, loaded: Mutex::default() })
    }

    /// The answer to a question about all of them; `name` tells it from others.
    pub(super) async fn load<Q>(
        &self,
        context: &Context<'_>,
        name: String,
        question: &Q,
    ) -> Result<Arc<Q::Answer>, ApiError>
    where
        Q: Question,
        Q::Answer: Send + Sync + 'static,
    {
        let cell = self.cells().entry(name.clone()).or_default().clone();
        let read = async { Ok::<Loaded, ApiError>(Arc::new(ask(context, question).await?)) };
        let loaded = cell.get_or_try_init(|| read).await?.clone();
        loaded.downcast().map_err(|_| ApiError::Internal(format!("two questions are called `{name}`")))
    }

    fn cells(&self) -> MutexGuard<'_, HashMap<String, Arc<OnceCell<Loaded>>>> {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
