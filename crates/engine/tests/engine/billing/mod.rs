//! Bills: from what is recorded to what is paid.

use domain::paper::PaperLineKind;
use engine::billing::{self, BillRun, Document, DocumentFilter};
use engine::calls::{self, Direction, Disposition, FinishedCall, Payer};
use engine::customers::Customer;
use serde_json::json;

use crate::world::{World, at, on_both};

mod at_once;
mod cases;
mod delivery;
mod first;
mod late;
mod notes;
mod proof;
mod script;
mod stage;
mod tables;

/// Runs the bill run at an instant.
pub(crate) async fn run_at(world: &World, instant: &str) -> BillRun {
    world.clock.move_to(at(instant));
    billing::run(&world.engine, &world.actor, |_| {}).await.unwrap()
}

/// A customer's invoices, the oldest first.
pub(crate) async fn invoices(world: &World, customer: &Customer) -> Vec<Document> {
    let filter = DocumentFilter { kind: "invoice", customer: Some(&customer.id), ..DocumentFilter::default() };
    let mut invoices = billing::page(&mut world.view().await, &filter, 100).await.unwrap();
    invoices.reverse();
    invoices
}

/// What stands on an invoice, a line of text a line.
pub(crate) fn shown(invoice: &Document) -> Vec<String> {
    let paper = &invoice.paper;
    let period = paper.period.map_or(String::new(), |period| period.to_string());
    let mut rows = vec![format!("{} {period}", paper.number.clone().unwrap_or_default())];
    for line in &paper.lines {
        let kind = match line.kind {
            PaperLineKind::Fee => "fee",
            PaperLineKind::Item => "item",
            PaperLineKind::Usage => "usage",
            PaperLineKind::EarlierUsage => "earlier",
            PaperLineKind::Credit => "credit",
            PaperLineKind::Payment => "payment",
        };
        let number = line.number.clone().unwrap_or_default();
        let share = line.share.map_or(String::new(), |share| format!(" {}/{}", share.part, share.of));
        let usage = line.usage.map_or(String::new(), |usage| format!(" {} calls {} s", usage.calls, usage.seconds));
        let included = line.included.map_or(String::new(), |of| format!(" {} of {} s included", of.used, of.of));
        rows.push(format!("{kind} {number} {}{share}{usage}{included} {}", line.name, line.amount));
    }
    for tax in &paper.taxes {
        rows.push(format!("tax {} on {} {}", tax.name, tax.net, tax.tax));
    }
    for settled in &paper.settled {
        rows.push(format!("settled {} {}", settled.kind, settled.amount));
    }
    rows.push(format!("total {} due {} {}", paper.total, paper.due, invoice.state.name()));
    rows
}

/// Records an answered call from a number.
pub(crate) async fn call(world: &World, from: &str, answered_at: &str, seconds: i64) {
    let answered_at = at(answered_at);
    let ended_at = answered_at.plus_millis(seconds * 1000).unwrap();
    let call = FinishedCall {
        origin: format!("test:{from}:{}", answered_at.millis()),
        direction: Direction::Outbound,
        payer: Payer::Number(from.to_owned()),
        from: from.to_owned(),
        to: "+442079460000".to_owned(),
        agent: None,
        account_code: None,
        link: None,
        started_at: Some(answered_at),
        answered_at: Some(answered_at),
        ended_at,
        disposition: Disposition::Answered,
        cause: None,
    };
    world.run(async |work| calls::record(work, call).await).await.unwrap();
}
