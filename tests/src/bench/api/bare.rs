//! The floor: the statements that the API sends, without an API. They are read from the server's log, and sent again
//! with the same parameters over as many connections; the rows are discarded.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tokio::task::JoinSet;

use super::Api;
use super::load::{self, Rate};
use super::market::Query;
use crate::stage::Stage;

const WARM_UP: Duration = Duration::from_millis(300);
/// Requests of each query that are recorded.
const RECORDED: usize = 20;

/// How each of the API's questions begins.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// Those of the API's own connections.
const SETTINGS: &str = "SET search_path = public, api; SET pg_trgm.word_similarity_threshold = 0.4";

/// What one request comes to: statements, by place in [`Bare::prepared`], with their parameters as SQL.
type Request = Vec<Step>;

#[derive(Clone, Debug)]
enum Step {
    Plain(String),
    Prepared(usize, String),
}

/// The statements of all queries.
#[derive(Debug)]
pub(super) struct Bare {
    url: String,
    prepared: Arc<Vec<String>>,
    requests: BTreeMap<&'static str, Arc<Vec<Request>>>,
}

impl Bare {
    /// Asks a server of its own each query, and reads what that server asked Postgres.
    pub(super) async fn record(stage: &Stage, url: &str, queries: &[Query]) -> anyhow::Result<Self> {
        let log: PathBuf =
            stage.log().context("bench api reads Postgres's log: leave STOA_DATABASE_URL unset")?.into();
        let mut connection = PgConnection::connect(url).await?;
        let name: String = sqlx::query_scalar("SELECT current_database()").fetch_one(&mut connection).await?;
        let set = |value: &str| format!("ALTER DATABASE {name} SET log_min_duration_statement = {value}");
        sqlx::raw_sql(AssertSqlSafe(set("0"))).execute(&mut connection).await?;
        let api = Api::start(stage, url, "0", false).await?;
        let mut bare = Self { url: url.to_owned(), prepared: Arc::default(), requests: BTreeMap::new() };
        let mut prepared = Vec::new();
        for query in queries {
            let mut requests = Vec::new();
            for path in query.paths.iter().take(RECORDED) {
                let from = std::fs::metadata(&log)?.len();
                load::first(&api.address, path).await?;
                let text =
                    String::from_utf8_lossy(&std::fs::read(&log)?[usize::try_from(from)?..]).into_owned();
                let steps = steps(&text, &mut prepared);
                anyhow::ensure!(steps.len() > 2, "the log does not tell what {path} asked:\n{text}");
                requests.push(steps);
            }
            bare.requests.insert(query.name, Arc::new(requests));
        }
        api.stop().await;
        sqlx::raw_sql(AssertSqlSafe(set("DEFAULT"))).execute(&mut connection).await?;
        bare.prepared = Arc::new(prepared);
        Ok(bare)
    }

    pub(super) async fn run(&self, query: &str, connections: usize, time: Duration) -> anyhow::Result<Rate> {
        let requests = self.requests.get(query).context("a query that was not recorded")?;
        // As many as the API has.
        let connections = connections.min(16);
        let mut opened = Vec::new();
        for _ in 0..connections {
            let mut connection = PgConnection::connect(&self.url).await?;
            sqlx::raw_sql(SETTINGS).execute(&mut connection).await?;
            for (place, sql) in self.prepared.iter().enumerate() {
                let sql = format!("PREPARE s{place} AS {sql}");
                sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
            }
            opened.push(connection);
        }
        let mut tasks = JoinSet::new();
        let begin = Instant::now() + WARM_UP;
        let end = begin + time;
        for (place, mut connection) in opened.into_iter().enumerate() {
            let requests = requests.clone();
            tasks.spawn(async move {
                let mut taken = Vec::new();
                for at in place * 7.. {
                    let asked = Instant::now();
                    if asked >= end {
                        break;
                    }
                    for step in &requests[at % requests.len()] {
                        let sql = match step {
                            Step::Plain(sql) => sql.clone(),
                            Step::Prepared(place, values) => format!("EXECUTE s{place}{values}"),
                        };
                        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
                    }
                    if asked >= begin {
                        taken.push(asked.elapsed());
                    }
                }
                anyhow::Ok(taken)
            });
        }
        let mut all = Vec::new();
        while let Some(taken) = tasks.join_next().await {
            all.extend(taken??);
        }
        Rate::of(all, time)
    }
}

