//! A help line at Twilio calls back who has called: the real program, with Twilio played on this machine.

use serde_json::{Value, json};

use crate::databases::{drop_postgres, fresh_postgres};
use crate::run::Folder;
use crate::twilio::{ANN, BOB, CALLER, HelpLine, listed};

/// Somebody has called whom nobody answered, and was asked for a message: the call's id.
async fn missed(line: &HelpLine) -> String {
    let caller = line.double.calls(CALLER, crate::twilio::NUMBER).await.unwrap();
    line.double.rings(ANN).await.unwrap().does_not_answer().await.unwrap();
    line.double.rings(BOB).await.unwrap().is_busy().await.unwrap();
    caller.hears("leave a message").await.unwrap().hangs_up().await.unwrap();
    let over = |items: &[Value]| items.first().is_some_and(|call| call["result"] == "missed");
    let calls = listed(&line.server, &format!("/groups/{}/calls", line.group), over).await;
    calls[0]["id"].as_str().unwrap().to_owned()
}

/// The latest of the group's calls, once it is over.
async fn last(line: &HelpLine) -> Value {
    let over = |items: &[Value]| items.first().is_some_and(|call| !call["ended_at"].is_null());
    listed(&line.server, &format!("/groups/{}/calls", line.group), over).await.remove(0)
}

async fn calls_back(line: &HelpLine, call: &str) -> (u16, Value) {
    let body = json!({"call": call, "agent": line.agents[0]});
    line.server.post(&format!("/api/v1/groups/{}/call-backs", line.group), &body).await
}

/// Ann presses 1, and talks with who has called.
async fn they_talk(line: &HelpLine, call: &str) {
    let (status, placed) = calls_back(line, call).await;
    assert_eq!((status, &placed["answers"]), (201, &json!(call)), "{placed}");
    let ann = line.double.rings(ANN).await.unwrap().answers().await.unwrap();
    let ann = ann.hears("Your call back for Night line").await.unwrap().presses("1").await.unwrap();
    let caller = line.double.rings(CALLER).await.unwrap().answers().await.unwrap();
    assert_eq!((ann.talks_with(), caller.talks_with()), (vec![CALLER.to_owned()], vec![ANN.to_owned()]));
    line.double.let_pass(30).await;
    caller.hangs_up().await.unwrap();
    ann.becomes("completed").await.unwrap();
    let back = last(line).await;
    assert_eq!((&back["id"], &back["result"], &back["caller"]), (&placed["id"], &json!("answered"), &json!(CALLER)));
    let (_, answered) = line.server.get(&format!("/api/v1/group-calls/{call}")).await;
    assert_eq!(
        (&answered["called_back"]["call"], &answered["called_back"]["result"]),
        (&placed["id"], &json!("answered"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_called_is_called_back_by_twilio_under_the_groups_number() {
    let folder = Folder::new();
    for database in [folder.sqlite(), fresh_postgres().await] {
        let line = HelpLine::opens(&folder, &database).await;
        let named = missed(&line).await;
        let (status, refused) = calls_back(&line, &named).await;
        assert_eq!((status, &refused["reason"]), (409, &json!("caller_not_known")), "{refused}");
        line.changes(|answering| answering["callers"] = json!("shown")).await;
        let call = missed(&line).await;
        they_talk(&line, &call).await;
        assert_eq!(line.double.faults(), [] as [String; 0]);
        let asked = line.double.asked();
        assert!(asked.iter().any(|asked| asked.contains("Calls.json")), "{asked:?}");
        line.server.terminate();
        if database.starts_with("postgres") {
            drop_postgres(&database).await;
        }
    }
}
