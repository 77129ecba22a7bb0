//! Voucher codes.

use domain::invalid::Invalid;
use domain::money::Amount;
use domain::time::Instant;
use engine::customers::{self, Customer, CustomerState, CustomerUpdate};
use engine::ledger;
use engine::payments::{self, Method, NewPayment, Payment};
use engine::vouchers::{self, Batch, NewBatch, Refusal, VoucherError};
use engine::{Actor, Clock, Reach, Role};
use storage::ledger::EntryFilter;
use storage::persons::{self, Subject};

use crate::world::{BEGIN, World, amount, at, currency, on_both};

fn ten(count: i64) -> NewBatch {
    NewBatch { name: " Kiosks ".into(), amount: amount("10.00"), currency: None, count, expires_at: None }
}

async fn make(world: &World, new: NewBatch) -> Result<(Batch, Vec<String>), VoucherError> {
    world.run(async |work| vouchers::make(work, new).await).await
}

/// Redeems a code, as the program does: what is written is kept, whether the code is refused or not.
async fn redeem(world: &World, customer: &Customer, code: &str) -> Result<Payment, Refusal> {
    world.run(async |work| vouchers::redeem(work, &customer.id, code).await).await.unwrap()
}

async fn shown(world: &World, batch: &Batch) -> Batch {
    vouchers::get(&mut world.view().await, &batch.id).await.unwrap()
}

fn pass(world: &World, millis: i64) {
    world.clock.move_to(Instant::clamped(world.clock.now().millis() + millis));
}

