//! How long a call could last, asked before it is made.

use std::time::Duration;

use domain::deck::Deck;
use domain::invalid::parse;
use engine::agents::{self, DetailsDocument};
use engine::allowances::{self, NewAllowance};
use engine::billing::Reason;
use engine::charging::TalkTime;
use engine::{accounts, decks, lines};

use super::*;
use crate::world::{at, on_both};

/// An agent at 3.00 a minute by the second and 0.99 to connect, in this currency.
async fn agent(world: &World, currency: &str) -> String {
    let rate = json!({"price_per_minute": "3.00", "increment_seconds": 1, "connect_fee": "0.99"});
    let details = json!({"prices": {currency: {"rate": rate}}}).to_string();
    let details = parse::<DetailsDocument>(details.as_bytes()).unwrap().check().unwrap();
    world.run(async |work| agents::create(work, "Iris".into(), details).await).await.unwrap().id
}

async fn grant(world: &World, customer: &Customer, agent: Option<&str>, seconds: i64, expires_at: Option<&str>) {
    let new = NewAllowance {
        customer: customer.id.clone(),
        agent: agent.map(str::to_owned),
        seconds,
        expires_at: expires_at.map(at),
        reason: "a gift".into(),
    };
    world.run(async |work| allowances::grant(work, new).await).await.unwrap();
}

async fn deck(world: &World, entries: Value) -> String {
    let entries = Deck::read(entries.to_string().as_bytes()).unwrap();
    let made = world
        .run(async |work| decks::create(work, "World".into(), crate::world::currency("USD"), Some(&entries)).await);
    made.await.unwrap().0.id
}

/// A prepaid line on this plan.
async fn line(world: &World, customer: &Customer, number: &str, mut plan: Value) -> Line {
    plan["kind"] = "prepaid".into();
    let plan = world.plan(&format!("Plan of {number}"), plan).await;
    world.line(customer, number, &plan).await
}

async fn asked(world: &World, line: &Line, to: &str, agent: Option<&str>) -> TalkTime {
    charging::talk_time(&mut world.view().await, line, to, agent).await.unwrap()
}

/// In few words: how long, with how many free seconds, at which price; or why not.
fn shown(talk: &TalkTime) -> String {
    let how_long = match (&talk.refusal, talk.seconds) {
        (Some(refusal), Some(0)) => format!("{refusal}, {} is missing", talk.missing().unwrap()),
        (Some(_), seconds) => panic!("refused, and {seconds:?}"),
        (None, seconds) => seconds.map_or_else(|| "no limit".to_owned(), |seconds| format!("{seconds} s")),
    };
    let Some(price) = &talk.price else { return how_long };
    let kind = price.source.to_json()["kind"].as_str().unwrap().to_owned();
    let steps: Vec<String> = price.steps.iter().map(|step| format!("{}/{}", step.price, step.per_seconds)).collect();
    format!("{how_long}, {} free, {kind} {} + {}", price.free_seconds, price.connect_fee, steps.join(" "))
}

