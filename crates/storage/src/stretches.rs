//! Stretches of time. The indexes by which somebody's calls and entries are found begin with the stretch: what is written now lies together
//! in them, however much there was in the years before. Who reads goes from stretch to stretch (decision 0028).

use sqlx::FromRow;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use crate::transaction::sql;
use crate::{Engine, Error, Tx};

/// How long a stretch is, in milliseconds: 31 days. The indexes are made of this number.
const LENGTH: i64 = 31 * 24 * 60 * 60 * 1000;

/// The stretch that an instant lies in.
const fn of(instant: i64) -> i64 {
    instant / LENGTH
}

/// An index by stretches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept {
    table: &'static str,
    /// What the index divides by [`LENGTH`].
    time: &'static str,
    owner: &'static str,
}

/// The calls of customers that have ended.
pub(crate) const CUSTOMERS_CALLS: Kept = Kept { table: "calls", time: "ended_at", owner: "customer" };
/// The calls of lines that have ended.
pub(crate) const LINES_CALLS: Kept = Kept { table: "calls", time: "ended_at", owner: "line" };
/// The entries of customers.
pub(crate) const CUSTOMERS_ENTRIES: Kept = Kept { table: "entries", time: "posted_at", owner: "customer" };

impl Kept {
    /// The stretch of a record, as the index has it.
    pub(crate) fn stretch(self) -> String {
        format!("{} / {LENGTH}", self.time)
    }

    /// Which records the index has.
    fn indexed(self) -> String {
        format!("{} IS NOT NULL AND {} IS NOT NULL", self.time, self.owner)
    }

    /// The stretches between two instants in which an owner has records, or, without one, in which there are any; the newest first.
    pub(crate) async fn filled(
        self,
        tx: &mut Tx,
        tenant: i64,
        owner: Option<&str>,
        span: (i64, i64),
    ) -> Result<Vec<i64>, Error> {
        let own = owner.map(|_| format!(" AND {} = ${}", self.owner, PARAMETERS + 1)).unwrap_or_default();
        let looked = Within::Looked.part(tx.engine(), self, 0);
        let sought = Narrowed {
            table: self.table.to_owned(),
            conditions: own + &looked.condition,
            values: owner.into_iter().map(str::to_owned).collect(),
        };
        filled(tx, tenant, self, span, sought).await
    }
}

/// Which stretches a statement reads.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Within<'a> {
    /// All that there is: no index by stretches serves it.
    Anything,
    /// One, in the order of the index.
    One(i64),
    /// These, in no order.
    These(&'a [i64]),
    /// The one that [`filled`] looks at.
    Looked,
}

/// What [`Within`] is in a statement.
#[derive(Debug)]
pub(crate) struct Part {
    /// What stands before the table.
    pub(crate) before: String,
    /// The condition (` AND ...`).
    pub(crate) condition: String,
    /// The value of the parameter, if it has one.
    pub(crate) value: Option<String>,
}

impl Within<'_> {
    pub(crate) fn part(self, engine: Engine, kept: Kept, parameter: usize) -> Part {
        let stretch = kept.stretch();
        let of_every = format!(" AND {stretch} = every.stretch");
        let (before, condition, value) = match self {
            Within::Anything => (String::new(), String::new(), None),
            // SQLite searches such an index by what has no affinity: the sign takes it away.
            Within::One(one) => {
                (String::new(), format!(" AND {stretch} = +CAST(${parameter} AS BIGINT)"), Some(one.to_string()))
            }
            Within::These(these) => match engine {
                Engine::Sqlite => {
                    let every = format!("(SELECT value AS stretch FROM json_each(${parameter})) every CROSS JOIN ");
                    (every, of_every, Some(serde_json::json!(these).to_string()))
                }
                Engine::Postgres => {
                    let list: Vec<String> = these.iter().map(i64::to_string).collect();
                    let condition = format!(" AND {stretch} = ANY (CAST(${parameter} AS BIGINT[]))");
                    (String::new(), condition, Some(format!("{{{}}}", list.join(","))))
                }
            },
            Within::Looked => (String::new(), of_every, None),
        };
        Part { before, condition, value }
    }
}

/// Whose records a statement reads, and which of them.
#[derive(Debug)]
pub(crate) struct Narrowed {
    /// What stands in place of the table.
    pub(crate) table: String,
    /// Conditions, each ` AND ...`.
    pub(crate) conditions: String,
    /// The values of the parameters in both.
    pub(crate) values: Vec<String>,
}

