//! Why nothing was written.

use sqlx::migrate::MigrateError;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("Postgres: {source}{advice}", advice = advice(source))]
    Database {
        #[from]
        source: sqlx::Error,
    },
    #[error("the archive cannot be upgraded: {0}")]
    Migrate(#[from] MigrateError),
    #[error(
        "the archive in this database has version {found}, this build knows versions up to {known}: \
         run the newer build that upgraded it, or use another database"
    )]
    NewerArchive { found: i64, known: i64 },
    #[error(
        "this database follows another deployment on chain {chain_id} ({there} instead of {here}): \
         use another database for this deployment"
    )]
    OtherDeployment { chain_id: u64, there: String, here: String },
    #[error(
        "another indexer has moved chain {chain_id} from block {ours} to block {theirs}: this one stops writing"
    )]
    Overtaken { chain_id: i64, ours: i64, theirs: i64 },
    #[error(
        "another build of the indexer has made the projections of this database anew: this one stops writing. \
         Run that build, or `stoa-indexer rebuild` of this one"
    )]
    OtherBuild,
    #[error("{what} would fall below zero: a log before is missing or altered")]
    BelowZero { what: String },
    #[error("block {ancestor} of chain {chain_id} is final here up to {finalized}: it is not taken back")]
    Final { chain_id: i64, ancestor: i64, finalized: i64 },
}

impl StoreError {
    /// Whether a new connection may succeed.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Database { source } => is_passing(source),
            // Read anew, the cursor may be where this indexer can go on from; the lock says whether it may.
            Self::Overtaken { .. } => true,
            Self::Migrate(MigrateError::Execute(error)) => is_passing(error),
            Self::Migrate(MigrateError::ExecuteMigration(error, _)) => is_passing(error),
            _ => false,
        }
    }

    /// Whether the rows cannot be true together with what is stored: a log before them is missing or altered.
    pub fn is_contradiction(&self) -> bool {
        let integrity = |source: &sqlx::Error| {
            let code = source.as_database_error().and_then(|error| error.code());
            code.is_some_and(|code| code.starts_with("23"))
        };
        match self {
            Self::BelowZero { .. } => true,
            Self::Database { source } => integrity(source),
            _ => false,
        }
    }
}

/// Whether it may be otherwise in a while, on a new connection.
fn is_passing(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(error) => {
            let passing = error.code().is_some_and(|code| {
                // Connection lost, resources short, shutting down or starting up, deadlock, serialization.
                code.starts_with("08")
                    || code.starts_with("53")
                    || code.starts_with("57P")
                    || code.starts_with("40")
                    || code == "57014"
                    || code == "58030"
            });
            passing || is_quota(&**error)
        }
        _ => false,
    }
}

/// A quota or a bound on files is no full disk to Postgres: it names an internal error, in the routines that let a
/// file grow.
fn is_quota(error: &dyn sqlx::error::DatabaseError) -> bool {
    let Some(error) = error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() else { return false };
    let grows = ["mdextend", "mdzeroextend", "FileZero", "FileFallocate", "mdwritev", "BufFileDumpBuffer"];
    error.code() == "XX000" && error.routine().is_some_and(|routine| grows.contains(&routine))
}

const MORE_DISK: &str = ": give Postgres more disk; nothing of this range was written, and it is tried again";

/// What an operator does about it, where that is known.
fn advice(error: &sqlx::Error) -> &'static str {
    let Some(error) = error.as_database_error() else { return "" };
    match error.code().as_deref() {
        Some("XX000") if is_quota(error) => MORE_DISK,
        Some("53100") => MORE_DISK,
        Some("53300") => ": Postgres has no connection left; raise max_connections or stop other clients",
        Some("57P01") => ": Postgres is going down, or a standby has taken over; it is tried again",
        Some("57P02" | "57P03") => ": Postgres is going down or coming up; it is tried again",
        _ => "",
    }
}
