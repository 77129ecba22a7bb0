//! Calls that one of the two does not take: nobody pays, nobody is paid.

use domain::call_flow::Cause;
use engine::switching::{NewPlaced, Progress};

use super::{Paid, agent, rings, rings_and_is_taken_up, rings_and_says_yes};
use crate::bench::on_both;

#[tokio::test]
async fn a_mailbox_is_neither_charged_nor_paid() {
    on_both(async |mut bench| {
        let paid = Paid::with(&mut bench, "10").await;
        let mut phones = bench.phones(2).await;
        let [customer, called] = phones.as_mut_slice() else { unreachable!() };

        let id = paid.place(&bench).await;
        rings_and_is_taken_up(customer).await;
        bench.comes_to(&id, Progress::AskingCustomer).await;
        bench.pass(19).await;
        assert_eq!(bench.status(&id).await.stage, Progress::AskingCustomer);
        bench.pass(1).await;
        customer.until("CALL_CLOSED").await;
        paid.was_for_nothing(&bench, &id, Cause::NoAnswer).await;
        assert!(!called.has_rung().await);

        let id = paid.place(&bench).await;
        rings_and_says_yes(customer).await;
        rings_and_is_taken_up(called).await;
        bench.comes_to(&id, Progress::AskingAgent).await;
        bench.pass(19).await;
        assert_eq!(bench.status(&id).await.stage, Progress::AskingAgent);
        bench.pass(1).await;
        customer.until("CALL_CLOSED").await;
        called.until("CALL_CLOSED").await;
        paid.was_for_nothing(&bench, &id, Cause::NoAnswer).await;
    })
    .await;
}

#[tokio::test]
async fn another_key_is_no_yes() {
    on_both(async |mut bench| {
        let paid = Paid::with(&mut bench, "10").await;
        let mut phones = bench.phones(2).await;
        let [customer, called] = phones.as_mut_slice() else { unreachable!() };
        let id = paid.place(&bench).await;
        rings_and_is_taken_up(customer).await;
        customer.send_digits("25").await;
        bench.pass(1).await;
        assert_eq!(bench.status(&id).await.stage, Progress::AskingCustomer);
        assert!(!called.has_rung().await);
        customer.send_digits("1").await;
        rings_and_is_taken_up(called).await;
        // The customer's 1 is not the agent's.
        customer.send_digits("1").await;
        called.send_digits("*").await;
        bench.pass(1).await;
        assert_eq!(bench.status(&id).await.stage, Progress::AskingAgent);
        called.send_digits("1").await;
        bench.talks(&id).await;
    })
    .await;
}

#[tokio::test]
async fn who_declines_or_gives_up_ends_it() {
    on_both(async |mut bench| {
        let paid = Paid::with(&mut bench, "10").await;
        let mut phones = bench.phones(2).await;
        let [customer, called] = phones.as_mut_slice() else { unreachable!() };

        // The customer declines, or hangs up without a key.
        let id = paid.place(&bench).await;
        rings(customer).await;
        customer.hang_up().await;
        paid.was_for_nothing(&bench, &id, Cause::Busy).await;
        let id = paid.place(&bench).await;
        rings_and_is_taken_up(customer).await;
        customer.hang_up().await;
        paid.was_for_nothing(&bench, &id, Cause::HungUp).await;
        assert!(!called.has_rung().await);

        // The customer gives up while the agent's phone rings, or the agent is asked.
        let id = paid.place(&bench).await;
        rings_and_says_yes(customer).await;
        rings(called).await;
        customer.hang_up().await;
        called.until("CALL_CLOSED").await;
        paid.was_for_nothing(&bench, &id, Cause::HungUp).await;
        let id = paid.place(&bench).await;
        rings_and_says_yes(customer).await;
        rings_and_is_taken_up(called).await;
        customer.hang_up().await;
        called.until("CALL_CLOSED").await;
        paid.was_for_nothing(&bench, &id, Cause::HungUp).await;

        // The agent declines, or hangs up without a key.
        let id = paid.place(&bench).await;
        rings_and_says_yes(customer).await;
        rings(called).await;
        called.hang_up().await;
        customer.until("CALL_CLOSED").await;
        paid.was_for_nothing(&bench, &id, Cause::Busy).await;
        let id = paid.place(&bench).await;
        rings_and_says_yes(customer).await;
        rings_and_is_taken_up(called).await;
        called.hang_up().await;
        customer.until("CALL_CLOSED").await;
        paid.was_for_nothing(&bench, &id, Cause::Busy).await;
    })
    .await;
}

#[tokio::test]
async fn a_phone_that_nobody_takes_up_rings_for_thirty_seconds() {
    on_both(async |mut bench| {
        let paid = Paid::with(&mut bench, "10").await;
        let mut phones = bench.phones(2).await;
        let [customer, called] = phones.as_mut_slice() else { unreachable!() };

        let id = paid.place(&bench).await;
        rings(customer).await;
        bench.comes_to(&id, Progress::CallingCustomer).await;
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        bench.pass(29).await;
        assert_eq!(bench.status(&id).await.stage, Progress::CallingCustomer);
        bench.pass(1).await;
        customer.until("CALL_CLOSED").await;
        paid.was_for_nothing(&bench, &id, Cause::NoAnswer).await;

        let id = paid.place(&bench).await;
        rings_and_says_yes(customer).await;
        rings(called).await;
        bench.comes_to(&id, Progress::Ringing).await;
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        bench.pass(29).await;
        assert_eq!(bench.status(&id).await.stage, Progress::Ringing);
        bench.pass(1).await;
        customer.until("CALL_CLOSED").await;
        called.until("CALL_CLOSED").await;
        paid.was_for_nothing(&bench, &id, Cause::NoAnswer).await;

        // The phone of the line 0003 is not registered.
        let iris = agent(&bench, "7002", "0003").await;
        let new = NewPlaced { agent: iris, ..paid.call(None) };
        let id = bench.exchange.place(&paid.actor(&bench), &new).await.unwrap().id;
        customer.until("CALL_INCOMING").await;
        customer.accept().await;
        customer.until("CALL_ESTABLISHED").await;
        bench.comes_to(&id, Progress::AskingCustomer).await;
        customer.send_digits("1").await;
        customer.until("CALL_CLOSED").await;
        paid.was_for_nothing(&bench, &id, Cause::Unreachable).await;
        assert!(!called.has_rung().await);
    })
    .await;
}