/// How many parameters [`filled`] has besides those of what it looks for.
pub(crate) const PARAMETERS: usize = 3;

/// The stretches between two instants that have a record of those which are looked for, [in each](Within::Looked) of them; the newest
/// first. It searches the index once for each stretch in which there is anything of the tenant's.
pub(crate) async fn filled(
    tx: &mut Tx,
    tenant: i64,
    kept: Kept,
    (from, to): (i64, i64),
    sought: Narrowed,
) -> Result<Vec<i64>, Error> {
    let (table, stretch, indexed) = (kept.table, kept.stretch(), kept.indexed());
    let newest = |bound: &str| {
        format!(
            "(SELECT {stretch} FROM {table} WHERE tenant = $1 AND {indexed} AND {stretch} {bound} ORDER BY {stretch} DESC LIMIT 1)"
        )
    };
    // As EXISTS, PostgreSQL could join all records to find out.
    let text = format!(
        "WITH RECURSIVE every (stretch) AS (SELECT {} UNION ALL SELECT {} FROM every WHERE every.stretch > $3)
         SELECT stretch FROM every WHERE stretch >= $3
            AND (SELECT 1 FROM {} WHERE tenant = $1 AND {indexed}{} LIMIT 1) IS NOT NULL
         ORDER BY stretch DESC",
        newest("<= $2"),
        newest("< every.stretch"),
        sought.table,
        sought.conditions
    );
    sql!(tx, fetch_all, {
        let query = sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str())).bind(tenant).bind(of(to)).bind(of(from));
        sought.values.iter().fold(query, |query, value| query.bind(value))
    })
}

/// Those of some stretches that have a part of the time from one instant to another.
pub(crate) fn between(stretches: &[i64], (from, to): (i64, i64)) -> Vec<i64> {
    stretches.iter().copied().filter(|stretch| (of(from)..=of(to)).contains(stretch)).collect()
}

/// From the first instant of some times to the last; none, where there are no times.
pub(crate) fn whole(times: impl Iterator<Item = (i64, i64)>) -> Option<(i64, i64)> {
    times.reduce(|(first, last), (from, to)| (first.min(from), last.max(to)))
}

/// Records in the order of their time and key, of which a page is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct List<'a> {
    pub(crate) tenant: i64,
    /// The time that the list is about.
    pub(crate) from: i64,
    pub(crate) to: i64,
    /// With one of the two the place of the last page.
    pub(crate) key: &'a str,
    /// How many rows a page has.
    pub(crate) limit: i64,
}

/// How many parameters the statements of a [`List`] have in common: its fields, in their order.
pub(crate) const LIST_PARAMETERS: usize = 5;

/// Fills a page from part to part, by the statement (and the values of its own) that there is for each.
pub(crate) async fn page<T>(
    tx: &mut Tx,
    list: List<'_>,
    parts: impl IntoIterator<Item = Within<'_>>,
    statement: impl Fn(&mut Tx, Within<'_>) -> Result<(String, Vec<String>), Error>,
) -> Result<Vec<T>, Error>
where
    T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    let mut page: Vec<T> = Vec::new();
    for part in parts {
        let left = list.limit.saturating_sub(i64::try_from(page.len()).unwrap_or(i64::MAX));
        if left <= 0 {
            break;
        }
        let (text, values) = statement(tx, part)?;
        page.extend(sql!(tx, fetch_all, {
            let query = sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
                .bind(list.tenant)
                .bind(list.from)
                .bind(list.to)
                .bind(list.key)
                .bind(left);
            values.iter().fold(query, |query, value| query.bind(value))
        })?);
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_indexes_are_made_of_the_stretches_that_are_reckoned_with() {
        for kept in [CUSTOMERS_CALLS, LINES_CALLS, CUSTOMERS_ENTRIES] {
            let index = format!("ON {} (tenant, ({}), {}, ", kept.table, kept.stretch(), kept.owner);
            assert!(include_str!("../migrations/0044_stretches.sql").contains(&index), "{index}");
        }
    }

    #[test]
    fn an_instant_before_1970_lies_in_no_later_stretch_than_one_after() {
        let instants = [i64::MIN, -LENGTH, -1, 0, LENGTH - 1, LENGTH, i64::MAX];
        assert!(instants.map(of).is_sorted());
    }
}
