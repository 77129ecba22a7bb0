use domain::money::Currency;
use domain::plan::Plan;
use domain::time::Instant;
use engine::customers::{self, Details, Mode, NewCustomer};
use engine::lines::{self, NewLine};
use engine::{Actor, Engine, Work, decks, plans};
use serde_json::{Value, json};
use storage::Store;

use crate::figures::Result;
use crate::generate::{self, Prefixes};
use crate::rating::three_windows;
use crate::world;

/// How many customers there are, each with one line.
pub(crate) const PAYERS: usize = 1_000;
/// Customers of one transaction.
const CHUNK: usize = 100;
/// When the lines were opened: before any call.
const OPENED_AT: &str = "2020-01-01T00:00:00Z";

/// A telephone company with [`PAYERS`] customers on three plans: a flat one, one with discount periods, one with a large deck.
pub(super) async fn found(store: &Store, prefixes: &Prefixes) -> Result<(Engine, Actor)> {
    let (engine, actor) = world::found(store, world::settings()?).await?;
    let mut work = engine.begin(&actor).await?;
    let sheet = decks::read_csv(generate::deck_csv(prefixes, 1).as_bytes())?;
    let (deck, _) = decks::create(&mut work, "World".to_owned(), Currency::parse("USD")?, Some(&sheet)).await?;
    let mut plans = Vec::new();
    for document in [
        json!({"name": "Flat"}),
        json!({"name": "Evenings and weekends", "discount_periods": three_windows()}),
        json!({"name": "World", "discount_periods": three_windows(), "deck": deck.id}),
    ] {
        plans.push(create_plan(&mut work, document).await?);
    }
    work.commit().await?;
    for chunk in (0..PAYERS).collect::<Vec<_>>().chunks(CHUNK) {
        let mut work = engine.begin(&actor).await?;
        for payer in chunk {
            move_in(&mut work, *payer, &plans[payer % plans.len()]).await?;
        }
        work.commit().await?;
    }
    Ok((engine, actor))
}

/// Makes a plan of 0.05 a minute: its id.
async fn create_plan(work: &mut Work, mut document: Value) -> Result<String> {
    document["currency"] = json!("USD");
    document["rate"] = json!({"price_per_minute": "0.05"});
    let plan = Plan::read(document.to_string().as_bytes())?;
    Ok(plans::create(work, plan).await?.0.id)
}

async fn move_in(work: &mut Work, payer: usize, plan: &str) -> Result<()> {
    let reference = generate::account_code(payer);
    let new = NewCustomer {
        details: Details { organisation: Some(format!("Customer {payer}")), ..Details::default() },
        external_reference: Some(reference),
        mode: Mode::Postpaid,
        currency: None,
        credit_limit: None,
    };
    let customer = customers::create(work, new).await?.id;
    let number = generate::line_number(payer);
    lines::open(work, NewLine { customer, number, plan: plan.to_owned(), opened_at: Some(Instant::parse(OPENED_AT)?) })
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use storage::Engine::Sqlite;

    use super::*;
    use crate::databases::Database;

    #[tokio::test]
    async fn every_payer_has_a_line() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let database = Database::fresh(Sqlite, folder.path()).await?;
        found(&database.store, &Prefixes::of(100)).await?;
        let lines: i64 = database.value("SELECT COUNT(*) FROM lines").await?;
        assert_eq!(usize::try_from(lines)?, PAYERS);
        database.remove().await
    }
}
