use std::time::{Duration, Instant};

use engine::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::{OUTSIDE, purse};
use crate::service::{Door, Service, on_both, on_both_behind, sent};

#[tokio::test]
async fn a_call_from_its_beginning_to_its_end() {
    on_both(async |service| {
        let (customer, line) = service.talker("5.00", "0001").await;
        let opened = service.authorize("pbx:1", &line).await;
        assert_eq!(opened.status, 201, "{}", opened.text);
        let id = opened.body["id"].as_str().unwrap().to_owned();
        let granted = json!({"id": id, "granted_seconds": 60, "must_end_at_seconds": null, "reaches_seconds": 500,
            "warn_at_seconds": [440, 470], "held": "0.60", "currency": "USD", "alive_until": "2026-10-15T12:02:00Z"});
        assert_eq!(opened.body, granted);
        assert_eq!(opened.header("location"), format!("/api/v1/charging/sessions/{id}"));
        assert_eq!(service.purse(&customer).await, purse("5.00", "0.60"));

        service.comes("2026-10-15T12:00:05Z").await;
        let answered = service.step(&id, "answer", Value::Null).await;
        assert_eq!((answered.status, &answered.body["held"]), (200, &json!("0.60")), "{}", answered.text);
        service.comes("2026-10-15T12:00:55Z").await;
        let extended = service.step(&id, "extend", json!({})).await;
        assert_eq!((extended.status, &extended.body["granted_seconds"]), (200, &json!(110)), "{}", extended.text);
        service.comes("2026-10-15T12:01:05Z").await;
        let beat = service.step(&id, "heartbeat", Value::Null).await;
        assert_eq!((beat.status, &beat.body["alive_until"]), (200, &json!("2026-10-15T12:03:05Z")), "{}", beat.text);
        let live = service.get("/charging/sessions").await;
        assert_eq!(
            (live.body["items"][0]["id"].as_str(), live.body["items"][0]["state"].as_str()),
            (Some(&*id), Some("answered"))
        );

        let settled = service.step(&id, "settle", json!({"duration_seconds": "59.5", "cause": 16})).await;
        let ended = json!({"id": id, "cause": "settled", "answered_at": "2026-10-15T12:00:05Z",
            "ended_at": "2026-10-15T12:01:04.500Z", "charged": "0.60", "currency": "USD", "free_seconds": 0,
            "overrun_seconds": 0, "uncollected": "0.00"});
        assert_eq!((settled.status, &settled.body), (200, &ended), "{}", settled.text);
        assert_eq!(service.purse(&customer).await, purse("4.40", "0.00"));
        let call = service.get(&format!("/calls/{id}")).await;
        assert_eq!((&call.body["call"]["price"]["total"], &call.body["call"]["cause"]), (&json!("0.60"), &json!(16)));
        let shown = service.get(&format!("/charging/sessions/{id}")).await;
        assert_eq!((&shown.body["state"], &shown.body["end"]), (&json!("ended"), &ended), "{}", shown.text);
        let history: Vec<&str> =
            shown.body["history"].as_array().unwrap().iter().map(|done| done["event"].as_str().unwrap()).collect();
        assert_eq!(history, ["authorized", "answered", "extended", "settled"]);
        assert_eq!(service.get("/charging/sessions").await.body["items"], json!([]));
        assert_eq!(service.faults().await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_request_that_is_sent_again_gets_the_first_answer() {
    on_both(async |service| {
        let (customer, line) = service.talker("5.00", "0001").await;
        let opened = service.authorize("pbx:1", &line).await;
        let id = opened.body["id"].as_str().unwrap().to_owned();
        service.comes("2026-10-15T12:00:05Z").await;
        let ask = async |key: Option<&str>, step: &str, body: Value| {
            service.switch(Method::POST, &format!("/sessions/{id}/{step}"), key, body).await
        };
        let mut answers = vec![opened];
        for (key, step, now) in [("a", "answer", "12:00:50"), ("b", "extend", "12:01:20"), ("c", "settle", "12:09:00")]
        {
            let first = ask(Some(key), step, json!({})).await;
            assert_eq!((first.status, first.header("idempotency-replayed")), (200, ""), "{step}: {}", first.text);
            answers.push(first);
            // Later, a request without an instant is the same one all the same.
            service.comes(&format!("2026-10-15T{now}Z")).await;
            let again = ask(Some(key), step, json!({})).await;
            assert_eq!((again.status, &again.text), (200, &answers.last().unwrap().text), "{step}");
            assert_eq!(again.header("idempotency-replayed"), "true", "{step}");
        }
        for (key, step, at) in [(None, "answer", 1), (None, "settle", 3), (Some("b"), "extend", 2)] {
            let again = ask(key, step, Value::Null).await;
            assert_eq!((again.status, &again.text), (200, &answers[at].text), "{step} once more");
        }
        let again = service.authorize("pbx:1", &line).await;
        assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
        assert_eq!(again.text, answers[0].text);
        let reused = ask(Some("b"), "answer", json!({})).await;
        assert_eq!((reused.status, reused.problem()), (409, "idempotency-key-reused"));
        let other = json!({"origin": "pbx:1", "line": line, "to": "+14165550199"});
        let reused = service.switch(Method::POST, "/sessions", None, other).await;
        assert_eq!((reused.status, reused.problem()), (409, "idempotency-key-reused"));
        // 75 s at 0.01.
        assert_eq!(service.purse(&customer).await, purse("4.25", "0.00"));
        assert_eq!(service.faults().await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_call_that_is_given_up_costs_nothing() {
    on_both(async |service| {
        let (customer, line) = service.talker("0.45", "0001").await;
        let opened = service.authorize("pbx:1", &line).await;
        assert_eq!((&opened.body["granted_seconds"], &opened.body["must_end_at_seconds"]), (&json!(45), &json!(45)));
        let id = opened.body["id"].as_str().unwrap();
        let released = service.release(id).await;
        assert_eq!((released.status, &released.body["cause"]), (200, &json!("released")), "{}", released.text);
        assert_eq!(service.release(id).await.header("idempotency-replayed"), "true");
        assert_eq!(service.purse(&customer).await, purse("0.45", "0.00"));
        let busy = service.session_of("pbx:2", &line).await;
        let settled = service.step(&busy, "settle", json!({"disposition": "busy", "cause": 17})).await;
        assert_eq!((settled.status, &settled.body["charged"]), (200, &json!("0.00")), "{}", settled.text);
        let call = service.get(&format!("/calls/{busy}")).await;
        assert_eq!((&call.body["call"]["disposition"], &call.body["call"]["cause"]), (&json!("busy"), &json!(17)));
        assert_eq!(service.faults().await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn whoever_pays_is_told_as_for_finished_calls() {
    on_both(async |service| {
        let (_, line) = service.talker("5.00", "0001").await;
        for (number, payer) in
            [json!({"line": line}), json!({"line": "0001"}), json!({"account_code": "0001"}), json!({"from": "0001"})]
                .into_iter()
                .enumerate()
        {
            let mut body = json!({"origin": format!("pbx:{number}"), "to": OUTSIDE, "cut_off": "fixed"});
            body.as_object_mut().unwrap().extend(payer.as_object().unwrap().clone());
            let opened = service.switch(Method::POST, "/sessions", None, body).await;
            assert_eq!(
                (opened.status, &opened.body["granted_seconds"]),
                (201, &json!(500)),
                "{payer}: {}",
                opened.text
            );
            let id = opened.body["id"].as_str().unwrap();
            assert_eq!(service.get(&format!("/charging/sessions/{id}")).await.body["line"], json!(line), "{payer}");
            service.release(id).await;
        }
        // An emergency call needs no payer, and has no limit.
        for emergency in
            [json!({"origin": "pbx:9", "from": "0007", "to": "9911"}), json!({"origin": "pbx:10", "to": "9911"})]
        {
            let opened = service.switch(Method::POST, "/sessions", None, emergency).await;
            assert_eq!((opened.status, &opened.body["granted_seconds"]), (201, &Value::Null), "{}", opened.text);
            assert_eq!(opened.body["held"], "0.00");
        }
        let untold = service.switch(Method::POST, "/sessions", None, json!({"origin": "pbx:11", "to": OUTSIDE})).await;
        assert_eq!((untold.status, &untold.body["errors"][0]["pointer"]), (422, &json!("/line")), "{}", untold.text);
    })
    .await;
}

#[tokio::test]
async fn a_customer_sees_its_own_live_calls_and_an_agent_those_to_it() {
    on_both(async |service| {
        let (customer, line) = service.talker("5.00", "0001").await;
        let (_, other) = service.talker("5.00", "0002").await;
        let prices = json!({"USD": {"rate": {"price_per_minute": "0.60"}}});
        let agent = service.made("/agents", json!({"name": "Ada", "prices": prices})).await;
        let to_agent = json!({"origin": "pbx:agent", "line": other, "from": "0002", "agent": agent});
        let to_agent = service.switch(Method::POST, "/sessions", None, to_agent).await;
        assert_eq!(to_agent.status, 201, "{}", to_agent.text);
        let (own, agents) = (service.session_of("pbx:1", &line).await, to_agent.body["id"].as_str().unwrap());
        let payer = service.person(&[Role::Customer], &[&customer], None).await;
        let adviser = service.person(&[Role::Agent], &[], Some(&agent)).await;
        for (person, theirs, not) in [(&payer, &*own, agents), (&adviser, agents, &*own)] {
            let live = person.get("/charging/sessions").await;
            let ids: Vec<&str> =
                live.body["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
            assert_eq!(ids, [theirs], "{}", live.text);
            let shown = person.get(&format!("/charging/sessions/{theirs}")).await;
            assert_eq!((shown.status, &shown.body["origin"], &shown.body["owner"]), (200, &Value::Null, &Value::Null));
            assert_eq!(person.get(&format!("/charging/sessions/{not}")).await.status, 404);
        }
        // The agent does not learn who calls.
        let seen = adviser.get(&format!("/charging/sessions/{agents}")).await.body;
        assert_eq!((&seen["customer"], &seen["line"], &seen["from"]), (&Value::Null, &Value::Null, &json!("…02")));
        let all = service.get("/charging/sessions?limit=1").await;
        let next = format!("/charging/sessions?cursor={}", all.body["next_cursor"].as_str().unwrap());
        assert_eq!(service.get(&next).await.body["items"].as_array().map(Vec::len), Some(1));
    })
    .await;
}

#[tokio::test]
async fn a_top_up_lengthens_a_call_that_would_have_ended() {
    on_both(async |service| {
        let batch = json!({"name": "Kiosks", "amount": "5.00", "count": 1});
        let codes = service.post("/voucher-batches", batch).await.body["codes"].clone();
        for (number, by_voucher) in [("0001", false), ("0002", true)] {
            let (customer, line) = service.talker("0.30", number).await;
            let id = service.session_of(&format!("pbx:{number}"), &line).await;
            let answered = service.step(&id, "answer", json!({})).await;
            assert_eq!(answered.body["must_end_at_seconds"], 30);
            if by_voucher {
                service.made(&format!("/customers/{customer}/vouchers"), json!({"code": codes[0]})).await;
            } else {
                service.made("/payments", json!({"customer": customer, "amount": "5.00", "method": "card"})).await;
            }
            is_lengthened(service, &id).await;
            assert_eq!(service.purse(&customer).await, purse("5.30", "0.60"));
        }
    })
    .await;
}

/// The call of 30 s goes on for as long as 5.30 reaches.
async fn is_lengthened(service: &Service, id: &str) {
    let path = format!("/charging/sessions/{id}");
    let lengthened = async {
        while service.get(&path).await.body["granted_seconds"] != 60 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), lengthened).await.expect("more is granted");
    let shown = service.get(&path).await.body;
    assert_eq!((&shown["reaches_seconds"], &shown["held"]), (&json!(530), &json!("0.60")));
}

#[tokio::test]
async fn an_automatic_top_up_lengthens_a_call_as_well() {
    on_both_behind(Door { alone: true, ..Door::ORDINARY }, async |service| {
        service.offers_automatic_top_ups(json!(3)).await;
        let (customer, line) = service.talker("0.10", "0001").await;
        service.keeps_card(&customer, "0.20").await;
        let put = service.request(Method::PUT, &format!("/customers/{customer}/automatic-top-up"));
        let wanted = json!({"below": "0.30", "amount": "5.00"});
        assert_eq!(sent(put.header("if-match", "\"0\"").json(&wanted)).await.status, 200);
        assert_eq!(service.looks_at_balances().await, 0, "0.30 is not below 0.30");
        let id = service.session_of("pbx:1", &line).await;
        let answered = service.step(&id, "answer", json!({})).await;
        assert_eq!(answered.body["must_end_at_seconds"], 30);
        assert_eq!(service.looks_at_balances().await, 1, "all of it is held");
        is_lengthened(service, &id).await;
        assert_eq!(service.purse(&customer).await, purse("5.30", "0.60"));
        assert_eq!(service.faults().await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_switch_is_answered_in_time_while_the_payers_account_is_held_up() {
    on_both(async |service| {
        let (customer, line) = service.talker("5.00", "0001").await;
        let mut elsewhere = service.engine.store().write().await.unwrap();
        let account = [(customer.as_str(), "USD")];
        storage::ledger::lock_accounts(&mut elsewhere, service.owner.tenant, &account).await.unwrap();
        let began = Instant::now();
        let reply = service.authorize("pbx:1", &line).await;
        assert_eq!((reply.status, reply.problem()), (503, "unavailable"), "{}", reply.text);
        assert!(began.elapsed() < Duration::from_secs(5) && !reply.header("retry-after").is_empty());
        drop(elsewhere);
        // Whether it was done meanwhile or not: sent again, it is done once.
        let again = async {
            loop {
                let again = service.authorize("pbx:1", &line).await;
                if again.status != 503 {
                    return again;
                }
            }
        };
        let again = tokio::time::timeout(Duration::from_secs(20), again).await.expect("an answer");
        assert_eq!(again.status, 201, "{}", again.text);
        assert_eq!(service.purse(&customer).await, purse("5.00", "0.60"));
        assert_eq!(service.faults().await, json!([]));
    })
    .await;
}
