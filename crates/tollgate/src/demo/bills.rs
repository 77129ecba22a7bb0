//! The demo's bill runs, and what its customers do about their bills.

use anyhow::ensure;
use domain::money::Amount;
use domain::time::{Date, Zone};
use engine::billing::{self, Document, DocumentFilter, NewCreditNote};
use engine::lines::{self, LineState};
use engine::{Engine, Work};

use super::people::{BRUNO, FARID, HOSTEL, LANTERN, PEOPLE, pay};
use super::{World, actor};

/// How many days after the bill run customers pay.
const DAYS_TO_PAY: i8 = 6;
/// More than any customer of the demo has unpaid.
const MOST_UNPAID: i64 = 20;

/// Bills everybody on the first of a month; some days later customers pay, or do not. `last` is the last day of the demo's past.
pub(super) async fn of_day(engine: &Engine, world: &mut World, zone: &Zone, last: Date) -> anyhow::Result<()> {
    let today = zone.date(engine.clock().now());
    if today.day() == 1 {
        let run = billing::run(engine, &actor(), |_| {}).await?;
        ensure!(run.failed == 0, "some customers could not be billed: {:?}", run.summary.failures);
        let mut view = engine.view(&actor()).await?;
        for line in &mut world.lines {
            line.suspended = lines::get(&mut view, &line.id).await?.state == LineState::Suspended;
        }
    }
    if today.day() == 1 + DAYS_TO_PAY {
        let months_ago = months(last) - months(today);
        let mut work = engine.begin(&actor()).await?;
        for person in PEOPLE {
            settle(&mut work, world, person.reference, months_ago).await?;
        }
        work.commit().await?;
    }
    Ok(())
}

fn months(date: Date) -> i32 {
    i32::from(date.year()) * 12 + i32::from(date.month())
}

/// What a customer does about what it owes, so many months ago.
async fn settle(work: &mut Work, world: &World, reference: &str, months_ago: i32) -> anyhow::Result<()> {
    let Some(customer) = world.customer(reference) else { return Ok(()) };
    let filter = DocumentFilter { kind: "invoice", customer: Some(customer), ..DocumentFilter::default() };
    let documents = billing::page(work, &filter, MOST_UNPAID).await?;
    let unpaid: Vec<&Document> = documents.iter().filter(|document| document.is_open()).collect();
    let [newest, ..] = unpaid[..] else { return Ok(()) };
    let mut owed = Amount::ZERO;
    for document in &unpaid {
        owed = owed.plus(document.open())?;
    }
    match (reference, months_ago) {
        (FARID, _) | (BRUNO | HOSTEL, 0) => return Ok(()),
        (BRUNO, 1) => owed = Amount::parse("10.00")?,
        (HOSTEL, 2) => {
            billing::write_off(work, &newest.id, "The season was cancelled: agreed with the owner".to_owned()).await?;
            return Ok(());
        }
        (LANTERN, 1) => {
            let lines = vec![(0, Some(Amount::parse("1.50")?))];
            let reason = "The line was disturbed for two days".to_owned();
            let note = billing::credit_note(work, NewCreditNote { invoice: newest.id.clone(), lines, reason }).await?;
            owed = owed.minus(note.paper.total)?;
        }
        _ => {}
    }
    let paid_for = newest.paper.number.as_deref().unwrap_or_default();
    pay(work, customer, owed, Some(&format!("Invoice {paid_for}"))).await
}
