//! What lines have for their phones.

mod blocking;
mod register;
mod rules;
mod secrets;

use std::net::IpAddr;

use engine::Actor;
use engine::lines::Line;
use engine::lines::phones::{self, PhoneError, RegisterError, RegisteredPhone, Registering};
use engine::tenants::{self, Settings};
use serde_json::json;

use crate::world::{World, currency, wide_limits};

/// An address of the documentation's network: not the machine's own.
pub(crate) const OFFICE: &str = "203.0.113.7";
/// The machine's own address.
pub(crate) const OWN: &str = "127.0.0.1";

/// A line with this number, of a customer of its own.
pub(crate) async fn line(world: &World, number: &str) -> Line {
    let customer = world.customer(&format!("Customer of {number}")).await;
    let plan = world.plan(&format!("Plan of {number}"), json!({})).await;
    world.line(&customer, number, &plan).await
}

/// What comes of it that a phone registers.
pub(crate) async fn register(
    world: &World,
    number: Option<&str>,
    token: Option<&str>,
    peer: &str,
) -> Result<RegisteredPhone, RegisterError> {
    let peer: IpAddr = peer.parse().unwrap();
    phones::register(&world.engine, &Registering { number, token, peer }).await
}

/// A new secret for the phone of a line.
pub(crate) async fn secret(by: &World, line: &Line) -> Result<String, PhoneError> {
    let made = by.run(async |work| phones::make_secret(work, &line.id).await).await?;
    Ok(made.reveal().to_owned())
}

/// A token for the phone of a line.
pub(crate) async fn token(by: &World, line: &Line) -> Result<String, PhoneError> {
    let made = by.run(async |work| phones::make_token(work, &line.id).await).await?;
    Ok(made.token.reveal().to_owned())
}

/// The demo's tenant, in the same database.
pub(crate) async fn demo(world: &World, tenant: i64) -> World {
    let actor = Actor { tenant, ..world.actor.clone() };
    let demo = World { engine: world.engine.clone(), clock: world.clock.clone(), actor };
    let zone = tenants::get(&mut world.view().await).await.unwrap().settings.time_zone;
    let settings = Settings { fraud: wide_limits(), ..Settings::new(currency("USD"), zone) };
    demo.run(async |work| tenants::found(work, "Demo", settings, true).await).await.unwrap();
    demo
}
