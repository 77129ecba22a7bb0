//! What calls come to: free minutes first, then money, and never more than there is.

use engine::allowances::{self, NewAllowance};
use engine::ledger;
use engine::switching::{NewPlaced, Progress};
use storage::ledger::EntryFilter;

use super::{Paid, agent, nobody_presses_1};
use crate::bench::{Bench, on_both};
use crate::trunks::route;
use crate::world::amount;

impl Paid {
    async fn has_free_seconds(&self, bench: &Bench, seconds: i64) {
        let (customer, agent) = (self.customer.id.clone(), Some(self.agent.clone()));
        let new = NewAllowance { customer, agent, seconds, expires_at: None, reason: "welcome".to_owned() };
        bench.world.run(async |work| allowances::grant(work, new).await).await.unwrap();
    }
}

/// The entries of a call: kind and amount, by their kinds.
async fn entries(bench: &Bench, customer: &str, call: &str) -> Vec<(String, i64)> {
    let filter = EntryFilter { customer: Some(customer), ..EntryFilter::default() };
    let entries = ledger::entries(&mut bench.world.view().await, &filter, 100).await.unwrap();
    let of_call = entries.into_iter().filter(|entry| entry.reference == call);
    let mut of_call: Vec<_> = of_call.map(|entry| (entry.kind, entry.amount)).collect();
    of_call.sort();
    of_call
}

#[tokio::test]
async fn free_minutes_are_used_up_before_the_balance() {
    on_both(async |mut bench| {
        // 0.99 + 1.50: thirty seconds after those that are free.
        let paid = Paid::with(&mut bench, "2.49").await;
        paid.has_free_seconds(&bench, 60).await;
        let mut phones = bench.phones(2).await;
        let [customer, called] = phones.as_mut_slice() else { unreachable!() };
        let id = paid.talk(&bench, customer, called).await;
        bench.pass(50).await;
        let status = bench.status(&id).await;
        assert_eq!((status.seconds, status.free_seconds, status.paid_seconds()), (50, 50, 0));
        assert_eq!((status.cost, status.remaining_seconds), (amount("0.99"), Some(40)));
        bench.pass(20).await;
        let status = bench.status(&id).await;
        assert_eq!((status.seconds, status.free_seconds, status.paid_seconds()), (70, 60, 10));
        assert_eq!((status.cost, status.remaining_seconds), (amount("1.49"), Some(20)));
        bench.pass(19).await;
        assert_eq!(bench.status(&id).await.stage, Progress::Talking);
        bench.pass(1).await;
        customer.until("CALL_CLOSED").await;
        called.until("CALL_CLOSED").await;
        let call = bench.last_call().await;
        let price = call.price.unwrap();
        assert_eq!((call.duration_ms, price.total, price.allowance_seconds), (Some(90_000), amount("2.49"), 60));
        assert_eq!(allowances::free_seconds(&mut bench.world.view().await, &paid.customer.id).await.unwrap(), 0);
        // The agent has four fifths, the tenant the rest.
        assert_eq!(bench.world.balance(&paid.customer.id).await, amount("0"));
        assert_eq!(bench.world.balance(&paid.agent).await, amount("1.992"));
        let posted = entries(&bench, &paid.customer.id, &id).await;
        assert_eq!(posted.iter().map(|(_, micros)| micros).sum::<i64>(), amount("2.49").micros(), "{posted:?}");
        assert!(posted.iter().any(|(_, micros)| *micros == amount("1.992").micros()), "{posted:?}");
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn two_calls_at_once_never_cost_more_than_there_is() {
    on_both(async |mut bench| {
        let paid = Paid::with(&mut bench, "10").await;
        bench.line_of(&paid.customer, 1, "0006").await;
        nobody_presses_1(&bench).await;
        bench.pbx.far_ends().await;
        route(&bench.world, "44", &["answer"]).await;
        let other = agent(&bench, "7002", "+442079460001").await;
        let near = agent(&bench, "7003", "0003").await;
        let mut phones = bench.phones(3).await;
        let [first, second, called] = phones.as_mut_slice() else { unreachable!() };
        let by = paid.actor(&bench);

        let one = NewPlaced { agent: near.clone(), ..paid.call(None) };
        let one = bench.exchange.place(&by, &one).await.unwrap().id;
        first.until("CALL_INCOMING").await;
        first.accept().await;
        called.until("CALL_INCOMING").await;
        called.accept().await;
        bench.talks(&one).await;
        bench.pass(20).await;
        let two = NewPlaced { agent: other.clone(), phone: Some("0006".to_owned()), ..paid.call(None) };
        let two = bench.exchange.place(&by, &two).await.unwrap().id;
        second.until("CALL_INCOMING").await;
        second.accept().await;
        bench.talks(&two).await;
        // Alone, the first would have 180 seconds.
        let mut seconds = 0;
        while bench.exchange.calls(bench.world.actor.tenant).len() == 2 && seconds < 200 {
            bench.pass(1).await;
            seconds += 1;
        }
        bench.pass(200).await;
        bench.is_quiet().await;
        let (one, two) = (bench.status(&one).await, bench.status(&two).await);
        assert!(seconds < 160, "one ends earlier because of the other: {seconds}");
        let cost = one.cost.micros() + two.cost.micros();
        let left = bench.world.balance(&paid.customer.id).await.micros();
        assert_eq!(cost + left, amount("10").micros());
        // All is used up but what is less than a second's price.
        assert!((0..amount("0.05").micros()).contains(&left), "{left} {one:?} {two:?}");
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}
