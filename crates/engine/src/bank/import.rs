//! An import: the file is kept, its rows waiting; then each that points to somebody is taken.

use std::sync::Arc;

use domain::bank::Assignment;
use serde_json::json;
use storage::bank::{FileRecord, RowRecord};

use super::payers::Owed;
use super::read::{self, Draft, Statement};
use super::{BankError, BankFile, BankRow, RowDoubt, RowState, decide, file};
use crate::tenants;
use crate::{Actor, Engine, Scope, Work, fields};

/// Imports a file: a camt.053, or a CSV file with the columns that the settings name. What is on record already is passed over, so that the same
/// file may come again.
///
/// # Errors
/// It cannot be read as a whole, or the database does not do it. What was taken by then stays so, and the rest waits.
pub async fn import(engine: &Engine, actor: &Actor, name: String, bytes: &[u8]) -> Result<BankFile, BankError> {
    let name = fields::required("/name", name, 200)?;
    let settings = tenants::get(&mut engine.view(actor).await?).await?.settings;
    let statement = Arc::new(read::read(bytes, &settings)?);
    let kept = engine.run(actor, move |work| {
        let (name, statement) = (name.clone(), statement.clone());
        Box::pin(async move { keep(work, name, Statement::clone(&statement)).await })
    });
    let (id, rows) = kept.await?;
    let mut owed = Owed::load(&mut engine.view(actor).await?).await?;
    for row in rows {
        let assignment = owed.assign(&mut engine.view(actor).await?, &row).await?;
        if let Some(customer) = settle(engine, actor, &row, assignment).await? {
            owed.refresh(&mut engine.view(actor).await?, &customer).await?;
        }
    }
    file(&mut engine.view(actor).await?, &id).await
}

/// Keeps the file and those of its rows that are new; answers these.
async fn keep(work: &mut Work, name: String, statement: Statement) -> Result<(String, Vec<BankRow>), BankError> {
    let (tenant, now) = (work.tenant(), work.now());
    let record = FileRecord {
        id: work.id("bnf"),
        name,
        format: statement.format.to_owned(),
        received: i64::try_from(statement.rows.len()).unwrap_or(i64::MAX),
        outgoing: statement.outgoing,
        unbooked: statement.unbooked,
        rejects: json!(statement.rejects).to_string(),
        imported_at: now.millis(),
        imported_by: work.actor.name.clone(),
    };
    let rows: Vec<RowRecord> =
        statement.told_apart().into_iter().map(|row| waiting(work.id("bnr"), &record.id, row)).collect();
    storage::bank::insert_file(&mut work.tx, tenant, &record).await?;
    let new: std::collections::HashSet<String> =
        storage::bank::insert_rows(&mut work.tx, tenant, &rows).await?.into_iter().collect();
    let rows = rows.into_iter().filter(|row| new.contains(&row.origin)).map(BankRow::of).collect::<Result<_, _>>()?;
    let imported = file(work, &record.id).await?;
    work.audit("bank_file.import", &record.id, None, Some(&imported)).await?;
    Ok((record.id, rows))
}

fn waiting(id: String, file: &str, (origin, draft): (String, Draft)) -> RowRecord {
    RowRecord {
        id,
        file: file.to_owned(),
        origin,
        position: draft.place,
        booked_on: draft.booked_on.to_string(),
        currency: draft.currency.code().to_owned(),
        amount: draft.amount.micros(),
        payer: draft.payer,
        account: draft.account,
        text: draft.text,
        state: RowState::Waiting.name().to_owned(),
        doubt: None,
        customer: None,
        payment: None,
        note: None,
        decided_at: None,
        decided_by: None,
        version: 1,
    }
}

/// Takes a row whose customer is known, and notes of any other why it waits; answers the customer.
async fn settle(
    engine: &Engine,
    actor: &Actor,
    row: &BankRow,
    assignment: Assignment,
) -> Result<Option<String>, BankError> {
    let doubt = match assignment {
        Assignment::Doubtful(doubt, _) => RowDoubt::from(doubt),
        Assignment::Sure(candidate) => {
            let (id, customer) = (row.id.clone(), candidate.customer.clone());
            let invoice = candidate.invoice.map(|invoice| invoice.id);
            let taken = engine.run(actor, move |work| {
                let (id, customer, invoice) = (id.clone(), customer.clone(), invoice.clone());
                Box::pin(async move { decide::take_if_waiting(work, &id, customer, invoice).await })
            });
            match taken.await {
                Ok(()) => return Ok(Some(candidate.customer)),
                Err(error) if storage::FromStorage::storage_error(&error).is_some() => return Err(error),
                Err(_) => RowDoubt::Refused,
            }
        }
    };
    let id = row.id.clone();
    engine
        .run(actor, move |work| {
            let id = id.clone();
            Box::pin(async move { decide::doubt(work, &id, doubt).await })
        })
        .await?;
    Ok(None)
}
