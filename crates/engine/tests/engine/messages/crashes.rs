//! A process that dies while it sends a message.

use std::sync::Arc;

use engine::Engine;
use engine::messages::{self, Whose};
use storage::faults::{Faults, Point};

use super::{as_customer, iris, message, prepaid};
use crate::world::{World, amount, on_both};

#[tokio::test]
async fn a_message_is_stored_and_charged_or_neither_wherever_the_process_dies() {
    on_both(async |world: World| {
        let (iris, ada) = (iris(&world).await, prepaid(&world, "99.00").await);
        let own = as_customer(&world, &ada.id);
        let (mut stored, mut deaths) = (0, 0);
        for dies_at in 1.. {
            let faults = Faults::new(&[]);
            let store = world.engine.store().with_faults(faults.clone()).await.unwrap();
            let mortal =
                World { engine: Engine::new(store, Arc::new(world.clock.clone())), ..as_customer(&world, &ada.id) };
            faults.die_at(dies_at);
            let new = message(&ada.id, &iris.id, "Hello");
            let outcome = mortal.run(async |work| messages::send(work, new).await).await;
            // What was committed stands, though nobody was told.
            stored += u32::from(matches!(faults.died_at(), None | Some(Point::Committed)));
            let mut listed = 0;
            for one in messages::conversations(&mut own.view().await, &Whose::Everybody, None, 10).await.unwrap() {
                listed += messages::list(&mut own.view().await, &one.id, None, 100).await.unwrap().len();
            }
            assert_eq!(listed, usize::try_from(stored).unwrap(), "died at {:?}", faults.died_at());
            let spent = amount("99.00").minus(world.balance(&ada.id).await).unwrap();
            assert_eq!(spent.micros(), i64::from(stored) * 990_000, "died at {:?}", faults.died_at());
            assert_eq!(world.faults().await, Vec::<String>::new(), "died at {:?}", faults.died_at());
            if faults.died_at().is_none() {
                outcome.unwrap();
                break;
            }
            assert!(outcome.is_err());
            deaths += 1;
        }
        assert!(stored == 2 && deaths > 10, "{deaths} deaths, {stored} stored");
    })
    .await;
}
