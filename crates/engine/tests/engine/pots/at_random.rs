//! Whatever happens in whatever order: the pots are those of a simple account of what happened, and the books are right.

use domain::money::Amount;
use engine::agents::Agent;
use engine::calls::Call;
use engine::customers::Customer;
use engine::payments::CreditKind;
use engine::refunds;
use engine::transfers::{self, NewTransfer};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::{assert_books_are_right, credit, iris, pay, pots, prepaid, record, talk};
use crate::world::{World, on_both};

#[derive(Debug, Clone)]
enum Step {
    Pay(i64),
    Promotional(i64),
    /// Of a number of seconds; to the agent or not.
    Call(i64, bool),
    /// Of one of the calls, so many cents or all that is left.
    Refund(usize, Option<i64>),
    /// To the other one.
    Transfer(i64),
    /// Something is taken by hand.
    Take(i64),
}

fn step() -> impl Strategy<Value = (usize, Step)> {
    let step = prop_oneof![
        2 => (1..400_i64).prop_map(Step::Pay),
        2 => (1..300_i64).prop_map(Step::Promotional),
        4 => (1..200_i64, any::<bool>()).prop_map(|(seconds, agent)| Step::Call(seconds, agent)),
        3 => (any::<usize>(), prop::option::of(1..300_i64)).prop_map(|(call, cents)| Step::Refund(call, cents)),
        2 => (1..300_i64).prop_map(Step::Transfer),
        1 => (1..100_i64).prop_map(Step::Take),
    ];
    (0..2_usize, step)
}

fn cents(cents: i64) -> Amount {
    Amount::from_micros(cents * 10_000)
}

/// An account of what happened, in millionths.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Purse {
    promotional: i64,
    paid: i64,
}

impl Purse {
    /// Promotional credit first; answers how much of it.
    fn spend(&mut self, amount: i64) -> i64 {
        let promotional = self.promotional.min(amount);
        self.promotional -= promotional;
        self.paid -= amount - promotional;
        promotional
    }
}

/// A call with what is left of its charge.
struct Charged {
    call: Call,
    owner: usize,
    left: i64,
    promotional: i64,
}

/// Two customers as they should be, with their calls.
struct Account<'a> {
    world: &'a World,
    agent: &'a Agent,
    customers: [(Customer, String); 2],
    purses: [Purse; 2],
    calls: Vec<Charged>,
}

impl Account<'_> {
    async fn take(&mut self, number: usize, who: usize, step: &Step) {
        let (customer, line) = &self.customers[who];
        let purse = &mut self.purses[who];
        match step {
            Step::Pay(amount) => {
                pay(self.world, customer, &cents(*amount).to_string()).await;
                purse.paid += cents(*amount).micros();
            }
            Step::Promotional(amount) => {
                credit(self.world, customer, CreditKind::Promotional, &cents(*amount).to_string()).await.unwrap();
                purse.promotional += cents(*amount).micros();
            }
            Step::Take(amount) => {
                credit(self.world, customer, CreditKind::Adjustment, &cents(-amount).to_string()).await.unwrap();
                purse.spend(cents(*amount).micros());
            }
            Step::Call(seconds, to_agent) => {
                let agent = to_agent.then_some(self.agent);
                let call = record(self.world, talk(&format!("{line}:{number}"), line, agent, *seconds)).await;
                let left = call.price.as_ref().unwrap().total.micros();
                assert_eq!(left, if *to_agent { 990_000 + seconds * 50_000 } else { seconds * 10_000 });
                let promotional = purse.spend(left);
                self.calls.push(Charged { call, owner: who, left, promotional });
            }
            Step::Refund(which, amount) => self.refund(*which, amount.map(cents)).await,
            Step::Transfer(amount) => {
                let amount = cents(*amount);
                let made = self.transfer(who, amount).await;
                assert_eq!(made, amount.micros() <= self.purses[who].paid, "{:?}", self.purses);
                if made {
                    self.purses[who].paid -= amount.micros();
                    self.purses[1 - who].paid += amount.micros();
                }
            }
        }
    }

    async fn transfer(&self, who: usize, amount: Amount) -> bool {
        let [customer, to] = [who, 1 - who].map(|who| self.customers[who].0.id.clone());
        let new = NewTransfer { customer, to, amount, currency: None, reason: "a test".into() };
        self.world.run(async |work| transfers::make(work, new).await).await.is_ok()
    }

    async fn refund(&mut self, which: usize, amount: Option<Amount>) {
        if self.calls.is_empty() {
            return;
        }
        let count = self.calls.len();
        let charged = &mut self.calls[which % count];
        let id = charged.call.id.clone();
        let made = self.world.run(async |work| refunds::make(work, &id, amount, "a test".into()).await).await;
        let asked = amount.map_or(charged.left, Amount::micros);
        assert_eq!(made.is_ok(), asked <= charged.left && charged.left > 0, "{made:?}");
        let Ok(refund) = made else { return };
        let paid = asked.min(charged.left - charged.promotional);
        assert_eq!(refund.promotional.micros(), asked - paid);
        charged.left -= asked;
        charged.promotional -= asked - paid;
        self.purses[charged.owner].paid += paid;
        self.purses[charged.owner].promotional += asked - paid;
    }

    async fn assert_pots(&self, told: &str) {
        for ((customer, _), purse) in self.customers.iter().zip(self.purses) {
            let [promotional, paid] = [purse.promotional, purse.paid].map(Amount::from_micros);
            assert_eq!(pots(self.world, customer).await, format!("{promotional} {paid}"), "{told}");
            assert!(purse.promotional >= 0);
        }
    }
}

#[tokio::test]
async fn pots_are_what_happened() {
    on_both(async |world: World| {
        let agent = iris(&world).await;
        let mut runner = TestRunner::deterministic();
        for round in 0..4 {
            let steps = prop::collection::vec(step(), 40).new_tree(&mut runner).unwrap().current();
            let lines = [1, 2].map(|number| format!("{round:02}{number:02}"));
            let customers = [prepaid(&world, &lines[0]).await, prepaid(&world, &lines[1]).await];
            let [first, second] = customers;
            let [one, two] = lines;
            let customers = [(first, one), (second, two)];
            let mut account =
                Account { world: &world, agent: &agent, customers, purses: Default::default(), calls: Vec::new() };
            for (number, (who, step)) in steps.iter().enumerate() {
                account.take(number, *who, step).await;
                account.assert_pots(&format!("{round} {number} {who} {step:?}")).await;
            }
            // All that is left is refunded: nobody has gained or lost anything by calls.
            for which in 0..account.calls.len() {
                account.refund(which, None).await;
            }
            account.assert_pots("at the end").await;
            assert_eq!(world.balance(&agent.id).await, Amount::ZERO);
            assert_books_are_right(&world).await;
        }
    })
    .await;
}
