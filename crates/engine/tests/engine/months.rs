//! Closing months, and whether it is told that one was altered.

use std::sync::Arc;

use engine::books;
use engine::customers::Customer;
use engine::months::{self, Month, MonthError};
use engine::payments::{self, CreditKind, NewCredit};
use engine::{Engine, TestClock};
use storage::Store;
use storage::months::MonthRecord;

use crate::databases::{execute, on_both_at};
use crate::world::{World, amount, at, on_both};

/// Gives a customer a credit now; its id.
async fn credit(world: &World, customer: &Customer, text: &str) -> String {
    let new = NewCredit {
        customer: customer.id.clone(),
        kind: CreditKind::Credit,
        amount: amount(text),
        currency: None,
        reason: "a gift".to_owned(),
    };
    world.run(async |work| payments::credit(work, new).await).await.unwrap().id
}

async fn close(world: &World, month: &str) -> Result<Month, MonthError> {
    months::close(&world.engine, &world.actor, month).await
}

/// February to April, with an entry in each; closed are February and March.
async fn three_months(world: &World) -> [String; 3] {
    let customer = world.customer("Acme").await;
    let mut credits = Vec::new();
    for (instant, text) in
        [("2026-03-31T23:59:59.999Z", "1.00"), ("2026-04-01T00:00:00Z", "2.00"), ("2026-05-01T00:00:00Z", "4.00")]
    {
        world.clock.move_to(at(instant));
        credits.push(credit(world, &customer, text).await);
    }
    for month in ["2026-03", "2026-04"] {
        close(world, month).await.unwrap();
    }
    credits.try_into().unwrap()
}

#[tokio::test]
async fn what_is_posted_after_a_month_was_closed_lies_after_it_whatever_the_clock_says() {
    on_both(async |world: World| {
        three_months(&world).await;
        let sealed = months::list(&mut world.view().await).await.unwrap();
        let states: Vec<_> = sealed.iter().map(|month| (month.month.as_str(), month.seal.is_some())).collect();
        assert_eq!(states, [("2026-05", false), ("2026-04", true), ("2026-03", true)]);
        let seals: Vec<_> = sealed[1..].iter().map(|month| month.seal.clone().unwrap()).collect();
        assert_eq!(seals[0].previous.as_ref(), Some(&seals[1].hash), "each is sealed together with the one before");
        assert_eq!((seals[0].entries, seals[1].entries, seals[1].previous.as_ref()), (1, 1, None));
        // The clock of another node is behind.
        let clock = TestClock::at(at("2026-04-30T23:59:00Z"));
        let engine = Engine::new(world.engine.store().clone(), Arc::new(clock.clone()));
        let world = World { engine, clock, ..world };
        let customer = world.customer("Late").await;
        let late = credit(&world, &customer, "8.00").await;
        let mut view = world.view().await;
        let entries = engine::ledger::caused_by(&mut view, &late).await.unwrap();
        assert_eq!(entries[0].posted_at, at("2026-05-01T00:00:00Z").millis());
        drop(view);
        assert_eq!(world.balance(&customer.id).await, amount("8.00"));
        assert_eq!(world.faults().await, Vec::<String>::new());
        assert_eq!(
            months::list(&mut world.view().await).await.unwrap()[0..2],
            sealed[1..],
            "by that clock it is April"
        );
    })
    .await;
}

#[tokio::test]
async fn closing_that_was_broken_off_goes_on() {
    on_both(async |world: World| {
        let customer = world.customer("Acme").await;
        credit(&world, &customer, "1.00").await;
        world.clock.move_to(at("2026-04-02T00:00:00Z"));
        let begun = MonthRecord {
            month: "2026-03".into(),
            from_at: None,
            to_at: at("2026-04-01T00:00:00Z").millis(),
            closed_at: at("2026-04-02T00:00:00Z").millis(),
            entries: None,
            sums: None,
            previous: None,
            hash: None,
        };
        let mut tx = world.engine.store().write().await.unwrap();
        storage::months::insert(&mut tx, 1, &begun).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(world.faults().await, ["month 2026-03: it is closed and not sealed: close it again"]);
        let closed = close(&world, "2026-03").await.unwrap();
        assert_eq!(closed.seal.unwrap().entries, 1);
        assert_eq!(world.faults().await, Vec::<String>::new());
        assert!(matches!(close(&world, "2026-03").await, Err(MonthError::NotClosable(_))), "it is closed once");
        let told: Vec<String> = world.changes("2026-03").await.into_iter().map(|change| change.action).collect();
        assert_eq!(told, ["month.seal"], "who begins it leaves a line of its own");
    })
    .await;
}

