//! What trunks carried of calls, and who is told what that costs.

use domain::call_flow::Carried;
use domain::charging::CutOff;
use domain::time::Instant;
use engine::Role;
use engine::calls::{Direction, Payer};
use engine::charging::{Ending, EndsAt, NewSession, Reply, Request, Step, What};
use serde_json::{Value, json};

use crate::service::{Service, on_both};

async fn asks(service: &Service, what: What) -> Reply {
    let request = Request { owner: "key:pbx".to_owned(), key: None, what };
    service.engine.charge(service.owner.tenant, request).await.unwrap()
}

/// A call of the line that a trunk carries for 91 seconds; its id.
async fn carried(service: &Service, line: &str, by: Value) -> String {
    let new = NewSession {
        origin: "pbx:1".to_owned(),
        payer: Payer::Line(line.to_owned()),
        direction: Direction::Outbound,
        from: "0001".to_owned(),
        to: "+442079460018".to_owned(),
        agent: None,
        link: None,
        cut_off: CutOff::Movable,
        unpaid: false,
    };
    let Reply::Granted(grant) = asks(service, What::Authorize(new)).await else { unreachable!() };
    let instant = |text: &str| Instant::parse(text).unwrap();
    service.comes("2026-10-15T12:00:10Z").await;
    let answered_at = instant("2026-10-15T12:00:10Z");
    let mut carried = json!({"leg": 1, "answered_at": answered_at});
    carried.as_object_mut().unwrap().extend(by.as_object().unwrap().clone());
    let carried: Carried = serde_json::from_value(carried).unwrap();
    for step in [Step::Carry(carried), Step::Answer { answered_at: Some(answered_at) }] {
        asks(service, What::Step { session: grant.session.clone(), step }).await;
    }
    service.comes("2026-10-15T12:01:41Z").await;
    let ended_at = EndsAt::At(instant("2026-10-15T12:01:41Z"));
    let step = Step::Settle(Ending { answered_at: None, ended_at, disposition: None, cause: Some(16) });
    asks(service, What::Step { session: grant.session.clone(), step }).await;
    grant.session
}

#[tokio::test]
async fn what_a_trunks_call_costs_is_for_the_staff_alone() {
    on_both(async |service| {
        let (customer, line) = service.caller().await;
        let endpoint = format!("world-{}", service.owner.tenant);
        let trunk = service.made("/trunks", json!({"name": "World", "endpoint": endpoint})).await;
        let buying = json!({"connect_fee": "0.02", "price_per_minute": "0.012", "increment_seconds": 1});
        let route = json!({"prefix": "44", "trunk": trunk, "buying_rate": buying});
        let route = service.made("/trunk-routes", route).await;
        let by = json!({"trunk": trunk, "routed_by": {"route": route, "buying_rate": buying}});
        let call = carried(service, &line, by).await;
        let path = format!("/calls/{call}");
        for role in [Role::Owner, Role::Admin, Role::Clerk, Role::Auditor] {
            let staff = service.person(&[role], &[], None).await;
            let shown = staff.get(&path).await.body;
            // The customer pays two minutes at 0.05; 91 seconds at 0.012 a minute are 0.0182.
            assert_eq!((&shown["call"]["price"]["total"], &shown["margin"]), (&json!("0.10"), &json!("0.0618")));
            let leg = &shown["carried_by"][0];
            assert_eq!(leg["trunk"], json!({"id": trunk, "name": "World"}), "{role:?}");
            let told = ["route", "seconds", "currency", "cost"].map(|field| leg[field].clone());
            assert_eq!(told, [json!(route), json!(91), json!("USD"), json!("0.0382")]);
            assert_eq!(leg["explanation"]["segments"][0]["increments"], 91);
            assert_eq!(shown["carried_by"].as_array().unwrap().len(), 1);
        }
        // Whoever pays, or answers, never is told: neither here nor in any list.
        let rate = json!({"price_per_minute": "3.00"});
        let iris = service.made("/agents", json!({"name": "Iris", "prices": {"USD": {"rate": rate}}})).await;
        let own = service.person(&[Role::Customer], &[&customer], None).await;
        let both = service.person(&[Role::Customer, Role::Agent], &[&customer], Some(&iris)).await;
        for reader in [&own, &both] {
            let seen = reader.get(&path).await;
            assert_eq!((seen.status, &seen.body["call"]["price"]["total"]), (200, &json!("0.10")), "{}", seen.text);
            assert_eq!((&seen.body["carried_by"], &seen.body["margin"]), (&Value::Null, &Value::Null));
            let lists = ["/calls".to_owned(), format!("/customers/{customer}/calls"), format!("/lines/{line}/calls")];
            for path in [path.clone()].into_iter().chain(lists) {
                let seen = reader.get(&path).await.text;
                for hidden in [trunk.as_str(), route.as_str(), "0.0382", "0.0618", "World"] {
                    assert!(!seen.contains(hidden), "{path} tells {hidden}: {seen}");
                }
            }
        }
        let agent = service.person(&[Role::Agent], &[], Some(&iris)).await;
        assert_ne!(agent.get(&path).await.status, 200);
        // A call that no trunk carried.
        let within = service.made("/calls", json!({"line": line, "to": "+442079460018", "minutes": 1})).await;
        let shown = service.get(&format!("/calls/{within}")).await.body;
        assert_eq!((&shown["carried_by"], &shown["margin"]), (&json!([]), &Value::Null));
    })
    .await;
}
