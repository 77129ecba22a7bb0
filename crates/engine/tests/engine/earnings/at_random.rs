//! Random calls, refunds and payouts: the figures are the ledger's sums, and the books are right.

use engine::figures;
use engine::ledger::{self, EntryFilter, EntryRecord};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::*;
use crate::world::{currency, on_both};

/// The sum of entries at an agent's account, without payouts.
fn earned(entries: &[EntryRecord], agent: &str, from: Instant) -> Amount {
    let earned = entries.iter().filter(|entry| entry.kind != "payout" && entry.posted_at >= from.millis());
    Amount::from_micros(earned.map(|entry| if entry.to_account == agent { entry.amount } else { -entry.amount }).sum())
}

/// How many messages a payout is for, if its sums are right.
fn messages_of(payout: &Payout) -> i64 {
    sums(payout);
    payout.paper.payout.unwrap().messages
}

#[tokio::test]
async fn figures_are_the_sums_of_the_ledger() {
    on_both(async |world: World| {
        // Which agent, what is done, how long a call is, from which line.
        let step = (0..2_usize, 0..10_u8, 1..1000_i64, 1..4_u8, any::<usize>());
        let steps = prop::collection::vec(step, 150).new_tree(&mut TestRunner::deterministic()).unwrap().current();
        let agents = [iris(&world).await, agent(&world, "Omar", json!({"share": 333})).await];
        let mut callers = Vec::new();
        for number in ["0001", "0002", "0003"] {
            callers.push(caller(&world, number).await);
        }
        let mut messages = [0; 2];
        terms(&world, 3, "5.00").await;
        let mut calls: Vec<Call> = Vec::new();
        for (hour, (agent, what, seconds, line, which)) in (1..).zip(steps) {
            let begin = at("2026-03-02T09:00:00Z").millis();
            world.clock.move_to(Instant::from_millis(begin + hour * 19 * 3_600_000).unwrap());
            let (number, agent) = (agent, &agents[agent]);
            match what {
                3 | 4 => {
                    write(&world, &callers[which % 3], agent).await;
                    messages[number] += 1;
                }
                0 if !calls.is_empty() => refund(&world, &calls.swap_remove(which % calls.len())).await,
                1 => drop(pay(&world, agent).await),
                2 => drop(settle(&world).await),
                _ => calls.push(talk(&world, agent, &format!("000{line}"), seconds).await),
            }
        }
        for (agent, messages) in agents.iter().zip(messages) {
            let figures = figures::of_agent(&mut world.view().await, &agent.id).await.unwrap();
            let filter = EntryFilter { agent: Some(&agent.id), ..EntryFilter::default() };
            let entries = ledger::entries(&mut world.view().await, &filter, 10_000).await.unwrap();
            for sums in [&figures.today, &figures.week, &figures.month, &figures.all] {
                let shown = sums.earnings.iter().find(|(code, _)| *code == currency("USD"));
                let shown = shown.map_or(Amount::ZERO, |(_, amount)| *amount);
                assert_eq!(shown, earned(&entries, &agent.id, sums.from), "since {}", sums.from);
            }
            assert_eq!(figures.all.messages, messages);
            // Every payout was of what was there, and what was not paid is there.
            let all = paid::page(&mut world.view().await, Some(&agent.id), None, 1000).await.unwrap();
            assert!(all.len() > 3, "{} payouts", all.len());
            assert_each_carries_over(&all);
            let told: Vec<i64> = all.iter().map(messages_of).collect();
            assert!(told.iter().sum::<i64>() <= messages && told.iter().any(|told| *told > 0), "{told:?}");
            let paid: Amount = all.iter().map(|payout| payout.amount).sum::<Option<Amount>>().unwrap();
            let whole = earned(&entries, &agent.id, Instant::FIRST);
            assert_eq!(world.balance(&agent.id).await, whole.minus(paid).unwrap());
        }
        assert_books_are_right(&world).await;
    })
    .await;
}
