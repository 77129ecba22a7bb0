//! Routes: which trunks a call is tried on.

use domain::dial_plan::Number;
use domain::rate::Rate;
use domain::trunks::Dialling;
use engine::trunk_routes::{self, Details, TrunkRoute, TrunkRouteError};
use engine::trunks::{self, TrunkError};

use super::{trunk, trunk_details};
use crate::world::{World, on_both, overtaken};

fn details(prefix: &str, trunk: &str, position: u32) -> Details {
    let dialling = Dialling::new(prefix, prefix.len(), "0").unwrap();
    Details { dialling, trunk: trunk.to_owned(), position, buying_rate: None }
}

async fn route(world: &World, details: Details) -> Result<TrunkRoute, TrunkRouteError> {
    world.run(async |work| trunk_routes::create(work, details).await).await
}

/// The ways to a number, as endpoints and what is dialled there.
async fn ways(world: &World, number: &str) -> Vec<String> {
    let number = Number::read(number).unwrap();
    let ways = trunk_routes::ways(&mut world.view().await, &number).await.unwrap();
    ways.iter().map(|way| format!("{}:{}", way.trunk.details.endpoint, way.number_to_dial)).collect()
}

#[tokio::test]
async fn a_number_goes_out_by_its_longest_prefix_and_falls_back() {
    on_both(async |world: World| {
        let neighbour = world.neighbour().await;
        let home = trunk(&world, trunk_details("home")).await.unwrap();
        let wide = trunk(&world, trunk_details("wide")).await.unwrap();
        let theirs = trunk(&neighbour, trunk_details("theirs")).await.unwrap();
        let rate = Rate::read(br#"{"price_per_minute": "0.012"}"#).unwrap();
        let priced = Details { buying_rate: Some(rate.clone()), ..details("44", &home.id, 2) };
        let first = route(&world, priced).await.unwrap();
        route(&world, details("44", &wide.id, 1)).await.unwrap();
        route(&world, details("", &wide.id, 1)).await.unwrap();
        route(&neighbour, details("", &theirs.id, 1)).await.unwrap();
        let all = ["wide:02079460018", "home:02079460018", "wide:0442079460018"];
        assert_eq!(ways(&world, "+442079460018").await, all);
        assert_eq!(ways(&world, "+15550100000").await, ["wide:015550100000"]);
        assert_eq!(ways(&neighbour, "+442079460018").await, ["theirs:0442079460018"]);
        let told = trunk_routes::ways(&mut world.view().await, &Number::read("+442079460018").unwrap()).await.unwrap();
        assert_eq!((&told[1].route, told[1].buying_rate.as_ref(), &told[1].trunk), (&first.id, Some(&rate), &home));
        let off = trunks::Details { enabled: false, ..wide.details.clone() };
        world.run(async |work| trunks::update(work, &wide.id, off, 1).await).await.unwrap();
        assert_eq!(ways(&world, "+442079460018").await, ["home:02079460018"]);
        assert_eq!(ways(&world, "+15550100000").await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_route_is_kept_changed_and_deleted_and_keeps_its_trunk() {
    on_both(async |world: World| {
        let neighbour = world.neighbour().await;
        let (one, two) = (trunk(&world, trunk_details("one")).await, trunk(&world, trunk_details("two")).await);
        let (one, two) = (one.unwrap(), two.unwrap());
        let made = route(&world, details("44", &one.id, 1)).await.unwrap();
        assert_eq!(trunk_routes::get(&mut world.view().await, &made.id).await.unwrap(), made);
        let refused = route(&world, details("44", &one.id, 9)).await.unwrap_err();
        assert!(
            matches!(&refused, TrunkRouteError::PrefixTaken { route: Some(id), .. } if *id == made.id),
            "{refused:?}"
        );
        for foreign in ["trk_none", &one.id] {
            let refused = route(&neighbour, details("44", foreign, 1)).await;
            assert!(matches!(refused, Err(TrunkRouteError::NoSuchTrunk(_))), "{refused:?}");
        }
        let refused = route(&world, details("1", &one.id, 10_001)).await;
        assert!(
            matches!(&refused, Err(TrunkRouteError::Invalid(fault)) if fault.pointer == "/position"),
            "{refused:?}"
        );
        let other = route(&world, details("44", &two.id, 1)).await.unwrap();
        let update = async |details: Details, version: i64| {
            world.run(async |work| trunk_routes::update(work, &made.id, details, version).await).await
        };
        let refused = update(details("44", &two.id, 1), 1).await;
        assert!(matches!(&refused, Err(TrunkRouteError::PrefixTaken { route: Some(id), .. }) if *id == other.id));
        let changed = update(details("441", &one.id, 0), 1).await.unwrap();
        assert_eq!((changed.version, changed.details.dialling.prefix()), (2, "441"));
        assert!(matches!(update(details("441", &one.id, 0), 1).await, Err(TrunkRouteError::Changed { current: 2 })));
        let delete = async |id: &str| world.run(async |work| trunks::delete(work, id).await).await;
        assert!(matches!(delete(&one.id).await, Err(TrunkError::InUse { routes: 1 })));
        neighbour.run(async |work| trunk_routes::delete(work, &made.id).await).await.unwrap_err();
        world.run(async |work| trunk_routes::delete(work, &made.id).await).await.unwrap();
        delete(&one.id).await.unwrap();
        let actions: Vec<String> = world.changes(&made.id).await.into_iter().map(|change| change.action).collect();
        assert_eq!(actions, ["trunk_route.delete", "trunk_route.update", "trunk_route.create"]);
    })
    .await;
}

#[tokio::test]
async fn a_trunk_that_gets_a_route_meanwhile_is_not_deleted() {
    on_both(async |world: World| {
        let trunk = trunk(&world, trunk_details("one")).await.unwrap();
        let mut first = world.work().await;
        trunk_routes::create(&mut first, details("44", &trunk.id, 1)).await.unwrap();
        let deleted = overtaken(first, world.run(async |work| trunks::delete(work, &trunk.id).await)).await;
        assert!(matches!(deleted, Err(TrunkError::InUse { routes: 1 })), "{deleted:?}");
    })
    .await;
}
