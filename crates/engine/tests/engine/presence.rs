//! Whether agents take calls.

use engine::agents::AgentError;
use engine::charging::{NewSession, Step};
use engine::presence::{self, Presence};
use engine::{ChangeKind, Scope};
use serde_json::json;

use crate::charging::{authorize, call, end_at, prepaid, step, top_up, wait};
use crate::messages::{agent, as_agent, iris};
use crate::world::{World, on_both};

async fn shown(world: &World, agent: &str) -> Presence {
    presence::of(&mut world.view().await, &[agent]).await.unwrap()[agent]
}

async fn say(by: &World, agent: &str, presence: Presence) -> Result<(), AgentError> {
    by.run(async |work| presence::set(work, agent, presence).await).await
}

#[tokio::test]
async fn an_agent_says_whether_it_takes_calls() {
    on_both(async |world: World| {
        let (iris, vera) = (iris(&world).await, agent(&world, "Vera", None).await);
        let desk = as_agent(&world, &iris.id);
        assert_eq!(shown(&world, &iris.id).await, Presence::Offline);
        let mut heard = world.engine.changes();
        for presence in [Presence::Online, Presence::Away, Presence::Away, Presence::Offline, Presence::Online] {
            say(&desk, &iris.id, presence).await.unwrap();
            assert_eq!(shown(&world, &iris.id).await, presence);
        }
        let mut hints = 0;
        while let Ok(hint) = heard.try_recv() {
            assert_eq!((hint.kind, hint.kind.name(), &hint.id), (ChangeKind::Agent, "agent", &iris.id));
            assert!(
                hint.is_for(desk.view().await.reach()) && !hint.is_for(as_agent(&world, &vera.id).view().await.reach())
            );
            hints += 1;
        }
        assert_eq!(hints, 4, "what changes nothing is told to nobody");
        assert_eq!(world.changes(&iris.id).await.iter().filter(|one| one.action == "agent.presence").count(), 4);
        let busy = say(&desk, &iris.id, Presence::Busy).await;
        assert!(matches!(busy, Err(AgentError::Invalid(invalid)) if invalid.pointer == "/presence"));
        let stranger = say(&as_agent(&world, &vera.id), &iris.id, Presence::Offline).await;
        assert!(matches!(stranger, Err(AgentError::NotFound(_))));
        let version = engine::agents::get(&mut world.view().await, &iris.id).await.unwrap().version;
        assert_eq!(version, 1, "who edits the agent is not in the way of who sets its presence");
    })
    .await;
}

#[tokio::test]
async fn who_has_an_answered_call_is_busy() {
    on_both(async |world: World| {
        let (iris, vera) = (iris(&world).await, agent(&world, "Vera", Some("1")).await);
        let (ada, line) = prepaid(&world, "0", json!({"price_per_minute": "0.60"})).await;
        top_up(&world, &ada, "100.00").await;
        say(&world, &iris.id, Presence::Online).await.unwrap();
        let to_iris = NewSession { agent: Some(iris.id.clone()), ..call("pbx:1", &line) };
        let session = authorize(&world, to_iris).await.unwrap().session;
        assert_eq!(shown(&world, &iris.id).await, Presence::Online, "it rings");
        let mut heard = world.engine.changes();
        step(&world, &session, Step::Answer { answered_at: None }).await.unwrap();
        assert_eq!((shown(&world, &iris.id).await, shown(&world, &vera.id).await), (Presence::Busy, Presence::Offline));
        let mut kinds = Vec::new();
        while let Ok(hint) = heard.try_recv() {
            kinds.push(hint.kind);
        }
        assert!(kinds.contains(&ChangeKind::Agent), "{kinds:?}");
        // What it says meanwhile is kept for when the call is over.
        say(&world, &iris.id, Presence::Away).await.unwrap();
        assert_eq!(shown(&world, &iris.id).await, Presence::Busy);
        let ends_at = wait(&world, 30);
        step(&world, &session, end_at(ends_at)).await.unwrap();
        assert_eq!(shown(&world, &iris.id).await, Presence::Away);
    })
    .await;
}
