//! `post`: what moves, what is known, what is refused; and nothing below zero, whoever comes together.

use domain::ledger::Refused;
use engine::ledger::{self, Kind, LedgerError, Party, Posting, Verdict};

use crate::world::{World, amount, currency, on_both};

fn party(name: &str) -> Party {
    match name {
        "cash" => Party::Cash,
        "income" => Party::Income,
        "tax" => Party::Tax,
        customer => Party::Customer(customer.to_owned()),
    }
}

/// `key from > to amount`, with a `?` behind the amount where it is guarded.
fn postings(lines: &[&str]) -> Vec<Posting> {
    let posting = |line: &&str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        Posting {
            key: fields[0].to_owned(),
            kind: Kind::Adjustment,
            from: party(fields[1]),
            to: party(fields[3]),
            amount: amount(fields[4].trim_end_matches('?')),
            currency: currency("USD"),
            reference: "test".to_owned(),
            guarded: line.ends_with('?'),
            promotional: domain::money::Amount::ZERO,
        }
    };
    lines.iter().map(posting).collect()
}

async fn post(world: &World, lines: &[&str]) -> Vec<&'static str> {
    let verdicts = world.run(async |work| ledger::post(work, &postings(lines)).await).await.unwrap();
    verdicts.into_iter().map(word).collect()
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Posted => "posted",
        Verdict::Known => "known",
        Verdict::Refused(_) => "refused",
    }
}

#[tokio::test]
async fn postings_by_table() {
    on_both(async |world: World| {
        // A batch; its verdicts; what ann and bob have then.
        for (batch, verdicts, ann, bob) in [
            (&["a1 cash > ann 5"][..], &["posted"][..], "5", "0"),
            (&["a1 cash > ann 5"], &["known"], "5", "0"),
            (&["a2 ann > bob 6?", "a3 ann > bob 2?"], &["refused", "posted"], "3", "2"),
            // What was posted is known, also where it would now be refused.
            (&["a4 ann > income 3?"], &["posted"], "0", "2"),
            (&["a4 ann > income 3?", "a5 cash > ann 1", "a6 ann > tax 1?"], &["known", "posted", "posted"], "0", "2"),
            (&["a5 cash > ann 1", "a7 ann > tax 1?"], &["known", "refused"], "0", "2"),
            // The same cause twice in a batch moves money once.
            (&["a8 cash > bob 1", "a8 cash > bob 1"], &["posted", "known"], "0", "3"),
            (&["a9 bob > ann 2?", "a9 bob > ann 2?"], &["posted", "known"], "2", "1"),
            // What came in earlier in the batch can be spent in it.
            (&["b1 cash > ann 1", "b2 ann > bob 3?", "b3 bob > ann 4?"], &["posted", "posted", "posted"], "4", "0"),
            // A fact is posted whatever is there, and leaves less for those behind it.
            (&["b4 ann > income 9", "b5 ann > tax 1?", "b6 cash > bob 1"], &["posted", "refused", "posted"], "-5", "1"),
            (&[], &[], "-5", "1"),
        ] {
            assert_eq!(post(&world, batch).await, verdicts, "{batch:?}");
            assert_eq!(
                (world.balance("ann").await, world.balance("bob").await),
                (amount(ann), amount(bob)),
                "{batch:?}"
            );
            assert_eq!(world.faults().await, Vec::<String>::new(), "{batch:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_refusal_has_its_figures() {
    on_both(async |world: World| {
        post(&world, &["a cash > ann 1.50"]).await;
        let verdicts = world.run(async |work| ledger::post(work, &postings(&["b ann > tax 2?"])).await).await.unwrap();
        let (available, required) = (amount("1.50"), amount("2"));
        assert_eq!(verdicts, [Verdict::Refused(Refused::InsufficientBalance { available, required })]);
        for nonsense in [&["c ann > ann 1"], &["d ann > bob 0"], &["e ann > bob -1"]] {
            let refused = world.run(async |work| ledger::post(work, &postings(nonsense)).await).await;
            assert!(matches!(refused, Err(LedgerError::NotAPosting(_))), "{nonsense:?}");
        }
        assert_eq!(world.balance("ann").await, amount("1.50"));
    })
    .await;
}

#[tokio::test]
async fn whoever_withdraws_together_gets_no_more_than_there_is() {
    on_both(async |world: World| {
        post(&world, &["a cash > ann 10"]).await;
        let outcomes = world
            .at_once(0..64, |work, number| {
                let batch = postings(&[&format!("w{number} ann > income 1?")]);
                Box::pin(async move { ledger::post(work, &batch).await })
            })
            .await;
        let granted = outcomes.iter().filter(|outcome| outcome.as_ref().unwrap() == &[Verdict::Posted]).count();
        assert_eq!((granted, world.balance("ann").await), (10, amount("0")));
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn the_same_cause_posted_by_many_moves_money_once() {
    on_both(async |world: World| {
        post(&world, &["a cash > ann 10"]).await;
        for guarded in ["", "?"] {
            let line = format!("once{guarded} ann > bob 3{guarded}");
            let outcomes = world
                .at_once(0..24, |work, _| {
                    let batch = postings(&[&line]);
                    Box::pin(async move { ledger::post(work, &batch).await })
                })
                .await;
            let posted = outcomes.iter().filter(|outcome| outcome.as_ref().unwrap() == &[Verdict::Posted]).count();
            let known = outcomes.iter().filter(|outcome| outcome.as_ref().unwrap() == &[Verdict::Known]).count();
            assert_eq!((posted, known), (1, 23));
        }
        assert_eq!((world.balance("ann").await, world.balance("bob").await), (amount("4"), amount("6")));
        assert_eq!(world.faults().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn money_that_crosses_does_not_meet_in_a_deadlock() {
    on_both(async |world: World| {
        post(&world, &["a cash > ann 20", "b cash > bob 20"]).await;
        let outcomes = world
            .at_once(0..40, |work, number| {
                let way = if number % 2 == 0 { "ann > bob" } else { "bob > ann" };
                let guard = if number % 3 == 0 { "" } else { "?" };
                let batch = postings(&[&format!("w{number} {way} 1{guard}")]);
                Box::pin(async move { ledger::post(work, &batch).await })
            })
            .await;
        assert!(outcomes.iter().all(|outcome| outcome.as_ref().unwrap() == &[Verdict::Posted]), "{outcomes:?}");
        assert_eq!((world.balance("ann").await, world.balance("bob").await), (amount("20"), amount("20")));
    })
    .await;
}
