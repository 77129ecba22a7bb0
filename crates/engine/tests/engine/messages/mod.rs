//! What customers and agents write to each other.

mod arriving;
mod at_once;
mod billed;
mod by_sms;
mod crashes;
mod faults;
mod reading;
mod sending;

use domain::invalid::parse;
use domain::message::Text;
use engine::agents::{self, Agent, DetailsDocument};
use engine::customers::Customer;
use engine::messages::{self, Message, MessageError, NewMessage};
use engine::{Actor, Reach, Role};
use serde_json::json;

use crate::charging::top_up;
use crate::world::World;

/// Iris, at 0.99 a message in US dollars, of which she has four fifths.
pub(crate) async fn iris(world: &World) -> Agent {
    agent(world, "Iris", Some("0.99")).await
}

/// An agent at a price a message in US dollars; at 1.00 a minute.
pub(crate) async fn agent(world: &World, name: &str, price: Option<&str>) -> Agent {
    let rate = json!({"price_per_minute": "1.00"});
    let details = json!({"prices": {"USD": {"rate": rate, "price_per_message": price}}}).to_string();
    let details = parse::<DetailsDocument>(details.as_bytes()).unwrap().check().unwrap();
    world.run(async |work| agents::create(work, name.to_owned(), details).await).await.unwrap()
}

/// Taxes every price at a fifth.
pub(crate) async fn taxed(world: &World) {
    world
        .settings(|settings| {
            let rate = json!([{"name": "VAT", "rate": "0.20", "valid_from": "2026-01-01T00:00:00Z"}]);
            settings.tax_rates = serde_json::from_value(rate).unwrap();
        })
        .await;
}

/// A prepaid customer with so much on the account.
pub(crate) async fn prepaid(world: &World, balance: &str) -> Customer {
    let customer = world.prepaid_customer("Ada Ltd").await;
    if balance != "0" {
        top_up(world, &customer, balance).await;
    }
    customer
}

/// Somebody who has the records of this customer.
pub(crate) fn as_customer(world: &World, customer: &str) -> World {
    somebody(world, Role::Customer, Reach::Own { customers: vec![customer.to_owned()], agent: None })
}

/// Somebody who is this agent.
pub(crate) fn as_agent(world: &World, agent: &str) -> World {
    somebody(world, Role::Agent, Reach::Own { customers: Vec::new(), agent: Some(agent.to_owned()) })
}

/// Somebody of the staff.
pub(crate) fn as_staff(world: &World, role: Role) -> World {
    somebody(world, role, Reach::Tenant)
}

fn somebody(world: &World, role: Role, reach: Reach) -> World {
    let actor = Actor { name: format!("user:{}", role.name()), roles: role.into(), reach, ..world.actor.clone() };
    World { engine: world.engine.clone(), clock: world.clock.clone(), actor }
}

pub(crate) fn message(customer: &str, agent: &str, text: &str) -> NewMessage {
    NewMessage { customer: customer.to_owned(), agent: agent.to_owned(), text: Text::read(text).unwrap() }
}

/// What comes of it that somebody sends a message.
pub(crate) async fn send(by: &World, customer: &Customer, agent: &Agent, text: &str) -> Result<Message, MessageError> {
    let new = message(&customer.id, &agent.id, text);
    by.run(async |work| messages::send(work, new).await).await
}

/// What is told of the messages of a conversation, the newest first.
pub(crate) async fn texts(by: &World, conversation: &str) -> Vec<String> {
    let listed = messages::list(&mut by.view().await, conversation, None, 100).await.unwrap();
    listed.iter().map(|one| one.text.as_ref().map_or("-", Text::as_str).to_owned()).collect()
}
