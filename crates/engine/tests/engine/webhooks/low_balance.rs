//! Prepaid customers whose balance is low.

use engine::charging::{EventPayer, NewEvent, Step};
use engine::customers::Customer;
use engine::jobs;

use super::*;
use crate::charging::{authorize, call, end_at, prepaid, step, top_up, wait};
use crate::world::{amount, currency, on_both};

/// Charges the customer once, without a call.
async fn charge(world: &World, customer: &Customer, origin: &str, text: &str) {
    let new = NewEvent {
        origin: origin.to_owned(),
        payer: EventPayer::Customer(customer.id.clone()),
        amount: amount(text),
        currency: None,
        description: "A ring tone".to_owned(),
    };
    world.engine.charge_event(&world.actor, &new).await.unwrap();
}

/// What was told since: balance and limit.
async fn told(world: &World, courier: &Arc<Notebook>) -> Vec<String> {
    sent(world, courier).await;
    let text = |data: &Value| format!("{} of {}", data["balance"].as_str().unwrap(), data["limit"].as_str().unwrap());
    courier.told().iter().map(|(kind, data)| format!("{kind} {}", text(data))).collect()
}

#[tokio::test]
async fn a_low_balance_is_told_once_until_money_comes_in() {
    on_both(async |world: World| {
        let courier = Arc::new(Notebook::default());
        webhook(&world, "https://a.example.org/", &[HookKind::BalanceLow]).await;
        let (customer, line) = prepaid(&world, "20", json!({"price_per_minute": "1.00"})).await;
        charge(&world, &customer, "pbx:0", "16").await;
        assert_eq!(told(&world, &courier).await, [""; 0], "nobody has said what is low");
        world.settings(|settings| settings.low_balance = [(currency("USD"), amount("5"))].into()).await;
        assert_eq!(told(&world, &courier).await, [""; 0], "nothing was taken since");
        top_up(&world, &customer, "3").await;
        // By a call.
        let grant = authorize(&world, call("pbx:1", &line)).await.unwrap();
        let answered_at = wait(&world, 1);
        step(&world, &grant.session, Step::Answer { answered_at: Some(answered_at) }).await.unwrap();
        assert_eq!(told(&world, &courier).await, [""; 0], "what is held is there still");
        let ended_at = wait(&world, 150);
        step(&world, &grant.session, end_at(ended_at)).await.unwrap();
        assert_eq!(told(&world, &courier).await, [""; 0], "6 is left of 7");
        charge(&world, &customer, "pbx:2", "1").await;
        assert_eq!(told(&world, &courier).await, [""; 0], "5 is not below 5");
        charge(&world, &customer, "pbx:3", "0.01").await;
        assert_eq!(told(&world, &courier).await, ["balance.low 4.99 of 5.00"]);
        charge(&world, &customer, "pbx:4", "1").await;
        top_up(&world, &customer, "0.50").await;
        charge(&world, &customer, "pbx:5", "0.10").await;
        assert_eq!(told(&world, &courier).await, [""; 0], "it is known, and was not at the limit again");
        top_up(&world, &customer, "10").await;
        charge(&world, &customer, "pbx:6", "12").await;
        assert_eq!(told(&world, &courier).await, ["balance.low 2.39 of 5.00"]);
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_customer_with_an_address_is_written_to_and_a_postpaid_one_is_not() {
    on_both(async |world: World| {
        world.settings(|settings| settings.low_balance = [(currency("USD"), amount("5"))].into()).await;
        let (customer, _) = prepaid(&world, "6", json!({"price_per_minute": "1.00"})).await;
        let email = Some("ada@example.org".to_owned());
        let details = engine::customers::Details { email, ..customer.details.clone() };
        let edit = engine::customers::CustomerUpdate { details, external_reference: None, state: customer.state };
        world.run(async |work| engine::customers::update(work, &customer.id, edit, 1).await).await.unwrap();
        charge(&world, &customer, "pbx:1", "2").await;
        let postpaid = world.customer("Postpaid").await;
        charge(&world, &postpaid, "pbx:2", "2").await;
        let jobs = jobs::page(&mut world.view().await, None, None, 100).await.unwrap();
        let notices: Vec<&jobs::Job> = jobs.iter().filter(|job| job.kind == engine::notices::NOTICES).collect();
        assert_eq!(notices.len(), 1, "{jobs:?}");
        assert!(notices[0].payload.contains("ada@example.org") && notices[0].payload.contains("4.00"), "{notices:?}");
    })
    .await;
}
