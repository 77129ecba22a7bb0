//! Calls back to who has called a group, by Twilio: each party has a call of its own, under the group's number, and both meet in a conference.

use engine::agents;
use engine::groups::{self, CallResult};
use engine::switching::{NewCallBack, Unanswered};
use serde_json::json;
use storage::group_calls::GroupCallRecord;

use crate::expected::attribute;
use crate::peers;
use crate::playing::Playing;
use crate::scenarios::Plan;
use crate::world::{World, on_both};

const CALLER: &str = "+441632960555";

async fn playing(world: World) -> Playing {
    let plan = Plan::without(|_| None);
    let case = plan.cases.iter().find(|case| case.scenario["id"] == "R04").unwrap();
    Playing::new(world, case).await
}

/// A call to the group that nobody has answered.
async fn missed(playing: &Playing) -> String {
    let record = GroupCallRecord {
        origin: "twilio/CAmissed".to_owned(),
        agent_group: playing.scene.group.id.clone(),
        caller: CALLER.to_owned(),
        called_at: 1,
        answered_at: None,
        ended_at: Some(2),
        result: "missed".to_owned(),
        agent: None,
        attempts: "[]".to_owned(),
        language: None,
        answers: None,
        placed_by: None,
        version: 1,
    };
    let mut tx = playing.scene.world.engine.store().write().await.unwrap();
    storage::group_calls::save(&mut tx, 1, std::slice::from_ref(&record)).await.unwrap();
    tx.commit().await.unwrap();
    record.origin
}

/// Somebody of the group, and the phone.
async fn somebody(playing: &Playing) -> (String, String) {
    let all = agents::page(&mut playing.scene.world.view().await, None, 50).await.unwrap();
    let agent = all.into_iter().next().unwrap();
    (agent.id, agent.details.phones[0].clone())
}

impl Playing {
    /// The form of the call that was placed as this one, once it is.
    async fn is_placed(&self, place: usize) -> twilio::form::Form {
        for _ in 0..1000 {
            if let Some(placed) = self.provider.placed().into_iter().nth(place) {
                return placed.form;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("no call is placed")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_are_rung_under_the_groups_number_and_meet() {
    let documents = std::sync::Mutex::new(Vec::new());
    on_both(async |world| {
        let mut playing = playing(world).await;
        let call = missed(&playing).await;
        let mut group = playing.scene.group.clone();
        group.details.answering.screening = true;
        let (id, details, version) = (group.id.clone(), group.details.clone(), group.version);
        let changed = async |work: &mut _| groups::update(work, &id, details.clone(), version).await;
        playing.scene.world.run(changed).await.unwrap();
        let (agent, phone) = somebody(&playing).await;
        let of = Unanswered::Call(call.clone());
        let new = NewCallBack { group: group.id.clone(), of, agent: Some(agent), phone: None, key: None };
        let placed = playing.exchange.call_back(&playing.scene.world.actor, &new).await.unwrap();
        let shown = group.details.numbers.first().unwrap().as_str();
        let first = playing.is_placed(0).await;
        assert_eq!((first.get("To"), first.get("From")), (Some(phone.as_str()), Some(shown)));
        let url = first.get("Url").unwrap().to_owned();
        let (_, asked) = playing.posts(&url, &[("CallSid", "CAplaced0"), ("CallStatus", "in-progress")]).await;
        assert!(asked.contains("call back for") && !asked.contains(CALLER), "{asked}");
        let pressed = attribute(&asked, "Gather", "action").unwrap();
        let (_, room) = playing.posts(&pressed, &[("CallSid", "CAplaced0"), ("Digits", "1")]).await;
        assert!(room.contains("<Conference"), "{room}");
        let second = playing.is_placed(1).await;
        assert_eq!((second.get("To"), second.get("From")), (Some(CALLER), Some(shown)));
        let url = second.get("Url").unwrap().to_owned();
        let (_, room) = playing.posts(&url, &[("CallSid", "CAplaced1"), ("CallStatus", "in-progress")]).await;
        assert!(
            room.contains("<Conference") && !room.contains("<Gather"),
            "who is called back presses nothing: {room}"
        );
        for (place, form) in [(1, second), (0, first)] {
            let status = form.get("StatusCallback").unwrap().to_owned();
            let sid = format!("CAplaced{place}");
            playing.posts(&status, &[("CallSid", &sid), ("CallStatus", "completed"), ("CallDuration", "9")]).await;
        }
        let mut result = CallResult::Running;
        for _ in 0..1000 {
            let back = groups::call(&mut playing.scene.world.view().await, &placed.origin).await.unwrap();
            result = back.result;
            if back.ended_at.is_some() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(result, CallResult::Answered);
        documents.lock().unwrap().append(&mut playing.documents);
    })
    .await;
    let documents = documents.into_inner().unwrap();
    let checked = peers::python("check_twiml.py", &json!(documents));
    let good = format!("{} documents are good\n", documents.len());
    assert_eq!(String::from_utf8_lossy(&checked.stdout), good, "{checked:?}");
}
