//! Bill runs beside each other, beside calls and payments, and broken off.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use engine::billing;
use engine::calls::{self, Direction, Disposition, FinishedCall, Payer};
use engine::customers::{self, Details, Mode, NewCustomer};
use engine::lines::{self, NewLine};
use engine::payments::{self, Method, NewPayment};
use futures::future::join_all;
use storage::Store;

use super::proof::assert_bills_are_right;
use super::script::{Part, sections};
use super::stage::Stage;
use super::tables::documents;
use crate::databases;
use crate::world::{amount, at};

/// A stage on which these steps were done.
async fn played(store: Store, steps: &str) -> Stage {
    let section = sections("here", &format!("## Steps\n```steps\n{steps}\n```\n")).remove(0);
    let mut steps = section.parts.iter().map(|part| match part {
        Part::Step(step) => step,
        Part::Table(_) => panic!("no table here"),
    });
    let mut stage = Stage::begin(store, steps.next().unwrap(), "Europe/London").await;
    for step in steps {
        stage.play(step).await;
    }
    stage
}

/// So many customers, each with a line on the plan Basic since the year began.
async fn many(store: Store, count: usize) -> Stage {
    let steps = "begin 2026-01-01T00:00 Europe/London GBP\nplan Basic {\"monthly_fee\": \"10.00\"}";
    let mut stage = played(store, steps).await;
    let opened = stage
        .world
        .at_once(0..count, |work, place| {
            Box::pin(async move {
                let details = Details { organisation: Some(format!("Customer {place}")), ..Details::default() };
                let mode = Mode::Postpaid;
                let new = NewCustomer { details, external_reference: None, mode, currency: None, credit_limit: None };
                let customer = customers::create(work, new).await.unwrap();
                let (number, plan) = (format!("{place:04}"), "Basic".to_owned());
                lines::open(work, NewLine { customer: customer.id.clone(), number, plan, opened_at: None }).await?;
                Ok::<_, lines::LineError>((place, customer))
            })
        })
        .await;
    for (place, customer) in opened.into_iter().map(Result::unwrap) {
        stage.customers.insert(format!("Customer {place}"), customer);
    }
    stage
}

async fn assert_each_has_three_invoices(stage: &Stage) {
    let invoices = documents(stage, "invoice").await;
    assert_eq!(invoices.len(), 3 * stage.customers.len());
    for customer in stage.customers.values() {
        let periods = invoices.iter().filter(|invoice| invoice.customer == customer.id).map(|invoice| invoice.period());
        let periods: Vec<String> = periods.map(|period| period.unwrap().from().to_string()).collect();
        assert_eq!(periods, ["2026-01-01", "2026-02-01", "2026-03-01"], "one by one, the oldest first");
    }
    assert_bills_are_right(stage).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_runs_at_once_bill_everybody_once() {
    databases::on_both(async |store| {
        let stage = many(store, 120).await;
        stage.world.clock.move_to(at("2026-04-01T00:00:00Z"));
        let runs: Vec<_> = (0..8)
            .map(|_| {
                let (engine, actor) = (stage.world.engine.clone(), stage.world.actor.clone());
                tokio::spawn(async move { billing::run(&engine, &actor, |_| {}).await.unwrap() })
            })
            .collect();
        let runs: Vec<_> = join_all(runs).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(runs.iter().map(|run| run.failed).sum::<i64>(), 0, "{runs:?}");
        assert_eq!(runs.iter().map(|run| run.issued).sum::<i64>(), 360, "{runs:?}");
        assert_each_has_three_invoices(&stage).await;
    })
    .await;
}

/// What a future comes to, unless it has to be polled more often than that: then it is dropped where it is.
async fn polled<T>(most: usize, future: impl Future<Output = T>) -> Option<T> {
    let (mut future, mut left) = (Box::pin(future), most);
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

/// H103 of the hostile inputs.
#[tokio::test]
async fn a_run_that_is_broken_off_anywhere_is_gone_on_with() {
    databases::on_both(async |store| {
        let stage = many(store, 120).await;
        stage.world.clock.move_to(at("2026-04-01T00:00:00Z"));
        let mut broken_off = 0;
        let done = loop {
            let run = billing::run(&stage.world.engine, &stage.world.actor, |_| {});
            match polled(3 * (1 + broken_off), run).await {
                Some(run) => break run.unwrap(),
                None => broken_off += 1,
            }
        };
        assert_eq!(done.failed, 0);
        assert!(broken_off > 2, "broken off {broken_off} times");
        assert_each_has_three_invoices(&stage).await;
    })
    .await;
}

fn call(number: usize, ended_at: &str) -> FinishedCall {
    let ended_at = at(ended_at).plus_millis(i64::try_from(number).unwrap() * 1000).unwrap();
    let answered_at = ended_at.plus_millis(-61_000).unwrap();
    FinishedCall {
        origin: format!("test:at-once:{number}"),
        direction: Direction::Outbound,
        payer: Payer::Number(format!("{:04}", number % 10)),
        from: format!("{:04}", number % 10),
        to: format!("+4420794{number:05}"),
        agent: None,
        account_code: None,
        link: None,
        started_at: Some(answered_at),
        answered_at: Some(answered_at),
        ended_at,
        disposition: Disposition::Answered,
        cause: None,
    }
}

/// Calls of January and of February are recorded, and payments come in, while January is billed.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_and_payments_beside_a_run_are_billed_and_settle_once() {
    databases::on_both(async |store| {
        let stage = many(store, 10).await;
        let (world, customers) = (&stage.world, &stage.customers);
        // Five minutes around midnight: the clock of whoever runs the bill run shows twenty to one.
        world.clock.move_to(at("2026-02-01T00:20:00Z"));
        let calls = world.at_once(0..320_usize, |work, number| {
            let made = call(number, "2026-01-31T23:57:20Z");
            Box::pin(async move { calls::record(work, made).await })
        });
        let payments = world.at_once(0..60_usize, |work, number| {
            let customer = customers[&format!("Customer {}", number % 10)].id.clone();
            Box::pin(async move {
                let new = NewPayment {
                    customer,
                    amount: amount("3.00"),
                    currency: None,
                    method: Method::Cash,
                    reference: None,
                    received_at: None,
                    invoice: None,
                };
                payments::record(work, new).await
            })
        });
        let run = async {
            tokio::time::sleep(Duration::from_millis(40)).await;
            billing::run(&world.engine, &world.actor, |_| {}).await.unwrap()
        };
        let (calls, payments, run) = tokio::join!(calls, payments, run);
        assert!(calls.iter().all(Result::is_ok) && payments.iter().all(Result::is_ok));
        assert_eq!((run.issued, run.failed), (10, 0));
        assert_bills_are_right(&stage).await;
        world.clock.move_to(at("2026-03-01T00:00:00Z"));
        assert_eq!(billing::run(&world.engine, &world.actor, |_| {}).await.unwrap().issued, 10);
        assert_bills_are_right(&stage).await;
        let billed = documents(&stage, "invoice").await;
        let usages = billed.iter().flat_map(|invoice| &invoice.paper.lines).filter_map(|line| line.usage);
        assert_eq!(usages.map(|usage| usage.calls).sum::<i64>(), 320, "every call is on an invoice");
    })
    .await;
}