#[tokio::test]
async fn a_redeemed_voucher_is_a_payment() {
    on_both(async |world: World| {
        let (batch, codes) = make(&world, ten(3)).await.unwrap();
        assert_eq!((batch.name.as_str(), batch.currency, codes.len()), ("Kiosks", currency("USD"), 3));
        let made = &world.changes(&batch.id).await[0];
        assert!(
            made.action == "voucher_batch.make"
                && !codes.iter().any(|code| made.after.as_deref().unwrap().contains(code))
        );
        let (ida, acme) = (world.prepaid_customer("Ida").await, world.customer("Acme").await);
        let typed = codes[0].to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        let paid = redeem(&world, &ida, &typed).await.unwrap();
        assert_eq!((paid.method, paid.amount, paid.received_at), (Method::Voucher, amount("10"), at(BEGIN)));
        assert!(codes[0].ends_with(paid.reference.as_deref().unwrap()));
        let later = redeem(&world, &acme, &codes[2]).await.unwrap();
        assert_eq!((world.balance(&ida.id).await, world.balance(&acme.id).await), (amount("10"), amount("10")));
        assert_eq!((paid.unspent, later.unspent), (Amount::ZERO, amount("10")), "a postpaid one's settles invoices");
        let mut view = world.view().await;
        let filter = EntryFilter { customer: Some(&ida.id), ..EntryFilter::default() };
        let entries = ledger::entries(&mut view, &filter, 9).await.unwrap();
        assert_eq!((entries[0].from_account.as_str(), entries[0].kind.as_str()), ("vouchers", "payment"));
        let listed = vouchers::vouchers(&mut view, &batch.id, 0, 9).await.unwrap();
        let by: Vec<_> = listed.iter().map(|voucher| (voucher.position, voucher.redeemed_by.as_deref())).collect();
        assert_eq!(by, [(1, Some(ida.id.as_str())), (2, None), (3, Some(acme.id.as_str()))]);
        assert_eq!((&listed[0].payment, listed[0].redeemed_at), (&Some(paid.id.clone()), Some(at(BEGIN))));
        assert_eq!(vouchers::vouchers(&mut view, &batch.id, 2, 9).await.unwrap(), listed[2..]);
        drop(view);
        assert_eq!(shown(&world, &batch).await, Batch { redeemed: 2, ..batch.clone() });
        assert_eq!(world.changes(&batch.id).await[0].action, "voucher.redeem");
        assert_eq!(world.changes(&paid.id).await[0].action, "payment.record");
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn what_makes_no_batch_and_no_payment() {
    on_both(async |world: World| {
        let ended = Some(at(BEGIN));
        for (new, place) in [
            (NewBatch { name: " ".into(), ..ten(1) }, "/name"),
            (NewBatch { name: "x".repeat(201), ..ten(1) }, "/name"),
            (NewBatch { amount: Amount::ZERO, ..ten(1) }, "/amount"),
            (NewBatch { amount: amount("0.005"), ..ten(1) }, "/amount"),
            (NewBatch { amount: amount("0.50"), currency: Some(currency("JPY")), ..ten(1) }, "/amount"),
            (ten(0), "/count"),
            (ten(1001), "/count"),
            (NewBatch { expires_at: ended, ..ten(1) }, "/expires_at"),
        ] {
            let refused = make(&world, new.clone()).await;
            assert!(
                matches!(&refused, Err(VoucherError::Invalid(Invalid { pointer, .. })) if pointer == place),
                "{new:?}: {refused:?}"
            );
        }
        assert_eq!(vouchers::page(&mut world.view().await, None, 9).await.unwrap(), []);
        let (_, codes) = make(&world, ten(1000)).await.unwrap();
        assert_eq!(codes.len(), 1000);
        let acme = world.customer("Acme").await;
        let by_hand = NewPayment {
            customer: acme.id.clone(),
            amount: amount("10"),
            currency: None,
            method: Method::Voucher,
            reference: None,
            received_at: None,
            invoice: None,
        };
        let refused = world.run(async |work| payments::record(work, by_hand).await).await.unwrap_err();
        assert!(refused.to_string().starts_with("/method"), "{refused}");
        let nobody = world.run(async |work| vouchers::redeem(work, "cus_none", &codes[0]).await).await;
        assert!(matches!(nobody, Err(VoucherError::Customer(_))), "{nobody:?}");
        let reach = Reach::Own { customers: vec![acme.id], agent: None };
        let own = Actor { roles: Role::Customer.into(), reach, ..world.actor.clone() };
        let stranger = world.prepaid_customer("Ida").await.id;
        let mut theirs = world.engine.begin(&own).await.unwrap();
        assert!(matches!(vouchers::redeem(&mut theirs, &stranger, &codes[0]).await, Err(VoucherError::Customer(_))));
        assert_eq!(vouchers::page(&mut theirs, None, 9).await.unwrap(), [], "batches are the staff's");
    })
    .await;
}

#[tokio::test]
async fn why_a_code_is_refused() {
    on_both(async |world: World| {
        let (ida, acme) = (world.prepaid_customer("Ida").await, world.customer("Acme").await);
        let (used, codes) = make(&world, ten(2)).await.unwrap();
        redeem(&world, &ida, &codes[0]).await.unwrap();
        let until = Some(at("2026-03-02T09:00:01Z"));
        let (_, short) = make(&world, NewBatch { expires_at: until, ..ten(2) }).await.unwrap();
        redeem(&world, &ida, &short[0]).await.unwrap();
        pass(&world, 1000);
        let (revoked, dead) = make(&world, ten(1)).await.unwrap();
        let after = world.run(async |work| vouchers::revoke(work, &revoked.id).await).await.unwrap();
        assert_eq!(after.revoked_at, Some(at("2026-03-02T09:00:01Z")));
        for (id, known) in [(&revoked.id, true), (&"vba_none".to_owned(), false)] {
            let again = world.run(async |work| vouchers::revoke(work, id).await).await;
            assert_eq!(matches!(again, Err(VoucherError::Revoked(_))), known, "{again:?}");
        }
        let euro = NewBatch { currency: Some(currency("EUR")), ..ten(1) };
        let (_, euros) = make(&world, euro).await.unwrap();
        let (_, foreign) = make(&world.neighbour().await, ten(1)).await.unwrap();
        for (customer, code, refusal) in [
            (&ida, codes[0].as_str(), Refusal::Used { at: at(BEGIN) }),
            (&acme, &codes[0], Refusal::Unknown),
            (&acme, &short[0], Refusal::Unknown),
            (&acme, &foreign[0], Refusal::Unknown),
            (&acme, &codes[1][1..], Refusal::Mistyped),
            (&acme, "", Refusal::Mistyped),
            (&acme, &short[1], Refusal::Expired { at: at("2026-03-02T09:00:01Z") }),
            (&acme, &dead[0], Refusal::Revoked),
            (&acme, &euros[0], Refusal::WrongCurrency { given: currency("EUR"), currency: currency("USD") }),
        ] {
            assert_eq!(redeem(&world, customer, code).await, Err(refusal), "{code}");
        }
        world.run(async |work| vouchers::revoke(work, &used.id).await).await.unwrap();
        assert_eq!(redeem(&world, &acme, &codes[1]).await, Err(Refusal::Revoked));
        assert_eq!(world.balance(&ida.id).await, amount("20"), "what was redeemed before stays");
        let update =
            CustomerUpdate { details: acme.details.clone(), external_reference: None, state: CustomerState::Closed };
        world.run(async |work| customers::update(work, &acme.id, update, acme.version).await).await.unwrap();
        let (_, more) = make(&world, ten(1)).await.unwrap();
        assert_eq!(redeem(&world, &acme, &more[0]).await, Err(Refusal::Closed(acme.id.clone())));
        assert_eq!(world.balance(&acme.id).await, Amount::ZERO);
    })
    .await;
}

#[tokio::test]
async fn a_voucher_is_redeemed_once_whoever_tries_at_once() {
    on_both(async |world: World| {
        let mut all = Vec::new();
        for name in ["Ada", "Bea", "Cai", "Dan"] {
            all.push(world.prepaid_customer(name).await.id);
        }
        let (batch, codes) = make(&world, ten(2)).await.unwrap();
        for code in &codes {
            let tries = (0..32).map(|n| (all[n % 4].clone(), code.clone()));
            let outcomes = world
                .at_once(tries, |work, (customer, code)| {
                    Box::pin(async move { vouchers::redeem(work, &customer, &code).await })
                })
                .await;
            let redeemed: Vec<Payment> = outcomes.into_iter().filter_map(|outcome| outcome.unwrap().ok()).collect();
            assert_eq!(redeemed.len(), 1, "{redeemed:?}");
            let paid = payments::page(&mut world.view().await, Some(&redeemed[0].customer), None, 9).await.unwrap();
            assert!(paid.contains(&redeemed[0]));
            pass(&world, 900_000);
        }
        let mut sum = Amount::ZERO;
        for customer in &all {
            sum = sum.plus(world.balance(customer).await).unwrap();
        }
        assert_eq!((sum, shown(&world, &batch).await.redeemed), (amount("20"), 2));
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn ten_thousand_guesses_do_not_get_through_and_cost_one_row() {
    on_both(async |world: World| {
        let ida = world.prepaid_customer("Ida").await;
        let (_, codes) = make(&world, ten(2)).await.unwrap();
        // Well-formed, and of no voucher here.
        let (_, guesses) = make(&world.neighbour().await, ten(1000)).await.unwrap();
        let mut tries: Vec<String> = guesses.iter().cycle().take(10_000).cloned().collect();
        tries.iter_mut().skip(5).step_by(7).for_each(|guess| guess.truncate(18));
        // The right one among them, when ten have been wrong: it is refused, too.
        tries[5_000].clone_from(&codes[0]);
        let id = ida.id.clone();
        let outcomes = world
            .at_once(tries, move |work, guess| {
                let id = id.clone();
                Box::pin(async move { vouchers::redeem(work, &id, &guess).await })
            })
            .await;
        let looked_at = outcomes
            .iter()
            .filter(|outcome| !matches!(outcome, Ok(Err(Refusal::TooMany { retry_after_seconds: 900 }))));
        let looked_at: Vec<_> = looked_at.collect();
        assert!(looked_at.iter().all(|outcome| matches!(outcome, Ok(Err(Refusal::Unknown | Refusal::Mistyped)))));
        assert_eq!(looked_at.len(), 10, "however many try at once");
        let mut tx = world.engine.store().write().await.unwrap();
        let of = Subject::Customer(&ida.id);
        let fate = persons::fates(of).into_iter().find(|(table, _)| *table == "voucher_tries").unwrap();
        assert_eq!(persons::count(&mut tx, 1, of, fate).await.unwrap(), 1);
        drop(tx);

        let refused = |retry_after_seconds| Err(Refusal::TooMany { retry_after_seconds });
        pass(&world, 899_001);
        assert_eq!(redeem(&world, &ida, &codes[0]).await, refused(1));
        let acme = world.customer("Acme").await;
        redeem(&world, &acme, &codes[1]).await.expect("another customer has tried nothing");
        pass(&world, 999);
        redeem(&world, &ida, &codes[0]).await.unwrap();
        assert_eq!(world.balance(&ida.id).await, amount("10"));
    })
    .await;
}

#[tokio::test]
async fn the_window_moves_on_with_each_wrong_code_and_what_is_refused_otherwise_does_not_count() {
    on_both(async |world: World| {
        let ida = world.prepaid_customer("Ida").await;
        let (_, codes) = make(&world, ten(3)).await.unwrap();
        redeem(&world, &ida, &codes[0]).await.unwrap();
        for _ in 0..20 {
            assert!(matches!(redeem(&world, &ida, &codes[0]).await, Err(Refusal::Used { .. })));
        }
        for _ in 0..10 {
            assert_eq!(redeem(&world, &ida, "0000").await, Err(Refusal::Mistyped));
            pass(&world, 60_000);
        }
        let wait = |retry_after_seconds| Err(Refusal::TooMany { retry_after_seconds });
        assert_eq!(redeem(&world, &ida, &codes[1]).await, wait(300));
        pass(&world, 300_000);
        // The first is a quarter of an hour ago: one more may be tried, and then it is the second that is waited for.
        redeem(&world, &ida, &codes[1]).await.unwrap();
        assert_eq!(redeem(&world, &ida, "0000").await, Err(Refusal::Mistyped));
        assert_eq!(redeem(&world, &ida, &codes[2]).await, wait(60));
    })
    .await;
}
