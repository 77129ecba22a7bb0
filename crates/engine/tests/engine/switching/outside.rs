//! What calls show that go out by a trunk.

use domain::call_flow::{Action, Leg, Party};
use domain::trunks::Dialling;
use engine::inbound_numbers::{self, InboundNumber};
use engine::lines::{self, ForwardingTo, Line};
use engine::{trunk_routes, trunks};
use serde_json::json;

use super::Bench;
use crate::world::{World, on_both};

const OUTSIDE: &str = "+442079460999";
const OWN: &str = "+441632960001";
const LEADING: &str = "+442079460018";
const COMPANY: &str = "+442079460000";
const STRANGER: &str = "+18005550100";

/// A trunk to everywhere.
async fn connected(world: &World) {
    let (name, endpoint) = ("World".to_owned(), "world".to_owned());
    let details = trunks::Details { name, endpoint, asterisk: None, enabled: true, most_calls: None };
    let trunk = world.run(async |work| trunks::create(work, details).await).await.unwrap().id;
    let dialling = Dialling::new("", 0, "").unwrap();
    let details = trunk_routes::Details { dialling, trunk, position: 1, buying_rate: None };
    world.run(async |work| trunk_routes::create(work, details).await).await.unwrap();
}

async fn leads(world: &World, number: &str, line: &Line) -> InboundNumber {
    let details = inbound_numbers::Details { number: number.to_owned(), line: line.id.clone() };
    world.run(async |work| inbound_numbers::create(work, details).await).await.unwrap()
}

impl Bench<'_> {
    /// What a call shows outside.
    async fn shows(&self, caller: Party, dialled: &str) -> String {
        let call = self.calls(caller, dialled);
        let goes_out = |action: &Action| matches!(action, Action::RingLeg { via: Some(_), .. });
        let Action::RingLeg { party, caller, .. } = self.is_done(&call, goes_out).await else { unreachable!() };
        assert_eq!(party.number, OUTSIDE);
        self.hangs_up(&call, Leg::FIRST).await;
        self.over(&call).await;
        caller
    }
}

fn party(line: &Line) -> Party {
    Party { line: Some(line.id.clone()), number: line.number.clone() }
}

fn stranger(number: &str) -> Party {
    Party { line: None, number: number.to_owned() }
}

#[tokio::test]
async fn a_call_shows_outside_a_number_of_the_world_or_none() {
    on_both(async |world| {
        connected(&world).await;
        let (customer, plan) = (world.customer("Caller").await, world.plan("Talk", json!({})).await);
        let [extension, known, own, forwards] = [
            world.line(&customer, "0001", &plan).await,
            world.line(&customer, "0002", &plan).await,
            world.line(&customer, OWN, &plan).await,
            world.line(&customer, "0004", &plan).await,
        ];
        let oldest = leads(&world, LEADING, &known).await;
        // Neither a later number, nor one of a line that has one of its own, is shown.
        leads(&world, "+442079460010", &known).await;
        leads(&world, "+442079460011", &own).await;
        leads(&world, "+442079460012", &forwards).await;
        let away = ForwardingTo { always: Some(OUTSIDE.to_owned()), ..ForwardingTo::default() };
        let set = async |work: &mut _| lines::set_forwarding(work, &forwards.id, away, forwards.version).await;
        world.run(set).await.unwrap();
        let bench = Bench::new(&world).await;
        for (caller, dialled, shown) in [
            (party(&extension), OUTSIDE, ""),
            (party(&known), OUTSIDE, LEADING),
            (party(&own), OUTSIDE, OWN),
            // What is sent on shows who called first, and hides who hides.
            (party(&extension), "0004", ""),
            (party(&known), "0004", LEADING),
            (party(&own), "0004", OWN),
            (stranger(STRANGER), "+442079460012", STRANGER),
            (stranger(""), "+442079460012", ""),
        ] {
            assert_eq!(bench.shows(caller.clone(), dialled).await, shown, "{caller:?} to {dialled}");
        }
        world.settings(|settings| settings.outside_number = Some("020 7946 0000".to_owned())).await;
        for (caller, dialled, shown) in [
            (party(&extension), OUTSIDE, COMPANY),
            (party(&known), OUTSIDE, LEADING),
            (party(&own), OUTSIDE, OWN),
            (party(&extension), "0004", COMPANY),
            (stranger(STRANGER), "+442079460012", STRANGER),
            (stranger(""), "+442079460012", ""),
        ] {
            assert_eq!(bench.shows(caller.clone(), dialled).await, shown, "{caller:?} to {dialled}");
        }
        // A number that leads elsewhere is that line's.
        let elsewhere = inbound_numbers::Details { number: LEADING.to_owned(), line: extension.id.clone() };
        world.run(async |work| inbound_numbers::update(work, &oldest.id, elsewhere, 1).await).await.unwrap();
        assert_eq!(bench.shows(party(&extension), OUTSIDE).await, LEADING);
        assert_eq!(bench.shows(party(&known), OUTSIDE).await, "+442079460010");
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}
