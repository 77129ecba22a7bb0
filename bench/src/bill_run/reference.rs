//! The reference: the bulk insert of exactly the rows that a bill run has left, and the sums of the calls.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::bulk::{self, Rows};
use crate::databases::{self, Database, Kept};
use crate::figures::Result;

/// The tables that a bill run adds rows to, and which rows of them are its own.
const ADDED: [(&str, &str); 5] = [
    ("documents", "true"),
    ("entries", "kind IN ('fee', 'tax', 'rounding')"),
    ("allocations", "true"),
    ("jobs", "true"),
    ("bill_runs", "true"),
];
/// The tables of which it changes every row: in the reference they are emptied before, and the rows inserted as they are afterwards.
const CHANGED: [&str; 4] = ["billing", "accounts", "payments", "series"];
/// The sums of the month's calls, a row a line and price source. All of it is read, and nothing handed out that would cost time.
const SUMS: &str = "SELECT CAST(COUNT(*) + MAX(calls + seconds + total + tax) AS BIGINT) FROM (
        SELECT line, price_source, COUNT(*) AS calls, SUM((duration_ms + 999) / 1000) AS seconds, SUM(total) AS total,
            SUM(tax) AS tax
        FROM calls WHERE tenant = 1 AND state = 'rated' AND disposition = 'answered' GROUP BY line, price_source
    ) sums";

/// How long it takes to sum up the calls and to insert the run's rows into the database as it was before the run.
pub(super) async fn run(source: &Database, before: &Kept, scratch: &Path) -> Result<(Duration, Duration)> {
    let target = before.copy(scratch).await?;
    println!("{}: the sums and the bulk insert ...", databases::name(source.store.engine()));
    let sqlite = target.file().is_some();
    for table in CHANGED {
        target.run(&format!("{} {table}", if sqlite { "DELETE FROM" } else { "TRUNCATE" })).await?;
    }
    target.checkpoint().await?;
    let begun = Instant::now();
    let _: i64 = target.value(SUMS).await?;
    let sums = begun.elapsed();
    let added = ADDED.map(|(table, condition)| Rows { table, condition: condition.to_owned() });
    let changed = CHANGED.map(|table| Rows { table, condition: "true".to_owned() });
    let rows = [added.as_slice(), &changed].concat();
    let insert = bulk::insert(source, &target, &rows, scratch).await?;
    target.remove().await?;
    Ok((sums, insert))
}
