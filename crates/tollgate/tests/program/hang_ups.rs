//! Calls of real phones, ended from outside, and what they come to everywhere that is told of them.

use serde_json::{Value, json};

use crate::exchange::{hears, phone, quiet, record, talk};
use crate::run::Folder;
use crate::server::Server;

/// The call of a line that runs.
async fn live(server: &Server, from: &str) -> String {
    let (_, live) = server.get("/api/v1/charging/sessions").await;
    let call = live["items"].as_array().unwrap().iter().find(|call| call["from"] == from).cloned();
    call.unwrap_or_else(|| panic!("no call of {from} in {live:#}"))["id"].as_str().unwrap().to_owned()
}

async fn hang_up(server: &Server, call: &str) -> u16 {
    let url = format!("{}/api/v1/calls/{call}/hang-up", server.address);
    let request = reqwest::Client::new().post(url).bearer_auth(&server.key);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_staff_ends_one_call_or_all_but_those_for_help() {
    let folder = Folder::new();
    let server = Server::demo(&folder, &folder.sqlite(), &[]);
    let (mut one, mut other) = talk(&server, "0040", "0002").await;
    let (mut second, _called) = talk(&server, "0041", "0003").await;
    // 4911 leads to the line 0020.
    let (mut caller, mut desk) = (phone(&server, "0001").await, phone(&server, "0020").await);
    caller.send("make_call", vec![json!("4911")]).unwrap();
    hears(&mut desk, "call_request").await;
    desk.send("call_acknowledged", vec![json!("0001")]).unwrap();
    hears(&mut caller, "callee_ringing").await;
    desk.send("call_accepted", Vec::new()).unwrap();
    hears(&mut caller, "call_connected").await;
    caller.send("call_accepted", Vec::new()).unwrap();
    hears(&mut desk, "call_connected").await;

    let call = live(&server, "0040").await;
    assert_eq!(hang_up(&server, &call).await, 204);
    hears(&mut one, "call_ended").await;
    hears(&mut other, "call_ended").await;
    assert_eq!(hears(&mut one, "call_charged").await["reason"], "ended_by_staff");
    assert_eq!(hang_up(&server, &call).await, 409, "it is over");
    assert_eq!(hang_up(&server, "call_nothing").await, 404);
    let for_help = live(&server, "0001").await;
    assert_eq!(hang_up(&server, &for_help).await, 409, "calls for help go on");
    let elsewhere = json!({"origin": "pbx/1", "line": "0004", "to": "+14165550100"});
    let (status, session) = server.post("/api/v1/charging/sessions", &elsewhere).await;
    assert_eq!(status, 201, "{session:#}");
    assert_eq!(hang_up(&server, session["id"].as_str().unwrap()).await, 409, "another switch has it");

    let (status, ended) = server.post("/api/v1/calls/hang-up", &json!({})).await;
    assert_eq!((status, &ended["calls"]), (200, &json!(1)), "the one for help goes on, and is not counted");
    hears(&mut second, "call_ended").await;
    desk.send("talk", vec![json!("what has happened?")]).unwrap();
    assert_eq!(hears(&mut caller, "talk").await, "what has happened?");
    desk.send("hang_up", Vec::new()).unwrap();
    hears(&mut caller, "call_ended").await;
    let mut helped = record(&server, "0001").await;
    for _ in 0..100 {
        if helped["to"] == "4911" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        helped = record(&server, "0001").await;
    }
    assert_eq!((&helped["to"], &helped["price"]["total"]), (&json!("4911"), &json!("0.00")), "{helped:#}");
}

/// The seconds and the cost that the caller's phone was told, the history, the preview of the invoice, and a quote for the same call.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_costs_the_same_wherever_it_is_told() {
    let folder = Folder::new();
    let server = Server::demo(&folder, &folder.sqlite(), &[]);
    let customer = customer_of(&server, "0003").await;
    let preview = format!("/api/v1/customers/{customer}/invoices/preview");
    let (_, before) = server.get(&preview).await;
    let (mut caller, called) = talk(&server, "0003", "0002").await;
    called.send("talk", vec![json!("hello")]).unwrap();
    hears(&mut caller, "talk").await;
    hears(&mut caller, "meter").await;
    caller.send("hang_up", Vec::new()).unwrap();
    let told = hears(&mut caller, "call_charged").await;
    quiet(&server).await;
    let call = record(&server, "0003").await;
    assert_eq!(call["price"]["total"], told["cost"], "{call:#}");
    let quote = json!({
        "kind": "call", "time_zone": "America/Toronto",
        "plan": {"name": "Flat", "currency": "USD", "rate": {"price_per_minute": "0.02"}},
        "call": {"to": "0002", "answered_at": call["answered_at"], "ended_at": call["ended_at"]},
    });
    let quoted = folder.run_with_input(&["quote"], &format!("{quote}\n"));
    let quoted: Value = serde_json::from_str(quoted.out.trim()).unwrap();
    assert_eq!(quoted["total"], told["cost"], "{quoted:#}");
    let (_, after) = server.get(&preview).await;
    assert_ne!(before, after, "the preview has the call");
    assert!(after.to_string().contains("0003"), "{after:#}");
}

async fn customer_of(server: &Server, number: &str) -> String {
    let (_, lines) = server.get(&format!("/api/v1/lines?number={number}")).await;
    lines["items"][0]["customer"].as_str().unwrap().to_owned()
}
