use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::bench::on_both;
use crate::client::open;

/// Whatever makes no sense is an error, and changes nothing.
/// H019 of the hostile inputs.
#[tokio::test]
async fn out_of_order_is_an_error_and_changes_nothing() {
    on_both(async |bench| {
        let (mut caller, mut called) = (bench.phone(0).await, bench.phone(1).await);
        let mut third = bench.phone(2).await;
        let all = [
            ("call_acknowledged", json!("0001")),
            ("call_accepted", Value::Null),
            ("call_refused", json!(["0001", "busy"])),
            ("talk", json!("Hello")),
            ("dtmf", json!("1")),
            ("signal", json!({"candidate": null})),
            ("recorded", json!({"text": "Hello"})),
        ];
        for (event, argument) in &all {
            third.says(event, argument.clone());
            third.hears(json!(["error", format!("invalid_{event}")])).await;
        }
        third.says("hang_up", Value::Null);
        caller.says("make_call", json!("0002"));
        called.hears(json!(["call_request", "0001"])).await;
        // Before it rings, and for a caller that is another.
        for (event, argument) in [
            ("call_accepted", Value::Null),
            ("call_acknowledged", json!("0003")),
            ("call_refused", json!(["0003", "busy"])),
            ("talk", json!("Hello")),
            ("recorded", json!({"text": "Hello"})),
        ] {
            called.says(event, argument);
            called.hears(json!(["error", format!("invalid_{event}")])).await;
        }
        caller.says("call_accepted", Value::Null);
        caller.hears(json!(["error", "invalid_call_accepted"])).await;
        // Others cannot touch the call.
        for (event, argument) in &all {
            third.says(event, argument.clone());
            third.hears(json!(["error", format!("invalid_{event}")])).await;
        }
        third.says("hang_up", Value::Null);
        called.says("call_acknowledged", json!("0001"));
        caller.hears(json!("callee_ringing")).await;
        called.says("call_acknowledged", json!("0001"));
        called.hears(json!(["error", "invalid_call_acknowledged"])).await;
        called.says("call_accepted", Value::Null);
        called.told("media").await;
        caller.told("media").await;
        caller.hears(json!("call_connected")).await;
        called.says("call_accepted", Value::Null);
        called.hears(json!(["error", "invalid_call_accepted"])).await;
        caller.says("talk", json!("Too early"));
        caller.hears(json!(["error", "invalid_talk"])).await;
        caller.says("call_accepted", Value::Null);
        called.hears(json!("call_connected")).await;
        caller.says("call_accepted", Value::Null);
        assert_eq!(caller.told("error").await, "invalid_call_accepted");
        called.says("talk", json!("Now"));
        assert_eq!(caller.told("talk").await, "Now");
        third.hears_nothing().await;
    })
    .await;
}

#[tokio::test]
async fn wrong_types_are_errors_and_unknown_events_are_nothing() {
    on_both(async |bench| {
        let (mut caller, mut called) = (bench.phone(0).await, bench.phone(1).await);
        for event in
            ["make_call", "call_acknowledged", "call_refused", "talk", "dtmf", "signal", "call_blocking", "recorded"]
        {
            for argument in [Value::Null, json!([null]), json!(7), json!([[]]), json!({"a": 1}), json!(true)] {
                caller.says(event, argument);
                caller.hears(json!(["error", format!("invalid_{event}")])).await;
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        // With bytes where a text should be.
        caller.send(r#"451-["make_call",{"_placeholder":true,"num":0}]"#);
        caller.send_bytes(b"0002".to_vec());
        caller.hears(json!(["error", "invalid_make_call"])).await;
        for event in ["frobnicate", "connect", "disconnect", "registered", "call_request", "__proto__", ""] {
            caller.says(event, json!("0002"));
        }
        caller.send("42[\"make_call\",\"0002\",\"and\",\"more\",\"than\",\"it\",\"takes\"]");
        called.hears(json!(["call_request", "0001"])).await;
    })
    .await;
}

/// A message that is too long ends the connection before it is read.
#[tokio::test]
async fn a_megabyte_ends_the_connection() {
    on_both(async |bench| {
        let mut phone = bench.phone(0).await;
        let fits = "x".repeat(softswitch::LONGEST_MESSAGE - 100);
        phone.says("talk", json!(fits));
        phone.hears(json!(["error", "invalid_talk"])).await;
        phone.says("talk", json!("x".repeat(1 << 20)));
        phone.is_dropped().await;
        // Unregistered, in pieces, without an end: the server reads no more than it takes.
        let mut socket = open(&bench.address).await;
        let mut sent = 0;
        let piece = vec![b'x'; 16 * 1024];
        let piece = |first: bool| {
            use tokio_tungstenite::tungstenite::protocol::frame::Frame;
            use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
            let code = if first { Data::Text } else { Data::Continue };
            Message::Frame(Frame::message(piece.clone(), OpCode::Data(code), false))
        };
        while socket.send(piece(sent == 0)).await.is_ok() && sent < 1000 {
            sent += 1;
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        assert!(sent < 1000, "{sent} pieces of a message were taken");
        while let Some(Ok(_)) = socket.next().await {}
    })
    .await;
}

/// H020 of the hostile inputs.
#[tokio::test]
async fn a_thousand_events_a_second_end_a_phone_and_no_other() {
    on_both(async |bench| {
        let (mut flood, mut called) = bench.talking().await;
        let mut third = bench.phone(2).await;
        for _ in 0..1000 {
            flood.says("dtmf", json!("1"));
        }
        let mut told = 0;
        while let Some(frame) = flood.frame().await.filter(|frame| frame != "41" && frame != "1") {
            told += usize::from(frame.contains("too_many_events"));
        }
        assert_eq!(told, 1);
        third.says("make_call", json!("0003"));
        third.hears(json!(["call_not_possible", "dialed_self"])).await;
        bench.pass(10).await;
        called.waits_for("call_ended").await;
        bench.is_quiet().await;
    })
    .await;
}