#[tokio::test]
async fn who_alters_a_closed_month_is_found_out() {
    on_both_at(async |store: Store, address: String| {
        let world = World::founded(store).await;
        let [first, second, third] = three_months(&world).await;
        assert_eq!(world.faults().await, Vec::<String>::new());
        let altered = |month: &str| format!("month {month}: it was altered after it was closed");
        let does_not_follow = "month 2026-04: it does not follow the month that was closed before it".to_owned();
        let copied = "SELECT tenant, 'x' || key, posted_at, kind, from_account, to_account, currency, amount, reference, customer, agent,
            promotional FROM entries";
        let columns = "tenant, key, posted_at, kind, from_account, to_account, currency, amount, reference, customer, agent, promotional";
        // What is done, undone, and told.
        let cases = [
            (
                format!("UPDATE entries SET amount = amount + 1 WHERE key LIKE '{first}/%'"),
                format!("UPDATE entries SET amount = amount - 1 WHERE key LIKE '{first}/%'"),
                vec![altered("2026-03")],
            ),
            (
                format!("UPDATE entries SET reference = 'crd_x' WHERE key LIKE '{second}/%'"),
                format!("UPDATE entries SET reference = '{second}' WHERE key LIKE '{second}/%'"),
                vec![altered("2026-04")],
            ),
            // Moved from one month to the other: neither is what it was.
            (
                format!("UPDATE entries SET posted_at = posted_at - 1 WHERE key LIKE '{second}/%'"),
                format!("UPDATE entries SET posted_at = posted_at + 1 WHERE key LIKE '{second}/%'"),
                vec![altered("2026-03"), altered("2026-04")],
            ),
            (
                format!("UPDATE entries SET key = 'y' || key WHERE key LIKE '{first}/%'"),
                format!("UPDATE entries SET key = substr(key, 2) WHERE key LIKE 'y{first}/%'"),
                vec![altered("2026-03")],
            ),
            (
                format!("INSERT INTO entries ({columns}) {copied} WHERE key LIKE '{first}/%'"),
                "DELETE FROM entries WHERE key LIKE 'x%'".to_owned(),
                vec![altered("2026-03")],
            ),
            // An open month may be wrong in other ways.
            (
                format!("UPDATE entries SET reference = 'crd_x' WHERE key LIKE '{third}/%'"),
                format!("UPDATE entries SET reference = '{third}' WHERE key LIKE '{third}/%'"),
                vec![],
            ),
            (
                "UPDATE months SET entries = 2 WHERE month = '2026-04'".to_owned(),
                "UPDATE months SET entries = 1 WHERE month = '2026-04'".to_owned(),
                vec![altered("2026-04")],
            ),
            // Who makes a new hash for a month breaks the chain to the next.
            (
                "UPDATE months SET hash = 'x' || substr(hash, 2), previous = NULL WHERE month = '2026-03'".to_owned(),
                "UPDATE months SET hash = (SELECT previous FROM months WHERE month = '2026-04') WHERE month = '2026-03'"
                    .to_owned(),
                vec![altered("2026-03"), does_not_follow.clone()],
            ),
            (
                "UPDATE months SET from_at = from_at + 1 WHERE month = '2026-04'".to_owned(),
                "UPDATE months SET from_at = from_at - 1 WHERE month = '2026-04'".to_owned(),
                vec![does_not_follow, altered("2026-04")],
            ),
            (format!("DELETE FROM entries WHERE key LIKE '{second}/%'"), String::new(), vec![altered("2026-04")]),
        ];
        for (done, undone, expected) in cases {
            is_found(&world, &address, (&done, &undone), &expected).await;
        }
    })
    .await;
}

/// What is done to the database is told of the months so, and when it is undone nothing is.
async fn is_found(world: &World, address: &str, (done, undone): (&str, &str), expected: &[String]) {
    execute(address, done).await;
    let faults = books::check(&mut world.view().await).await.unwrap().faults;
    let of_months: Vec<&String> = faults.iter().filter(|fault| fault.starts_with("month ")).collect();
    let fits = of_months.len() == expected.len()
        && of_months.iter().zip(expected).all(|(fault, expected)| fault.starts_with(expected.as_str()));
    assert!(fits, "{done}: {of_months:?}");
    if !undone.is_empty() {
        execute(address, undone).await;
        assert_eq!(world.faults().await, Vec::<String>::new(), "{undone}");
    }
}