#[tokio::test]
async fn what_could_be_said_to_whom_by_table() {
    on_both(async |world: World| {
        let iris = agent(&world, "USD").await;
        let abroad = agent(&world, "EUR").await;
        let customer = world.prepaid_customer("Prepaid").await;
        top_up(&world, &customer, "6").await;
        grant(&world, &customer, Some(&iris), 60, None).await;
        grant(&world, &customer, None, 30, Some("2026-03-03T00:00:00Z")).await;
        let deck =
            deck(&world, json!([{"prefix": "44", "rate": {"price_per_minute": "0.03", "increment_seconds": 1}}])).await;
        let evenings = json!([{"day": "every", "start": "08:00", "end": "10:00", "price_per_minute": "0.60"}]);
        let rate = json!({"steps": [{"from_seconds": 0, "price": "1.20", "per_seconds": 60, "increment_seconds": 1},
            {"from_seconds": 60, "price": "0.02", "per_seconds": 1, "increment_seconds": 1}]});
        let own = line(&world, &customer, "0001", json!({"rate": rate, "discount_periods": evenings})).await;
        let listed = line(&world, &customer, "0002", json!({"deck": deck, "unlisted": "refuse"})).await;
        let bundle =
            line(&world, &customer, "0003", json!({"included_minutes": 31, "rate": {"price_per_minute": "2.00"}}))
                .await;
        let dear = line(&world, &customer, "0004", json!({"rate": {"price_per_minute": "6.01"}})).await;
        let suspended = line(&world, &customer, "0005", json!({})).await;
        world.run(async |work| lines::suspend(work, &suspended.id, Reason::Manual, None).await).await.unwrap();
        let closed = line(&world, &customer, "0006", json!({})).await;
        world.run(async |work| lines::close(work, &closed.id, closed.version).await).await.unwrap();
        let british = "+442079460018";
        for (line, to, agent, expected) in [
            (&own, OUTSIDE, None, "600 s, 0 free, plan 0.00 + 0.60/60 0.60/60"),
            (&listed, british, None, "12000 s, 0 free, deck 0.00 + 0.03/60"),
            (&listed, OUTSIDE, None, "the call has no price: unlisted_destination, 0.00 is missing"),
            (&bundle, OUTSIDE, None, "2040 s, 1860 free, plan 0.00 + 2.00/60"),
            (&dear, OUTSIDE, None, "6.00 is available, 6.01 is needed, 0.01 is missing, 0 free, plan 0.00 + 6.01/60"),
            (&own, "", Some(&iris), "190 s, 90 free, agent 0.99 + 3.00/60"),
            (&listed, OUTSIDE, Some(&iris), "190 s, 90 free, agent 0.99 + 3.00/60"),
            (&own, "", Some(&abroad), "the call has no price: agent_without_price, 0.00 is missing"),
            (&own, "", Some(&"agt_none".to_owned()), "the call has no price: unknown_agent, 0.00 is missing"),
            (&own, "reception", None, "/to: is no number that the dial plan reads, 0.00 is missing"),
            (
                &suspended,
                OUTSIDE,
                None,
                "the line LINE is suspended: it reaches emergency and service numbers only, 0.00 is missing",
            ),
            (&closed, OUTSIDE, None, "the line LINE is closed, 0.00 is missing"),
            (&dear, "4911", None, "no limit, 0 free, free 0.00 + "),
            (&suspended, "4911", None, "no limit, 0 free, free 0.00 + "),
            (&closed, "4911", None, "no limit, 0 free, free 0.00 + "),
        ] {
            let talk = asked(&world, line, to, agent.map(String::as_str)).await;
            assert_eq!(shown(&talk).replace(&line.id, "LINE"), expected, "{} to {to} {agent:?}", line.number);
            // An authorization says the same.
            let new = NewSession {
                to: to.into(),
                agent: agent.cloned(),
                cut_off: CutOff::Fixed,
                unpaid: false,
                ..call(&new_origin(), line)
            };
            compare(&world, &talk, new).await;
        }
        assert_eq!(account(&world, &customer).await, money("6", "0"));
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

fn new_origin() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static ASKED: AtomicU64 = AtomicU64::new(0);
    format!("pbx:{}", ASKED.fetch_add(1, Ordering::Relaxed))
}

/// Authorizes the call, and gives it up again: what was told of it has to be what is granted.
async fn compare(world: &World, talk: &TalkTime, new: NewSession) {
    let longest = 4 * 3600;
    match authorize(world, new).await {
        Err(refused) => assert_eq!(talk.refusal.as_ref(), Some(&refused)),
        Ok(grant) => {
            let told = if grant.granted.seconds.is_some() { talk.seconds.or(Some(longest)) } else { talk.seconds };
            assert_eq!((&talk.refusal, told), (&None, grant.granted.seconds));
            step(world, &grant.session, Step::Release).await.unwrap();
        }
    }
}

#[tokio::test]
async fn it_is_what_a_fixed_cut_off_is_granted_while_other_calls_run() {
    on_both(async |world: World| {
        let iris = agent(&world, "USD").await;
        let rates = [
            json!({"price_per_minute": "0.60", "increment_seconds": 1}),
            json!({"price_per_minute": "1.00", "connect_fee": "0.25"}),
            json!({"price_per_minute": "0.07", "minimum_charge": "0.30", "rounding": {"decimals": 2, "mode": "up"}}),
            json!({"price_per_minute": "0.90", "maximum_charge": "2", "on_maximum": "disconnect"}),
            json!({"price_per_minute": "0.01", "free_below_seconds": 10}),
        ];
        for (position, rate) in rates.into_iter().enumerate() {
            let customer = world.prepaid_customer(&format!("Customer {position}")).await;
            let plan = json!({"rate": rate, "included_minutes": position});
            let line = line(&world, &customer, &format!("000{position}"), plan).await;
            grant(&world, &customer, Some(&iris), 100, None).await;
            for more in ["0.20", "0.31", "1.49", "3", "200"] {
                top_up(&world, &customer, more).await;
                for (to, agent) in [(OUTSIDE, None), ("", Some(&iris))] {
                    let new = || NewSession { to: to.into(), agent: agent.cloned(), ..call(&new_origin(), &line) };
                    let alone = asked(&world, &line, to, agent.map(String::as_str)).await;
                    compare(&world, &alone, NewSession { cut_off: CutOff::Fixed, ..new() }).await;
                    // No window changes: a switch that moves the cut-off would get as far.
                    let Ok(running) = authorize(&world, new()).await else { continue };
                    assert_eq!(alone.seconds.unwrap_or(4 * 3600), running.granted.reaches_seconds.unwrap());
                    let beside = asked(&world, &line, to, agent.map(String::as_str)).await;
                    compare(&world, &beside, NewSession { cut_off: CutOff::Fixed, ..new() }).await;
                    step(&world, &running.session, Step::Release).await.unwrap();
                }
            }
        }
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn it_waits_for_nobody_and_holds_nothing() {
    on_both(async |world: World| {
        let (customer, line) = prepaid(&world, "5", json!({"price_per_minute": "1.00"})).await;
        let mut work = world.work().await;
        let new = NewPayment {
            customer: customer.id.clone(),
            amount: amount("7"),
            currency: None,
            method: Method::Cash,
            reference: None,
            received_at: None,
            invoice: None,
        };
        payments::record(&mut work, new).await.unwrap();
        // The payment is under way: the account is locked, and not yet topped up.
        let told = tokio::time::timeout(Duration::from_secs(5), asked(&world, &line, OUTSIDE, None)).await;
        assert_eq!(told.unwrap().seconds, Some(300));
        work.commit().await.unwrap();
        assert_eq!(asked(&world, &line, OUTSIDE, None).await.seconds, Some(720));
        assert_eq!(account(&world, &customer).await, money("12", "0"));
        assert_eq!(charging::live_calls(&mut world.view().await, &customer.id).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn how_long_a_balance_talks_to_an_agent() {
    on_both(async |world: World| {
        let iris = agent(&world, "USD").await;
        let (customer, line) = prepaid(&world, "0.98", json!({"price_per_minute": "1.00"})).await;
        let to = async |agent: &str| {
            shown(&charging::talk_time_to(&mut world.view().await, agent, &customer).await.unwrap())
        };
        let in_all = async || allowances::free_seconds(&mut world.view().await, &customer.id).await.unwrap();
        let price = "agent 0.99 + 3.00/60";
        assert_eq!(to(&iris).await, format!("0.98 is available, 1.04 is needed, 0.06 is missing, 0 free, {price}"));
        grant(&world, &customer, Some(&iris), 60, None).await;
        grant(&world, &customer, Some(&agent(&world, "USD").await), 40, None).await;
        grant(&world, &customer, None, 30, Some("2026-03-02T09:01:00Z")).await;
        assert_eq!(to(&iris).await, format!("0.98 is available, 0.99 is needed, 0.01 is missing, 90 free, {price}"));
        assert_eq!(in_all().await, 130);
        top_up(&world, &customer, "2.01").await;
        // It may be answered when the third grant has expired: then it is 30 s less.
        assert_eq!(to(&iris).await, format!("100 s, 90 free, {price}"));
        wait(&world, 60);
        assert_eq!(to(&iris).await, format!("100 s, 60 free, {price}"));
        assert_eq!(in_all().await, 100);
        assert_eq!(to("agt_none").await, "the call has no price: unknown_agent, 0.00 is missing");
        // A call in progress holds the connect fee and the free seconds.
        let running = NewSession { agent: Some(iris.clone()), ..call("pbx:running", &line) };
        authorize(&world, running).await.unwrap();
        assert_eq!(charging::live_calls(&mut world.view().await, &customer.id).await.unwrap(), 1);
        assert_eq!(to(&iris).await, format!("20 s, 0 free, {price}"));
        assert_eq!(in_all().await, 40);
        let account = accounts::get(&mut world.view().await, &customer.id, customer.currency).await.unwrap();
        assert_eq!(account.held, amount("0.99"));
    })
    .await;
}