/// What the log says was executed. Each entry begins with a time; lines that go on begin with a tab.
fn steps(log: &str, prepared: &mut Vec<String>) -> Request {
    let mut entries: Vec<String> = Vec::new();
    for line in log.lines() {
        match (line.strip_prefix('\t'), entries.last_mut()) {
            (Some(more), Some(entry)) => {
                entry.push('\n');
                entry.push_str(more);
            }
            _ => entries.push(line.to_owned()),
        }
    }
    // Other connections have work of their own.
    let began = entries.iter().position(|entry| entry.contains(BEGIN));
    let process = began.and_then(|at| process(&entries[at])).unwrap_or_default().to_owned();
    let own =
        entries.drain(began.unwrap_or(0)..).filter(|entry| self::process(entry) == Some(process.as_str()));
    let entries: Vec<String> = own.collect();
    let mut steps: Vec<Step> = Vec::new();
    // Binding tells the values as well, before it is known what of.
    let mut executed = false;
    for entry in entries {
        let values = entry.split_once("DETAIL:  Parameters: ").map(|(_, values)| plain(values));
        if let Some(values) = values {
            if let (true, Some(Step::Prepared(_, into))) = (executed, steps.last_mut()) {
                *into = format!("({values})");
            }
            executed = false;
        } else if let Some((_, rest)) = entry.split_once(" ms  execute ")
            && let Some((_, sql)) = rest.split_once(": ")
        {
            let place = prepared.iter().position(|known| known == sql).unwrap_or_else(|| {
                prepared.push(sql.to_owned());
                prepared.len() - 1
            });
            steps.push(Step::Prepared(place, String::new()));
            executed = true;
        } else {
            let plain = entry.split_once(" ms  statement: ").map(|(_, sql)| Step::Plain(sql.to_owned()));
            steps.extend(plain);
            executed = false;
        }
    }
    // What a connection says of itself when it opens.
    steps.retain(|step| !matches!(step, Step::Plain(sql) if sql.starts_with("SET ") || sql.is_empty()));
    steps
}

/// The back-end of an entry, as in `… UTC [7] LOG: …`.
fn process(entry: &str) -> Option<&str> {
    entry.split_once(" [")?.1.split_once(']').map(|(process, _)| process)
}

/// `$1 = 'a', $2 = NULL` as SQL values.
fn plain(values: &str) -> String {
    let mut out = String::new();
    let mut rest = values;
    let mut place = 1;
    while let Some(begun) = rest.strip_prefix(&format!("${place} = ")) {
        let end = begun.find(&format!(", ${} = ", place + 1)).unwrap_or(begun.len());
        if place > 1 {
            out.push_str(", ");
        }
        out.push_str(&begun[..end]);
        rest = begun[end..].strip_prefix(", ").unwrap_or_default();
        place += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_tells_statements_and_their_values() {
        let log = "2026-01-01 00:00:00.000 UTC [7] LOG:  duration: 0.1 ms  statement: BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY\n\
            2026-01-01 00:00:00.000 UTC [8] LOG:  duration: 0.1 ms  statement: CREATE SCHEMA s\n\
            2026-01-01 00:00:00.000 UTC [7] LOG:  duration: 0.1 ms  bind sqlx_s_1: SELECT $1,\n\t$2\n\
            2026-01-01 00:00:00.000 UTC [7] DETAIL:  Parameters: $1 = 'c', $2 = NULL\n\
            2026-01-01 00:00:00.000 UTC [7] LOG:  duration: 0.1 ms  execute sqlx_s_1: SELECT $1,\n\t$2\n\
            2026-01-01 00:00:00.000 UTC [7] DETAIL:  Parameters: $1 = '{a,b}', $2 = NULL\n\
            2026-01-01 00:00:00.000 UTC [7] LOG:  duration: 0.1 ms  statement: COMMIT\n";
        let mut prepared = Vec::new();
        let found = steps(log, &mut prepared);
        assert_eq!(prepared, ["SELECT $1,\n$2"]);
        let [Step::Plain(begin), Step::Prepared(0, values), Step::Plain(commit)] = &found[..] else {
            panic!("{found:?}")
        };
        assert_eq!((begin.as_str(), values.as_str(), commit.as_str()), (BEGIN, "('{a,b}', NULL)", "COMMIT"));
    }
}
