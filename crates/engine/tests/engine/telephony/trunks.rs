//! Trunks: whose endpoints they have.

use engine::trunks::{self, Details, TrunkError};

use super::{trunk, trunk_details};
use crate::world::{World, on_both};

#[tokio::test]
async fn an_endpoint_says_whose_a_call_is() {
    on_both(async |world: World| {
        let neighbour = world.neighbour().await;
        let own = trunk(&world, trunk_details("world")).await.unwrap();
        let refused = trunk(&world, trunk_details("world")).await.unwrap_err();
        assert!(matches!(&refused, TrunkError::EndpointTaken { trunk: Some(id), .. } if *id == own.id), "{refused:?}");
        let refused = trunk(&neighbour, trunk_details("world")).await.unwrap_err();
        assert!(
            matches!(&refused, TrunkError::EndpointTaken { trunk: None, .. }),
            "another's is not named: {refused:?}"
        );
        let south = Details { asterisk: Some("south".to_owned()), ..trunk_details("world") };
        let theirs = trunk(&neighbour, south.clone()).await.unwrap();
        for (asterisk, found) in [(None, Some((1, &own))), (Some("south"), Some((2, &theirs))), (Some("north"), None)] {
            let of = trunks::of_endpoint(&mut world.view().await, asterisk, "world").await.unwrap();
            assert_eq!(of.as_ref().map(|(tenant, trunk)| (*tenant, trunk)), found, "{asterisk:?}");
        }
        // It can be changed to a free one, and not to one that is another's.
        let update = async |details: Details, version: i64| {
            world.run(async |work| trunks::update(work, &own.id, details, version).await).await
        };
        assert!(matches!(update(south, 1).await, Err(TrunkError::EndpointTaken { trunk: None, .. })));
        let renamed = Details { enabled: false, most_calls: Some(2), ..trunk_details("world") };
        let renamed = update(renamed, 1).await.unwrap();
        assert!(matches!(update(trunk_details("other"), 1).await, Err(TrunkError::Changed { current: 2 })));
        assert_eq!(trunks::get(&mut world.view().await, &own.id).await.unwrap(), renamed);
        assert!(matches!(trunks::get(&mut neighbour.view().await, &own.id).await, Err(TrunkError::NotFound(_))));
        neighbour.run(async |work| trunks::delete(work, &own.id).await).await.unwrap_err();
        world.run(async |work| trunks::delete(work, &own.id).await).await.unwrap();
        trunk(&neighbour, trunk_details("world")).await.unwrap();
        let actions: Vec<String> = world.changes(&own.id).await.into_iter().map(|change| change.action).collect();
        assert_eq!(actions, ["trunk.delete", "trunk.update", "trunk.create"]);
    })
    .await;
}

#[tokio::test]
async fn trunks_that_are_refused() {
    on_both(async |world: World| {
        let good = trunk_details("world");
        for (details, place) in [
            (Details { name: " ".into(), ..good.clone() }, "/name"),
            (trunk_details(""), "/endpoint"),
            (trunk_details("a b"), "/endpoint"),
            (trunk_details("a]\nb"), "/endpoint"),
            (trunk_details(&"a".repeat(41)), "/endpoint"),
            (trunk_details("t1-0001-abcdef"), "/endpoint"),
            (Details { asterisk: Some("a/b".into()), ..good.clone() }, "/asterisk"),
            (Details { most_calls: Some(0), ..good.clone() }, "/most_calls"),
            (Details { most_calls: Some(10_001), ..good.clone() }, "/most_calls"),
        ] {
            let refused = trunk(&world, details.clone()).await;
            assert!(matches!(&refused, Err(TrunkError::Invalid(fault)) if fault.pointer == place), "{details:?}");
        }
        assert_eq!(trunks::page(&mut world.view().await, None, 9).await.unwrap(), []);
    })
    .await;
}
