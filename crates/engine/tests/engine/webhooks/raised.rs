//! What is written down when something happens.

use engine::calls::{self, CallEvent, EventKind};
use engine::charging::Step;
use engine::jobs;
use engine::webhooks::DeliveryState;

use super::*;
use crate::charging::{authorize, call, end_at, prepaid, step, top_up, wait};
use crate::messages;
use crate::world::{amount, at, currency, on_both};

#[tokio::test]
async fn what_happened_is_told_if_and_only_if_it_did_once_and_to_whom_wants_it() {
    on_both(async |world: World| {
        let courier = Arc::new(Notebook::default());
        let (calls, _) = webhook(&world, "https://a.example.org/", &[HookKind::CallEnded]).await;
        let all = webhook(&world, "https://b.example.org/", &HookKind::ALL).await.0;
        let mut undone = world.work().await;
        webhooks::raise(&mut undone, &[event(HookKind::CallEnded, "call_0")]).await.unwrap();
        drop(undone);
        assert_eq!(sent(&world, &courier).await, 0);
        raise(&world, &[event(HookKind::CallEnded, "call_1"), event(HookKind::LineSuspended, "sus_1")]).await;
        raise(&world, &[event(HookKind::CallEnded, "call_1"), event(HookKind::CallEnded, "call_1/2")]).await;
        raise(&world.neighbour().await, &[event(HookKind::CallEnded, "call_9")]).await;
        assert_eq!(sent(&world, &courier).await, 5);
        let parcels = courier.taken();
        let mut told: Vec<(&str, &str, &str)> = parcels
            .iter()
            .map(|parcel| {
                let id = parcel.body.rsplit("\"id\":").next().unwrap().trim_end_matches('}').trim_matches('"');
                (parcel.url.as_str(), id, parcel.id.as_str())
            })
            .collect();
        told.sort_unstable();
        let places: Vec<(&str, &str)> = told.iter().map(|(url, id, _)| (*url, *id)).collect();
        let (a, b) = ("https://a.example.org/", "https://b.example.org/");
        assert_eq!(places, [(a, "call_1"), (a, "call_1/2"), (b, "call_1"), (b, "call_1/2"), (b, "sus_1")]);
        assert_eq!(told[0].2, told[2].2, "one event has one id, wherever it is told");
        assert_eq!(
            parcels.iter().map(|parcel| &parcel.id).collect::<std::collections::BTreeSet<_>>().len(),
            3,
            "and another one has another"
        );
        let log = deliveries(&world, &all).await;
        assert_eq!(log.iter().map(|delivery| delivery.kind.as_str()).collect::<Vec<_>>().len(), 3);
        assert!(log.iter().all(|delivery| delivery.state == DeliveryState::Delivered && delivery.attempts.len() == 1));
        assert_eq!(log[0].attempts[0].answer.as_deref(), Some("so it is "));
        assert_eq!(deliveries(&world, &calls).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_written_of_what_nobody_wants() {
    on_both(async |world: World| {
        let courier = Arc::new(Notebook::default());
        let (hook, _) = webhook(&world, "https://a.example.org/", &[HookKind::InvoiceIssued]).await;
        let wants = async |kind| webhooks::wants(&mut world.view().await, kind).await.unwrap();
        assert!(wants(HookKind::InvoiceIssued).await && !wants(HookKind::CallEnded).await);
        raise(&world, &[event(HookKind::CallEnded, "call_1")]).await;
        let off = Details { enabled: false, ..hook.details.clone() };
        let off = world.run(async |work| webhooks::update(work, &hook.id, off, 1).await).await.unwrap();
        assert!(!wants(HookKind::InvoiceIssued).await);
        raise(&world, &[event(HookKind::InvoiceIssued, "inv_1")]).await;
        let on = Details { enabled: true, ..off.details.clone() };
        let on = world.run(async |work| webhooks::update(work, &hook.id, on, 2).await).await.unwrap();
        raise(&world, &[event(HookKind::InvoiceIssued, "inv_2")]).await;
        world.run(async |work| webhooks::delete(work, &on.id).await).await.unwrap();
        assert!(!wants(HookKind::InvoiceIssued).await);
        raise(&world, &[event(HookKind::InvoiceIssued, "inv_3")]).await;
        // That of inv_2 was written, and finds no webhook any more.
        assert_eq!(sent(&world, &courier).await, 1);
        assert_eq!(courier.taken(), []);
        let jobs = jobs::page(&mut world.view().await, None, None, 10).await.unwrap();
        assert_eq!(jobs[0].outcome.as_deref(), Some("not sent: the webhook is deleted"));
    })
    .await;
}

#[tokio::test]
async fn a_call_that_is_charged_while_it_runs_is_told_when_it_ends_and_when_it_is_corrected() {
    on_both(async |world: World| {
        let courier = Arc::new(Notebook::default());
        webhook(&world, "https://a.example.org/", &[HookKind::CallEnded]).await;
        let (customer, line) = prepaid(&world, "5", json!({"price_per_minute": "1.00", "increment_seconds": 1})).await;
        let mut watch = engine::charging::Watch::new(&world.engine);
        let grant = authorize(&world, call("pbx:1", &line)).await.unwrap();
        let answered_at = wait(&world, 5);
        step(&world, &grant.session, Step::Answer { answered_at: Some(answered_at) }).await.unwrap();
        step(&world, &grant.session, Step::Extend).await.unwrap();
        assert_eq!(sent(&world, &courier).await, 0, "it has not ended");
        // Its switch is silent: it is settled where it was last heard of, and the true end comes later.
        wait(&world, 600);
        watch.look().await.unwrap();
        sent(&world, &courier).await;
        let [(kind, lost)] = &courier.told()[..] else { panic!("it has ended") };
        assert_eq!(
            (kind.as_str(), &lost["corrected"], &lost["id"]),
            ("call.ended", &json!(false), &json!(grant.session))
        );
        assert_eq!((&lost["customer"], &lost["price"]["total"]), (&json!(customer.id), &json!("0.00")));
        let ended_at = domain::time::Instant::clamped(answered_at.millis() + 30_500);
        for _ in 0..2 {
            step(&world, &grant.session, end_at(ended_at)).await.unwrap();
        }
        sent(&world, &courier).await;
        let [(_, corrected)] = &courier.told()[..] else { panic!("it is corrected once") };
        assert_eq!((&corrected["corrected"], &corrected["duration_seconds"]), (&json!(true), &json!("30.5")));
        assert_eq!((&corrected["price"]["total"], &corrected["state"]), (&json!("0.5167"), &json!("rated")));
    })
    .await;
}

#[tokio::test]
async fn recorded_calls_payments_and_suspensions_are_told() {
    on_both(async |world: World| {
        let courier = Arc::new(Notebook::default());
        webhook(&world, "https://a.example.org/", &HookKind::ALL).await;
        let (customer, line) = prepaid(&world, "5", json!({"price_per_minute": "1.00"})).await;
        let finished = crate::calls::call("pbx:1", &line.number, "2026-03-01T10:00:00Z", 61);
        for _ in 0..2 {
            world.run(async |work| calls::record(work, finished.clone()).await).await.unwrap();
        }
        report(&world, "pbx:2", &line.number).await;
        for reason in [engine::billing::Reason::Manual, engine::billing::Reason::Fraud] {
            world.run(async |work| engine::lines::suspend(work, &line.id, reason, None).await).await.unwrap();
        }
        for reason in [engine::billing::Reason::Manual, engine::billing::Reason::Fraud] {
            world.run(async |work| engine::lines::lift(work, &line.id, reason).await).await.unwrap();
        }
        top_up(&world, &customer, "1").await;
        sent(&world, &courier).await;
        let told: Vec<String> = courier
            .told()
            .iter()
            .map(|(kind, data)| match kind.as_str() {
                "call.ended" => format!("{kind} {} {}", data["origin"], data["price"]["total"]),
                "balance.topped_up" => format!("{kind} {} {}", data["amount"], data["balance"]),
                _ => format!("{kind} {}", data["reason"]),
            })
            .collect();
        let mut told = told;
        told.sort();
        assert_eq!(
            told,
            [
                r#"balance.topped_up "1.00" "3.00""#,
                r#"balance.topped_up "5.00" "5.00""#,
                r#"call.ended "pbx:1" "2.00""#,
                r#"call.ended "pbx:2" "1.00""#,
                r#"line.restored "fraud""#,
                r#"line.suspended "fraud""#,
                r#"line.suspended "manual""#,
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn invoices_messages_and_payouts_are_told() {
    on_both(async |world: World| {
        let courier = Arc::new(Notebook::default());
        webhook(&world, "https://a.example.org/", &HookKind::ALL).await;
        world
            .settings(|settings| {
                settings.low_balance = [(currency("USD"), amount("5"))].into();
                settings.earnings.hold_days = 0;
            })
            .await;
        let customer = messages::prepaid(&world, "5.50").await;
        let iris = messages::iris(&world).await;
        let writer = messages::as_customer(&world, &customer.id);
        messages::send(&writer, &customer, &iris, "Are you there?").await.unwrap();
        world.clock.move_to(at("2026-03-04T00:00:00Z"));
        world.run(async |work| engine::payouts::pay(work, &iris.id, None).await).await.unwrap();
        let postpaid = world.customer("Postpaid").await;
        let plan = world.plan("Monthly", json!({"monthly_fee": "12.00"})).await;
        world.line(&postpaid, "0007", &plan).await;
        world.run(async |work| engine::billing::run_customer(work, &postpaid.id).await).await.unwrap();
        sent(&world, &courier).await;
        let mut told: Vec<String> = courier
            .told()
            .iter()
            .map(|(kind, data)| match kind.as_str() {
                "message.received" => format!("{kind} {} {}", data["sender"], data["price"]),
                "balance.low" => format!("{kind} {}", data["balance"]),
                "payout.made" => format!("{kind} {}", data["amount"]),
                "invoice.issued" => format!("{kind} {} {} {}", data["number"], data["from"], data["total"]),
                _ => kind.clone(),
            })
            .collect();
        told.sort();
        assert_eq!(
            told,
            [
                r#"balance.low "4.51""#,
                "balance.topped_up",
                r#"invoice.issued "000001" "2026-01-01" "12.00""#,
                r#"invoice.issued "000002" "2026-02-01" "12.00""#,
                r#"message.received "customer" "0.99""#,
                r#"payout.made "0.79""#,
            ]
        );
    })
    .await;
}

/// A call in pieces, of ten seconds.
async fn report(world: &World, origin: &str, from: &str) {
    let start = EventKind::Start {
        direction: engine::calls::Direction::Outbound,
        from: from.to_owned(),
        to: crate::charging::OUTSIDE.to_owned(),
        line: None,
        account_code: None,
        agent: None,
    };
    let end = EventKind::End { disposition: None, duration_ms: None, cause: None };
    for (time, kind) in [("00", start), ("01", EventKind::Answer), ("11", end)] {
        let event = CallEvent { origin: origin.to_owned(), at: at(&format!("2026-03-01T11:00:{time}Z")), kind };
        world.run(async |work| calls::report(work, &event).await).await.unwrap();
    }
}
