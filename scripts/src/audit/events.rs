//! What no contract keeps: compared with the sums of the events that the archive holds.

use sqlx::{postgres::PgConnection, types::Json};

use super::{question::Difference, scope::Scope};

/// A statement of three columns (what, what the projections say, what the events say) as one that answers how many
/// rows there are, and those that differ. Its parameters are the chain and the block.
macro_rules! comparison {
    ($name:literal) => {
        concat!(
            "WITH figure AS (\n",
            include_str!(concat!("events/", $name, ".sql")),
            "\n)
             SELECT count(*), coalesce(jsonb_agg(jsonb_build_object(
                 'what', what, 'database', coalesce(stored, 'nothing'), 'contract', coalesce(told, 'nothing')
             )) FILTER (WHERE stored IS DISTINCT FROM told), '[]')
             FROM figure"
        )
    };
}

const COMPARISONS: [&str; 7] = [
    comparison!("row"),
    comparison!("account"),
    comparison!("listing"),
    comparison!("sale"),
    comparison!("birth"),
    comparison!("paid"),
    comparison!("power"),
];

/// How many figures, and those that differ.
pub(super) async fn compare(
    connection: &mut PgConnection,
    scope: &Scope,
) -> sqlx::Result<(u64, Vec<Difference>)> {
    let (mut compared, mut differences) = (0, Vec::new());
    for sql in COMPARISONS {
        let (count, found): (i64, Json<Vec<Difference>>) = sqlx::query_as(scope.sql(sql))
            .bind(scope.chain_id)
            .bind(scope.block.number)
            .fetch_one(&mut *connection)
            .await?;
        compared += count.cast_unsigned();
        differences.extend(found.0);
    }
    Ok((compared, differences))
}
