//! Calls that Tollgate places, to phones of which Asterisk may not hear all.

use domain::invalid::parse;
use engine::agents::{self, DetailsDocument};
use engine::calls::{self, Disposition};
use engine::customers;
use engine::presence::{self, Presence};
use engine::switching::NewPlaced;
use serde_json::json;

use super::Stage;
use super::tape::Tape;
use crate::trunks::route;
use crate::world::on_both;

/// Of two channels with one name the second would not be heard to answer: the customer would talk to nobody, and for nothing.
#[tokio::test]
async fn a_phone_that_the_second_trunk_reaches_is_heard_to_answer() {
    on_both(async |world| {
        route(&world, "44", &["near", "far"]).await;
        let mut stage = Stage::new(world).await;
        stage.is_prepaid("10").await;
        let (world, customer) = (&stage.world, &stage.customer.id);
        world.settings(|settings| settings.paid_calls.press_1 = false).await;
        let version = customers::get(&mut world.view().await, customer).await.unwrap().version;
        let phone = Some("+442079460018");
        world.run(async |work| customers::set_verified_phone(work, customer, phone, version).await).await.unwrap();
        let prices = json!({"USD": {"rate": {"price_per_minute": "3.00", "increment_seconds": 1}}});
        let details = json!({"number": "7001", "phones": ["0001"], "prices": prices}).to_string();
        let details = parse::<DetailsDocument>(details.as_bytes()).unwrap().check().unwrap();
        let agent = world.run(async |work| agents::create(work, "Iris".into(), details).await).await.unwrap().id;
        world.run(async |work| presence::set(work, &agent, Presence::Online).await).await.unwrap();

        let called = [
            ("12_out_congestion", "out-congest"),
            ("16_out_remote_hangup", "out-shorttalk"),
            ("60_phone_to_phone", "phone-b"),
        ];
        stage.double.answers(called.map(|(capture, channel)| Tape::of(capture, channel)).into());
        let new = NewPlaced { customer: customer.clone(), agent, phone: None, key: None };
        stage.exchange.place(&world.actor, &new).await.unwrap();
        stage.until("the call is over", || stage.exchange.calls(world.actor.tenant).is_empty()).await;

        let mut view = world.view().await;
        let call = calls::history(&mut view, &calls::Filter::default(), None, 1).await.unwrap().pop().unwrap();
        assert_eq!(call.disposition, Some(Disposition::Answered), "{:#?}", stage.double.asked());
        assert_eq!(stage.double.left(), 0, "both phones were called");
    })
    .await;
}
