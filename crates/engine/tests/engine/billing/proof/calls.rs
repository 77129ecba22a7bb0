//! Calls against invoices and quotes.

use std::collections::BTreeMap;

use domain::money::Amount;
use domain::paper::{PaperCall, PaperLine, PaperLineKind, Usage};
use engine::billing::{self, Document};
use engine::calls::{self, Call, CallState, Disposition, Filter};
use engine::customers::Mode;
use engine::{lines, plans};
use serde_json::{Value, json};

use super::{previews, sum};
use crate::billing::stage::Stage;

/// What was called, or is billed: the sum by customer, and how often by answer and number called.
#[derive(Debug, Default, PartialEq)]
struct Called {
    sums: BTreeMap<String, Amount>,
    calls: BTreeMap<String, i64>,
}

impl Called {
    fn add(&mut self, customer: &str, amount: Amount) {
        if !amount.is_zero() {
            let sum = self.sums.entry(customer.to_owned()).or_default();
            *sum = sum.plus(amount).unwrap();
        }
    }

    fn list(&mut self, calls: &[PaperCall]) {
        for call in calls {
            *self.calls.entry(format!("{} {}", call.answered_at, call.to)).or_default() += 1;
        }
    }
}

/// Every call is on one invoice or waits for one, at what the quote says.
pub(super) async fn assert_billed_once(stage: &Stage, invoices: &[Document]) {
    let mut view = stage.world.view().await;
    let postpaid = || stage.customers.values().filter(|customer| customer.mode == Mode::Postpaid);
    let mut called = Called::default();
    for call in calls::history(&mut view, &Filter::default(), None, 100_000).await.unwrap() {
        if call.state != CallState::Rated || call.disposition != Some(Disposition::Answered) {
            continue;
        }
        assert_quoted(stage, &call).await;
        if let Some(customer) = postpaid().find(|customer| call.customer.as_ref() == Some(&customer.id)) {
            called.add(&customer.id, call.price.unwrap().total);
            *called.calls.entry(format!("{} {}", call.answered_at.unwrap(), call.to)).or_default() += 1;
        }
    }
    let mut billed = Called::default();
    for invoice in invoices {
        let calls = billing::calls(&mut view, invoice).await.unwrap();
        assert_calls_beneath(invoice, &calls);
        usages(&invoice.paper.lines).for_each(|(_, usage)| billed.add(&invoice.customer, usage.exact));
        billed.list(&calls);
    }
    for customer in postpaid() {
        for preview in previews(stage, customer).await {
            usages(&preview.paper.lines).for_each(|(_, usage)| billed.add(&customer.id, usage.exact));
            billed.list(&preview.calls);
        }
    }
    billed.sums.retain(|_, sum| !sum.is_zero());
    assert_eq!(billed, called, "what is billed or waits is what was called");
}

fn usages(lines: &[PaperLine]) -> impl Iterator<Item = (&PaperLine, Usage)> {
    lines.iter().filter_map(|line| Some((line, line.usage?)))
}

/// The calls beneath an invoice make up its lines.
fn assert_calls_beneath(invoice: &Document, calls: &[PaperCall]) {
    for (line, usage) in usages(&invoice.paper.lines) {
        let alike =
            |other: &&PaperLine| (other.kind, &other.name, &other.number) == (line.kind, &line.name, &line.number);
        // What re-rating changed has no calls of its own; two rates of tax make two lines of one name.
        if line.name.starts_with("Corrected") || invoice.paper.lines.iter().filter(alike).count() > 1 {
            continue;
        }
        let earlier = line.kind == PaperLineKind::EarlierUsage;
        let of_line = |call: &&PaperCall| {
            call.name == line.name && Some(&call.number) == line.number.as_ref() && call.earlier == earlier
        };
        let beneath: Vec<&PaperCall> = calls.iter().filter(of_line).collect();
        let found = Usage {
            calls: i64::try_from(beneath.len()).unwrap(),
            seconds: beneath.iter().map(|call| call.seconds).sum(),
            exact: sum(beneath.iter().map(|call| call.amount)),
        };
        assert_eq!(found, usage, "{:?}: {line:?}", invoice.paper.number);
    }
}

/// A call costs what the quote says; one that used included minutes, or an agent, or was rated again is told by tables.
async fn assert_quoted(stage: &Stage, call: &Call) {
    let price = call.price.as_ref().unwrap();
    let Some(version) = price.plan_version.as_ref().filter(|_| price.source != "agent" && price.source != "free")
    else {
        return;
    };
    let mut view = stage.world.view().await;
    let line = lines::get(&mut view, call.line.as_ref().unwrap()).await.unwrap();
    let answered_at = call.answered_at.unwrap();
    let held = line.plans.iter().rfind(|held| held.from <= answered_at).or(line.plans.first()).unwrap();
    let versions = plans::versions(&mut view, &held.plan).await.unwrap();
    let in_force = plans::in_force(&versions, |version| version.effective_at, answered_at).unwrap();
    if in_force.id != *version || in_force.document.included_minutes > 0 {
        return;
    }
    let mut plan = in_force.document.to_json();
    let deck = stage.decks.values().find(|(id, _)| plan["deck"] == json!(id)).map(|(_, entries)| entries.clone());
    plan["deck"] = Value::Null;
    let request = json!({
        "kind": "call", "time_zone": stage.zone.name(), "plan": plan, "deck": deck.unwrap_or(json!([])),
        "call": {"to": call.to.trim_start_matches('+'), "answered_at": answered_at.to_string(), "ended_at": call.ended_at.unwrap().to_string()},
    });
    let quote = domain::quote::answer(request.to_string().as_bytes());
    assert_eq!(quote["total"], price.total.to_text(price.currency), "{quote} for {}", call.id);
}
