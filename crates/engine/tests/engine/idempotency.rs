use engine::Actor;
use engine::idempotency::{Answer, Claim, Claimed, claim, keep};

use crate::world::{World, on_both, overtaken};

fn request(fingerprint: &str) -> Claim {
    Claim { key: "k-1".into(), fingerprint: fingerprint.into() }
}

async fn claimed(world: &World, fingerprint: &str) -> Claimed {
    let request = request(fingerprint);
    world.run(async |work| claim(work, &request).await).await.unwrap()
}

#[tokio::test]
async fn the_same_key_gives_the_same_answer() {
    on_both(async |world: World| {
        let answer = Answer { status: 201, body: "{\"id\": 1}".into() };
        let mut work = world.work().await;
        assert_eq!(claim(&mut work, &request("a")).await.unwrap(), Claimed::New);
        keep(&mut work, &request("a"), &answer).await.unwrap();
        // The second waits for the first to end.
        let second = overtaken(work, claimed(&world, "a")).await;
        assert_eq!(second, Claimed::Done(answer.clone()));
        assert_eq!(claimed(&world, "b").await, Claimed::Reused);
        assert_eq!(claimed(&world, "a").await, Claimed::Done(answer));
        // Another actor's keys, and another tenant's, are their own.
        let actor = Actor { name: "key:other".into(), ..world.actor.clone() };
        let other = World { engine: world.engine.clone(), clock: world.clock.clone(), actor };
        assert_eq!(claimed(&other, "b").await, Claimed::New);
        assert_eq!(claimed(&world.neighbour().await, "b").await, Claimed::New);
    })
    .await;
}

#[tokio::test]
async fn what_was_undone_leaves_its_key_free() {
    on_both(async |world: World| {
        let mut work = world.work().await;
        assert_eq!(claim(&mut work, &request("a")).await.unwrap(), Claimed::New);
        drop(work);
        assert_eq!(claimed(&world, "b").await, Claimed::New);
    })
    .await;
}
