//! Free seconds of packages while calls run: many at once, and packages that end, are taken back, or are for somebody else.

use domain::invalid::parse;
use engine::agents::{self, DetailsDocument};
use engine::allowances::{self, Allowance, NewAllowance};

use super::*;
use crate::world::on_both;

/// An agent at 0.60 a minute by the second.
async fn agent(world: &World, name: &str, connect_fee: &str) -> String {
    let rate = json!({"price_per_minute": "0.60", "increment_seconds": 1, "connect_fee": connect_fee});
    let details = json!({"prices": {"USD": {"rate": rate}}}).to_string();
    let details = parse::<DetailsDocument>(details.as_bytes()).unwrap().check().unwrap();
    world.run(async |work| agents::create(work, name.into(), details).await).await.unwrap().id
}

/// A package that expires after so many seconds, if it does.
async fn package(world: &World, of: &Customer, agent: &str, seconds: i64, expires: Option<i64>) -> Allowance {
    use engine::Clock;
    let now = world.clock.now();
    let new = NewAllowance {
        customer: of.id.clone(),
        agent: Some(agent.to_owned()),
        seconds,
        expires_at: expires.map(|seconds| Instant::clamped(now.millis() + seconds * 1000)),
        reason: "a package".into(),
    };
    world.run(async |work| allowances::grant(work, new).await).await.unwrap()
}

/// Seconds used and held of each package.
async fn taken(world: &World, of: &Customer) -> Vec<(i64, i64)> {
    let listed = allowances::of_customer(&mut world.view().await, &of.id).await.unwrap();
    listed.into_iter().map(|one| (one.used_seconds, one.held_seconds)).collect()
}

async fn called(world: &World, origin: &str, line: &Line, agent: &str) -> Result<Grant, Refused> {
    authorize(world, NewSession { agent: Some(agent.to_owned()), ..call(origin, line) }).await
}

#[tokio::test]
async fn h050_two_hundred_calls_at_once_use_six_hundred_free_seconds_once() {
    on_both(async |world: World| {
        let (customer, line) = prepaid(&world, "0", json!({"price_per_minute": "1.00"})).await;
        let iris = agent(&world, "Iris", "0").await;
        for _ in 0..6 {
            package(&world, &customer, &iris, 100, None).await;
        }
        let callers = (0..200).map(|caller| {
            let (world, line, iris) = (&world, &line, &iris);
            async move { called(world, &format!("pbx:{caller}"), line, iris).await }
        });
        let outcomes = futures::future::join_all(callers).await;
        let accepted: Vec<Grant> = outcomes.into_iter().filter_map(Result::ok).collect();
        assert_eq!(accepted.iter().map(|grant| grant.granted.seconds.unwrap()).sum::<i64>(), 600);
        let answered_at = Some(wait(&world, 0));
        let ended_at = EndsAt::At(wait(&world, 90));
        let ends = accepted.iter().map(|grant| {
            let ending = Ending { answered_at, ended_at, disposition: None, cause: None };
            step(&world, &grant.session, Step::Settle(ending))
        });
        for ended in futures::future::join_all(ends).await {
            assert!(matches!(ended, Ok(Reply::Ended(ended)) if ended.end.charged.total() == Ok(Amount::ZERO)));
        }
        assert_eq!(taken(&world, &customer).await, [(100, 0); 6]);
        assert_eq!(account(&world, &customer).await, money("0", "0"));
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn h051_a_package_that_is_valid_at_the_answer_serves_the_whole_call() {
    on_both(async |world: World| {
        let (customer, line) = prepaid(&world, "10", json!({"price_per_minute": "1.00"})).await;
        let iris = agent(&world, "Iris", "0.50").await;
        package(&world, &customer, &iris, 120, Some(30)).await;
        let grant = called(&world, "pbx:1", &line, &iris).await.unwrap();
        let answered_at = wait(&world, 29);
        step(&world, &grant.session, Step::Answer { answered_at: Some(answered_at) }).await.unwrap();
        wait(&world, 50);
        step(&world, &grant.session, Step::Extend).await.unwrap();
        assert_eq!(taken(&world, &customer).await, [(0, 110)], "it has expired, and goes on");
        let ended_at = wait(&world, 50);
        let settled = ended(step(&world, &grant.session, end_at(ended_at)).await).unwrap();
        assert_eq!(outcome(&settled).1, "0.50", "the connect fee alone");
        // The next call is too late for what is left; so is one that is answered at that very instant.
        package(&world, &customer, &iris, 120, Some(30)).await;
        let late = called(&world, "pbx:2", &line, &iris).await.unwrap();
        let answered_at = wait(&world, 30);
        step(&world, &late.session, Step::Answer { answered_at: Some(answered_at) }).await.unwrap();
        let ended_at = wait(&world, 10);
        let settled = ended(step(&world, &late.session, end_at(ended_at)).await).unwrap();
        assert_eq!(outcome(&settled).1, "0.60");
        assert_eq!(taken(&world, &customer).await, [(100, 0), (0, 0)]);
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_package_that_is_taken_back_in_mid_call_serves_with_what_is_set_aside() {
    on_both(async |world: World| {
        let (customer, line) = prepaid(&world, "10", json!({"price_per_minute": "1.00"})).await;
        let (iris, vera) = (agent(&world, "Iris", "0").await, agent(&world, "Vera", "0").await);
        let given = package(&world, &customer, &iris, 600, None).await;
        let grant = called(&world, "pbx:1", &line, &iris).await.unwrap();
        let other = called(&world, "pbx:2", &line, &vera).await.unwrap();
        assert_eq!((grant.held, other.held), (Amount::ZERO, amount("0.60")), "a package for another agent");
        let answered_at = wait(&world, 0);
        step(&world, &grant.session, Step::Answer { answered_at: Some(answered_at) }).await.unwrap();
        world.run(async |work| allowances::revoke(work, &given.id).await).await.unwrap();
        wait(&world, 50);
        step(&world, &grant.session, Step::Extend).await.unwrap();
        let ended_at = wait(&world, 50);
        let settled = ended(step(&world, &grant.session, end_at(ended_at)).await).unwrap();
        assert_eq!((settled.end.free_used.seconds(), outcome(&settled).1), (60, "0.40".to_owned()));
        assert_eq!(taken(&world, &customer).await, [(60, 0)]);
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}
